"""Which submitted cell answers which cell of the master, and what had to be mended.

What is taken. Only source text, and pictures attached to markdown, are taken from a submission.
Metadata, tags, points, outputs, cell types and the kernel are the master's. So it does not matter
what another notebook tool has dropped, or what a student has changed: a tag that skips a test cell,
more points, a locked cell with other text.

Why nbgrader's own steps do not do this. They overwrite cells by their grade_id. A cell that was
copied, or that lost its metadata, makes them raise, or stops the run of the whole class, or is
never graded.

The steps:

    pairing    which submitted cell answers which cell of the master
    here       the student's text in the master's cells, all other text of the student's in cells
               of its own; missing cells put back, also those that define what others use
    doubts     what remains for a person to decide

A cell that is found nowhere is put back, after the cell that precedes it in the master. A cell that
marks a solution is moved behind that solution, if it stands before it. All else stays in the order
of the submission, because cells run in the student's order.
"""

from copy import deepcopy
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from nbjudge.notebook.doubts import doubts
from nbjudge.notebook.head import MENDED, NEEDS_A_PERSON, put_on_top
from nbjudge.notebook.master import mark, visible_text
from nbjudge.notebook.names import bound, plain_lines, same_text, used, without
from nbjudge.notebook.pairing import (
    Mended,
    Pairing,
    asked,
    code_of,
    note,
    pair,
    text_of,
    worked_on,
)
from nbjudge.notebook.skeleton import skeleton

_KINDS = ("code", "markdown", "raw")
_PICTURES = {"image/png", "image/jpeg"}

_ELSEWHERE = "# What this cell asks for is defined in another cell of the notebook."
_SHOWN = "# Written into the locked cell '{}', which runs as it was handed out; not run here:"

_SAID = {
    "copied": "Copied cells, of which the last one with work in it counts",
    "recognised": "Cells without their nbgrader mark, recognised by what they hold",
    "found": "Solutions that stand in other cells than their own, taken from there",
    "stubs": "Placeholders beside a solution of the same name, not run",
    "retyped": "Cells turned into another type, turned back",
    "changed": "Locked cells whose text was changed, run as they were handed out",
    "moved": "Cells that stood before the solution they mark, moved behind it",
    "missing": "Missing cells, put back",
}


def repair(master: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, Mended]:
    """Return the submission as a notebook that nbgrader can grade, and what was mended.

    The result holds the student's text in solution cells and in the student's own cells, and the
    master's text, hidden tests included, in locked cells. What a person must decide stands on its
    top. It shares nothing with `master`. Never raises for what a submission holds: one that cannot
    be paired gets the master's empty cells.
    """
    cells = [cell for cell in _list(submitted.get("cells")) if isinstance(cell, dict)]
    pairing = pair(master, cells)
    mended = pairing.mended
    result = [made for index in range(len(cells)) for made in _made(index, pairing)]
    _restore_order(master, result, mended)
    _disarm_placeholders(master, result, mended)
    _put_back_what_is_used(master, result, mended)
    notebook = new_notebook(cells=result, metadata=deepcopy(master.metadata))
    notebook.nbformat_minor = 5
    put_on_top(notebook, NEEDS_A_PERSON, doubts(master, notebook, pairing))
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


def _made(index: int, pairing: Pairing) -> list[NotebookNode]:
    """Return the cells that a submitted cell becomes."""
    given, master = pairing.cells[index], pairing.owner.get(index)
    if master is None:
        return [_own_cell(given, index)]
    if mark(master).get("solution"):
        if given.get("cell_type") != master.cell_type:
            note(pairing.mended, "retyped", master.id)
        # Code between the fences of a text: the text stays, too.
        is_code = master.cell_type != "code" or code_of(given) == text_of(given)
        text = [] if is_code else [_own_cell(given, index)]
        return [*text, _solution(master, given)]
    written = _written_into(master, given, index)
    if given.get("cell_type") != master.cell_type:
        note(pairing.mended, "retyped", master.id)
    # The text as students have it; or the whole, where the master's own solution is judged.
    texts = visible_text(master), master.source
    if not any(same_text(text_of(given), text) for text in texts):
        note(pairing.mended, "changed", master.id)
        return [*written, _fresh(master)]
    return [_fresh(master)]


def _solution(master: NotebookNode, given: dict) -> NotebookNode:
    text = code_of(given) if master.cell_type == "code" else text_of(given)
    # Other spaces make no work of a placeholder.
    if same_text(text, visible_text(master)):
        text = skeleton(master.source)
    return _cell(master.cell_type, text, id=master.id, metadata=master.metadata)


def _written_into(master: NotebookNode, given: dict, index: int) -> list[NotebookNode]:
    """Return a cell with what a student wrote into a locked cell; none where nothing was added.

    Code runs there if it defines what the locked cell does not, such as a helper of a solution.
    """
    text = text_of(given)
    if not set(plain_lines(text)) - set(plain_lines(master.source)):
        return []
    own = _own_cell(given, index)
    if own.cell_type == "code" and not bound(text) - bound(master.source):
        lines = (f"# {line}".rstrip() for line in text.split("\n"))
        own.source = "\n".join([_SHOWN.format(master.id), *lines])
    return [own]


def _own_cell(given: dict, index: int) -> NotebookNode:
    """Return a cell that a student added: its text, and pictures attached to markdown."""
    # An unknown type becomes raw text, which neither runs nor is rendered.
    kind = given.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in _KINDS else "raw"
    cell = _cell(kind, text_of(given), id=f"student-{index}")
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
    """Turn placeholders into comments where the notebook holds a solution of the same name.

    A placeholder below the solution would overwrite it, and one above it would be marked first.
    """
    code = [cell for cell in result if cell.cell_type == "code"]
    students = [cell for cell in code if not mark(cell) or mark(cell).get("solution")]
    for solution in master.cells:
        placeholders = asked(solution)
        solved = {
            name: form
            for name, form in placeholders.items()
            if any(worked_on(cell.source, {name: form}) for cell in students)
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
            helper = _cell("code", cell.source, id=cell.id, metadata=cell.metadata)
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


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []
