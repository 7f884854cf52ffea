"""Until when a student may submit: the assignment's due date, and extensions of it.

nbgrader keeps an extension with a submission, so it can give none before something was submitted,
and none through its pages or commands. Our table keeps the time until which a student may submit.
It is written to nbgrader's column when a submission is graded (`autograde.LatePenalties`), and at
once where one is there. What a person wrote to nbgrader's column alone holds as well.

The table keeps a time and not a number of days: what a student was told stays true when the due
date of all is moved. Where the due date of all is later by then, that one holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment
from sqlalchemy.orm import undefer

from nbjudge.nbgrader_ext.tied import create, has, tied_table

EXTENSIONS = tied_table(
    "nbjudge_extension",
    {"student": Student.__table__.c.id, "assignment": Assignment.__table__.c.id},
    sa.Column("until", sa.DateTime, nullable=False),  # in UTC without saying so, as nbgrader's
)


@dataclass(frozen=True)
class DueDates:
    """Until when the students of an assignment may submit, in UTC.

    `everybody` is None where the assignment has no due date; then nothing is late. `extended` has
    those whose time is later, by student.
    """

    everybody: datetime | None = None
    extended: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, student: str) -> datetime | None:
        """Return until when a student may submit."""
        return self.extended.get(student, self.everybody)

    def late(self, student: str, came: datetime) -> timedelta:
        """Return by how much something is late that came at that time; 0 where it is not."""
        due = self.of(student)
        return timedelta(0) if due is None else max(came - due, timedelta(0))


def due_dates(book: Gradebook, assignment: str) -> DueDates:
    """Return until when each student may submit; nothing of an assignment that is not there."""
    try:
        found = book.find_assignment(assignment)
    except MissingEntry:
        return DueDates()
    if found.duedate is None:
        return DueDates()
    everybody = found.duedate.replace(tzinfo=UTC)
    row = SubmittedAssignment.__table__.c
    columns = sa.select(row.student_id, row.extension).where(
        row.assignment_id == found.id, row.extension.is_not(None)
    )
    extended = {name: everybody + more for name, more in book.db.execute(columns)}
    # Our table is the newer word: the column follows it when the submission is graded.
    extended |= untils(book, found)
    return DueDates(
        everybody, {name: until for name, until in extended.items() if until > everybody}
    )


def untils(book: Gradebook, assignment: Assignment) -> dict[str, datetime]:
    """Return what our table holds of an assignment, by student, in UTC."""
    if not has(book, EXTENSIONS):
        return {}
    ours = sa.select(EXTENSIONS.c.student, EXTENSIONS.c.until).where(
        EXTENSIONS.c.assignment == assignment.id
    )
    return {name: until.replace(tzinfo=UTC) for name, until in book.db.execute(ours)}


def give(book: Gradebook, assignment: str, given: Mapping[str, datetime | None]) -> None:
    """Let each student of `given` submit until that time; None takes an extension back.

    Does not commit.
    """
    create(book, EXTENSIONS)
    number = book.find_assignment(assignment).id
    mine = EXTENSIONS.c.assignment == number, EXTENSIONS.c.student.in_(list(given))
    book.db.execute(EXTENSIONS.delete().where(*mine))
    rows = [
        {"student": name, "assignment": number, "until": until.astimezone(UTC).replace(tzinfo=None)}
        for name, until in given.items()
        if until is not None
    ]
    if rows:
        book.db.execute(EXTENSIONS.insert(), rows)


def write_to_submissions(
    book: Gradebook, assignment: str, students: Sequence[str] = (), taken_back: bool = False
) -> list[SubmittedAssignment]:
    """Write what our table holds to nbgrader's column of submissions that are there; return them.

    `students` are names; without any, those of all submissions. A student without a row of ours
    keeps what the column has, unless it was `taken_back`. Does not commit.
    """
    found = book.find_assignment(assignment)
    ours = untils(book, found)
    of_these = [SubmittedAssignment.student_id.in_(students)] if students else []
    submissions = (
        book.db.query(SubmittedAssignment)
        .options(undefer(SubmittedAssignment.late_submission_penalty))
        .filter(SubmittedAssignment.assignment_id == found.id, *of_these)
        .all()
    )
    for one in submissions:
        if one.student_id in ours:
            one.extension = _beyond(found.duedate, ours[one.student_id])
        elif taken_back:
            one.extension = None
    return submissions


def _beyond(due: datetime | None, until: datetime) -> timedelta | None:
    """Return what nbgrader's column holds; None without a due date, where nbgrader would raise."""
    if due is None:
        return None
    more = until.replace(tzinfo=None) - due
    return more if more > timedelta(0) else None
