"""What endless loops cost a class: a class of right submissions, and the same with loops among it.

    python benchmarks/loop_cost.py [--class 30] [--loops 2] [--workers 2] [--rounds 3]

Each round grades both classes, one after the other. Look at the ratio: seconds depend on what else
the machine does.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from class_run import KINDS, NAME, make_class, make_submissions, run
from rich.console import Console
from rich.table import Table


def main():
    """Measure both classes in every round, print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--class", type=int, default=30, dest="many")
    parser.add_argument("--loops", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    measured = {0: [], chosen.loops: []}
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples"
        make_submissions(samples)
        for _ in range(chosen.rounds):
            for loops, found in measured.items():
                course = Path(folder) / "course"
                make_class(course, [samples / kind / NAME for kind in KINDS], chosen.many)
                add_loops(course, samples / "infinite_loop" / NAME, loops)
                found.append(seconds(course, chosen.workers))
    right, mixed = map(statistics.median, measured.values())
    table = Table(title=f"Seconds of a class run with {chosen.workers} workers; medians")
    for heading in ("", "submissions", "s", "times the first"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_row("right submissions", f"{chosen.many}", f"{right:.1f}", "1.0")
    table.add_row(
        "and endless loops in exercise 2", f"{chosen.many} + {chosen.loops}", f"{mixed:.1f}",
        f"{mixed / right:.1f}",
    )  # fmt: skip
    Console(width=100).print(table)


def add_loops(course, sample, number):
    """Add submissions with an endless loop; they come first."""
    for student in range(number):
        target = course / "submitted" / f"a_loop{student}" / NAME
        target.parent.mkdir(parents=True)
        shutil.copy(sample, target)


def seconds(course, workers):
    """Return the seconds of one class run."""
    begun = time.monotonic()
    run(course, "nbjudge", "autograde", "attention", "--workers", str(workers))
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
