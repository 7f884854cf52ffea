"""The rows that nbgrader's gradebook lacks: scorecards, and the bonus as extra credit.

nbgrader gives a 0-point cell no score, but its `extra_credit` adds to the total without raising
the maximum, which makes a score out of 100 with a bonus on top, in the formgrader and in exports.
An instructor may change that number by hand. To leave such a change alone, a table of our own in
the same database, `nbjudge_scorecard`, remembers what we wrote; it also keeps the scorecard with
seed and rubric version, so that a corrected rubric tells whom to regrade.
"""

import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Grade, Gradebook, MissingEntry
from sqlalchemy.schema import CreateTable

from nbjudge.scorecard import Scorecard

SCORECARDS = sa.Table(
    "nbjudge_scorecard",
    sa.MetaData(),
    sa.Column("grade_id", sa.String(32), primary_key=True),
    sa.Column("extra_credit", sa.Float),
    sa.Column("scorecard", sa.Text, nullable=False),
)

# What a class run has graded: `fingerprint` of all that decides the result, `written`, a digest of
# the notebooks in autograded/, and what its table says of the submission.
GRADED = sa.Table(
    "nbjudge_graded",
    sa.MetaData(),
    sa.Column("assignment", sa.String(128), primary_key=True),
    sa.Column("student", sa.String(128), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("written", sa.String(64), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
)


def save(gradebook: Gradebook, grade: Grade, card: Scorecard, extra_credit: float | None) -> None:
    """Keep `card` with `grade`; write `extra_credit` unless an instructor changed it by hand.

    A card with a fault of ours leaves the cell without a score, waiting for a person: not graded.
    """
    _create_table(gradebook)
    written = _written(gradebook, grade)
    if card.fault:
        grade.auto_score = None
        grade.needs_manual_grade = True
        extra_credit = None
    if grade.extra_credit == written:
        grade.extra_credit = written = extra_credit
    _delete(gradebook, grade)
    gradebook.db.execute(
        SCORECARDS.insert().values(
            grade_id=grade.id, extra_credit=written, scorecard=json.dumps(asdict(card))
        )
    )
    gradebook.db.commit()


def forget(gradebook: Gradebook, grade: Grade) -> None:
    """Drop the scorecard of an earlier run, and the extra credit that it gave.

    An instructor's own extra credit stays.
    """
    _create_table(gradebook)
    if grade.extra_credit == _written(gradebook, grade):
        grade.extra_credit = None
    _delete(gradebook, grade)
    gradebook.db.commit()


def withdraw(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> None:
    """Take back the automatic scores of a submission that could not be graded again.

    nbgrader alone leaves the scores of the last run in place, and exports them as if they were new.
    Manual scores and an instructor's own extra credit stay.
    """
    try:
        submission = gradebook.find_submission_notebook(notebook, assignment, student)
    except MissingEntry:
        return
    _create_table(gradebook)
    for grade in submission.grades:
        grade.auto_score = None
        grade.needs_manual_grade = True
        forget(gradebook, grade)
    gradebook.db.commit()


def kept_seeds(gradebook: Gradebook, assignment: str, student: str) -> dict[str, int]:
    """Return the seed with which each submission of a student, by its digest, was graded before."""
    try:
        kept = scorecards(gradebook, assignment, student)
    except MissingEntry:
        return {}
    return {card["submission"]: card["seed"] for card in kept.values() if card.get("submission")}


def scorecards(gradebook: Gradebook, assignment: str, student: str) -> dict[str, dict]:
    """Return the kept scorecards of a submission as dictionaries, by grade cell."""
    _create_table(gradebook)
    submission = gradebook.find_submission(assignment, student)
    names = {grade.id: grade.name for book in submission.notebooks for grade in book.grades}
    rows = gradebook.db.execute(
        sa.select(SCORECARDS.c.grade_id, SCORECARDS.c.scorecard).where(
            SCORECARDS.c.grade_id.in_(names)
        )
    )
    return {names[grade_id]: json.loads(text) for grade_id, text in rows}


def remember(gradebook: Gradebook, assignment: str, student: str, **row: str) -> None:
    """Keep what a class run graded, in the place of what an earlier one did."""
    gradebook.db.execute(
        GRADED.delete().where(GRADED.c.assignment == assignment, GRADED.c.student == student)
    )
    gradebook.db.execute(GRADED.insert().values(assignment=assignment, student=student, **row))


def remembered(gradebook: Gradebook, assignment: str) -> dict[str, Any]:
    """Return what class runs graded of an assignment: a row for each student."""
    gradebook.db.execute(CreateTable(GRADED, if_not_exists=True))
    rows = gradebook.db.execute(sa.select(GRADED).where(GRADED.c.assignment == assignment))
    found = {row.student: row for row in rows}
    gradebook.db.commit()
    return found


def _create_table(gradebook: Gradebook) -> None:
    gradebook.db.execute(CreateTable(SCORECARDS, if_not_exists=True))


def _written(gradebook: Gradebook, grade: Grade) -> float | None:
    query = sa.select(SCORECARDS.c.extra_credit).where(SCORECARDS.c.grade_id == grade.id)
    return gradebook.db.execute(query).scalar_one_or_none()


def _delete(gradebook: Gradebook, grade: Grade) -> None:
    gradebook.db.execute(SCORECARDS.delete().where(SCORECARDS.c.grade_id == grade.id))
