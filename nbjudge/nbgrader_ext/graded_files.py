"""Which files a score stands for: a digest of what lay in `submitted/` when it was graded.

A student hands in again, and the score in the gradebook is that of the earlier work until the next
run. Times cannot say so: those of files are the student's own, and copies have others. So a digest
is kept beside nbgrader's row of the submission, by whatever graded it.
"""

import hashlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from nbjudge.nbgrader_ext.tied import create, has, tied_table

GRADED_FILES = tied_table(
    "nbjudge_graded_files",
    {"submission": SubmittedAssignment.__table__.c.id},
    sa.Column("digest", sa.String(64), nullable=False),
)


def keep(gradebook: Gradebook, assignment: str, student: str, folder: Path) -> None:
    """Keep that the files in `folder` are graded; the caller commits."""
    create(gradebook, GRADED_FILES)
    submission = gradebook.find_submission(assignment, student).id
    gradebook.db.execute(GRADED_FILES.delete().where(GRADED_FILES.c.submission == submission))
    row = {"submission": submission, "digest": digest_of(folder)}
    gradebook.db.execute(GRADED_FILES.insert().values(row))


def outdated(gradebook: Gradebook, coursedir: CourseDirectory, assignment: str) -> set[str]:
    """Return whose files in `submitted/` are others than those that were graded.

    Who was graded before digests were kept, and whose files are gone, is not among them.
    """
    if not has(gradebook, GRADED_FILES):
        return set()
    query = (
        sa.select(SubmittedAssignment.student_id, GRADED_FILES.c.digest)
        .join_from(
            GRADED_FILES,
            SubmittedAssignment,
            SubmittedAssignment.id == GRADED_FILES.c.submission,
        )
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment)
    )
    place = partial(coursedir.format_path, coursedir.submitted_directory)
    graded = [
        (name, Path(place(name, assignment)), digest)
        for name, digest in gradebook.db.execute(query)
    ]
    return {
        name for name, folder, digest in graded if folder.is_dir() and digest_of(folder) != digest
    }


def digest_of(folder: Path) -> str:
    """Return a digest of all files in a folder: of contents and names, and not of times."""
    return digest(sorted(path for path in folder.rglob("*") if path.is_file()), folder)


def digest(files: Iterable[Path], root: Path) -> str:
    """Return a digest of files: of their contents, and of their names below `root`."""
    hashed = hashlib.sha256()
    for path in files:
        try:
            content = b"a link" if path.is_symlink() else path.read_bytes()
        except OSError as error:  # judging this submission will fail, and say why
            content = str(error).encode()
        name = str(path.relative_to(root)).encode("utf-8", "surrogateescape")
        # Lengths first, so that bytes cannot move from a name into a content unseen.
        hashed.update(b"%d %d %b" % (len(name), len(content), name + content))
    return hashed.hexdigest()
