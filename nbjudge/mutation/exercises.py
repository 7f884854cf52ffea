"""What can be tried of an assignment: each solution cell of its masters, with the tests behind it.

    cells that the solution needs   imports, helpers, earlier solutions
    the solution cell               which is edited
    grade cells behind it           before the next solution cell: they give the points

A solution without a test that the judge can run by itself is left out, and named with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.notebook.master import mark, read_master
from nbjudge.notebook.needed import helper, needed
from nbjudge.notebook.test_cell import TestCell
from nbjudge.rubric.loader import load, named


@dataclass(frozen=True)
class Exercise:
    """One solution cell, and what decides its points.

    `name` is the path of its rubric, or "<assignment>/<id of the cell>" where plain asserts mark
    it. `source` is the text of the cell `cell` in the master `file`. `before` are the texts of the
    cells that it needs, in order.
    """

    name: str
    title: str
    file: Path
    cell: str
    source: str
    before: tuple[str, ...]
    tests: tuple[TestCell, ...]


@dataclass(frozen=True)
class LeftOut:
    """A cell or an exercise that is not tried, and why."""

    name: str
    reason: str


def exercises(root: Path, assignment: str) -> list[Exercise | LeftOut]:
    """Return what the masters of an assignment hold, in their order.

    Raises `RubricError` where a rubric that a test names is missing, or the configuration of the
    course is wrong.
    """
    written = conventions(configuration(root), root)
    files = sorted((root / "source" / assignment).glob("*.ipynb"))
    return [
        one
        for file in files
        for one in _in_master(root, assignment, file, read_master(file, written))
    ]


def _in_master(
    root: Path, assignment: str, file: Path, master: NotebookNode
) -> Iterator[Exercise | LeftOut]:
    cells = list(master.cells)
    for place, cell in enumerate(cells):
        about = mark(cell)
        if about.get("task") or (about.get("grade") and about.get("solution")):
            yield LeftOut(f"{assignment}/{cell.id}", "a person grades it")
        elif cell.cell_type == "code" and about.get("solution"):
            tests = tuple(_tests(cells[place + 1 :], master))
            if tests:
                yield _exercise(root, assignment, file, cells[:place], cell, tests)
            else:
                reason = "no test that gives points follows before the next solution"
                yield LeftOut(f"{assignment}/{cell.id}", reason)


def _tests(behind: list[NotebookNode], master: NotebookNode) -> Iterator[TestCell]:
    for cell in behind:
        if mark(cell).get("solution") and cell.cell_type == "code":
            return
        test = TestCell.of(cell, master)
        if test is not None:
            yield test


def _exercise(
    root: Path,
    assignment: str,
    file: Path,
    before: list[NotebookNode],
    cell: NotebookNode,
    tests: tuple[TestCell, ...],
) -> Exercise:
    rubrics = [path for test in tests for path in named(test.source)]
    name = rubrics[0] if rubrics else f"{assignment}/{cell.id}"
    title = load(rubrics[0], root)[0].title if rubrics else ""
    code = [one for one in before if one.cell_type == "code"]
    solutions = [one for one in code if mark(one).get("solution")]
    helpers = needed("\n".join(one.source for one in [*solutions, cell]), code)
    text_of = {one.id: helper(one) for one in helpers} | {one.id: one.source for one in solutions}
    texts = (text_of[one.id] for one in code if one.id in text_of)
    return Exercise(name, title, file, cell.id, cell.source, tuple(texts), tests)
