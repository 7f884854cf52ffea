"""A submission as it arrives: read within bounds, and known by a digest of its source texts.

A notebook is JSON that a student wrote. It may be larger than memory, or nested so deeply that
nbformat, which recurses, fails. So size and depth are looked at before nbformat sees it.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import nbformat
from nbformat import NotebookNode

from nbjudge.verdict import Verdict

_LARGEST = 50 * 2**20  # bytes
_DEEPEST = 100  # levels of lists and dictionaries


class NotGraded(Exception):
    """A submission cannot be graded as it is; the message names the file, the cause, the mend.

    Where it is shown, "Not graded:" stands before it.
    """

    verdict = Verdict.REFUSED

    def __str__(self) -> str:
        return f"Not graded: {super().__str__()}"


class ChangedMeanwhile(NotGraded):
    """The files in `submitted/` are other ones than those that were judged."""

    verdict = Verdict.CHANGED


@dataclass(frozen=True)
class Submission:
    """A submission as `repair.repair` made it, and the files that were submitted beside it.

    `seed` draws the hidden inputs. `digest` is that of the notebook. `ours` says that it is no
    submission but the master's own solution.
    """

    notebook: NotebookNode
    seed: int
    digest: str = ""
    files: Path | None = None
    ours: bool = False


def read(file: IO[str]) -> NotebookNode:
    """Return the notebook in an open file, in nbformat's version 4.

    Raises `NotGraded` where the file holds no notebook, or one that is too large or nested too
    deeply.
    """
    try:
        text = file.read(_LARGEST + 1)
        if len(text) > _LARGEST:
            raise ValueError(f"it is larger than {_LARGEST // 2**20} MB")
        _refuse_depth(json.loads(text))
        notebook = nbformat.reads(text, as_version=4)
        cells = notebook.get("cells")
    except Exception as error:
        raise NotGraded(
            f"{file.name} is not a Jupyter notebook ({type(error).__name__}: "
            f"{str(error)[:200]}). Ask the student for the .ipynb file itself, then grade again."
        ) from error
    if not isinstance(cells, list):
        raise NotGraded(f"{file.name} holds no cells. Ask the student for the notebook.")
    return notebook


def refuse_links(submitted: Path) -> None:
    """Raise `NotGraded` when a submission's folder holds a link, a device or a FIFO."""
    for path in (submitted, *sorted(submitted.rglob("*"))):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise NotGraded(
                f"{path} is a link or no regular file, and what is behind it is not "
                "the student's. Remove it, or ask the student for the file itself; grade again."
            )


def digest(notebook: NotebookNode) -> str:
    """Return a digest of the source texts of all cells, 12 hexadecimal digits.

    Outputs and metadata do not count.
    """
    text = "\0".join(cell.source for cell in notebook.cells)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _refuse_depth(value: Any) -> None:
    # Level by level, and not by recursion, which is what a deep value breaks.
    level = [value]
    for _ in range(_DEEPEST):
        parts = [part.values() if isinstance(part, dict) else part for part in level]
        level = [item for part in parts for item in part if isinstance(item, dict | list)]
        if not level:
            return
    raise ValueError(f"it is nested deeper than {_DEEPEST} levels")
