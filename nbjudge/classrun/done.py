"""What class runs have graded, remembered in our own table beside nbgrader's.

In the gradebook's database and not in a file: a row is then committed with the scores that it
stands for, or not at all.
"""

from typing import Any

import sqlalchemy as sa
from nbgrader.api import Gradebook
from sqlalchemy.schema import CreateTable

# `fingerprint` is a digest of all that decides the result; an empty one is graded again. `written`
# is a digest of the notebooks in autograded/, and differs after a crash between rows and files.
# `outcome` is what the table says of the submission, as JSON.
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
    """Keep what a class run graded of a student, in place of what an earlier run kept."""
    gradebook.db.execute(
        GRADED.delete().where(GRADED.c.assignment == assignment, GRADED.c.student == student)
    )
    gradebook.db.execute(GRADED.insert().values(assignment=assignment, student=student, **row))


def remembered(gradebook: Gradebook, assignment: str) -> dict[str, Any]:
    """Return what class runs have graded of an assignment: a row for each student."""
    gradebook.db.execute(CreateTable(GRADED, if_not_exists=True))
    rows = gradebook.db.execute(sa.select(GRADED).where(GRADED.c.assignment == assignment))
    found = {row.student: row for row in rows}
    gradebook.db.commit()
    return found
