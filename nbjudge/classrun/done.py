"""What class runs have graded, remembered in our own table beside nbgrader's.

In the gradebook's database and not in a file: a row is then committed with the scores that it
stands for, or not at all. A row belongs to nbgrader's row of the submission, goes with it, and
names nobody.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from nbjudge.nbgrader_ext.graded_files import digest
from nbjudge.nbgrader_ext.tied import has, tied_table

# `fingerprint` is a digest of all that decides the result; an empty one is graded again. `written`
# is a digest of the notebooks in autograded/, and differs after a crash between rows and files.
# `automatic` is a digest of the scores in nbgrader's rows, and differs when another program has
# graded, or has removed rows. `outcome` is what else the table says of the submission, as JSON.
GRADED = tied_table(
    "nbjudge_graded",
    {"submission": SubmittedAssignment.__table__.c.id},
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("written", sa.String(64), nullable=False),
    sa.Column("automatic", sa.String(64), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
)


def remember(gradebook: Gradebook, submission: str, **row: str) -> None:
    """Keep what a class run graded of a submission, in place of what an earlier run kept."""
    gradebook.db.execute(GRADED.delete().where(GRADED.c.submission == submission))
    gradebook.db.execute(GRADED.insert().values(submission=submission, **row))


def remembered(gradebook: Gradebook, assignment: str, students: Sequence[str]) -> dict[str, Any]:
    """Return what class runs have graded of an assignment: a row for each student.

    Nothing where none has run yet.
    """
    if not has(gradebook, GRADED):
        return {}
    query = (
        sa.select(SubmittedAssignment.student_id, *GRADED.c)
        .join_from(GRADED, SubmittedAssignment, SubmittedAssignment.id == GRADED.c.submission)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id.in_(students))
    )
    return {row.student_id: row for row in gradebook.db.execute(query)}


def digest_of_written(coursedir: CourseDirectory, student: str) -> str:
    """Return a digest of a student's notebooks in `autograded/`: what a row holds as `written`."""
    folder = Path(
        coursedir.format_path(coursedir.autograded_directory, student, coursedir.assignment_id)
    )
    return digest(sorted(folder.glob("*.ipynb")), folder)
