"""The judged notebooks of an attempt, kept in its folder, and the marks that they show."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from nbjudge.notebook.master import mark
from nbjudge.rubric.scorecard import Scorecard


class ExerciseMark(NamedTuple):
    """The mark of one exercise. A test without a rubric has no card; its title is its cell's name.

    `score` is None where a person has to grade. `notebook` is the name of its file.
    """

    title: str
    score: float | None
    card: Scorecard | None
    notebook: str


def keep(folder: Path, notebooks: Mapping[str, NotebookNode]) -> None:
    """Write judged notebooks, by file name, into a folder, which is made."""
    folder.mkdir(exist_ok=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / name)


def kept(folder: Path) -> dict[str, NotebookNode]:
    """Return the notebooks of a folder by file name; none where it is not there."""
    return {path.name: nbformat.read(path, as_version=4) for path in folder.glob("*.ipynb")}


def marks_of(notebooks: Mapping[str, NotebookNode]) -> Iterator[ExerciseMark]:
    """Yield the mark of each graded cell of judged notebooks."""
    for name, notebook in notebooks.items():
        for cell in filter(is_grade, notebook.cells):
            card = Scorecard.from_outputs(cell.get("outputs", []))
            if card is not None:
                yield ExerciseMark(card.title, None if card.fault else card.score, card, name)
            elif mark(cell).get("points"):
                yield ExerciseMark(mark(cell)["grade_id"], determine_grade(cell)[0], None, name)
