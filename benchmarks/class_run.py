"""Seconds a submission, side by side in one run: plain nbgrader, fresh kernels, nbjudge.

    python benchmarks/class_run.py [--plain 4] [--class 40]

All grade copies of the same right submission. Start-up is measured apart, with one submission, and
taken off, so that a small class of the slow ones compares with a larger one of the fast.
"""

import argparse
import shutil
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
PLAIN = ("nbgrader", "autograde", "attention", "--Judge.engine=plain")


def main():
    """Measure each way, print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plain", type=int, default=4, help="submissions for the slow ways")
    parser.add_argument("--class", type=int, default=40, dest="many", help="for nbjudge")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples"
        make_submissions(samples)
        sample = samples / "perfect" / NAME
        ways = [("nbgrader autograde, its own Execute", chosen.plain, PLAIN)]
        for workers in (1, 2):
            command = ("nbjudge", "autograde", "attention", f"--workers={workers}")
            ways.append((f"nbjudge autograde --workers {workers}", chosen.many, command))
        rows = [("nbclient, a fresh kernel each", chosen.plain, 0.0, kernels(sample, chosen.plain))]
        for title, number, command in ways:
            start, whole = (timed(Path(folder), sample, n, command) for n in (1, number))
            rows.append((title, number, start, (whole - start) / (number - 1)))
    show(rows)


def timed(folder, sample, number, command):
    """Return the seconds that a command needs for a class of copies of `sample`."""
    course = folder / "course"
    demo.make_course(course)
    run(course, "nbgrader", "generate_assignment", "attention", "--force")
    for student in range(number):
        target = course / "submitted" / f"s{student:03}" / NAME
        target.parent.mkdir(parents=True)
        shutil.copy(sample, target)
    begun = time.monotonic()
    run(course, *command)
    return time.monotonic() - begun


def run(course, *command):
    """Run a program of this environment; stop with its output when it fails."""
    done = subprocess.run(
        demo.command(*command), cwd=course, env=demo.environment(), capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def kernels(sample, number):
    """Return the seconds that nbclient needs to execute `sample`, a mean of `number`."""
    begun = time.monotonic()
    for _ in range(number):
        notebook = nbformat.read(sample, as_version=4)
        NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return (time.monotonic() - begun) / number


def show(rows):
    """Print the table; ratios are to plain nbgrader."""
    plain = next(each for title, _, _, each in rows if title.startswith("nbgrader"))
    table = Table(title="Seconds a submission, without start-up")
    for heading in ("", "submissions", "start-up and the first, s", "each, s", "times plain"):
        table.add_column(heading, justify="left" if not heading else "right")
    for title, number, start, each in rows:
        table.add_row(title, f"{number}", f"{start:.1f}", f"{each:.2f}", f"{plain / each:.1f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
