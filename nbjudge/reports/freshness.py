"""Whether a feedback page shows what is graded now: each page says what it was made from.

The last line of a page is a stamp, a comment that no browser shows. It holds a digest of the graded
notebook, of the gradebook's scores, comments and penalty, and of what the page says of the attempt.
A page with another stamp than it would get now is stale. So is one without: an earlier version made
it.
"""

import glob
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.nbgrader_ext.recorded import Recorded, recorded
from nbjudge.reports.attempt_facts import AttemptFacts

_STAMP = re.compile(r"<!-- made from ([0-9a-f]{16}) -->\s*\Z")
_LONGEST = 100  # bytes
_FORM = "2"  # of the page: a new one makes all pages stale
_AT_ONCE = 50  # students of whom the gradebook is asked together


def made_from(notebook: Path, now: Recorded, facts: AttemptFacts) -> str:
    """Return a digest of all that the page of a graded notebook shows, and of whom it is for.

    The author finds a page by the secret of the submission, so equal work that was submitted again
    needs its page again.
    """
    hashed = hashlib.sha256(notebook.read_bytes())
    for name in ("timestamp.txt", "submission_secret.txt"):
        beside = notebook.with_name(name)
        hashed.update(beside.read_bytes() if beside.is_file() else b"none")
    hashed.update(f"{_FORM} {now.digest()} {facts}".encode())
    return hashed.hexdigest()[:16]


def stamped(page: str, digest: str) -> str:
    """Return a page with its stamp, in place of an earlier one."""
    return f"{_STAMP.sub('', page).rstrip()}\n<!-- made from {digest} -->\n"


def stamp_of(page: Path) -> str:
    """Return the digest that a page was made from; an empty text where it has no stamp."""
    with page.open("rb") as file:
        file.seek(max(page.stat().st_size - _LONGEST, 0))
        found = _STAMP.search(file.read().decode("utf-8", "replace"))
    return found[1] if found else ""


@dataclass(frozen=True)
class Graded:
    """What is graded of one submission now: the gradebook's rows, and the notebooks' files."""

    rows: Recorded
    files: tuple[Path, ...]

    @property
    def digest(self) -> str:
        """A digest that changes when rows or notebooks do; files count by what stat(2) says."""
        stats = [one.stat() for one in self.files]
        files = [(one.st_ino, one.st_mtime_ns, one.st_size) for one in stats]
        return hashlib.sha256(f"{self.rows.digest()} {files}".encode()).hexdigest()[:16]

    def notebooks(self) -> dict[str, NotebookNode]:
        """Return the graded notebooks by file name."""
        return {path.name: nbformat.read(path, as_version=4) for path in self.files}


def graded(
    book: Gradebook, coursedir: CourseDirectory, names: Sequence[str]
) -> Iterator[tuple[str, Graded | None]]:
    """Yield what is graded of each student; None where the gradebook has no submission."""
    for first in range(0, len(names), _AT_ONCE):
        group = names[first : first + _AT_ONCE]
        found = recorded(book, coursedir.assignment_id, group)
        for name in group:
            folder = _folder(coursedir, coursedir.autograded_directory, name)
            files = tuple(sorted(folder.glob("*.ipynb")))
            yield name, Graded(found[name], files) if name in found else None


def stale_pages(
    coursedir: CourseDirectory, facts: Callable[[str, Recorded], AttemptFacts]
) -> Iterator[tuple[str, Path]]:
    """Yield each page in `feedback/` that shows something else than is graded now, with its author.

    `coursedir` names the assignment, and the student or all of them. `facts` says what the page of
    a student's submission says of the attempt.
    """
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        for student, now in graded(book, coursedir, students(coursedir)):
            made = {}
            if now is not None:
                said = facts(student, now.rows)
                made = {one.stem: made_from(one, now.rows, said) for one in now.files}
            pages = _folder(coursedir, coursedir.feedback_directory, student)
            for page in sorted(pages.glob("*.html")):
                if stamp_of(page) != made.get(page.stem):
                    yield student, page


def students(coursedir: CourseDirectory) -> list[str]:
    """Return who has a folder in `feedback/`, found as nbgrader's exchange finds it."""
    place = partial(coursedir.format_path, coursedir.feedback_directory)
    pattern = place("(?P<student>.*)", coursedir.assignment_id, escape=True)
    found = glob.glob(place(coursedir.student_id or "*", coursedir.assignment_id))
    return sorted(match["student"] for path in found if (match := re.fullmatch(pattern, path)))


def _folder(coursedir: CourseDirectory, step: str, student: str) -> Path:
    return Path(coursedir.format_path(step, student, coursedir.assignment_id))
