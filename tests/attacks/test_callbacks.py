"""Attacks by way of functions that a test gives to student code: they run in the judge process."""

import resource

import nbformat
import pytest
from support.asserts import marked, said
from support.judging import PATIENT, SMALL, run

from nbjudge.proxy import answering
from nbjudge.verdict import Verdict

# The test of all: a right solution passes it.
TEST = """
### BEGIN HIDDEN TESTS
seen = []
def g(x, *rest):
    seen.append(x)
    n = x if type(x) is int else 0
    while n > 10:
        n = n // 2 + 6  # for an n above 10 that never ends
    return x
assert f(g) == 3 and seen == [3]
### END HIDDEN TESTS"""
RIGHT = "def f(g):\n    return g(3)"
LOSES = {
    "without end": ("while True: g(1)", {Verdict.OUT_OF_TIME}),
    "by what never ends in the judge": ("g(12)", {Verdict.OUT_OF_TIME}),
    "with a number that is too large": ("g(10**9)", {Verdict.NOT_MET}),
    "with a text that is too large": ("g('x' * 10**8)", {Verdict.UNUSABLE}),
    "with a list that is too large": ("g([0] * 10**6)", {Verdict.UNUSABLE}),
    "with very many arguments": ("g(*range(10**6))", {Verdict.UNUSABLE}),
    "with a list in itself": ("x = []; x.append(x); g(x)", {Verdict.RAISED}),
    "with an iterator without end": ("import itertools; g(itertools.count())", {Verdict.NOT_MET}),
    "for its text": ("import inspect; g(inspect.getsource(g))", {Verdict.RAISED}),
    "for what it closes over": ("g(g.__globals__['seen'])", {Verdict.RAISED}),
    "and ends meanwhile": ("import os, threading; threading.Timer(0, os._exit, [0]).start()\n"
                           "    while True: g(1)", {Verdict.CRASHED}),
}  # fmt: skip


def test_the_right_solution_passes(zygote, course):
    assert marked(zygote, RIGHT, TEST, course)[0] == 2


@pytest.mark.parametrize("name", LOSES)
@pytest.mark.parametrize("caught", [False, True], ids=["", "caught"])
def test_cant_harm_by_calling(zygote, course, name, caught):
    code, verdicts = LOSES[name]
    code = f"def h(g):\n    {code}\ndef f(g):\n    return h(g)"
    if caught:
        code = code.replace(
            "    return h(g)", "    try: h(g)\n    except BaseException: return g(3)"
        )
        verdicts = {*verdicts, Verdict.NOT_MET, Verdict.RAN, Verdict.RAISED}
    limits = SMALL if Verdict.OUT_OF_TIME in verdicts else PATIENT
    points, judged = marked(zygote, code, TEST, course, limits)
    assert judged.verdicts["test"] in verdicts, said(judged)
    assert points == 0 or caught
    assert marked(zygote, RIGHT, TEST, course)[0] == 2


@pytest.mark.parametrize("kept", ["seen.append", "lambda x: seen.append(x * 1)"])
def test_cant_fill_the_memory_of_the_judge_bit_by_bit(zygote, course, monkeypatch, kept):
    monkeypatch.setattr(answering, "_MEMORY", 2**26)
    # Far more than earlier tests may have left behind: memory that was freed is used again.
    code = """
def f(g):
    for count in range(400):
        try:
            g(bytes(8_000_000))
        except MemoryError:
            return count
"""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    test = f"seen = []\nassert f({kept}) < 80"
    points, judged = marked(zygote, code, test, course, PATIENT)
    assert points == 2, said(judged)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**18  # kilobytes


def test_it_may_be_called_from_a_thread(zygote, course):
    code = """
import threading
def f(g):
    found = []
    one = threading.Thread(target=lambda: found.append(g(3)))
    one.start()
    one.join()
    return found[0]
"""
    assert marked(zygote, code, TEST, course)[0] == 2


def test_a_thread_that_goes_on_calling_costs_its_own_submission_only(zygote, course):
    code = """
import threading
def f(g):
    def again():
        while True:
            g(1)
    found = g(3)
    threading.Thread(target=again, daemon=True).start()
    return found
"""
    marked(zygote, code, "f(lambda x: x)", course)
    assert marked(zygote, RIGHT, TEST, course)[0] == 2


@pytest.mark.parametrize(
    "number", ["7", "-1", "True", "'0'", "10**9", "'os:getpid'"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["offered", "imported"])
@pytest.mark.parametrize("how", ["result", "argument"])
def test_cant_name_a_function_that_was_not_given(zygote, course, number, kind, how):
    code = f"""
import nbjudge.confined.kept as ours
from nbjudge.boundary.references import Reference
class Forged: pass
seen = ours.Kept.seen
def forged(self, value, *given):
    if type(value) is list and value and type(value[0]) is Forged:
        return [Reference({number}, {kind!r})]
    return Reference({number}, {kind!r}) if type(value) is Forged else seen(self, value, *given)
ours.Kept.seen = forged
def f(g): return g(Forged()) if {how == "argument"} else Forged()
"""
    points, judged = marked(zygote, code, "assert f(lambda x: x())", course)
    assert (points, judged.verdicts["test"]) in [
        (0, Verdict.UNUSABLE), (0, Verdict.RAISED), (0, Verdict.NOT_MET),
    ]  # fmt: skip


def test_cant_turn_its_result_into_another(zygote, course):
    code = """
import nbjudge.confined.asking as ours
told = ours.Line.ask
ours.Line.ask = lambda self, **asked: 5
def f(g): return g(3)
"""
    assert marked(zygote, code, "assert f(lambda x: x + 1) == 4", course)[0] == 0


def test_cant_pass_by_raising_what_the_test_itself_refuses(zygote, course):
    test = "try:\n    f(lambda x: x)\nexcept TypeError:\n    pass\nelse:\n    assert False"
    points, judged = marked(zygote, "def f(g): return g(10**9)", test, course)
    assert (points, judged.failures["test"].undecided) == (0, True)


def test_what_is_kept_of_a_test_is_dead_when_the_test_has_ended(zygote, course):
    code = "kept = []\ndef f(g):\n    kept.append(g)\n    return g(3)"
    cells = [
        nbformat.v4.new_code_cell(code, id="solution"),
        nbformat.v4.new_code_cell(TEST, id="test"),
        nbformat.v4.new_code_cell("print(kept[0](1))", id="later"),
    ]
    for cell, grade in zip(cells, (False, True), strict=False):
        cell.metadata["nbgrader"] = {
            "schema_version": 3, "locked": False, "task": False, "grade": grade,
            "solution": not grade, "grade_id": cell.id, "points": 2,
        }  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=cells)
    judged = run(zygote, notebook, SMALL, course, master=notebook)
    assert judged.scores["test"] == 2
    assert "is called when the test has ended" in str(judged.notebook.cells)


def test_cant_learn_more_of_a_function_than_what_it_gives(zygote, course):
    test = (
        "### BEGIN HIDDEN TESTS\nsecret = 1234.5\nf(lambda x: x + secret * 0)\n### END HIDDEN TESTS"
    )
    code = """
import gc
def f(g):
    reached = [g.__code__.co_consts, g.__closure__, vars(g), g.__defaults__, list(g.__globals__)]
    raise ValueError(str(reached) + str([one for one in gc.get_objects() if type(one) is float]))
"""
    _, judged = marked(zygote, code, test, course)
    assert "1234.5" not in said(judged)
    assert "secret" not in said(judged)
