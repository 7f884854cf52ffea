"""A test that is stopped for its own work asks for a person, and takes nothing from the others.

As in a class run: the master's own solution is judged first, so that its questions are sent ahead.
"""

from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support.judging import PATIENT

from nbjudge.judge.run import JudgeSettings, judge
from nbjudge.notebook.canonical import canonical
from nbjudge.notebook.submission import Submission
from nbjudge.verdict import Verdict

TESTS = {
    "waits": "import time\nassert f(1) > 0\ntime.sleep(f(2) / 1e4)\nassert f(3) == 0.01",
    "computes": "assert f(1) > 0\nfor _ in range(int(f(2))): pass\nassert f(3) == 0.01",
    "takes memory": "assert f(1) > 0\nx = [0] * int(f(2))\nassert f(3) == 0.01",
}


def of(answer, test):
    """A notebook of two exercises, of which the second has one right answer."""
    cells = []
    for name, code, asserts in (("f", answer, test), ("g", "return x", "assert g(4) == 4")):
        text = f"### BEGIN HIDDEN TESTS\n{asserts}\n### END HIDDEN TESTS"
        for source, grade in ((f"def {name}(x):\n    {code}", False), (text, True)):
            cell = new_code_cell(source)
            cell.metadata["nbgrader"] = {
                "schema_version": 3, "locked": grade, "task": False, "grade": grade,
                "solution": not grade, "grade_id": f"{name}-{grade}", "points": 2 if grade else 0,
            }  # fmt: skip
            cells.append(cell)
    return canonical(new_notebook(cells=cells))


@pytest.mark.parametrize("name", TESTS)
def test_one_that_is_stopped_asks_for_a_person_and_takes_no_time_of_others(zygote, course, name):
    master = of("return 0.01", TESTS[name])
    settings = JudgeSettings(course, master, replace(PATIENT, total_seconds=4))
    first, second = (cell.id for cell in master.cells[1::2])
    own = judge(settings, Submission(master, 1, ours=True), zygote)
    assert (own.scores[first], own.scores[second]) == (2, 2)
    given = judge(settings, Submission(of("return 1e10", TESTS[name]), 1), zygote)
    assert (given.scores[first], given.scores[second]) == (0, 2)
    assert given.failures[first].undecided
    assert given.verdicts[first] in (Verdict.OUT_OF_TIME, Verdict.OUT_OF_MEMORY)
