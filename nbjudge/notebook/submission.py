"""A submission as it arrives: read within bounds, and known by a digest of its source texts.

A notebook is JSON that a student wrote. It may be larger than memory, or nested so deeply that
nbformat, which recurses, fails. So size and depth are looked at before nbformat sees it. Other
tools write it in another encoding, with a byte order mark, or without the fields at its top; what
it holds can be read all the same.

Names that begin with a dot (.git, .venv, .ipynb_checkpoints) hold what tools keep for themselves.
They are no part of a submission: not read, not copied, and no reason to refuse it.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import nbformat
from nbformat import NotebookNode

from nbjudge.notebook.head import NEEDS_A_PERSON, put_on_top
from nbjudge.notebook.master import is_instructors
from nbjudge.verdict import Verdict

_LARGEST = 50 * 2**20  # bytes
_DEEPEST = 100  # levels of lists and dictionaries
_AGAIN = "Then submit again."


class NotGraded(Exception):
    """A submission cannot be graded as it is; the message names the file, the cause, the mend.

    Where it is shown, "Not graded:" stands before it. `for_author` says the same to who sent it;
    it names no folder of the machine that grades, and is empty where only the grader can mend it.
    """

    verdict = Verdict.REFUSED

    def __init__(self, message: str, for_author: str = ""):
        super().__init__(message)
        self.for_author = for_author

    def __str__(self) -> str:
        return f"Not graded: {super().__str__()}"


class ChangedMeanwhile(NotGraded):
    """The files in `submitted/` are other ones than those that were judged."""

    verdict = Verdict.CHANGED


@dataclass(frozen=True)
class Submission:
    """A submission as `repair.repair` made it, and the files that were submitted beside it.

    `seed` draws the hidden inputs. `digest` is that of the notebook. `ours` says that it is no
    submission but the master's own solution, `read` whether somebody reads what is said of it.
    """

    notebook: NotebookNode
    seed: int
    digest: str = ""
    files: Path | None = None
    ours: bool = False
    read: bool = True


def read(file: IO[bytes], most: int = _LARGEST) -> NotebookNode:
    """Return the notebook in an open file of at most `most` bytes, in nbformat's version 4.

    Raises `NotGraded` where the file holds no notebook, or one that is too large or nested too
    deeply.
    """
    try:
        content = file.read(most + 1)
        if len(content) > most:
            size = f"it is larger than {most // 2**20} MB; without the outputs it may be smaller"
            raise _too_large(file, size)
        text = _decoded(content)
        value = json.loads(text)
        if _is_deep(value):
            raise _too_large(file, f"it is nested deeper than {_DEEPEST} levels")
        notebook = nbformat.reads(_completed(text, value), as_version=4)
        cells = notebook.get("cells")
    except NotGraded:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {str(error)[:200]}"
        raise NotGraded(
            f"{file.name} is not a Jupyter notebook ({why}). "
            "Ask the student for the .ipynb file itself, then grade again.",
            f"{Path(file.name).name} cannot be read as a Jupyter notebook ({why}). Open it in "
            f"JupyterLab, and save it there. {_AGAIN}",
        ) from error
    if not isinstance(cells, list):
        raise NotGraded(
            f"{file.name} holds no cells. Ask the student for the notebook.",
            f"{Path(file.name).name} holds no cells. Look whether it is the right file. {_AGAIN}",
        )
    return notebook


def files_of(folder: Path) -> Iterator[Path]:
    """Yield all that a submission's folder holds, in order, but for names that begin with a dot."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in folders)
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def refuse_links(submitted: Path) -> None:
    """Raise `NotGraded` when a submission's folder holds a link, a device or a FIFO."""
    for path in (submitted, *files_of(submitted)):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise NotGraded(
                f"{path} is a link or no regular file, and what is behind it is not "
                "the student's. Remove it, or ask the student for the file itself; grade again.",
                f"{path.relative_to(submitted)} is a link or no regular file. Put the file itself "
                f"in its place, or remove it. {_AGAIN}",
            )


def say_what_is_missing(notebook: NotebookNode, file: Path, source: Path) -> None:
    """Put on top of a submission's first notebook which others of the assignment it lacks.

    `file` is where the notebook was submitted, `source` the folder of the assignment's masters.
    """
    wanted = sorted(path.name for path in source.glob("*.ipynb"))
    given = {path.name for path in file.parent.glob("*.ipynb")}
    lacking = [name for name in wanted if name not in given]
    if file.name == next((name for name in wanted if name in given), None):
        others = ", ".join(sorted(given - set(wanted)))
        beside = f" Notebooks of other names lie there: {others}." if others else ""
        put_on_top(
            notebook,
            NEEDS_A_PERSON,
            [
                f"{name} was not submitted, so all of it has 0 points until it is.{beside}"
                for name in lacking
            ],
        )


def digest(notebook: NotebookNode) -> str:
    """Return a digest of the texts that the student may write, 12 hexadecimal digits.

    Outputs and metadata do not count, and neither do cells of the master: nbgrader puts its own
    record of them into their place.
    """
    return _digest(cell.source for cell in notebook.cells if not is_instructors(cell))


def digest_of_all(notebook: NotebookNode) -> str:
    """Return a digest of the texts of all cells, 12 hexadecimal digits; for a master."""
    return _digest(cell.source for cell in notebook.cells)


def kept_seed(notebook: NotebookNode, seeds: Mapping[str, int], otherwise: int) -> int:
    """Return the seed with which a notebook was graded before, by its digest.

    Version 0.1.0 made the digest of all cells.
    """
    return seeds.get(digest(notebook), seeds.get(digest_of_all(notebook), otherwise))


def _digest(texts: Iterable[str]) -> str:
    text = "\0".join(texts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _too_large(file: IO[bytes], why: str) -> NotGraded:
    # Nobody has looked whether it is a notebook, so nothing says that it is none.
    return NotGraded(
        f"{file.name} cannot be graded: {why}. Ask the student for a smaller one.",
        f"{Path(file.name).name} cannot be graded: {why}. {_AGAIN}",
    )


def _is_deep(value: Any) -> bool:
    # Level by level, and not by recursion, which is what a deep value breaks.
    level = [value]
    for _ in range(_DEEPEST):
        parts = [part.values() if isinstance(part, dict) else part for part in level]
        level = [item for part in parts for item in part if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def _decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, or as Windows in the West wrote it."""
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode(encoding, "replace")
    # UTF-8 with a damaged character still holds whole ones.
    damaged = text.count("\ufffd")
    if sum(letter > "\x7f" for letter in text) > 2 * damaged:
        return text
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _completed(text: str, value: Any) -> str:
    """Return a notebook's text with the fields at its top that other tools leave out."""
    if not isinstance(value, dict) or not isinstance(value.get("cells"), list):
        return text
    fields: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5, **value}
    if not isinstance(fields.get("metadata"), dict):
        fields["metadata"] = {}
    return text if fields == value else json.dumps(fields)
