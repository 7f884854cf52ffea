"""The master notebooks of an assignment: as they are in `source/`, and as a build writes them.

A build works on copies. What is in `source/` is written at its end, and only where it changed.
"""

import shutil
import warnings
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from nbjudge.notebook.canonical import canonical, changes, to_text
from nbjudge.notebook.master import Conventions
from nbjudge.notebook.regions import SkeletonError, find_regions

_OF_TOOLS = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")


class BuildError(Exception):
    """The assignment cannot be built; the message names the file, the cause and the mend."""


@dataclass(frozen=True)
class Master:
    """A master notebook in its canonical form, and the content of its file before."""

    path: Path
    before: bytes
    notebook: NotebookNode
    changes: list[str]

    @classmethod
    def read(cls, path: Path) -> "Master":
        """Read a master; raises `BuildError` where the file holds no notebook."""
        before = path.read_bytes()
        try:
            with warnings.catch_warnings(
                action="ignore"
            ):  # of ids that are missing, or there twice
                notebook = nbformat.reads(before.decode("utf-8"), as_version=4)
        except Exception as error:  # nbformat raises whatever its parts do
            why = f"{type(error).__name__}: {str(error)[:200]}"
            raise BuildError(
                f"{path} cannot be read as a notebook ({why}). Open it in JupyterLab, and save it "
                "there."
            ) from error
        made = canonical(deepcopy(notebook))
        return cls(path, before, made, changes(notebook, made))

    @property
    def is_canonical(self) -> bool:
        """Whether the file is as a build writes it."""
        return self.after == self.before

    @property
    def after(self) -> bytes:
        """The content of the file as a build writes it."""
        return to_text(self.notebook).encode("utf-8")


def masters_of(root: Path, assignment: str, written: Conventions) -> list[Master]:
    """Read the masters of an assignment, written by these conventions.

    Raises `BuildError` where there is none, where one cannot be read, and where the markers of its
    solution regions do not pair up.
    """
    folder = root / "source" / assignment
    masters = [Master.read(path) for path in sorted(folder.glob("*.ipynb"))]
    if not masters:
        raise BuildError(f"There is no notebook in {folder}. Check the name of the assignment.")
    problems = [problem for master in masters for problem in _problems(master, written)]
    if problems:
        raise BuildError("\n".join(problems))
    return masters


def copy_with(masters: list[Master], folder: Path) -> None:
    """Copy what lies in the folder of the masters into a new `folder`, the masters canonical."""
    shutil.copytree(masters[0].path.parent, folder, ignore=_OF_TOOLS)
    for master in masters:
        (folder / master.path.name).write_bytes(master.after)


def refuse_changed(masters: list[Master]) -> None:
    """Raise `BuildError` where somebody saved a master since it was read."""
    for master in masters:
        if master.path.read_bytes() != master.before:
            raise BuildError(f"{master.path} was saved while it was built. Build it again.")


def _problems(master: Master, written: Conventions) -> Iterator[str]:
    for cell in master.notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            try:
                find_regions(written.in_our_words(cell.source).split("\n"))
            except SkeletonError as error:
                yield f"{master.path}, cell '{cell.id}': {error}"
