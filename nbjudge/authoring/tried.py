"""Build an assignment, try its tests in the judge, and write down how each is graded.

A placeholder such as `pass` may pass a test: a function that returns nothing was asked for. There
the master's solution cell is marked as one that has nbgrader's stub, and the assignment is built
once more.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from nbjudge.authoring.build import Built, build
from nbjudge.authoring.ways import Way, ways
from nbjudge.notebook.canonical import to_text
from nbjudge.process.zygote import JudgeFault

_Cell = tuple[str, str]  # its notebook, and its id


@dataclass(frozen=True)
class Tried:
    """A built assignment, how its cells are graded, and the cells that have the stub since.

    `noted` names masters in which other ways to grade are written down now. `untried` says why the
    tests could not be tried on this machine; empty where they were.
    """

    built: Built
    ways: list[Way] = field(default_factory=list)
    stubs: list[str] = field(default_factory=list)
    noted: list[Path] = field(default_factory=list)
    untried: str = ""


def build_and_try(root: Path, assignment: str) -> Tried:
    """Build an assignment and try its tests.

    Raises what `build` raises, and `RubricError` where a rubric cannot be used.
    """
    built = build(root, assignment)
    if sys.platform != "linux":
        return Tried(built, untried=f"Student code can be confined on Linux only: {sys.platform}.")
    folder = root / "source" / assignment
    try:
        found = ways(root, assignment, anew=True)
        stubs = {(one.notebook, one.solution): {"stub": True} for one in found if one.needs_stub}
        if stubs:
            _note(folder, stubs)
            built, found = build(root, assignment), ways(root, assignment, anew=True)
    except JudgeFault as fault:
        return Tried(built, untried=str(fault))
    decisions = {(one.notebook, one.cell): {"way": one.decision} for one in found if one.decision}
    noted = [path.relative_to(root) for path in _note(folder, decisions)]
    return Tried(built, found, sorted(cell for _, cell in stubs), noted)


def _note(folder: Path, notes: Mapping[_Cell, dict[str, Any]]) -> list[Path]:
    """Add notes to the metadata of cells of canonical masters; return the files that changed."""
    changed = []
    for name in sorted({notebook for notebook, _ in notes}):
        path = folder / f"{name}.ipynb"
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        for cell in notebook.cells:
            if found := notes.get((name, cell.id)):
                cell.metadata.setdefault("nbjudge", {}).update(found)
        if (after := to_text(notebook)) != before:
            path.write_text(after, encoding="utf-8")
            changed.append(path)
    return changed
