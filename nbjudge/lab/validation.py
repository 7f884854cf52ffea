"""What Validate says of a notebook: which visible tests pass, and what is marked besides.

    python -m nbjudge.lab.validation FILE      prints a list of `Line`s as JSON

A process of its own, because nbgrader's validator changes folder and environment of its process,
and takes as long as the notebook does: the server answers meanwhile.

What is known here is the notebook as it was handed out. A graded cell without a statement of its
own is marked by tests that students do not have; of any other, nobody knows it here.
"""

import ast
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.apps import NbGrader
from nbgrader.validator import Validator

_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)
_MARKS = re.compile(r"[*`_]")


@dataclass(frozen=True)
class Line:
    """A sentence, a list below it, and what stands there as it is, such as a traceback."""

    text: str
    items: tuple[str, ...] = ()
    detail: str = ""


class VisibleTests(Validator):
    """nbgrader's validator, which says what it knows, and no more."""

    def lines(self, file: Path) -> list[Line]:
        """Run a notebook from top to bottom; return what to say of it."""
        with utils.chdir(str(file.parent)):
            before = nbformat.read(file.name, as_version=nbformat.current_nbformat)
            titles = exercise_titles(before)
            ran = self._preprocess(before)
        tests = [cell for cell in ran.cells if utils.is_grade(cell) and _has_statements(cell)]
        failed = [cell for cell in self._get_failed_cells(ran) if cell.cell_type == "code"]
        said = list(_changed(self._get_changed_cells(ran), titles))
        if failed:
            return [*said, *_failures(self, failed, len(tests), titles)]
        passed = "The visible tests pass." if tests else "There is no visible test."
        first, *more = [*_besides(ran, titles), Line("")]
        return [*said, replace(first, text=f"{passed} {first.text}".strip()), *more[:-1]]


def exercise_titles(notebook: NotebookNode) -> dict[str, str]:
    """Return the heading above each cell, by the cell's id."""
    titles, heading = {}, ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := _HEADING.findall(cell.source)):
            heading = _MARKS.sub("", found[0])
        titles[cell.get("id", "")] = heading
    return titles


def _besides(notebook: NotebookNode, titles: dict[str, str]) -> Iterator[Line]:
    """Yield what is marked besides the visible tests."""
    hidden: list[str] = []
    perhaps: list[str] = []
    by_hand: list[str] = []
    for cell in filter(utils.is_grade, notebook.cells):
        title = titles[cell.get("id", "")]
        if utils.is_solution(cell):
            by_hand.append(title)
        elif not _has_statements(cell):
            hidden.append(title)
        elif cell.metadata.nbgrader.get("points"):
            perhaps.append(title)
    if hidden:
        yield Line("More is marked:", _named(hidden))
        yield Line("Look above the code of an exercise for what it is marked on.")
    if perhaps:
        yield Line("Grading may run more tests:", _named(perhaps))
    if by_hand:
        yield Line("A person marks:", _named(by_hand))


def _failures(
    validator: Validator, failed: list[NotebookNode], count: int, titles: dict[str, str]
) -> Iterator[Line]:
    fail = "fails" if len(failed) == 1 else "fail"
    yield Line(f"Of {count} visible tests, {len(failed)} {fail}.")
    for cell in failed:
        said = validator._extract_error(cell)
        yield Line(
            f"{titles[cell.get('id', '')]}: {_last_line(cell)}", detail=without_colours(said)
        )


def _changed(cells: list[NotebookNode], titles: dict[str, str]) -> Iterator[Line]:
    if cells:
        yield Line(
            "Locked cells were changed. Grading runs them as they were handed out, so what they "
            "say here may differ:",
            _named([titles[cell.get("id", "")] for cell in cells]),
        )


def _has_statements(cell: NotebookNode) -> bool:
    if cell.cell_type != "code":
        return False
    try:
        return bool(ast.parse(cell.source).body)
    except SyntaxError:
        return True


def _last_line(cell: NotebookNode) -> str:
    """Return what a failed test says, in a line."""
    for output in cell.outputs:
        if output.output_type == "error":
            return without_colours(f"{output.ename}: {output.evalue}".rstrip(": ")).split("\n")[0]
    return "not all of its points are given."


def without_colours(text: str) -> str:
    """Return a text without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _named(titles: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title or "a cell without a heading" for title in titles))


def _configuration() -> Any:
    app = NbGrader()
    app.load_config_file()
    return app.config


if __name__ == "__main__":
    said = VisibleTests(config=_configuration()).lines(Path(sys.argv[1]))
    print(json.dumps([asdict(line) for line in said]))
