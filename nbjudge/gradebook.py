"""The rows that nbgrader's gradebook lacks: scorecards, and the bonus as extra credit.

nbgrader gives a 0-point cell no score, but its `extra_credit` adds to the total without raising
the maximum, which makes a score out of 100 with a bonus on top, in the formgrader and in exports.
An instructor may change that number by hand. To leave such a change alone, a table of our own in
the same database, `nbjudge_scorecard`, remembers what we wrote; it also keeps the scorecard with
seed and rubric version, so that a corrected rubric tells whom to regrade.
"""

import json
from dataclasses import asdict

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


def kept_seed(gradebook: Gradebook, assignment: str, student: str, submission: str) -> int | None:
    """Return the seed with which exactly this submission (a digest) was graded before."""
    try:
        kept = scorecards(gradebook, assignment, student)
    except MissingEntry:
        return None
    seeds = [card["seed"] for card in kept.values() if card.get("submission") == submission]
    return seeds[0] if seeds else None


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


def _create_table(gradebook: Gradebook) -> None:
    gradebook.db.execute(CreateTable(SCORECARDS, if_not_exists=True))


def _written(gradebook: Gradebook, grade: Grade) -> float | None:
    query = sa.select(SCORECARDS.c.extra_credit).where(SCORECARDS.c.grade_id == grade.id)
    return gradebook.db.execute(query).scalar_one_or_none()


def _delete(gradebook: Gradebook, grade: Grade) -> None:
    gradebook.db.execute(SCORECARDS.delete().where(SCORECARDS.c.grade_id == grade.id))
