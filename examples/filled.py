"""A released notebook with answers filled in: what the samples of all assignments share."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

HERE = Path(__file__).parent
ROOT = HERE.parent
_SECTION = re.compile(r"^# %% (\w+)\n", re.M)

Answers = dict[str, str]


def released(assignment: str) -> NotebookNode:
    """Return the notebook as students get it."""
    return _read(ROOT / "release" / assignment / f"{assignment}.ipynb")


def right_answers(assignment: str) -> Answers:
    """Return the solution cells of `solutions/`, by cell."""
    notebook = _read(ROOT / "solutions" / assignment / f"{assignment}.ipynb")
    return {
        cell.id: cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def answers_of(name: str) -> Answers:
    """Return the answers of `answers/<name>.py`, by cell: sections begin with `# %% <cell>`."""
    parts = _SECTION.split((HERE / "answers" / f"{name}.py").read_text(encoding="utf-8"))[1:]
    return dict(zip(parts[::2], (text.strip() for text in parts[1::2]), strict=True))


def fill(notebook: NotebookNode, answers: Answers) -> NotebookNode:
    """Put answers into their cells."""
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


def place(notebook: NotebookNode, cell_id: str) -> int:
    """Return the index of a cell."""
    return next(i for i, cell in enumerate(notebook.cells) if cell.id == cell_id)


def _read(file: Path) -> NotebookNode:
    return nbformat.read(file, as_version=nbformat.NO_CONVERT)
