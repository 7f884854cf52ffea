"""Folders and a row of the gradebook that go again when a later step fails."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from nbjudge.nbgrader_ext.soundness import sqlite_file


@contextlib.contextmanager
def undone_on_failure() -> Iterator[contextlib.ExitStack]:
    """Give the block a stack of what to call when it raises, the newest first."""
    with contextlib.ExitStack() as undo:
        yield undo
        undo.pop_all()  # nothing failed: all stays


def make(folder: Path, undo: contextlib.ExitStack) -> None:
    """Make `folder`, and what is missing of the folders above it, until `undo`.

    Raises `FileExistsError` where the folder is there already. Of two runs at once one alone makes
    it, so who made it may fill it, and remove it with all that is in it.
    """
    for parent in reversed(folder.parents):
        if not parent.exists():
            parent.mkdir(exist_ok=True)
            undo.callback(_remove_if_empty, parent)
    folder.mkdir()
    undo.callback(shutil.rmtree, folder, ignore_errors=True)


def forget(url: str, course: str, assignment: str, undo: contextlib.ExitStack) -> None:
    """Let `undo` take the assignment out of the gradebook; and the gradebook, if it is not yet."""
    file = sqlite_file(url)
    is_new = file is not None and not file.exists()
    undo.callback(_forget, url, course, assignment, file if is_new else None)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # another run has put something into it
        folder.rmdir()


def _forget(url: str, course: str, assignment: str, new: Path | None) -> None:
    if new is not None and not new.exists():
        return
    with Gradebook(url, course) as book:
        with contextlib.suppress(MissingEntry):
            book.remove_assignment(assignment)
        holds = bool(book.assignments or book.students)
    if new is not None and not holds:
        new.unlink()
