"""Which person of a platform a submission came from, and in which file: for the way back.

Moodle numbers the participants of each assignment anew, and Canvas takes a page of feedback only
for the file that it answers. So both are kept with the submission, in the gradebook.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from nbgrader.api import Assignment, Gradebook, Student

from nbjudge.nbgrader_ext.tied import create, tied_table

IDENTITIES = tied_table(
    "nbjudge_platform",
    {"student": Student.__table__.c.id, "assignment": Assignment.__table__.c.id},
    sa.Column("platform", sa.String(16), nullable=False),
    sa.Column("identifier", sa.String(64), nullable=False),
    sa.Column("entry", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Identity:
    """What a platform calls a student of one assignment.

    `platform` is "canvas" or "moodle"; `identifier` is Canvas's user id or Moodle's participant id;
    `entry` is the path of the notebook in the platform's archive.
    """

    platform: str
    identifier: str
    entry: str


def identities(book: Gradebook, assignment: str) -> dict[str, Identity]:
    """Return what is known of an assignment, by student; nothing where nothing was imported."""
    if not sa.inspect(book.db.connection()).has_table(IDENTITIES.name):
        return {}
    row = IDENTITIES.c
    found = sa.select(row.student, row.platform, row.identifier, row.entry).where(
        row.assignment == book.find_assignment(assignment).id
    )
    return {student: Identity(*rest) for student, *rest in book.db.execute(found)}


def keep(book: Gradebook, assignment: str, known: Mapping[str, Identity]) -> None:
    """Keep the identities of students, in the place of earlier ones. Does not commit."""
    create(book, IDENTITIES)
    number = book.find_assignment(assignment).id
    mine = IDENTITIES.c.assignment == number, IDENTITIES.c.student.in_(list(known))
    book.db.execute(IDENTITIES.delete().where(*mine))
    rows = [
        {"student": student, "assignment": number, **vars(one)} for student, one in known.items()
    ]
    if rows:
        book.db.execute(IDENTITIES.insert(), rows)
