"""What was sent last of each student's score by LTI: in the gradebook, so that it stays in order.

What has not changed is not sent again, and what is sent is later than what the platform has. A
crash between a request and its row sends the same score once more, with a later timestamp, which
changes nothing.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from nbgrader.api import Assignment, Gradebook, Student

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.tied import create, has, tied_table

POSTED = tied_table(
    "nbjudge_lti_score",
    {"student": Student.__table__.c.id, "assignment": Assignment.__table__.c.id},
    sa.Column("line_item", sa.Text, nullable=False),
    sa.Column("posted", sa.DateTime, nullable=False),  # the timestamp that was sent, in UTC
    sa.Column("score", sa.Text, nullable=False),  # what was sent, without it, as JSON
)


@dataclass(frozen=True)
class Posted:
    """What was sent to a line item; `posted` is its timestamp in UTC, `score` the rest as JSON."""

    line_item: str
    posted: datetime
    score: str


def posted(book: Gradebook, assignment: str) -> dict[str, Posted]:
    """Return what was sent last, by student; nothing of an assignment of which nothing was."""
    if not has(book, POSTED):
        return {}
    row = POSTED.c
    ours = sa.select(row.student, row.line_item, row.posted, row.score).where(
        row.assignment == book.find_assignment(assignment).id
    )
    return {student: Posted(*rest) for student, *rest in book.db.execute(ours)}


def keep(book: Gradebook, assignment: str, student: str, sent: Posted) -> None:
    """Keep what was sent, in the place of what was sent before, and commit."""
    book.db.rollback()  # what an earlier try left, where the database failed
    create(book, POSTED)
    number = book.find_assignment(assignment).id
    mine = POSTED.c.assignment == number, POSTED.c.student == student
    book.db.execute(POSTED.delete().where(*mine))
    book.db.execute(POSTED.insert().values(student=student, assignment=number, **vars(sent)))
    book.db.commit()


@contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Be the only process that sends scores of the course in `root`.

    Also while a person is asked: scores that were read first must not be sent last. Raises
    `RubricError` where another process is.
    """
    # flock(2): the lock ends with the process that holds it, however that ends.
    with (root / ".lti.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RubricError("Scores of this course are being sent by another export.") from error
        yield
