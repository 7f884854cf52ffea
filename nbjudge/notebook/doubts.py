"""What of a repaired notebook a person must look at, because the text alone does not decide it."""

from collections.abc import Iterator
from itertools import takewhile

from nbformat import NotebookNode

from nbjudge.notebook.magics import plain
from nbjudge.notebook.master import mark, visible_text
from nbjudge.notebook.names import bound, forms, is_python, plain_lines, used
from nbjudge.notebook.pairing import Pairing, asked, is_untouched, text_of
from nbjudge.notebook.test_cell import BY_TEXT, TestCell


def doubts(master: NotebookNode, notebook: NotebookNode, pairing: Pairing) -> Iterator[str]:
    """Yield a sentence for each doubt, with the ids of the cells that it concerns."""
    texts = {cell.id: cell.source for cell in notebook.cells}
    solution = None
    for cell in filter(mark, master.cells):
        if mark(cell).get("solution"):
            solution = cell
            yield from _nowhere(cell, pairing)
            if is_untouched(texts[cell.id], cell):
                yield from _beside(cell, notebook, master)
            else:
                yield from _another_name(cell, texts[cell.id], notebook, master)
                yield from _another_version(cell, notebook, master)
                yield from _helper_below(cell, texts[cell.id], notebook, master)
        elif solution is not None and is_untouched(texts[solution.id], solution):
            yield from _written_into(cell, solution, pairing)


def _another_name(
    cell: NotebookNode, text: str, notebook: NotebookNode, master: NotebookNode
) -> Iterator[str]:
    """A solution cell that holds something, but not what is asked for, and no cell does.

    Only names that the master uses elsewhere are missed: a region may show others of its own. Where
    the text is no Python, its error says what is wrong.
    """
    lost = set(asked(cell)).difference(*(bound(one.source) for one in _students(notebook)))
    others = (one for one in master.cells if one.cell_type == "code" and one is not cell)
    uses = {name for one in others for name in used(plain(one.source))}
    if not uses & BY_TEXT:
        lost &= uses
    if lost and is_python(plain(text)) and not text.startswith("#"):
        instead = ", ".join(sorted(bound(text) - bound(cell.source))) or "something else"
        yield (
            f"The solution cell {cell.id} holds {instead}, and no cell of the notebook defines "
            f"{', '.join(sorted(lost))}. Look whether the solution has another name."
        )


def _another_version(
    cell: NotebookNode, notebook: NotebookNode, master: NotebookNode
) -> Iterator[str]:
    """A cell below the marks of a solution that defines its names once more, in another way."""
    marked = _marked(cell, notebook, master)
    late = _waited_for(cell, master, notebook.cells[:marked])
    graded = "The one above was graded."
    if late:  # the test has waited, until a cell defined them or the notebook ended
        uses = f"Its test uses {', '.join(late)}, which no cell above it defines."
        graded = f"{uses} Look which one was graded."
    for name, placeholder in asked(cell).items():
        above, below = "", set()
        for place, one in enumerate(notebook.cells):
            found = forms(one.source).get(name, []) if _is_students(one) else []
            if place < marked:
                above = found[-1] if found else above
            else:
                below |= set(found)
        if above and below - {above, placeholder}:
            yield (
                f"{name} is defined above its marks, and in another way in a cell below them. "
                f"{graded}"
            )


def _helper_below(
    cell: NotebookNode, text: str, notebook: NotebookNode, master: NotebookNode
) -> Iterator[str]:
    """A solution that calls what only a cell below its marks defines."""
    marked = _marked(cell, notebook, master)
    above = {name for one in notebook.cells[:marked] for name in bound(one.source)}
    below = {name for one in _students(notebook) for name in bound(one.source)} - above
    if helpers := sorted(used(text) & below):
        yield (
            f"The solution cell {cell.id} uses {', '.join(helpers)}, which a cell below its marks "
            "defines. When it was marked, that cell had not run."
        )


def _nowhere(cell: NotebookNode, pairing: Pairing) -> Iterator[str]:
    """An answer that is graded by hand, whose cell is gone: any text of the student's may be it."""
    if mark(cell).get("grade") and not any(cell is one for one in pairing.owner.values()):
        yield (
            f"The cell {cell.id}, which is graded by hand, was not found and is put back empty. "
            "Look whether the answer stands in another cell."
        )


def _beside(cell: NotebookNode, notebook: NotebookNode, master: NotebookNode) -> Iterator[str]:
    """A solution that was not begun, and code of the student's near it or at the end."""
    if cell.cell_type != "code":
        return
    known = {name for one in master.cells for name in bound(one.source)}
    order = [one.id for one in notebook.cells]
    solutions = [one for one in master.cells if mark(one).get("solution")]
    place = solutions.index(cell)
    begin = _marked(solutions[place - 1], notebook, master) if place else order.index(cell.id)
    end = _marked(cell, notebook, master)
    last = max(_marked(one, notebook, master) for one in solutions)
    for one in (*notebook.cells[begin:end], *notebook.cells[last:]):
        text = one.source if not mark(one) and one.cell_type in ("code", "raw") else ""
        if set(forms(text)) - known or not is_python(text):
            yield (
                f"The solution cell {cell.id} is as it was handed out, and a cell of the student's "
                f"own holds code that is not asked for by name: {_first_line(text)}"
            )
            return


def _written_into(cell: NotebookNode, solution: NotebookNode, pairing: Pairing) -> Iterator[str]:
    """A locked cell that holds other text, while the solution before it was not begun."""
    for index, owner in pairing.owner.items():
        if owner is cell and _is_work(text_of(pairing.cells[index]), cell):
            yield (
                f"The solution cell {solution.id} is as it was handed out, and the locked cell "
                f"{cell.id} holds other text than the original. That text stands before it."
            )


def _is_work(text: str, cell: NotebookNode) -> bool:
    """Whether lines that a student added to a locked cell may be an answer."""
    added = set(plain_lines(text)) - set(plain_lines(visible_text(cell)))
    if cell.cell_type != "code":
        return bool(added)
    return any(
        "=" in line or line.split()[0] in ("def", "class", "return", "import", "from")
        for line in added
        if not line.lstrip().startswith(("#", "assert", "print"))
    )


def _marked(cell: NotebookNode, notebook: NotebookNode, master: NotebookNode) -> int:
    """Return where the notebook marks a solution, or its end where nothing does.

    The marks are the last test before the next solution.
    """
    tests = _tests(cell, master)
    if not tests:
        return len(notebook.cells)
    return next(i for i, it in enumerate(notebook.cells) if it.id == tests[-1].id)


def _tests(cell: NotebookNode, master: NotebookNode) -> list[NotebookNode]:
    """Return the tests of a solution: those before the next one."""
    behind = master.cells[master.cells.index(cell) + 1 :]
    own = takewhile(lambda one: not mark(one).get("solution"), behind)
    return [one for one in own if mark(one).get("grade")]


def _waited_for(cell: NotebookNode, master: NotebookNode, above: list[NotebookNode]) -> list[str]:
    """Return the names that the tests of a solution use, and that no cell above its marks gives."""
    tests = (TestCell.of(one, master) for one in _tests(cell, master))
    names = {name for test in tests if test for name in test.names}
    return sorted(names.difference(*(bound(one.source) for one in above)))


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return "".join(letter if letter.isprintable() else "?" for letter in line)[:80]


def _students(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if _is_students(cell)]


def _is_students(cell: NotebookNode) -> bool:
    """Whether a cell runs, and its text is the student's."""
    return cell.cell_type == "code" and bool(not mark(cell) or mark(cell).get("solution"))
