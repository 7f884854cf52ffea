"""Build the assignments and grade the sample submissions, in a course folder of its own.

    python examples/demo.py [FOLDER]     default: build/demo

The folder is made anew, so the course's own gradebook and submissions are never touched. Every
step is the command that an instructor would type, and is printed before it runs.
"""

import argparse
import contextlib
import csv
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from filled import HERE, ROOT
from make_submissions import ASSIGNMENTS
from make_submissions import main as make_submissions
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import rmtree
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nbjudge.process.zygote import Confinement, JudgeFault, close_zygotes, running

COURSE = ("source", "rubrics", "nbgrader_config.py")
HEADINGS = ("Ex. 1", "Ex. 2", "Ex. 3", "Ex. 4", "Ex. 5", "Bonus", "Total")
NOT_GRADED = "not graded"
# Seconds a cell of our own samples may run: one of them never returns, in three cells.
CELL_SECONDS = 3
KERNEL_CELL_SECONDS = 15  # in plain nbgrader's kernels, which import torch in a cell
CONSOLE = Console()


def main(course: Path) -> int:
    """Run every step, print the grade table; return 0 when each sample got what it must get."""
    begun = time.monotonic()
    make_course(course)
    with ThreadPoolExecutor(1) as beside:
        fault = beside.submit(why_unconfined)  # meanwhile the build waits for its kernel
        step(course, "nbjudge", "build")
    make_submissions(course / "submitted")
    grade(course, fault.result())
    for assignment in ASSIGNMENTS:
        step(course, "nbgrader", "generate_feedback", assignment, quiet=True)
    step(course, "nbgrader", "export", quiet=True)
    step(course, "nbjudge", "report", quiet=True)
    rows = scores(course)
    differing = show(rows)
    for what, where in (
        ("Feedback, a page each", "feedback/<submission>/<assignment>/<assignment>.html"),
        ("What the class misunderstood", "reports/<assignment>.html"),
        ("Executed solutions", "build/executed/<assignment>/<assignment>.ipynb"),
        ("Grades as CSV", "grades.csv"),
        ("What the grading said", "autograde.log"),
    ):
        print(f"{what}: {course / where}")
    CONSOLE.print(f"{len(rows)} submissions, {time.monotonic() - begun:.0f} s in all.")
    return 1 if differing else 0


def make_course(course: Path) -> None:
    """Make the folder anew, with the parts of the course that grading needs."""
    if course.exists():
        rmtree(course)  # nbgrader's own: it also removes read-only files on Windows
    course.mkdir(parents=True)
    for name in COURSE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, course / name)


def step(course: Path, program: str, *arguments: str, quiet: bool = False) -> None:
    """Run a command of this environment in the course; stop with its output when it fails."""
    CONSOLE.print(f"[bold]$ {program} {' '.join(arguments)}")
    done = subprocess.run(
        command(program, *arguments), cwd=course, env=environment(), capture_output=True, text=True
    )
    if done.returncode:
        CONSOLE.print(done.stdout + done.stderr, markup=False)
        raise SystemExit(f"'{program} {' '.join(arguments)}' failed; its output stands above.")
    if not quiet:
        CONSOLE.print(done.stdout.rstrip(), markup=False)


def command(program: str, *arguments: str) -> list[str]:
    """Return the command line of a program that is installed beside this Python."""
    return [str(Path(sys.executable).parent / program), *arguments]


def environment() -> dict[str, str]:
    """Return the environment with this Python's programs first: nbgrader calls `alembic`.

    `NBGRADER_DB_URL` would lead to the course's own gradebook.
    """
    kept = {name: value for name, value in os.environ.items() if name != "NBGRADER_DB_URL"}
    beside = str(Path(sys.executable).parent)
    # A fixed seed: whether a wrong answer passes on large scores depends on the inputs drawn.
    kept["NBJUDGE_SEED"] = "0"
    return {**kept, "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")])}


def why_unconfined() -> str:
    """Say why the judge cannot confine student code here; nothing where it can."""
    try:
        running(Confinement())
    except JudgeFault as fault:
        return str(fault)
    finally:
        close_zygotes()
    return ""


def grade(course: Path, unconfined: str) -> None:
    """Autograde all samples as a class, or by plain nbgrader where they cannot be confined."""
    with (course / "autograde.log").open("w", encoding="utf-8") as log:
        if not unconfined:
            grade_class(course, log)
            return
        CONSOLE.print(f"[bold]Warning:[/] {escape(unconfined)}")
        CONSOLE.print(
            "Plain nbgrader runs the samples here, unconfined. They are our own; "
            "do this only with notebooks that you trust."
        )
        grade_one_by_one(course, log)


def grade_class(course: Path, log: TextIO) -> None:
    """Run the class command, whose progress goes to the terminal and whose table to the log.

    Without a name it grades all assignments at once.
    """
    limit = ("--Judge.limits", f"cell_seconds={CELL_SECONDS}")
    begin(course, log, None, "nbjudge", "autograde", *limit).wait()


def grade_one_by_one(course: Path, log: TextIO) -> None:
    """Run nbgrader's own command, and show each submission as its turn comes."""
    options = ("--Judge.engine=plain", f"--Execute.timeout={KERNEL_CELL_SECONDS}")
    for assignment, samples in ASSIGNMENTS.items():
        words = ("nbgrader", "autograde", assignment, *options)
        grading = begin(course, log, subprocess.STDOUT, *words)
        begun: set[str] = set()
        while grading.poll() is None:
            students = {f.parent.name for f in (course / "autograded").glob(f"*/{assignment}")}
            for student in sorted(students - begun):
                begun.add(student)
                CONSOLE.print(f"  {len(begun)} of {len(samples.SAMPLES)}: {student}")
            time.sleep(0.2)


def begin(
    course: Path, log: TextIO, errors: int | None, program: str, *arguments: str
) -> subprocess.Popen:
    """Start to autograde; the status says nothing here, as one sample cannot be graded."""
    CONSOLE.print(f"[bold]$ {program} {' '.join(arguments)}")
    return subprocess.Popen(
        command(program, *arguments), cwd=course, env=environment(), stdout=log, stderr=errors
    )


def scores(course: Path) -> dict[tuple[str, str], list[str]]:
    """Return what the gradebook says of each sample, in the order of `HEADINGS`.

    A sample is named by assignment and submission.
    """
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        return {
            (assignment, student): row(book, assignment, student)
            for assignment, samples in ASSIGNMENTS.items()
            for student in samples.SAMPLES
        }


def row(book: Gradebook, assignment: str, student: str) -> list[str]:
    """Return one submission's points; a cell without a score is not graded, never 0.

    Where the assignment has no such exercise, the text is empty.
    """
    samples = ASSIGNMENTS[assignment]
    points = dict.fromkeys(samples.HEADINGS, "-")
    with contextlib.suppress(MissingEntry):
        submission = book.find_submission(assignment, student)
        grades = {g.name: g for notebook in submission.notebooks for g in notebook.grades}
        for heading, exercise in zip(samples.HEADINGS, samples.EXERCISES, strict=True):
            grade = grades[f"{exercise}-marks"]
            points[heading] = "-" if grade.auto_score is None else f"{grade.score:g}"
    graded = "-" not in points.values()
    points["Total"] = f"{submission.score:g}" if graded else NOT_GRADED
    return [points.get(heading, "") for heading in HEADINGS]


def show(rows: dict[tuple[str, str], list[str]]) -> list[tuple[str, str]]:
    """Print a grade table each; return the samples that did not get what they must get."""
    with (HERE / "expected_scores.csv").open(encoding="utf-8") as file:
        expected = {(row[0], row[1]): row[2:] for row in csv.reader(file)}
    differing = [sample for sample in rows if rows[sample] != expected.get(sample)]
    for assignment, samples in ASSIGNMENTS.items():
        headings = (*samples.HEADINGS, "Total")
        # Without padding it fits into a terminal of 80 columns.
        extra = ", and up to 10 on top" if "Bonus" in headings else ""
        title = f"Grades of {assignment}: 100 points{extra}"
        table = Table(box=box.SIMPLE_HEAD, padding=0, title=title)
        for heading in ("Submission", *headings, "As expected"):
            justify = "left" if heading == "Submission" else "right"
            table.add_column(heading, justify=justify, no_wrap=True, min_width=len(heading))
        for student in samples.SAMPLES:
            sample = (assignment, student)
            points = dict(zip(HEADINGS, rows[sample], strict=True))
            as_expected = "no" if sample in differing else "yes"
            table.add_row(student, *(points[one] for one in headings), as_expected)
        CONSOLE.print(table)
    return differing


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build/demo")
    raise SystemExit(main(parser.parse_args().folder.resolve()))
