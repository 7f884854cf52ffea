"""Which submitted cell answers which cell of the master, and what had to be mended.

What is taken. Only source text, and pictures attached to markdown, are taken from a submission.
Metadata, tags, points, outputs, cell types and the kernel are the master's. So it does not matter
what another notebook tool has dropped, or what a student has changed: a tag that skips a test cell,
more points, a locked cell with other text.

Why nbgrader's own steps do not do this. They overwrite cells by their grade_id. A cell that was
copied, or that lost its metadata, makes them raise, or stops the run of the whole class, or is
never graded.

How cells are paired. Each cell of the master that nbgrader manages looks for its submitted cell by

    1  its grade_id; of several copies the last one counts, as in nbgrader
    2  its cell id
    3  what it holds: a solution by the names that it defines, a locked cell by its visible text

A cell that is found nowhere is put back, after the cell that precedes it in the master. A cell that
marks a solution is moved behind that solution, if it stands before it. All else stays in the order
of the submission, because cells run in the student's order.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from nbjudge.notebook.head import MENDED, put_on_top
from nbjudge.notebook.master import defined_names, mark, visible_text
from nbjudge.notebook.skeleton import skeleton

_KINDS = ("code", "markdown", "raw")
_PICTURES = {"image/png", "image/jpeg"}


_ELSEWHERE = "# What this cell asks for is defined in another cell of the notebook."

Mended = dict[str, list[str]]  # a kind of `_SAID` -> ids of the master's cells
_SAID = {
    "copied": "Copied cells, of which the last one counts",
    "recognised": "Cells without their nbgrader mark, recognised by what they hold",
    "retyped": "Cells turned into another type, turned back",
    "changed": "Locked cells whose text was changed, run as they were handed out",
    "moved": "Cells that stood before the solution they mark, moved behind it",
    "missing": "Missing cells, put back",
}


def repair(master: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, Mended]:
    """Return the submission as a notebook that nbgrader can grade, and what was mended.

    The result holds the student's text in solution cells and in the student's own cells, and the
    master's text, hidden tests included, in locked cells. It shares nothing with `master`. Never
    raises for what a submission holds: one that cannot be paired gets the master's empty cells.
    """
    cells = [cell for cell in _list(submitted.get("cells")) if isinstance(cell, dict)]
    managed = [cell for cell in master.cells if mark(cell)]
    mended: Mended = {}
    owner = _pair(managed, cells, mended)
    result = [
        _answer(owner[index], cell, mended) if index in owner else _own_cell(cell, index)
        for index, cell in enumerate(cells)
    ]
    _restore_order(managed, result, mended)
    notebook = new_notebook(cells=result, metadata=deepcopy(master.metadata))
    notebook.nbformat_minor = 5
    return notebook, mended


def repaired(master: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return the submission as `repair` does, with a cell on top that says what was mended."""
    notebook, mended = repair(master, submitted)
    notes = describe(mended)
    put_on_top(notebook, MENDED, notes)
    return notebook, notes


def describe(mended: Mended) -> list[str]:
    """Say what was mended, a sentence for each kind."""
    return [f"{_SAID[kind]}: {', '.join(mended[kind])}." for kind in _SAID if kind in mended]


def _pair(
    managed: list[NotebookNode], cells: list[dict], mended: Mended
) -> dict[int, NotebookNode]:
    """Return the master cell that each submitted cell answers, by its index."""
    # All cells are looked for by grade_id first: a cell that is recognised by what it holds must
    # not take the submitted cell that bears another one's grade_id.
    owner: dict[int, NotebookNode] = {}
    rest = []
    marked = [mark(given).get("grade_id") for given in cells]
    for cell in managed:
        found = [i for i, name in enumerate(marked) if name == cell.id]
        if found:
            owner[found[-1]] = cell
        else:
            rest.append(cell)
        if len(found) > 1:
            mended.setdefault("copied", []).append(cell.id)
    for cell in rest:
        index = next((i for i in _candidates(cell, cells) if i not in owner), None)
        if index is not None:
            owner[index] = cell
            mended.setdefault("recognised", []).append(cell.id)
    return owner


def _candidates(cell: NotebookNode, cells: list[dict]) -> Iterator[int]:
    """Yield the indices of submitted cells that may answer `cell`, the likeliest first."""
    yield from (i for i, given in enumerate(cells) if given.get("id") == cell.id)
    if mark(cell).get("solution"):
        # The last definition is the one that a notebook that is run from top to bottom ends with.
        names = defined_names(visible_text(cell))
        for index in reversed(range(len(cells))):
            if names & defined_names(_text(cells[index])):
                yield index
    else:
        text = visible_text(cell)
        yield from (i for i, given in enumerate(cells) if _text(given).strip() == text)


def _cell(kind: str, source: str, id: str, metadata: Any = None) -> NotebookNode:
    """Return a cell as nbformat makes it, without validating it.

    nbformat's own functions validate each cell, and the notebook is validated as a whole when it is
    written. The metadata are a copy, because nbgrader's steps write into them.
    """
    cell = NotebookNode(cell_type=kind, id=id, metadata=deepcopy(metadata or NotebookNode()))
    cell.source = source
    if kind == "code":
        cell.execution_count, cell.outputs = None, []
    return cell


def _answer(master: NotebookNode, given: dict, mended: Mended) -> NotebookNode:
    """Return the master's cell, with the student's text where it is theirs to write."""
    if given.get("cell_type") != master.cell_type:
        mended.setdefault("retyped", []).append(master.id)
    if mark(master).get("solution"):
        return _cell(master.cell_type, _text(given), id=master.id, metadata=master.metadata)
    # The text as students have it; or the whole, where the master's own solution is judged.
    if _text(given).strip() not in (visible_text(master), master.source.strip()):
        mended.setdefault("changed", []).append(master.id)
    return _fresh(master)


def _own_cell(given: dict, index: int) -> NotebookNode:
    """Return a cell that a student added: its text, and pictures attached to markdown."""
    # An unknown type becomes raw text, which neither runs nor is rendered.
    kind = given.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in _KINDS else "raw"
    cell = _cell(kind, _text(given), id=f"student-{index}")
    if kind == "markdown" and isinstance(given.get("attachments"), dict):
        cell.attachments = {
            name: {
                mime: data
                for mime, data in bundle.items()
                if mime in _PICTURES and isinstance(data, str)
            }
            for name, bundle in given["attachments"].items()
            if isinstance(bundle, dict)
        }
    return cell


def _fresh(master: NotebookNode) -> NotebookNode:
    """Return the master's cell as it was handed out, but with its hidden tests."""
    source = skeleton(master.source) if mark(master).get("solution") else master.source
    return _cell(master.cell_type, source, id=master.id, metadata=master.metadata)


def _put_back(master: NotebookNode, given: list[NotebookNode]) -> NotebookNode:
    """Return the cell that is put back for a missing one.

    A solution cell comes back as a comment where another cell defines its names: its placeholder
    would overwrite that solution when the notebook runs.
    """
    cell = _fresh(master)
    names = defined_names(cell.source) if mark(master).get("solution") else set()
    if names and any(names & defined_names(one.source) for one in given):
        cell.source = _ELSEWHERE
    return cell


def _restore_order(managed: list[NotebookNode], result: list[NotebookNode], mended: Mended) -> None:
    """Put back missing cells, and move what stands before the solution that it marks."""
    previous: str | None = None
    solution: str | None = None
    for master in managed:
        place = _position(result, master.id)
        after = max(_position(result, one) for one in (previous, solution))
        if place < 0:
            result.insert(after + 1, _put_back(master, result))
            mended.setdefault("missing", []).append(master.id)
        elif not mark(master).get("solution") and place < _position(result, solution):
            cell = result.pop(place)
            result.insert(after, cell)
            mended.setdefault("moved", []).append(master.id)
        previous = master.id
        if mark(master).get("solution"):
            solution = master.id


def _position(cells: list[NotebookNode], cell_id: str | None) -> int:
    """Return the index of a cell, -1 where it is missing, so that `-1 + 1` is the top."""
    return next((i for i, cell in enumerate(cells) if cell.id == cell_id), -1)


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []


def _text(cell: dict) -> str:
    """Return the source text of a submitted cell, whatever stands in its place."""
    source = cell.get("source", "")
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    # A lone surrogate, half of a character, cannot be written to a file.
    return text.encode("utf-8", "replace").decode("utf-8")
