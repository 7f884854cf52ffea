"""The one form in which a notebook is committed: no outputs, and ids that follow from the text.

JupyterLab draws random ids and writes outputs, counts and widget state. In this form a difference
between two commits is a difference that somebody made. All else that a notebook says of itself,
such as slides, authors and tags, is kept.
"""

import re

import nbformat
from nbformat import NotebookNode

from nbjudge.notebook.master import mark

_OF_A_RUN = {"execution", "ExecuteTime"}  # metadata of a cell: when it ran
_OF_TOOLS = {"widgets", "signature", "orig_nbformat", "orig_nbformat_minor"}  # of the notebook
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_LONGEST = 60  # letters of an id; nbformat allows 64, and a number may follow


def canonical(notebook: NotebookNode) -> NotebookNode:
    """Return the master in its one form. The notebook that is given is changed.

    The id of a cell is its grade_id, else the first words of its text; a number is added to one
    that is in use, or is the grade_id of another cell.
    """
    used: set[str] = set()
    grade_ids = {mark(cell).get("grade_id") for cell in notebook.cells}
    for cell in notebook.cells:
        grade_id = mark(cell).get("grade_id")
        cell.metadata = {k: v for k, v in cell.metadata.items() if k not in _OF_A_RUN}
        wanted = name = (grade_id or _slug(cell.source))[:_LONGEST]
        number = 1
        while name in used or (not grade_id and name in grade_ids):
            number += 1
            name = f"{wanted}-{number}"
        used.add(name)
        cell.id = name
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    kept = {k: v for k, v in notebook.metadata.items() if k not in _OF_TOOLS}
    language = kept.get("language_info", {}).get("name", "python")
    kept["language_info"] = {"name": language}  # the rest follows from the kernel
    if kept.get("kernelspec", {}).get("name", "python3") == "python3":
        kept["kernelspec"] = _KERNEL
    notebook.metadata = kept
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return nbformat.from_dict(notebook)


def changes(before: NotebookNode, after: NotebookNode) -> list[str]:
    """Return a phrase for each kind of change that `canonical` made."""
    pairs = list(zip(before.cells, after.cells, strict=True))
    which = {
        "outputs and counts of a run are removed": [
            bool(old.get("outputs")) or old.get("execution_count") is not None for old, _ in pairs
        ],
        "times of a run are removed": [old.metadata != new.metadata for old, new in pairs],
        "the id is new": [old.get("id") != new.id for old, new in pairs],
    }
    found = [
        f"in {sum(those)} of {len(pairs)} cells, {what}"
        for what, those in which.items()
        if any(those)
    ]
    old, new = before.metadata, after.metadata
    fields = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    if fields:
        found.append(f"metadata of the notebook that differ now: {', '.join(fields)}")
    if before.nbformat_minor != 5:
        found.append(f"format {before.nbformat}.{before.nbformat_minor} is 4.5 now")
    return found or ["only how the file is laid out"]


def to_text(notebook: NotebookNode) -> str:
    """Serialise as nbformat does on disk, with the final newline."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"


def _slug(source: str) -> str:
    first = source.strip().split("\n")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", first).strip("-")[:48].strip("-") or "cell"
