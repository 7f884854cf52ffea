"""The sample submissions: where they go, and the scores that they must get."""

import csv
import shutil

from support.course import ROOT

NAME = "attention/attention.ipynb"


def submit(course, student, kind):
    """Put the sample `kind` where nbgrader looks for what `student` submitted."""
    target = course / "submitted" / student / NAME
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "examples/submissions" / kind / NAME, target)


def expected_totals(assignment="attention"):
    """Return the total of each sample, by its name; None where it is not graded."""
    totals = {name: row["Total"] for name, row in expected_scores(assignment).items()}
    return {name: None if total == "not graded" else float(total) for name, total in totals.items()}


def expected_scores(assignment="attention"):
    """Return the row of `examples/expected_scores.csv` of each sample, by its name.

    Without the columns that the assignment does not have.
    """
    with (ROOT / "examples/expected_scores.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.pop("assignment") == assignment]
    return {row["submission"]: {name: one for name, one in row.items() if one} for row in rows}
