"""What each cell and each exercise of a notebook may use: by what the master's own takes here.

    hidden tests of an exercise      least_seconds + times_master x what the master's own took
    its solution, test, plot cells   the same + 10 x what the master's cell took
    a cell of the student's own      3 x least_seconds

Each is at most `cell_seconds`; see `process.limits`. A slow machine was slow for the master too, so
it fails nobody. A right solution in Python loops takes up to a hundred times what tensor operations
take. What else a cell does, such as drawing, is the same for everybody: ten times the master's is
ample, and a hundred times would be many seconds for a loop.

Where the master was not measured, everything has `cell_seconds`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from nbjudge.notebook.master import mark
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Limits

_TIMES_CELL = 10
_TIMES_OWN = 3


@dataclass
class Taken:
    """The seconds that a notebook took, by the ids of its cells; what was stopped is missing.

    `cells` are those of running cells, `tests` those of the questions of hidden tests.
    """

    cells: dict[str, float] = field(default_factory=dict)
    tests: dict[str, float] = field(default_factory=dict)


class Budgets:
    """The budgets of submissions to one master; `taken` is what the master's own took here."""

    def __init__(self, limits: Limits, master: NotebookNode, taken: Taken | None):
        self._limits, self._taken = limits, taken
        self._exercise = dict(_exercises(master, taken or Taken()))
        # A cell of the master without nbgrader's mark is one of the student's own, too, who may
        # have changed it.
        took = taken.cells if taken else {}
        self._longest_own = max(
            (seconds for one, seconds in took.items() if one not in self._exercise), default=0.0
        )

    def of_cell(self, cell_id: str, suspect: bool = False) -> Budget:
        """Return the budget of a cell.

        A `suspect` cell calls what was stopped in a cell of the student's own. It is not waited for
        as long again.
        """
        limits, taken = self._limits, self._taken
        if taken is None:
            return Budget(limits.cell_seconds)
        if cell_id not in self._exercise:
            own = max(_TIMES_OWN * limits.least_seconds, _TIMES_CELL * self._longest_own)
            return Budget(min(own, limits.cell_seconds))
        master = taken.cells.get(cell_id)
        if master is None:
            return Budget(limits.cell_seconds)
        calls = 0 if suspect else limits.times_master * self._exercise[cell_id]
        seconds = limits.least_seconds + calls + _TIMES_CELL * master
        return Budget(min(seconds, limits.cell_seconds), master)

    def of_test(self, cell_id: str) -> Budget:
        """Return the budget of the questions of a hidden test."""
        limits, taken = self._limits, self._taken
        master = None if taken is None else taken.tests.get(cell_id)
        if master is None:
            return Budget(limits.cell_seconds)
        seconds = limits.least_seconds + limits.times_master * master
        return Budget(min(seconds, limits.cell_seconds), master)


def _exercises(master: NotebookNode, taken: Taken) -> Iterator[tuple[str, float]]:
    """Yield each marked cell's id, and the longest hidden test of the exercise that it is in.

    An exercise begins at a solution cell, and ends before the next one.
    """
    parts: list[list[str]] = [[]]
    for cell in master.cells:
        if mark(cell).get("solution"):
            parts.append([])
        if mark(cell):
            parts[-1].append(cell.id)
    for part in parts:
        longest = max((taken.tests.get(one, 0.0) for one in part), default=0.0)
        yield from ((one, longest) for one in part)
