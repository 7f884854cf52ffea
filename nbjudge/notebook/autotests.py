"""What nbgrader made of the AUTOTEST lines of a master, kept for grading.

    ### AUTOTEST f(3)          ->      assert str(f(3)) == "6", "value of f(3) is not correct"

nbgrader runs the solution to know what to write. Grading must not: so whoever builds an assignment
keeps the text of each such cell in `build/autotests/`, where students cannot read. It holds hidden
tests, so it stands in no notebook, whose metadata nbgrader hands out.

A text is kept by a digest of all code down to its cell, so it is found no more when that changes.
Then the line stays in its cell, and the cell marks nobody (`judge.unproven`).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

LINE = re.compile(r"^\s*#.*AUTOTEST", re.M)  # by nbgrader's rule: a comment that holds the word


def kept_in(root: Path, assignment: str) -> Path:
    """Return the folder of what was kept of an assignment."""
    return root / "build" / "autotests" / assignment


def kept(master: Path) -> str:
    """Return what was kept of the master in this file, as `put` takes it."""
    folder = master.absolute().parent
    file = kept_in(folder.parent.parent, folder.name) / f"{master.stem}.json"
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return "{}"


def keep(folder: Path, name: str, before: NotebookNode, after: NotebookNode) -> None:
    """Keep what became of the notebook `name`; nothing is written where nothing changed.

    `folder` is that of `kept_in`, `after` the notebook with tests in the place of AUTOTEST lines.
    """
    made = {
        key: new.source
        for (old, key), (new, _) in zip(_cells(before), _cells(after), strict=True)
        if old.source != new.source
    }
    if made:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.json"
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(made, indent=1), encoding="utf-8")
        fresh.replace(file)


def put(notebook: NotebookNode, kept: str) -> None:
    """Put tests into the cells that have AUTOTEST lines, where `kept` holds those of this code."""
    made = json.loads(kept)
    for cell, key in list(_cells(notebook)) if made else []:
        cell.source = made.get(key, cell.source)


def _cells(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, str]]:
    """Yield each cell of code with a digest of all code down to its end."""
    above = hashlib.sha256()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            above.update(json.dumps(cell.source).encode())
            yield cell, above.hexdigest()
