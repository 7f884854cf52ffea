"""Build an assignment, try its tests in the judge, and let students have the stub where that mends.

A placeholder such as `pass` may pass a test: a function that returns nothing was asked for. There
the master's solution cell is marked as one that has nbgrader's stub, and the assignment is built
once more.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from nbjudge.authoring.build import Built, build
from nbjudge.authoring.ways import Way, ways
from nbjudge.notebook.canonical import to_text
from nbjudge.process.zygote import JudgeFault


@dataclass(frozen=True)
class Tried:
    """A built assignment, how its cells are graded, and the cells that have the stub since.

    `untried` says why the tests could not be tried on this machine; empty where they were.
    """

    built: Built
    ways: list[Way] = field(default_factory=list)
    stubs: list[str] = field(default_factory=list)
    untried: str = ""


def build_and_try(root: Path, assignment: str) -> Tried:
    """Build an assignment and try its tests.

    Raises what `build` raises, and `RubricError` where a rubric cannot be used.
    """
    built = build(root, assignment)
    if sys.platform != "linux":
        return Tried(built, untried=f"Student code can be confined on Linux only: {sys.platform}.")
    try:
        found = ways(root, assignment)
        stubs = {(one.notebook, one.solution) for one in found if one.needs_stub}
        if not stubs:
            return Tried(built, found)
        _ask_for_stubs(root / "source" / assignment, stubs)
        return Tried(build(root, assignment), ways(root, assignment), sorted(id for _, id in stubs))
    except JudgeFault as fault:
        return Tried(built, untried=str(fault))


def _ask_for_stubs(folder: Path, cells: set[tuple[str, str]]) -> None:
    """Mark solution cells of canonical masters, each by its notebook and its id."""
    for name in {notebook for notebook, _ in cells}:
        path = folder / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if (name, cell.id) in cells:
                cell.metadata.setdefault("nbjudge", {})["stub"] = True
        path.write_text(to_text(notebook), encoding="utf-8")
