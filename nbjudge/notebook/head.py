"""The cells on top of a graded notebook, which say what its reader must know before the rest.

    MENDED            what was repaired before grading
    LEFT_OUT          submitted files that were not used
    NEEDS_A_PERSON    what the judge could not decide, and an instructor should look at
    UNCONFINED        how student code ran, where it did not run in the whole sandbox
    BESIDE            which tests ran in one process with student code

They stand in the notebook itself, so that the table of a class run, `autograded/`, feedback pages
and the formgrader all say the same. Only we write them: a cell that a student added has an id of
ours (`repair`), and never one of these.
"""

from collections.abc import Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

MENDED, LEFT_OUT, NEEDS_A_PERSON = "mended", "left-out", "needs-a-person"
UNCONFINED, BESIDE = "unconfined", "beside"
_TITLES = {  # from the top down
    NEEDS_A_PERSON: "Needs a person",
    UNCONFINED: "Graded unconfined",
    BESIDE: "Tested beside the student's code",
    LEFT_OUT: "Left out",
    MENDED: "Mended before grading",
}


def put_on_top(notebook: NotebookNode, kind: str, lines: Iterable[str]) -> None:
    """Add lines to the cell of a kind, which is made where it is missing; no line stands twice.

    >>> from nbformat.v4 import new_notebook
    >>> notebook = new_notebook()
    >>> put_on_top(notebook, MENDED, ["A cell was missing."])
    >>> lines_on_top(notebook, MENDED)
    ['A cell was missing.']
    """
    said = lines_on_top(notebook, kind)
    together = list(dict.fromkeys([*said, *(" ".join(line.split()) for line in lines)]))
    if together == said:
        return
    order = list(_TITLES)
    before = [cell for cell in notebook.cells if cell.id in order[: order.index(kind)]]
    text = "\n".join([f"**{_TITLES[kind]}**\n", *(f"- {line}" for line in together)])
    notebook.cells = [cell for cell in notebook.cells if cell.id != kind]
    notebook.cells.insert(len(before), new_markdown_cell(text, id=kind))


def lines_on_top(notebook: NotebookNode, kind: str) -> list[str]:
    """Return the lines of the cell of a kind; none where there is no such cell."""
    found = (cell.source for cell in notebook.cells if cell.id == kind)
    return [line[2:] for text in found for line in text.split("\n") if line.startswith("- ")]


def copy_head(graded: NotebookNode, notebook: NotebookNode) -> None:
    """Put on top of `notebook` what stands on top of `graded`."""
    for kind in _TITLES:
        put_on_top(notebook, kind, lines_on_top(graded, kind))
