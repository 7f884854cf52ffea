"""Seconds a submission, side by side in one run: plain nbgrader, fresh kernels, nbjudge.

    python benchmarks/class_run.py [--plain 5] [--class 49] [--rounds 3] [--picture FILE]

All grade a class of right submissions of four kinds, which compute by different operations: equal
submissions would be judged once. Start-up is measured apart, with one submission, and subtracted,
so that a small class in a slow way can be compared with a large class in a fast one. Each round
measures every way once; the table gives medians.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "examples"))
import demo  # noqa: E402
from make_submissions import main as make_submissions  # noqa: E402

NAME = "attention/attention.ipynb"
KINDS = ("perfect", "perfect_einsum", "perfect_loops", "perfect_torch_attention")
PLAIN = ("nbgrader", "autograde", "attention", "--Judge.engine=plain")
OURS = "nbjudge autograde attention --workers {}"


def main():
    """Measure each way in every round, print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plain", type=int, default=5, help="submissions for the slow ways")
    parser.add_argument("--class", type=int, default=49, dest="many", help="for nbjudge")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--picture", type=Path, help="draw the table, too")
    chosen = parser.parse_args()
    ways = {
        "nbgrader autograde, its own Execute": (chosen.plain, PLAIN),
        "nbclient, a fresh kernel each": (chosen.plain, None),
        **{f"nbjudge autograde --workers {number}": (chosen.many, OURS.format(number).split())
           for number in (1, 2)},
    }  # fmt: skip
    measured = {title: [] for title in ways}
    with tempfile.TemporaryDirectory() as folder:
        make_submissions(Path(folder) / "samples")
        samples = [Path(folder) / "samples" / kind / NAME for kind in KINDS]
        for _ in range(chosen.rounds):
            for title, (number, command) in ways.items():
                measured[title].append(seconds(Path(folder), samples, number, command))
    rows = [(title, ways[title][0], *map(statistics.median, zip(*found, strict=True)))
            for title, found in measured.items()]  # fmt: skip
    show(rows)
    if chosen.picture:
        draw(rows, chosen.picture)


def seconds(folder, samples, number, command):
    """Return the seconds to start and grade one submission, and those for each further one."""
    if command is None:
        return 0.0, kernels(samples, number)
    start, whole = (timed(folder, samples, n, command) for n in (1, number))
    return start, (whole - start) / (number - 1)


def timed(folder, samples, number, command):
    """Return the seconds that a command needs for a class of copies of `samples`."""
    course = folder / "course"
    make_class(course, samples, number)
    begun = time.monotonic()
    run(course, *command)
    return time.monotonic() - begun


def make_class(course, samples, number):
    """Make a course with a number of submissions, copies of `samples` in turn."""
    demo.make_course(course)
    run(course, "nbgrader", "generate_assignment", "attention", "--force")
    for student in range(number):
        target = course / "submitted" / f"s{student:06}" / NAME
        target.parent.mkdir(parents=True)
        shutil.copy(samples[student % len(samples)], target)


def run(course, *command):
    """Run a program of this environment; stop with its output when it fails."""
    done = subprocess.run(
        demo.command(*command), cwd=course, env=demo.environment(), capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def kernels(samples, number):
    """Return the seconds that nbclient needs to execute one of `samples`, a mean of `number`."""
    begun = time.monotonic()
    for one in range(number):
        notebook = nbformat.read(samples[one % len(samples)], as_version=4)
        NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return (time.monotonic() - begun) / number


def show(rows):
    """Print the table; ratios are to plain nbgrader."""
    plain = rows[0][-1]
    table = Table(title="Seconds a submission, without start-up; medians")
    for heading in ("", "submissions", "start-up and the first, s", "each, s", "times plain"):
        table.add_column(heading, justify="left" if not heading else "right")
    for title, number, start, each in rows:
        table.add_row(title, f"{number}", f"{start:.1f}", f"{each:.2f}", f"{plain / each:.1f}")
    Console(width=110).print(table)


def draw(rows, file):
    """Draw submissions a minute, with the ratio to plain nbgrader."""
    from matplotlib.figure import Figure

    plain = rows[0][-1]
    rates = [60 / each for *_, each in rows]
    figure = Figure(figsize=(8, 2.4), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([title for title, *_ in rows], rates, color=["#9aa5b1"] * 2 + ["#1f6fb2"] * 2)
    axes.bar_label(bars, [f"{rate:.0f}  ({plain * rate / 60:.1f} x)" for rate in rates], padding=4)
    axes.set_xlim(0, max(rates) * 1.2)
    axes.set_xlabel("submissions a minute")
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=120)


if __name__ == "__main__":
    main()
