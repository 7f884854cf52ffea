"""The one form in which a notebook is committed: no outputs, deterministic ids, little metadata.

JupyterLab draws random ids and writes outputs, counts and widget state. In this form a difference
between two commits is a difference that somebody made.
"""

import re

import nbformat
from nbformat import NotebookNode

from nbjudge.notebook.master import mark

_KEPT_METADATA = ("nbgrader", "nbjudge", "tags", "alt")  # nbconvert: the text of its pictures


def canonical(notebook: NotebookNode) -> NotebookNode:
    """Return the master in its one form. The notebook that is given is changed.

    The id of a cell is its grade_id, else the first words of its text; a number is added to one
    that is in use, or is the grade_id of another cell.
    """
    used: set[str] = set()
    grade_ids = {mark(cell).get("grade_id") for cell in notebook.cells}
    for cell in notebook.cells:
        grade_id = mark(cell).get("grade_id")
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in _KEPT_METADATA}
        wanted = name = grade_id or _slug(cell.source)
        number = 1
        while name in used or (not grade_id and name in grade_ids):
            number += 1
            name = f"{wanted}-{number}"
        used.add(name)
        cell.id = name
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return nbformat.from_dict(notebook)


def to_text(notebook: NotebookNode) -> str:
    """Serialise as nbformat does on disk, with the final newline."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def _slug(source: str) -> str:
    first = source.strip().split("\n")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", first).strip("-")[:48].strip("-") or "cell"
