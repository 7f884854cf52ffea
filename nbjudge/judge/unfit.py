"""Tests that never run in the judge process, not even against the master's own solution.

    np.linalg.solve = None          assert eval(f(1)) == 3

The first would be so for every test and every submission behind it: a right solution that solves an
equation would lose its points there. The second would run a student's text.
"""

from nbformat import NotebookNode

from nbjudge.judge.elsewhere import elsewhere
from nbjudge.judge.judged import Unproven
from nbjudge.judge.runs_text import runs_text
from nbjudge.notebook.master import mark
from nbjudge.notebook.test_cell import TestCell
from nbjudge.rubric.loader import named

_ELSEWHERE = "`{}` means the process of the student's code, and the test runs in another one."
_RUNS_TEXT = "`{}` may run a text of the student's, and the test runs where hidden tests are known."


def unfit(test: TestCell) -> str:
    """Return why a test must not run in the judge process, by its text; "" where it may."""
    if named(test.source):
        return ""
    if means := elsewhere(test.source):
        return _ELSEWHERE.format(means)
    found = runs_text([test.source, *test.helpers])
    return _RUNS_TEXT.format(found) if found else ""


def all_unfit(master: NotebookNode) -> dict[str, Unproven]:
    """Return those tests of a master, by the ids of their cells."""
    tests = {cell.id: (cell, TestCell.of(cell, master)) for cell in master.cells}
    told = {key: (cell, unfit(test)) for key, (cell, test) in tests.items() if test}
    return {
        key: Unproven(mark(cell)["grade_id"], cause) for key, (cell, cause) in told.items() if cause
    }
