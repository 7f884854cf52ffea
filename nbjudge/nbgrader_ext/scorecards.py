"""The rows that nbgrader's gradebook lacks: scorecards, and the bonus as extra credit.

The bonus. nbgrader gives no score to a cell of 0 points, but the cell's `extra_credit` adds to the
total without raising the maximum. So a bonus is a cell of 0 points, and its score is written as
extra credit: a score out of 100 with a bonus on top, in the formgrader and in exports.

Our own table. An instructor may change extra credit by hand, and a regrade must leave that alone.
So `nbjudge_scorecard`, in the same database, remembers what we wrote: a number that is another one
now is the instructor's. The table also keeps each scorecard with its seed and rubric version, so
that a corrected rubric says whom to regrade.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)

from nbjudge.nbgrader_ext.tied import create, has, tied_table
from nbjudge.rubric.scorecard import Scorecard

SCORECARDS = tied_table(
    "nbjudge_scorecard",
    {"grade_id": Grade.__table__.c.id},
    sa.Column("extra_credit", sa.Float),
    sa.Column("scorecard", sa.Text, nullable=False),
)


def save(
    gradebook: Gradebook, cards: Mapping[Grade, tuple[Scorecard | None, float | None]]
) -> None:
    """Keep the scorecard of each grade, write its extra credit, and commit.

    `cards` maps a grade to its scorecard and its extra credit. None in place of a scorecard drops
    the one that an earlier run kept, and the extra credit that it gave. A scorecard with a fault of
    ours leaves the cell without a score: "needs manual grade". An instructor's own extra credit
    stays.
    """
    create(gradebook, SCORECARDS)
    ours = SCORECARDS.c.grade_id.in_([grade.id for grade in cards])
    before = sa.select(SCORECARDS.c.grade_id, SCORECARDS.c.extra_credit).where(ours)
    written = dict(gradebook.db.execute(before).all())
    rows = []
    for grade, (card, extra_credit) in cards.items():
        if card is not None and card.fault:
            grade.auto_score = extra_credit = None
            grade.needs_manual_grade = True
        # Equal to what we wrote (None both times at first): nobody has changed it since.
        ours_before = written.get(grade.id)
        if grade.extra_credit == ours_before:
            grade.extra_credit = ours_before = extra_credit
        if card is not None:
            text = json.dumps(asdict(card))
            rows.append({"grade_id": grade.id, "extra_credit": ours_before, "scorecard": text})
    gradebook.db.execute(SCORECARDS.delete().where(ours))
    if rows:
        gradebook.db.execute(SCORECARDS.insert(), rows)
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
    for grade in submission.grades:
        grade.auto_score = None
        grade.needs_manual_grade = True
    save(gradebook, dict.fromkeys(submission.grades, (None, None)))


def kept_seeds(
    gradebook: Gradebook, assignment: str, students: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Return, by student and by digest of a notebook, the seed with which it was graded before.

    An unchanged notebook is graded with the same hidden inputs again, so that its score changes
    only when a rubric does.
    """
    found: dict[str, dict[str, int]] = {student: {} for student in students}
    for student, _, card in _kept(gradebook, assignment, students):
        if card.get("submission"):
            found[student][card["submission"]] = card["seed"]
    return found


def scorecards(gradebook: Gradebook, assignment: str, student: str) -> dict[str, dict]:
    """Return the kept scorecards of a submission as dictionaries, by grade cell."""
    return {name: card for _, name, card in _kept(gradebook, assignment, [student])}


def all_scorecards(
    gradebook: Gradebook, assignment: str, students: Sequence[str]
) -> Iterator[tuple[str, str, Scorecard]]:
    """Yield student, grade cell and kept scorecard of each exercise that has one."""
    for student, name, card in _kept(gradebook, assignment, students):
        yield student, name, Scorecard.from_dict(card)


def _kept(
    gradebook: Gradebook, assignment: str, students: Sequence[str]
) -> Iterator[tuple[str, str, dict]]:
    if not has(gradebook, SCORECARDS):
        return
    query = (
        sa.select(SubmittedAssignment.student_id, BaseCell.name, SCORECARDS.c.scorecard)
        .join_from(SCORECARDS, Grade, Grade.id == SCORECARDS.c.grade_id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id.in_(students))
    )
    for student, name, text in gradebook.db.execute(query):
        yield student, name, json.loads(text)
