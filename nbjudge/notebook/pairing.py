"""Pairs the cells of a submission with those of the master.

A solution cell of the master is answered by, first to last,

    1  the last submitted cell of its grade_id or its cell id that holds work on what it asks for
    2  the last other cell that does: an own cell, a changed one, code written as text
    3  the last cell of its grade_id or its cell id that holds anything but the placeholder
    4  the last of these
    5  a cell that holds the placeholder

Work on a name is a definition of it of another form than the placeholder's: so an untouched copy
below a solution answers nothing, and neither does a cell of the instructor's that nobody changed,
such as a text that shows how it is done.

A locked cell is answered by the last cell of its grade_id, else by that of its cell id, else by one
with its visible text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from nbjudge.notebook.master import is_handed_out, mark, visible_text
from nbjudge.notebook.names import fenced, forms, plain_lines, same_text

Mended = dict[str, list[str]]  # a kind of `repair._SAID` -> ids of the master's cells


@dataclass
class Pairing:
    """The submitted cells, and by the index of each that answers one the cell of the master.

    `students` are the indices of those whose text is not one that was handed out.
    """

    cells: list[dict]
    students: list[int]
    owner: dict[int, NotebookNode] = field(default_factory=dict)
    mended: Mended = field(default_factory=dict)

    def free(self, indices: Iterable[int]) -> list[int]:
        """Return those of `indices` that answer no cell yet."""
        return [index for index in indices if index not in self.owner]

    def give(self, index: int, cell: NotebookNode, kind: str = "") -> None:
        """Let a submitted cell answer one of the master's; `kind` says what was mended by that."""
        self.owner[index] = cell
        if kind:
            note(self.mended, kind, cell.id)


def note(mended: Mended, kind: str, cell_id: str) -> None:
    """Add a cell to those that were mended in one way, once."""
    known = mended.setdefault(kind, [])
    if cell_id not in known:
        known.append(cell_id)


def asked(cell: NotebookNode) -> Mapping[str, str]:
    """Return what a solution cell asks for: each name, and the form of its placeholder.

    What the solution leaves as it was handed out is not asked for, but where all of it is.
    """
    if cell.cell_type != "code" or not mark(cell).get("solution"):
        return {}
    placeholders = {name: found[-1] for name, found in forms(visible_text(cell)).items()}
    solved = {name: found[-1] for name, found in forms(cell.source).items()}
    open_ = {name: form for name, form in placeholders.items() if form != solved.get(name)}
    return open_ or placeholders


def worked_on(source: str, placeholders: Mapping[str, str]) -> list[str]:
    """Return the names that a text defines in another form than as placeholders."""
    found = forms(source)
    return [name for name, form in placeholders.items() if {*found.get(name, [])} - {form}]


def text_of(cell: dict) -> str:
    """Return the source text of a submitted cell, whatever stands in its place."""
    source = cell.get("source", "")
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    # A lone surrogate, half of a character, cannot be written to a file.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def code_of(cell: dict) -> str:
    """Return the text of a submitted cell, of markdown the code between its fences."""
    text = text_of(cell)
    return fenced(text) if cell.get("cell_type") == "markdown" else text


def lines_of(cell: dict) -> tuple[str, ...]:
    """Return the text of a cell, as `given_texts` holds it."""
    return tuple(plain_lines(text_of(cell)))


def given_texts(master: NotebookNode) -> set[tuple[str, ...]]:
    """Return the texts that were handed out, but for those of solution cells and empty ones."""
    given = [cell for cell in master.cells if not mark(cell).get("solution")]
    texts = [text for cell in given for text in (visible_text(cell), cell.source)]
    return {tuple(lines) for text in texts if (lines := plain_lines(text))}


def is_untouched(text: str, cell: NotebookNode) -> bool:
    """Whether a text is what a solution cell of the master was handed out with, or nothing."""
    return not text.strip() or is_handed_out(text, cell)


def pair(master: NotebookNode, cells: list[dict]) -> Pairing:
    """Return which submitted cell answers which cell of the master that nbgrader manages."""
    texts = given_texts(master)
    of_students = [i for i, cell in enumerate(cells) if lines_of(cell) not in texts]
    pairing = Pairing(cells, of_students)
    managed = [cell for cell in master.cells if mark(cell)]
    # All cells are looked for by their names first: a cell that is recognised by what it holds must
    # not take the submitted cell that bears another one's.
    named = {cell.id: _named(cell, cells, managed) for cell in managed}
    solutions = [cell for cell in managed if mark(cell).get("solution")]
    rest = [cell for cell in solutions if not _give_work(cell, pairing, named[cell.id])]
    for cell in rest:
        _give_found(cell, pairing, named[cell.id])
    for cell in managed:
        if not mark(cell).get("solution"):
            _give_locked(cell, pairing, named[cell.id])
    return pairing


def _named(cell: NotebookNode, cells: list[dict], managed: list[NotebookNode]) -> list[int]:
    """Return the submitted cells that bear the grade_id of the master's cell, or its cell id.

    A cell id counts where the cell bears no grade_id of another one.
    """
    others = [one.id for one in managed if one is not cell]
    return [
        index
        for index, given in enumerate(cells)
        if (name := mark(given).get("grade_id")) == cell.id
        or (given.get("id") == cell.id and name not in others)
    ]


def _give_work(cell: NotebookNode, pairing: Pairing, named: list[int]) -> bool:
    """Let a solution be answered by work in a cell that bears its name; say whether there is."""
    work = _with_work(cell, pairing, named)
    if work:
        pairing.give(work[-1], cell, _how(cell, pairing, named))
    return bool(work)


def _give_found(cell: NotebookNode, pairing: Pairing, named: list[int]) -> None:
    """Let a solution be answered by work in any cell, else by the best that bears its name."""
    own, found = pairing.free(named), _with_work(cell, pairing, pairing.students)
    if found:
        pairing.give(found[-1], cell, "found" if own else "recognised")
    elif own:
        touched = [i for i in own if not is_untouched(text_of(pairing.cells[i]), cell)]
        pairing.give((touched or own)[-1], cell, _how(cell, pairing, named))
    else:
        alike = [i for i in pairing.free(pairing.students) if _is_alike(pairing.cells[i], cell)]
        if alike:
            pairing.give(alike[-1], cell, "recognised")


def _give_locked(cell: NotebookNode, pairing: Pairing, named: list[int]) -> None:
    own = pairing.free(named)
    text = visible_text(cell)
    alike = (
        index
        for index in pairing.free(range(len(pairing.cells)))
        if same_text(text_of(pairing.cells[index]), text)
    )
    index = own[-1] if own else next(alike, None)
    if index is not None:
        pairing.give(index, cell, _how(cell, pairing, named))


def _how(cell: NotebookNode, pairing: Pairing, named: list[int]) -> str:
    """Return the kind of mending by which a cell was found among those that bear its name."""
    marked = [i for i in named if mark(pairing.cells[i]).get("grade_id") == cell.id]
    if len(marked) > 1:
        return "copied"
    return "" if marked else "recognised"


def _with_work(cell: NotebookNode, pairing: Pairing, indices: Iterable[int]) -> list[int]:
    """Return those of free `indices` whose cells hold work on a solution, those of code last."""
    placeholders = asked(cell)
    found = [i for i in pairing.free(indices) if worked_on(code_of(pairing.cells[i]), placeholders)]
    return sorted(found, key=lambda index: pairing.cells[index].get("cell_type") == "code")


def _is_alike(given: dict, cell: NotebookNode) -> bool:
    text = text_of(given)
    return same_text(text, visible_text(cell)) or not set(asked(cell)).isdisjoint(forms(text))
