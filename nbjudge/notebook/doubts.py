"""What of a repaired notebook a person must look at, because the text alone does not decide it."""

from collections.abc import Iterator

from nbformat import NotebookNode

from nbjudge.notebook.master import mark, visible_text
from nbjudge.notebook.names import bound, forms, plain_lines
from nbjudge.notebook.pairing import Pairing, asked, is_untouched, text_of


def doubts(master: NotebookNode, notebook: NotebookNode, pairing: Pairing) -> Iterator[str]:
    """Yield a sentence for each doubt, with the ids of the cells that it concerns."""
    answers = {cell.id: cell for cell in notebook.cells}
    solution = None
    for cell in filter(mark, master.cells):
        if mark(cell).get("solution"):
            solution = cell
            yield from _another_name(cell, answers[cell.id], notebook)
            yield from _another_version(cell, notebook, master)
            yield from _nowhere(cell, pairing)
        elif solution is not None and is_untouched(answers[solution.id].source, solution):
            yield from _written_into(cell, solution, pairing)


def _another_name(
    cell: NotebookNode, answer: NotebookNode, notebook: NotebookNode
) -> Iterator[str]:
    """A solution cell that defines something, but not what is asked for, and no cell does."""
    if is_untouched(answer.source, cell):
        return
    names = set(asked(cell))
    students = (one for one in notebook.cells if one.cell_type == "code" and _is_students(one))
    lost = sorted(names - {name for one in students for name in bound(one.source)})
    if lost and not answer.source.startswith("#"):
        instead = ", ".join(sorted(bound(answer.source) - bound(cell.source))) or "something else"
        yield (
            f"The solution cell {cell.id} holds {instead}, and no cell of the notebook defines "
            f"{', '.join(lost)}. Look whether the solution has another name."
        )


def _another_version(
    cell: NotebookNode, notebook: NotebookNode, master: NotebookNode
) -> Iterator[str]:
    """A cell below the marks of a solution that defines its names once more, in another way."""
    order = [one.id for one in notebook.cells]
    below = master.cells[master.cells.index(cell) + 1 :]
    marks = next((one.id for one in below if mark(one).get("points")), None)
    if marks is None:
        return
    marked = order.index(marks)
    for name, placeholder in asked(cell).items():
        found = [
            (place, forms(one.source)[name])
            for place, one in enumerate(notebook.cells)
            if one.cell_type == "code" and _is_students(one) and name in forms(one.source)
        ]
        above = [form for place, form in found if place < marked and form != placeholder]
        later = [place for place, form in found if place > marked and form != placeholder]
        if above and any(dict(found)[place] != above[-1] for place in later):
            yield (
                f"{name} is defined above its marks, and in another way below them (cell "
                f"{later[-1] + 1} from the top). The one above was graded."
            )


def _nowhere(cell: NotebookNode, pairing: Pairing) -> Iterator[str]:
    """An answer that is graded by hand, whose cell is gone: any text of the student's may be it."""
    if mark(cell).get("grade") and cell not in pairing.owner.values():
        yield (
            f"The cell {cell.id}, which is graded by hand, was not found and is put back empty. "
            "Look whether the answer stands in another cell."
        )


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


def _is_students(cell: NotebookNode) -> bool:
    return not mark(cell) or bool(mark(cell).get("solution"))
