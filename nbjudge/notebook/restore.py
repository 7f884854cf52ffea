"""Puts right which cells a repaired notebook has, and in which order.

A cell of the master that is found nowhere is put back, after the cell that precedes it there. A
cell that marks a solution is moved behind that solution, if it stands before it. A placeholder does
not run where the notebook holds a solution of its name.
"""

from copy import deepcopy
from typing import Any

from nbformat import NotebookNode

from nbjudge.notebook.master import handed_out, is_instructors, mark, visible_text
from nbjudge.notebook.names import bound, used, without
from nbjudge.notebook.pairing import Mended, asked, given_texts, lines_of, note, worked_on

_PICTURES = {"image/png", "image/jpeg"}
_ELSEWHERE = "# What this cell asks for is defined in another cell of the notebook."


def restore(master: NotebookNode, result: list[NotebookNode], mended: Mended) -> None:
    """Put right the cells of `result` in place, and note what was done."""
    _restore_order(master, result, mended)
    _disarm_placeholders(master, result, mended)
    _put_back_what_is_used(master, result, mended)


def new_cell(kind: str, source: str, id: str, metadata: Any = None) -> NotebookNode:
    """Return a cell as nbformat makes it, without validating it.

    nbformat's own functions validate each cell, and the notebook is validated as a whole when it is
    written. The metadata are a copy, because nbgrader's steps write into them.
    """
    cell = NotebookNode(cell_type=kind, id=id, metadata=deepcopy(metadata or NotebookNode()))
    cell.source = source
    if kind == "code":
        cell.execution_count, cell.outputs = None, []
    return cell


def fresh(master: NotebookNode) -> NotebookNode:
    """Return the master's cell as it was handed out, but with its hidden tests."""
    answer = master.cell_type == "code" and not is_instructors(master)
    source = handed_out(master) if answer else master.source
    return with_pictures(
        new_cell(master.cell_type, source, id=master.id, metadata=master.metadata), master
    )


def with_pictures(cell: NotebookNode, given: dict) -> NotebookNode:
    """Attach to a markdown cell the pictures that are attached to `given`."""
    if cell.cell_type == "markdown" and isinstance(given.get("attachments"), dict):
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


def _put_back(master: NotebookNode, given: list[NotebookNode]) -> NotebookNode:
    """Return the cell that is put back for a missing one.

    A solution cell comes back as a comment where another cell defines its names: its placeholder
    would overwrite that solution when the notebook runs.
    """
    cell = fresh(master)
    placeholders = asked(master)
    if any(one.cell_type == "code" and worked_on(one.source, placeholders) for one in given):
        cell.source = _ELSEWHERE
    return cell


def _restore_order(master: NotebookNode, result: list[NotebookNode], mended: Mended) -> None:
    """Put back missing cells, and move what stands before the solution that it marks."""
    previous: str | None = None
    solution: str | None = None
    for cell in filter(mark, master.cells):
        place = _position(result, cell.id)
        after = max(_position(result, one) for one in (previous, solution))
        if place < 0:
            result.insert(after + 1, _put_back(cell, result))
            note(mended, "missing", cell.id)
        elif not mark(cell).get("solution") and place < _position(result, solution):
            moved = result.pop(place)
            result.insert(after, moved)
            note(mended, "moved", cell.id)
        previous = cell.id
        if mark(cell).get("solution"):
            solution = cell.id


def _disarm_placeholders(master: NotebookNode, result: list[NotebookNode], mended: Mended) -> None:
    """Turn placeholders into comments where a student's cell holds a solution of the same name.

    A placeholder below the solution would overwrite it, and one above it would be marked first.
    """
    code = [cell for cell in result if cell.cell_type == "code"]
    students = [cell for cell in code if not mark(cell) or mark(cell).get("solution")]
    texts = given_texts(master)
    solving = [cell for cell in students if lines_of(cell) not in texts]
    for solution in master.cells:
        placeholders = asked(solution)
        solved = {
            name: form
            for name, form in placeholders.items()
            if any(worked_on(cell.source, {name: form}) for cell in solving)
        }
        for cell in students if solved else ():
            disarmed = without(cell.source, solved)
            if disarmed != cell.source:
                cell.source = disarmed
                note(mended, "stubs", solution.id)


def _put_back_what_is_used(
    master: NotebookNode, result: list[NotebookNode], mended: Mended
) -> None:
    """Put back cells of the master that nbgrader does not manage, and that others need.

    Such a cell, which imports or defines helpers, is the student's to change. It comes back where a
    name of it is used and no cell above the first use gives that name a value.
    """
    previous = None
    for cell in master.cells:
        if mark(cell):
            previous = cell.id
        elif cell.cell_type == "code" and _is_needed(cell, result):
            helper = new_cell("code", cell.source, id=cell.id, metadata=cell.metadata)
            result.insert(_position(result, previous) + 1, helper)
            previous = cell.id
            note(mended, "missing", cell.id)


def _is_needed(helper: NotebookNode, result: list[NotebookNode]) -> bool:
    missing = bound(helper.source)
    for cell in result:
        if cell.cell_type == "code":
            locked = mark(cell) and not mark(cell).get("solution")
            source = visible_text(cell) if locked else cell.source  # hidden tests run elsewhere
            if missing & (used(source) - bound(source)):
                return True
            missing -= bound(source)
    return False


def _position(cells: list[NotebookNode], cell_id: str | None) -> int:
    """Return the index of a cell, -1 where it is missing, so that `-1 + 1` is the top."""
    return next((i for i, cell in enumerate(cells) if cell.id == cell_id), -1)
