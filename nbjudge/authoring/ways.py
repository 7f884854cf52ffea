"""How each cell of an assignment is graded, and why one is left to a person: found out by trying.

The master's own solution and the notebook as it is handed out are judged here, as every process
that judges does before it marks anybody (`judge.measured`).
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.judged import Unproven
from nbjudge.judge.measured import of_master
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.notebook import decision
from nbjudge.notebook.counted import checks
from nbjudge.notebook.master import mark, read_master
from nbjudge.notebook.test_cell import TestCell
from nbjudge.rubric.grading import new_seed
from nbjudge.rubric.loader import named
from nbjudge.tables import as_text, fitting

BY_RUBRIC, BY_ASSERTS = "apart, by a rubric", "apart, by asserts"
BESIDE, BY_PERSON = "beside the student's code", "by a person"
IF_BESIDE = f"{BY_PERSON}; beside with c.Judge.beside = True"
_WIDEST = 100
_HELP = (
    "Where test and code need one process: set c.Judge.beside = True. Then such a test runs as "
    "in plain nbgrader, and the student's code could deceive it. Or let it call functions and "
    "compare what they return (numbers, texts, lists, arrays, frames, tensors), or give the "
    "exercise a rubric."
)


@dataclass(frozen=True)
class Way:
    """How one cell is graded, and what is `amiss` with its test, if something is.

    `solution` is the id of the solution cell before it. `checks` is the number of its checks where
    they are counted.
    """

    notebook: str
    cell: str
    points: float
    way: str
    solution: str = ""
    amiss: Unproven | None = None
    checks: int = 0

    @property
    def left(self) -> bool:
        """Whether a machine should grade it, and a person must."""
        return self.amiss is not None and self.way == BY_PERSON

    @property
    def decision(self) -> str:
        """The word that is written down for it, whatever `c.Judge.beside` says; "" without test."""
        if self.amiss is not None and not self.amiss.used:
            return decision.BESIDE if self.amiss.beside else decision.PERSON
        return {BY_RUBRIC: decision.RUBRIC, BY_ASSERTS: decision.ASSERTS}.get(self.way, "")

    @property
    def needs_beside(self) -> bool:
        """Whether it could be graded beside the student's code, if the instructor allows that."""
        return self.left and self.amiss is not None and self.amiss.beside

    @property
    def needs_stub(self) -> bool:
        """Whether nbgrader's stub, in place of a placeholder, would mend it."""
        return self.left and self.amiss is not None and self.amiss.placeholder

    @property
    def why(self) -> str:
        """What the instructor should know of it; empty where nothing."""
        return "" if self.amiss is None or self.way == BESIDE else str(self.amiss)


def ways(root: Path, assignment: str, anew: bool = False) -> list[Way]:
    """Return how each cell with points is graded, in the order of the notebooks.

    What the masters say of it is heeded, but where it is to be decided `anew`.
    Empty where the course grades with nbgrader's own Execute. Raises `JudgeFault` where nothing can
    be judged on this machine, and `RubricError` where a rubric cannot be used.
    """
    config = configuration(root)
    options = JudgeOptions(config=config)
    if options.engine == "plain":
        return []
    found: list[Way] = []
    for path in sorted((root / "source" / assignment).glob("*.ipynb")):
        master = read_master(path, conventions(config, root))
        if anew:
            master = deepcopy(master)
            for cell in master.cells:
                decision.forget(cell)
        settings = JudgeSettings(
            root, master, options.submission_limits(), source=path.parent, beside=options.beside
        )
        amiss = of_master(settings, new_seed(), options.confinement()).unproven
        found += _of_notebook(path.stem, settings, dict(amiss))
    return found


def to_text(found: list[Way]) -> str:
    """Return the table, and a paragraph on each cell where something is amiss."""
    text = as_text(table(found), *told(found), *advice(found), width=fitting(_WIDEST))
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def table(found: list[Way]) -> Table:
    """Return a row for each cell, with its notebook where there are several."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    several = len({one.notebook for one in found}) > 1
    for title in (["Notebook"] if several else []) + ["Cell", "Points", "How it is graded"]:
        table.add_column(title, justify="right" if title == "Points" else "left")
    for one in found:
        first = [Text(one.notebook)] if several else []
        way = IF_BESIDE if one.needs_beside else one.way
        way += f"; {one.checks} checks, counted" if one.checks else ""
        table.add_row(*first, Text(one.cell), f"{one.points:g}", way)
    return table


def told(found: list[Way]) -> list[str]:
    """Return a paragraph on each cell where something is amiss."""
    return [one.why for one in found if one.why]


def advice(found: list[Way]) -> list[str]:
    """Return what helps where values do not pass between processes; nothing where all do."""
    return [_HELP] if any(one.needs_beside for one in found) else []


def _of_notebook(
    notebook: str, settings: JudgeSettings, amiss: dict[str, Unproven]
) -> Iterator[Way]:
    for cell in settings.master.cells:
        about = mark(cell)
        extra = cell.metadata.get("nbjudge", {}).get("extra_credit")
        name, points = about.get("grade_id", ""), float(about.get("points") or extra or 0)
        if about.get("task") or (about.get("grade") and about.get("solution")):
            yield Way(notebook, name, points, BY_PERSON)
        elif test := TestCell.of(cell, settings.master):
            one = amiss.get(cell.id)
            way = _way(cell, one, settings.beside)
            counted = checks(test.source) if test.counted else 0
            yield Way(notebook, name, points, way, test.solution, one, counted)


def _way(cell: NotebookNode, amiss: Unproven | None, beside: bool) -> str:
    if amiss is None or amiss.used:
        return BY_RUBRIC if named(cell.source) else BY_ASSERTS
    return BESIDE if amiss.beside and beside else BY_PERSON
