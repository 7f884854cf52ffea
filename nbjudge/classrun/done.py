"""What class runs have graded, remembered in a table of our own beside nbgrader's."""

from typing import Any

import sqlalchemy as sa
from nbgrader.api import Gradebook
from sqlalchemy.schema import CreateTable

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
