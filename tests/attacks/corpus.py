"""The attacks as data: code that stands in a solution cell, or a function that edits a notebook."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
RELEASE = HERE.parent.parent / "release/attention/attention.ipynb"


@dataclass(frozen=True)
class Attack:
    """Code that tries what its name says it can't."""

    name: str
    goal: str
    code: str
    own_cell: bool
    dangerous: bool
    harmful: bool

    def notebook(self, fill=str) -> nbformat.NotebookNode:
        """Return a submission: the empty release with the attack in it."""
        notebook = nbformat.read(RELEASE, as_version=4)
        source = fill(self.code)
        place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "dot_product")
        if self.own_cell:
            notebook.cells.insert(place, nbformat.v4.new_code_cell(source, id="attack"))
        else:
            notebook.cells[place].source = source
        # A cell of the student's own comes last: what was kept aside could be shown there.
        notebook.cells.append(nbformat.v4.new_code_cell("print('end')", id="last"))
        return notebook


def _read(goal: str) -> list[Attack]:
    text = (HERE / "cells" / f"{goal}.py").read_text(encoding="utf-8")
    sections = re.split(r"^# %% (\w+)\n", text, flags=re.M)[1:]
    return [
        Attack(
            name,
            goal,
            code,
            "# in: a cell of its own" in code,
            "# dangerous" in code,
            "# harmful" in code,
        )
        for name, code in zip(sections[::2], sections[1::2], strict=True)
    ]


ATTACKS = [attack for goal in ("scores", "secrets", "host") for attack in _read(goal)]
