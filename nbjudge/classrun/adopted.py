"""What plain nbgrader graded before the course was adopted: taken as graded.

A row of ours says so. It stands for the files of the submission alone: no new master, rubric or
rule grades it again, because nobody asked for that. Files that differ do, and `--force`.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_locked

from nbjudge.classrun import done, handed_in
from nbjudge.classrun.fingerprint import fingerprint
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.course import RubricError
from nbjudge.nbgrader_ext import graded_files
from nbjudge.nbgrader_ext.recorded import recorded
from nbjudge.nbgrader_ext.soundness import knows, unusable
from nbjudge.nbgrader_ext.tied import adopt as with_table
from nbjudge.notebook.master import mark
from nbjudge.verdict import Verdict

FLAG = "graded before"


@dataclass
class Adopted:
    """Students whose submission is taken as graded, and those who have handed in again since."""

    taken: list[str] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)


def decided_by_files(folder: Path) -> str:
    """Return the fingerprint of a submission that is taken as graded."""
    return fingerprint(folder, FLAG)


def adopt(coursedir: CourseDirectory, assignment: str) -> Adopted:
    """Write a row of ours for each submission of an assignment that plain nbgrader has graded.

    nbgrader's own rows stay as they are, and so does what a run of ours has graded. Raises
    `RubricError` where the gradebook cannot be used.
    """
    if problem := unusable(coursedir.db_url):
        raise RubricError(problem)
    if not knows(coursedir.db_url, assignment):
        return Adopted()
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        with_table(book, done.GRADED)
        found = _adopt(book, coursedir, assignment)
        book.db.commit()
    return found


def _adopt(book: Gradebook, coursedir: CourseDirectory, assignment: str) -> Adopted:
    folders = handed_in.submissions(coursedir)
    ours = done.remembered(book, assignment, list(folders))
    titles = {name: name for name in _graded_cells(coursedir, assignment)}
    found = Adopted()
    for student, now in recorded(book, assignment, list(folders)).items():
        if student in ours or now.total is None:
            continue
        if not _is_what_was_graded(coursedir, assignment, student):
            found.newer.append(student)
            continue
        graded_files.keep(book, assignment, student, folders[student])
        done.remember(
            book,
            now.submission,
            fingerprint=decided_by_files(folders[student]),
            written=done.digest_of_written(coursedir, student),
            automatic=now.automatic(),
            outcome=SubmissionOutcome(
                student, Verdict.GRADED, flags=[FLAG], titles=titles
            ).to_json(),
        )
        found.taken.append(student)
    return found


def _is_what_was_graded(coursedir: CourseDirectory, assignment: str, student: str) -> bool:
    """Whether a submission holds what `autograded/` was made from: the student's text, its time."""
    place = partial(coursedir.format_path, student_id=student, assignment_id=assignment)
    submitted = Path(place(coursedir.submitted_directory))
    graded = Path(place(coursedir.autograded_directory))
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    names = [one.name for one in source.glob("*.ipynb") if (submitted / one.name).is_file()]
    return (
        bool(names)
        and _time(submitted) == _time(graded)
        and all(_same(submitted / name, graded / name) for name in names)
    )


def _graded_cells(coursedir: CourseDirectory, assignment: str) -> Iterator[str]:
    """Yield the names of cells with points in the order of the masters; no row has an order."""
    source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    for path in sorted(source.glob("*.ipynb")):
        with contextlib.suppress(Exception):  # no notebook; building says why
            marks = map(mark, nbformat.read(path, as_version=4).cells)
            yield from (one["grade_id"] for one in marks if one.get("points"))


def _same(submitted: Path, graded: Path) -> bool:
    texts = _texts(submitted)
    return texts is not None and texts == _texts(graded)


def _texts(path: Path) -> list[str] | None:
    """Return what nbgrader takes over from a submission: the text of cells that are not locked."""
    try:
        notebook = nbformat.read(path, as_version=4)
        return [cell.source for cell in notebook.cells if not is_locked(cell)]
    except Exception:  # no notebook; grading says why
        return None


def _time(folder: Path) -> bytes:
    path = folder / "timestamp.txt"
    return path.read_bytes() if path.is_file() else b""
