"""What is sent through the exchange: looked at as a whole before anything is copied.

nbgrader leaves out a file that is too large, with a line in a log, and says "Submitted". Here what
cannot be sent is a problem, with the file, its size and the mend, and nothing is sent then.

Limits count what is graded. A notebook is sent without its outputs, which grading makes anew; the
student's own file stays as it is. Where a cell is graded by hand, the grader may want to see what
the student saw: its outputs are sent, and have a limit of their own.
"""

import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets import Integer
from traitlets.config import LoggingConfigurable

from nbjudge.exchange.inbox import MOST_ENTRIES
from nbjudge.notebook import submission
from nbjudge.notebook.master import mark
from nbjudge.notebook.submission import NotGraded

KB = 1000  # bytes, as nbgrader counts
_LARGEST = 1000 * 1000 * KB  # a notebook with its outputs, on the student's own machine


@dataclass(frozen=True)
class Limits:
    """The most that may be sent, in kilobytes: a file, all files, outputs of a notebook."""

    file: int
    folder: int
    outputs: int


@dataclass
class Parcel:
    """The files of a folder: what is sent of each, what is left out, and why it cannot be sent.

    `files` has the paths below `folder` as keys. A notebook without its outputs is held as bytes,
    another file is copied from where it lies.
    """

    folder: Path
    files: dict[Path, bytes | None] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def write(self, target: Path) -> None:
        """Copy what is sent to `target`, which is made."""
        target.mkdir(parents=True)
        for name, content in self.files.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                shutil.copyfile(self.folder / name, target / name)
            else:
                (target / name).write_bytes(content)


class Whole(LoggingConfigurable):
    """Copies a folder whole, or says why not and copies nothing."""

    max_outputs_size = Integer(
        10_000,
        help="The most that the outputs of cells graded by hand may have, in kilobytes a notebook.",
    ).tag(config=True)

    def packed(self, folder: Path, by_hand: Iterable[str] = ()) -> Parcel:
        """Return what is sent of `folder`; fail where something cannot be sent."""
        coursedir = self.coursedir  # type: ignore[attr-defined]
        limits = Limits(coursedir.max_file_size, coursedir.max_dir_size, self.max_outputs_size)
        parcel = pack(folder, coursedir.ignore, limits, by_hand)
        if parcel.problems:
            lines = "\n".join(f"  - {line}" for line in parcel.problems)
            self.fail(f"Nothing was sent, because:\n{lines}")  # type: ignore[attr-defined]
        if parcel.left:
            left = ", ".join(sorted(parcel.left))
            self.log.info("Not part of what is sent: %s", left)
        return parcel


def pack(
    folder: Path, ignore: Iterable[str], limits: Limits, by_hand: Iterable[str] = ()
) -> Parcel:
    """Look at all that lies in `folder`, but for names that match `ignore`.

    `by_hand` are the ids of cells that are graded by hand.
    """
    parcel = Parcel(folder)
    sizes = {name: _packed(name, parcel, limits, set(by_hand)) for name in _names(parcel, ignore)}
    if len(sizes) > MOST_ENTRIES:
        parcel.problems.append(
            f"{folder} holds {len(sizes)} files, and {MOST_ENTRIES} may be sent. Remove those that "
            "the notebook does not need."
        )
    whole = sum(sizes.values())
    if whole > limits.folder * KB:
        largest = max(sizes, key=lambda name: sizes[name])
        parcel.problems.append(
            f"{folder} holds {_mb(whole)}, and {_mb(limits.folder * KB)} may be sent. The largest "
            f"file is {largest}, {_mb(sizes[largest])}. Remove what the notebook does not need."
        )
    return parcel


def _names(parcel: Parcel, ignore: Iterable[str]) -> Iterator[Path]:
    """Yield the path of each file that may be sent, below the folder of the parcel."""
    patterns = list(ignore)
    for place, folders, names in os.walk(parcel.folder):
        here = Path(place).relative_to(parcel.folder)
        out = [name for name in (*folders, *names) if any(fnmatch(name, one) for one in patterns)]
        parcel.left += [str(here / name) for name in out]
        for name in sorted(set(folders) - set(out)):
            if (Path(place) / name).is_symlink():
                parcel.problems.append(
                    f"{here / name} is a link to a folder. Put the folder itself in its place."
                )
        folders[:] = sorted(set(folders) - set(out))
        yield from (here / name for name in sorted(set(names) - set(out)))


def _packed(name: Path, parcel: Parcel, limits: Limits, by_hand: set[str]) -> int:
    """Take one file into the parcel; return the bytes that are sent of it."""
    path = parcel.folder / name
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            parcel.problems.append(f"{name} is no regular file. Remove it from the folder.")
            return 0
        with path.open("rb") as file:
            notebook = submission.read(file, _LARGEST) if name.suffix == ".ipynb" else None
    except NotGraded:  # sent as it is: its grader sees what arrived
        notebook = None
    except OSError as error:
        gone = path.is_symlink() and isinstance(error, FileNotFoundError)
        what = "a link to nothing" if gone else f"not readable ({error.strerror})"
        parcel.problems.append(f"{name} is {what}. Remove it, or put the file itself there.")
        return 0
    parcel.files[name] = None
    size, counted, largest = about.st_size, about.st_size, ""
    if notebook is not None:
        kept = _strip(notebook, by_hand)
        content = (nbformat.writes(notebook) + "\n").encode("utf-8", "replace")
        parcel.files[name] = content
        size, counted = len(content), len(content) - kept
        largest = _largest_cell(notebook)
        if kept > limits.outputs * KB:
            parcel.problems.append(
                f"{name}: the outputs of the cells that are graded by hand take {_mb(kept)}, and "
                f"{_mb(limits.outputs * KB)} may be sent. Make its pictures smaller, run these "
                "cells again, and save."
            )
    if counted > limits.file * KB:
        parcel.problems.append(
            f"{name} has {_mb(counted)}{' without its outputs' if largest else ''}, and "
            f"{_mb(limits.file * KB)} may be sent. "
            + (largest or "Remove it from the folder, or make it smaller.")
        )
    return size


def _strip(notebook: NotebookNode, by_hand: set[str]) -> int:
    """Remove the outputs of a notebook but for those that a grader looks at; return their bytes.

    What stands between a task cell and the next one of the assignment answers the task.
    """
    kept, answers_task = 0, False
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        name = mark(cell).get("grade_id") or cell.get("id")
        if mark(cell):
            answers_task = bool(mark(cell).get("task"))
        if cell.get("cell_type") != "code":
            continue
        if name in by_hand or is_by_hand(cell) or (answers_task and not mark(cell)):
            kept += len(json.dumps(cell.get("outputs", [])))
        else:
            cell["outputs"], cell["execution_count"] = [], None
    return kept


def is_by_hand(cell: NotebookNode) -> bool:
    """Whether a person gives the points of a cell: a manual answer, or a task."""
    about = mark(cell)
    return bool(about.get("task") or (about.get("grade") and about.get("solution")))


def _largest_cell(notebook: NotebookNode) -> str:
    sizes = [len(json.dumps(cell)) for cell in notebook.cells]
    if not sizes:
        return "It holds no cells."
    place = max(range(len(sizes)), key=lambda index: sizes[index])
    pictures = notebook.cells[place].get("attachments")
    mend = "Paste smaller pictures into it" if pictures else "Make it smaller"
    return f"Its largest cell, number {place + 1}, has {_mb(sizes[place])}. {mend}, and save."


def _mb(size: int) -> str:
    return f"{size / KB / KB:.1f} MB"
