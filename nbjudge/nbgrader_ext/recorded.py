"""What nbgrader's gradebook holds of each submission now: the one source of every score we show.

A table, a page and an export that each remembered scores of their own would differ as soon as a
person changes a grade, or nbgrader itself grades. So all of them ask these rows.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)


@dataclass(frozen=True, order=True)
class CellGrade:
    """The grade of one cell: scores by the tests, by hand, and extra credit; None where not given.

    `points` is the most that the cell gives, extra credit aside. `waits` says that a person has to
    look at it, nbgrader's "needs manual grade".
    """

    notebook: str
    cell: str
    points: float
    automatic: float | None
    manual: float | None
    extra: float | None
    waits: bool

    @property
    def score(self) -> float | None:
        """The score that counts, extra credit included; None where the cell has none yet."""
        given = self.automatic if self.manual is None else self.manual
        return None if given is None else given + (self.extra or 0)


@dataclass
class Recorded:
    """All that the gradebook holds of one submission.

    `submission` is the id of its row. `came` and `due` are in UTC, an extension included; None
    where the gradebook has none. `comments` has cells, and the texts of nbgrader and of a person.
    """

    submission: str
    came: datetime | None = None
    due: datetime | None = None
    penalties: dict[str, float] = field(default_factory=dict)  # by notebook
    grades: list[CellGrade] = field(default_factory=list)
    comments: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def late(self) -> float:
        """How many seconds it came after its due date, 0 if it came in time."""
        if self.came is None or self.due is None:
            return 0.0
        return max(0.0, (self.came - self.due).total_seconds())

    @property
    def penalty(self) -> float:
        """What lateness costs, in points."""
        return sum(self.penalties.values())

    @property
    def total(self) -> float | None:
        """The score as nbgrader exports it, late penalty taken off; None where no cell has any."""
        scores = [one.score for one in self.grades if one.score is not None]
        return max(0.0, sum(scores) - self.penalty) if scores else None

    @property
    def needs_manual_grade(self) -> bool:
        """Whether a person has to look at a cell."""
        return any(one.waits for one in self.grades)

    def lateness(self) -> str:
        """Return a digest of what decides the late penalty; an empty text where it came in time.

        Due date, extension and time of arrival decide it by the seconds alone. So a due date that
        moves grades those again who are late by it, or were late before. A rule may take a part of
        the score, which a person may change.
        """
        if not self.late:
            return ""
        return _digest((self.late, [(one.manual, one.extra) for one in sorted(self.grades)]))

    def automatic(self) -> str:
        """Return a digest of what the tests gave: it changes when another run has graded."""
        return _digest(sorted((one.notebook, one.cell, one.automatic) for one in self.grades))

    def digest(self) -> str:
        """Return a digest of all that a reader of the feedback is shown of these rows."""
        grades, comments = (sorted(map(repr, some)) for some in (self.grades, self.comments))
        return _digest((grades, sorted(self.penalties.items()), comments, self.came, self.due))


def recorded(gradebook: Gradebook, assignment: str, students: Sequence[str]) -> dict[str, Recorded]:
    """Return what the gradebook holds of submissions, by student; nothing of who has none."""
    found: dict[str, Recorded] = {}
    for row in gradebook.db.execute(_grades().where(_of(assignment, students))):
        one = found.setdefault(row.student_id, Recorded(row.id, _utc(row.timestamp), _due(row)))
        if row.notebook is not None:
            one.penalties[row.notebook] = row.late_submission_penalty or 0.0
        if row.cell is not None:
            grade = (row.auto_score, row.manual_score, row.extra_credit, row.needs_manual_grade)
            one.grades.append(CellGrade(row.notebook, row.cell, row.points, *grade))
    for row in gradebook.db.execute(_comments().where(_of(assignment, students))):
        found[row.student_id].comments.append(tuple(row)[1:])
    return found


def _of(assignment: str, students: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(Assignment.name == assignment, SubmittedAssignment.student_id.in_(students))


def _grades() -> sa.Select:
    """Return the query of a row for each grade; outer joins keep a submission without any."""
    # The tables of these two kinds of cells, without the join to `base_cell` that a class brings.
    graded, task = GradeCell.__table__, TaskCell.__table__
    return (
        sa.select(
            SubmittedAssignment.id,
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            Assignment.duedate,
            Notebook.name.label("notebook"),
            SubmittedNotebook.late_submission_penalty,
            BaseCell.name.label("cell"),
            sa.func.coalesce(graded.c.max_score, task.c.max_score, 0.0).label("points"),
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join_from(Assignment, SubmittedAssignment)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .outerjoin(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .outerjoin(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .outerjoin(BaseCell, BaseCell.id == Grade.cell_id)
        .outerjoin(graded, graded.c.id == BaseCell.id)
        .outerjoin(task, task.c.id == BaseCell.id)
    )


def _comments() -> sa.Select:
    return (
        sa.select(
            SubmittedAssignment.student_id,
            BaseCell.name,
            Comment.auto_comment,
            Comment.manual_comment,
        )
        .join_from(Assignment, SubmittedAssignment)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Comment, Comment.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .where(sa.or_(Comment.auto_comment.is_not(None), Comment.manual_comment.is_not(None)))
    )


def _due(row: sa.Row) -> datetime | None:
    # An extension of an assignment without a due date means nothing; nbgrader itself raises there.
    due: datetime | None = row.duedate
    return _utc(due + row.extension if due is not None and row.extension is not None else due)


def _utc(when: datetime | None) -> datetime | None:
    return when and when.replace(tzinfo=UTC)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]
