"""What an exercise is called on its page: as its author calls it, wherever that is said.

A notebook of plain nbgrader says it nowhere for sure: there are headings above some exercises, and
a cell has a name that its author chose, or one that nbgrader made up.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import count

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from nbjudge.notebook.master import functions, is_instructors, visible_text
from nbjudge.notebook.names import forms, unfenced

_HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.M)
_MADE_UP = re.compile(r"cell-[0-9a-f]+")  # the names that nbgrader gives


def titles(cells: Sequence[NotebookNode], whole: str, number: int) -> Iterator[str]:
    """Yield what an exercise without a rubric may be called, the best first; some may be empty.

    `cells` are those behind the exercise before, up to the graded one; `whole` is the title of the
    notebook, and `number` the place of the exercise in it. There is no end of them: headings that
    a student wrote take no exercise its last title.
    """
    yield _heading(cells, whole)
    name = cells[-1].id
    yield "" if _MADE_UP.fullmatch(name) else name
    yield _definition(cells)
    yield f"Exercise {number}"
    yield from (f"Exercise {number} ({again})" for again in count(2))


def title_of(notebook: NotebookNode) -> str:
    """Return the title of a notebook, its first heading of level 1; empty where it has none."""
    found = (text for cell in notebook.cells for level, text in _headings(cell) if level == 1)
    return next(found, "")


def _heading(cells: Sequence[NotebookNode], whole: str) -> str:
    """Return the first heading of the cell that is nearest, but not the notebook's own title."""
    found = [[text for _, text in _headings(cell) if text != whole] for cell in cells]
    return next((texts[0] for texts in reversed(found) if texts), "")


def _headings(cell: NotebookNode) -> list[tuple[int, str]]:
    """Return the headings of a cell with their levels; none of an answer, which is a student's."""
    if cell.cell_type != "markdown" or is_solution(cell):
        return []
    text = visible_text(cell) if is_instructors(cell) else cell.source
    found = _HEADING.findall(unfenced(text))  # a comment in code is no heading
    return [(len(level), re.sub(r"[*`_]", "", heading)) for level, heading in found]


def _definition(cells: Sequence[NotebookNode]) -> str:
    """Return the first function or class of the answer, but rather one that its test names.

    A student may have written helpers above it.
    """
    answers = [one.source for one in cells if one.cell_type == "code" and is_solution(one)]
    found = [name for source in answers for name in forms(source) if name in functions(source)]
    tested = re.findall(r"\w+", visible_text(cells[-1]))
    return next((name for name in found if name in tested), found[0] if found else "")
