"""A loop costs its exercise once: what was stopped is not waited for again, wherever it hides.

What is counted is the time that cells and questions used of their budgets, not a clock's.
"""

from dataclasses import replace
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_notebook
from support.course import ROOT
from support.judging import FULL, MASTER, SMALL, answer, points, solution, with_cells
from support.mixed import marked

from nbjudge.judge.budgets import Budgets, Taken
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.judged import Judged, OfMaster
from nbjudge.judge.run import _stopped_together, judge
from nbjudge.judge.stopped import Stopped
from nbjudge.notebook import repair
from nbjudge.notebook.master import mark
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process import session as sessions
from nbjudge.process.limits import Breach, Limits
from nbjudge.process.session import Ran
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.verdict import Verdict

LIMITS = Limits(least_seconds=1, times_master=100, cell_seconds=20)
CELLS = [cell.id for cell in MASTER.cells if cell.cell_type == "code" and mark(cell)]
TAKEN = Taken(dict.fromkeys(CELLS, 0.001), {f"{name}-marks": 0.01 for name in FULL})
BUDGET = Budgets(LIMITS, MASTER, TAKEN).of_test("scaled-marks").seconds

HEAD = "def scaled_dot_product_attention(query, keys, values, mask=None):\n"
RIGHT = {cell.id: cell.source for cell in solution().cells}
INNER = RIGHT["scaled"].replace("def scaled_dot", "def _right_scaled_dot", 1) + "\n" + HEAD
CALL = "    return _right_scaled_dot_product_attention(query, keys, values, mask)"
LAYER = RIGHT["self_attention"]
LOOPS = {
    "loop": {"scaled": HEAD + "    while True: pass"},
    "catches all": {"scaled": HEAD + "    while True:\n        try:\n            while True: pass\n"
                                     "        except BaseException: pass"},
    "sleeps": {"scaled": HEAD + "    import time\n    while True: time.sleep(9)"},
    "joins a thread": {"scaled": HEAD + "    import threading\n    def spin():\n"
                       "        while True: pass\n    one = threading.Thread(target=spin)\n"
                       "    one.start()\n    one.join()"},
    "leaves a thread": {"scaled": INNER + "    import threading\n    def spin():\n"
                        "        while True: pass\n"
                        "    threading.Thread(target=spin, daemon=True).start()\n" + CALL},
    "in torch": {"scaled": HEAD + "    a = torch.ones(300, 300)\n    while True: a @ a"},
    "with a mask": {"scaled": INNER + "    while mask is not None: pass\n" + CALL},
    "in the solution cell": {"scaled": HEAD + "    pass\nwhile True: pass"},
    "in hidden tests only": {"scaled": INNER + "    while query.dtype == torch.float64: pass\n"
                             + CALL},
    "in a constructor": {"self_attention": LAYER.replace(
        "        self.embed_dim = embed_dim\n", "        while True: pass\n", 1)},
    "at the second call": {"self_attention": LAYER.replace(
        "        batch_size, seq_len", "        self.calls = getattr(self, 'calls', 0) + 1\n"
        "        while self.calls > 1: pass\n        batch_size, seq_len", 1)},
    "property": {"self_attention": LAYER.replace("self.W_q", "self._q") + "\n    @property\n"
                 "    def W_q(self):\n        while True: pass"},
    "__del__": {"self_attention": LAYER + "\n    def __del__(self):\n        while True: pass"},
}  # fmt: skip


@pytest.fixture
def used(monkeypatch):
    """What all cells and questions used, those that ran again in a new process included."""
    budgets = []

    class Noted(sessions.StudentProcess):
        def ask(self, questions, budget, tell=None):
            before = budget.used
            try:
                return super().ask(questions, budget)
            finally:
                budgets.append(budget.used - before)

    monkeypatch.setattr(sessions, "StudentProcess", Noted)
    return budgets


def judged(zygote, notebook, limits=LIMITS):
    repaired, _ = repair.repair(MASTER, notebook)
    return judge(
        JudgeSettings(ROOT, MASTER, limits), Submission(repaired, seed=1), zygote, OfMaster(TAKEN)
    )


def text(judged, cell_id):
    (cell,) = [cell for cell in judged.notebook.cells if cell.id == cell_id]
    return str(cell.outputs)


def after(judged, source):
    """Return the outputs, as texts, of the cells that say this."""
    return [str(cell.outputs) for cell in judged.notebook.cells if cell.source == source]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_costs_its_exercise_and_at_most_twice_its_budget(zygote, used, loop):
    (exercise,) = LOOPS[loop]
    found = points(judged(zygote, answer(solution(), **LOOPS[loop])))
    assert {**found, exercise: 0} == {**FULL, exercise: 0}
    # Half of the budget is left for all other cells, and for those that run again.
    assert sum(used) < 2 * BUDGET + 1


def test_nothing_waits_again_for_a_function_that_was_stopped(zygote, used):
    told = judged(zygote, answer(solution(), **LOOPS["loop"]))
    assert len([one for one in used if one > 0.5 * BUDGET]) == 1
    assert "Not run again: scaled_dot_product_attention was stopped in cell [" in text(
        told, "scaled-plot"
    )
    messages = {mark.message for mark in told.cards["scaled-marks"].marks}
    (message,) = messages
    assert message.startswith("Not run again: scaled_dot_product_attention was stopped in cell [")
    assert "the instructor's own took" in message
    assert {mark.verdict for mark in told.cards["scaled-marks"].marks} == {"out of time"}


def test_an_exercise_that_calls_a_stopped_function_does_not_wait_for_it(zygote, used):
    calls = RIGHT["multi_head"].replace(
        "        batch_size, seq_len", "        scaled_dot_product_attention(x, x, x)\n"
        "        batch_size, seq_len", 1)  # fmt: skip
    told = judged(zygote, answer(solution(), **LOOPS["loop"], multi_head=calls))
    assert len([one for one in used if one > 0.5 * BUDGET]) == 1
    assert "Not run again: scaled_dot_product_attention" in text(told, "multi_head-marks")


def test_a_function_that_a_later_cell_defines_again_is_judged_afresh(zygote):
    notebook = answer(solution(), **LOOPS["loop"])
    notebook.cells.append(nbformat.v4.new_code_cell(RIGHT["scaled"], id="again"))
    assert points(judged(zygote, notebook)) == FULL


def test_a_loop_of_the_students_own_costs_no_exercise(zygote, used):
    """It calls a function that is right, and which is marked all the same."""
    call = "q, k = torch.ones(2, 8), torch.ones(2, 4, 8)\n{}scaled_dot_product_attention(q, k, k)"
    own = with_cells(
        solution(), call.format("while True: "), call.format("1; "), before="scaled-test"
    )
    told = judged(zygote, own)
    assert points(told) == FULL
    # The second one is not waited for: nothing has shown yet whose loop it was.
    (second,) = after(told, call.format("1; "))
    assert "Not run: it calls scaled_dot_product_attention" in second
    assert len([one for one in used if one > 0.5 * BUDGET]) == 1


def test_a_function_of_the_students_own_is_waited_for_once(zygote, used):
    loop = "def spin():\n    while True: pass"
    own = with_cells(solution(), loop, "spin()", "spin()", "def spin(): return 1", "print(spin())")
    told = judged(zygote, own)
    assert points(told) == FULL
    assert len([one for one in used if one > BUDGET]) == 1
    _, again = after(told, "spin()")
    (new,) = after(told, "print(spin())")
    assert "Not run: it calls spin, as does what was stopped in cell [" in again
    assert "'1\\n'" in new


def test_a_thread_that_ends_is_no_loop(zygote):
    threads = (
        "import threading, time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(4)\nprint(sum(pool.map(abs, range(-9, 9))))\n"
        "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
    )
    told = judged(zygote, with_cells(solution(), threads), SMALL)
    assert points(told) == FULL
    (shown,) = after(told, threads)
    assert "'81\\n'" in shown


def test_several_exercises_that_ran_out_of_time_need_a_person():
    late = Scorecard("a/1", "One", 10, (), 1, "v1", "test", True, verdict=Verdict.OUT_OF_TIME)
    judged = Judged(new_notebook(), cards={"one": late, "two": replace(late, title="Two")})
    (said,) = _stopped_together(judged)
    assert said.startswith("2 exercises were stopped at a limit of time (One; Two).")
    judged.cards["two"] = replace(late, verdict=Verdict.MET)
    assert _stopped_together(judged) == []


def test_a_function_that_a_region_holds_whole_is_stopped_too():
    text = "### BEGIN SOLUTION\ndef f(x):\n    return x\n### END SOLUTION"
    marks = marked("f-marks", "assert f(1) == 1", grade=True, points=1)
    master = new_notebook(cells=[marked("f", text, solution=True), marks])
    stopped = Stopped(master, Budgets(LIMITS, master, None), mock.Mock(run=lambda *_: Ran()))
    stopped.run(master.cells[0], "def f(x):\n    while True: pass", 1)
    stopped.decided(TestCell.of(marks, master), Breach(Verdict.OUT_OF_TIME, "Too slow."))
    assert stopped.of(TestCell.of(marks, master)) is not None
