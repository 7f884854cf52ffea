"""What a cell may use, by what the master's own took; and what is measured of the master."""

from copy import deepcopy
from dataclasses import replace

import pytest
from support.course import ROOT
from support.judging import (
    FULL,
    MASTER,
    answer,
    outputs_of,
    points,
    run,
    solution,
    text_of,
    with_cells,
)

from nbjudge.judge import measured
from nbjudge.judge.budgets import Budgets, Taken
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.measured import judge_again
from nbjudge.notebook import repair
from nbjudge.notebook.submission import Submission
from nbjudge.process import zygote as zygotes
from nbjudge.process.limits import Limits
from nbjudge.process.zygote import Confinement

LIMITS = Limits(least_seconds=2, times_master=100, cell_seconds=60)
TAKEN = Taken(
    cells={"student-1": 0.1, "scaled": 0.01, "scaled-test": 0.02, "causal_mask-test": 0.2,
           "multi_head-test": 0.5},
    tests={"scaled-marks": 0.03, "multi_head-marks": 5.0},
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("scaled", 2 + 100 * 0.03 + 10 * 0.01),
        ("scaled-test", 2 + 100 * 0.03 + 10 * 0.02),
        ("causal_mask-test", 2 + 10 * 0.2),  # its hidden test was not measured
        ("multi_head-test", 60),  # never more than cell_seconds
        ("dot_product-test", 60),  # not measured: as long as anything may
        ("student-9", 6),  # three times the least
    ],
)
def test_the_budget_of_a_cell(cell, seconds):
    assert Budgets(LIMITS, MASTER, TAKEN).of_cell(cell).seconds == pytest.approx(seconds)


def test_the_budget_of_a_hidden_test():
    budgets = Budgets(LIMITS, MASTER, TAKEN)
    assert budgets.of_test("scaled-marks").seconds == pytest.approx(5)
    assert budgets.of_test("scaled-marks").master == 0.03
    assert budgets.of_test("multi_head-marks").seconds == 60
    assert budgets.of_test("dot_product-marks").seconds == 60


def test_a_long_cell_that_the_master_did_not_mark_is_long_for_the_student_too():
    taken = replace(TAKEN, cells={**TAKEN.cells, "student-3": 4.0})
    assert Budgets(LIMITS, MASTER, taken).of_cell("student-9").seconds == 40


def test_without_a_measured_master_everything_has_cell_seconds():
    budgets = Budgets(LIMITS, MASTER, None)
    assert {budgets.of_cell(one).seconds for one in ("scaled", "student-2")} == {60}
    assert budgets.of_test("scaled-marks").seconds == 60


@pytest.fixture
def own_zygotes(monkeypatch):
    monkeypatch.setattr(measured, "_KNOWN", {})
    yield
    zygotes.close_zygotes()


def judged(notebook, limits, master=MASTER):
    repaired, _ = repair.repair(master, notebook)
    settings = JudgeSettings(ROOT, master, limits, source=ROOT / "source/attention")
    return judge_again(settings, Submission(repaired, seed=3), Confinement())


def test_the_master_is_measured_once_in_the_same_confinement(own_zygotes, monkeypatch):
    asked, judge = [], measured.judge
    monkeypatch.setattr(
        measured, "judge", lambda *given: asked.append(given[1].ours) or judge(*given)
    )
    for _ in "12":
        assert points(judged(solution(), LIMITS)) == FULL
    # The solution, the notebook as handed out, and both submissions.
    assert asked == [True, False, False, False]
    taken = list(measured._KNOWN.values())[-1].taken
    assert taken.cells.keys() >= {"scaled", "scaled-test", "scaled-plot"}
    assert taken.tests.keys() == {f"{name}-marks" for name in FULL}
    assert all(0 < seconds < 1 for seconds in taken.tests.values())


SLOW = """CALLS = []
def scaled_dot_product_attention(query, keys, values, mask=None):
    import time
    CALLS.append(1)
    end = time.process_time() + {seconds}
    while time.process_time() < end: pass
    return _right(query, keys, values, mask)
"""


def slow(seconds):
    """A right solution that computes for some seconds in each call, and says how many there were.

    The calls of its exercise's test and plots count among them.
    """
    source = next(cell.source for cell in solution().cells if cell.id == "scaled")
    right = source.replace("def scaled_dot_product_attention", "def _right", 1)
    told = with_cells(
        answer(solution(), scaled=f"{right}\n{SLOW.format(seconds=seconds)}"),
        "print(len(CALLS))",
        before="self_attention",
    )
    return judged(told, LIMITS)


def test_a_right_solution_passes_that_computes_a_hundred_times_as_long(own_zygotes):
    once = slow(0)
    calls = int(text_of(once))
    taken = list(measured._KNOWN.values())[-1].taken
    seconds = 100 * taken.tests["scaled-marks"]
    again = slow(seconds / calls)
    assert points(again) == FULL
    assert again.cpu_seconds - once.cpu_seconds > 0.8 * seconds


def test_the_message_says_the_limit_and_what_the_master_took(own_zygotes):
    loop = "def create_causal_mask(seq_len):\n    while True: pass"
    told = judged(answer(solution(), causal_mask=loop), replace(LIMITS, cell_seconds=1))
    (stopped,) = [
        output.evalue
        for cell in told.notebook.cells
        if cell.id == "causal_mask-test"
        for output in cell.outputs
    ]
    assert stopped.startswith("Stopped after 1 second, the time that a cell has here; the")
    assert "own took 0." in stopped


def test_a_master_that_cannot_be_judged_leaves_cell_seconds(own_zygotes):
    master = deepcopy(MASTER)
    for cell in master.cells:
        if cell.id == "scaled":
            cell.source += "\nimport os\nos._exit(1)"
    sleeps = with_cells(solution(), "import time\ntime.sleep(1)\nprint('done')")
    told = judged(sleeps, replace(LIMITS, least_seconds=0.1, cell_seconds=3), master)
    assert "Stopped after 0.3 s" in str(outputs_of(told))
    taken = list(measured._KNOWN.values())[-1].taken
    assert "scaled" not in taken.cells


def test_cells_of_the_students_own_have_three_times_the_least(zygote):
    limits = replace(LIMITS, least_seconds=0.4)
    repaired, _ = repair.repair(MASTER, with_cells(solution(), "import time\ntime.sleep(0.7)\n1"))
    (own,) = (cell.id for cell in repaired.cells if cell.source.startswith("import time"))
    assert run(zygote, repaired, limits=limits).verdicts[own] == "ran"
