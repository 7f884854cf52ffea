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
               of its own
    restore    missing cells put back, also those that define what others use; tests behind the
               solutions that they mark
    doubts     what remains for a person to decide

All else stays in the order of the submission, because cells run in the student's order.
"""

from copy import deepcopy
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from nbjudge.notebook.doubts import doubts
from nbjudge.notebook.head import MENDED, NEEDS_A_PERSON, put_on_top
from nbjudge.notebook.master import handed_out, is_handed_out, is_instructors, mark, visible_text
from nbjudge.notebook.names import bound, plain_lines, same_text
from nbjudge.notebook.pairing import Mended, Pairing, code_of, note, pair, text_of
from nbjudge.notebook.restore import fresh, new_cell, restore, with_pictures

_KINDS = ("code", "markdown", "raw")

SHOWN = "# Written into the locked cell '{}', which runs as it was handed out. Not run:"

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
    restore(master, result, mended)
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


def _made(index: int, pairing: Pairing) -> list[NotebookNode]:
    """Return the cells that a submitted cell becomes."""
    given, master = pairing.cells[index], pairing.owner.get(index)
    if master is None:
        return [_own_cell(given, index)]
    if not is_instructors(master):
        if given.get("cell_type") != master.cell_type:
            note(pairing.mended, "retyped", master.id)
        answer = _solution(master, given)
        # Code between the fences of a text: the text stays, too.
        fenced = master.cell_type == "code" and code_of(given) != text_of(given)
        return [_own_cell(given, index), answer] if fenced else [answer]
    written = _written_into(master, given, index)
    if given.get("cell_type") != master.cell_type:
        note(pairing.mended, "retyped", master.id)
    # The text as students have it; or the whole, where the master's own solution is judged.
    texts = visible_text(master), master.source
    if not any(same_text(text_of(given), text) for text in texts):
        note(pairing.mended, "changed", master.id)
        return [*written, fresh(master)]
    return [fresh(master)]


def _solution(master: NotebookNode, given: dict) -> NotebookNode:
    text = code_of(given) if master.cell_type == "code" else text_of(given)
    # Other spaces make no work of a placeholder; nor does an earlier release, if a person grades.
    # A stub that a test marks stays: it may fail where the placeholder passes.
    if master.cell_type == "code" and (
        same_text(text, visible_text(master))
        or (mark(master).get("grade") and is_handed_out(text, master))
    ):
        text = handed_out(master)
    return with_pictures(
        new_cell(master.cell_type, text, id=master.id, metadata=master.metadata), given
    )


def _written_into(master: NotebookNode, given: dict, index: int) -> list[NotebookNode]:
    """Return a cell with what a student wrote into a locked cell; none where nothing was added.

    Code runs there if it defines what the locked cell does not, such as a helper of a solution.
    """
    text = text_of(given)
    original = set(plain_lines(master.source))
    added = [line for line in plain_lines(text) if line not in original]
    if not added:
        return []
    own = _own_cell(given, index)
    if own.cell_type == "code" and not bound(text) - bound(master.source):
        own.source = "\n".join([SHOWN.format(master.id), *(f"# {line}" for line in added)])
    return [own]


def _own_cell(given: dict, index: int) -> NotebookNode:
    """Return a cell that a student added: its text, and pictures attached to markdown."""
    # An unknown type becomes raw text, which neither runs nor is rendered.
    kind = given.get("cell_type")
    kind = kind if isinstance(kind, str) and kind in _KINDS else "raw"
    return with_pictures(new_cell(kind, text_of(given), id=f"student-{index}"), given)


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []
