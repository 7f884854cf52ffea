"""Test cells made of asserts, as courses have them, run against proxies."""

from copy import deepcopy

import nbformat
import numpy as np
import pytest
from nbgrader.utils import determine_grade
from support import mixed
from support.asserts import marked, notebook, said
from support.judging import SMALL, run

from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.run import judge
from nbjudge.notebook.canonical import canonical
from nbjudge.notebook.submission import Submission
from nbjudge.verdict import Verdict

NO = "def f(x):\n    raise {}('no')"


@pytest.mark.parametrize(
    "test",
    [
        "try:\n    f(1)\nexcept ValueError:\n    pass\nelse:\n    assert False",
        "import unittest\nunittest.TestCase().assertRaises(ValueError, f, 1)",
        "import pytest\nwith pytest.raises(ValueError, match='no'):\n    f(1)",
    ],
    ids=["except", "assertRaises", "pytest.raises"],
)
def test_an_expected_exception_gives_points_and_no_other_does(zygote, course, test):
    assert marked(zygote, NO.format("ValueError"), test, course)[0] == 2
    points, judged = marked(zygote, NO.format("KeyError"), test, course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.RAISED)
    assert said(judged).startswith("Your code raised KeyError: 'no'. Look at this line of yours")
    points, judged = marked(zygote, "def f(x):\n    return 1", test, course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.NOT_MET)
    assert said(judged).startswith("A test is not met")


def test_an_assert_of_the_students_is_not_taken_for_one_of_the_test(zygote, course):
    points, judged = marked(zygote, "def f(x):\n    assert x > 1, 'mine'", "f(1)", course)
    assert (points, judged.verdicts["test"]) == (0, Verdict.RAISED)
    assert said(judged).startswith("Your code raised AssertionError: mine")


def test_the_class_of_an_exception_is_found_among_those_of_the_test(zygote, course):
    answer = "class Wrong(Exception):\n    pass\ndef f(x):\n    raise Wrong('no')"
    test = "try:\n    f(1)\nexcept Wrong:\n    pass\nelse:\n    assert False"
    assert marked(zygote, answer, test, course)[0] == 2
    assert marked(zygote, answer.replace("raise Wrong", "raise Exception"), test, course)[0] == 0
    own = "class Wrong(Exception):\n    pass\n" + test
    assert marked(zygote, answer, own, course)[0] == 2


SECOND = "assert f(n) == 3\nassert f(3) == 3"


@pytest.mark.parametrize(
    ("first", "points"),
    [
        ("n = 3\nassert f(1) == 5", 2),
        ("n = 3\n1 / 0", 2),
        ("n = f(1)\nassert n == 2", 0),
        ("assert f(1) == 5\nn = 3", 2),
        ("1 / 0\nn = 3", 2),
        ("m = 1 / 0\nn = 3", 0),
        ("n = 3", 2),
    ],
    ids=[
        *("fails behind it", "raises behind it", "gives another"),
        *("fails before it", "raises before it", "defines nothing", "passes"),
    ],
)
def test_a_test_that_fails_decides_no_other_that_needs_its_names(zygote, course, first, points):
    """Its names are there, down to a definition that raised; what it asks is not asked again."""
    cells = [
        mixed.marked("f", "def f(x):\n    return x", solution=True),
        mixed.marked("one", first, grade=True, locked=True, points=1),
        mixed.marked("two", SECOND, grade=True, locked=True, points=2),
    ]
    master = canonical(nbformat.v4.new_notebook(cells=cells))
    judged = run(zygote, deepcopy(master), SMALL, course, master=master)
    assert judged.scores["two"] == points


CHECKS = """
def check(x):
    if x != 1:
        raise ValueError("not one")
    return [0] * 10**9
"""


@pytest.mark.parametrize(
    ("value", "begins", "undecided"),
    [(2, "The test stopped with ValueError: not one.", False), (1, "The test was stopped", True)],
)
def test_what_a_module_of_the_course_raises_is_not_the_students(
    zygote, tmp_path, value, begins, undecided
):
    (tmp_path / "checks.py").write_text(CHECKS, encoding="utf-8")
    test = "### BEGIN HIDDEN TESTS\nimport checks\nchecks.check(f(1))\n### END HIDDEN TESTS"
    master = notebook(f"def f(x):\n    return {value}", test)
    settings = JudgeSettings(tmp_path, master, SMALL, source=tmp_path)
    judged = judge(settings, Submission(deepcopy(master), seed=1), zygote)
    assert said(judged).startswith(begins)
    assert judged.failures["test"].undecided is undecided


ENDS = {
    "none": "None", "true": "True", "false": "False", "whole": "1", "part": "1.5", "nothing": "0",
    "all": "2", "text": "'1.5'", "list": "[1]", "numpy": "np.float64(1.5)",
    "numpy, whole": "np.int64(1)", "asked": "f(1)", "asked for a truth": "f(1) == 2",
}  # fmt: skip


@pytest.mark.parametrize("value", ENDS.values(), ids=ENDS)
def test_what_a_test_ends_in_counts_as_in_nbgrader(zygote, course, value):
    points, _ = marked(
        zygote, "def f(x):\n    return x", f"import numpy as np\nassert f(2) == 2\n{value}", course
    )
    assert points == given_by_nbgrader(eval(value, {"np": np, "f": lambda x: x}))


def given_by_nbgrader(value):
    """Return the points of a test for 2 that ends in a value."""
    cell = nbformat.v4.new_code_cell()
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": 2}
    if value is not None:
        data = {"text/plain": repr(value)}
        cell.outputs = [nbformat.v4.new_output("execute_result", data=data)]
    return determine_grade(cell)[0]


@pytest.mark.parametrize(
    ("value", "score"), [("3", 2), ("float('inf')", 2), ("-1", 0), ("float('nan')", 0)]
)
def test_what_is_no_score_of_the_test_is_held_within_its_points(zygote, course, value, score):
    assert marked(zygote, "def f(x):\n    return x", f"f(1)\n{value}", course)[0] == score


@pytest.mark.parametrize("where", ["stderr", "stdout"])
def test_what_a_test_prints_decides_nothing(zygote, course, where):
    test = f"import sys\nprint('beware', file=sys.{where})\nf(1)"
    assert marked(zygote, "def f(x):\n    return x", test, course)[0] == 1


def test_a_failure_of_unittest_is_told_without_the_frames_that_lead_to_it(zygote, course):
    test = (
        "import unittest\nclass T(unittest.TestCase):\n    def test_one(self):\n"
        "        self.assertEqual(f(1), 1)\nresult = unittest.TestResult()\n"
        "unittest.defaultTestLoader.loadTestsFromTestCase(T).run(result)\n"
        "assert result.wasSuccessful(), result.failures + result.errors"
    )
    assert marked(zygote, "def f(x):\n    return x", test, course)[0] == 2
    _, judged = marked(zygote, "def f(x):\n    raise ValueError(7)", test, course)
    assert "testMethod=test_one>, " in said(judged)
    assert "ValueError: 7" in said(judged)
    assert "Traceback" not in said(judged)
    assert "nbjudge" not in said(judged)
    _, judged = marked(zygote, "def f(x):\n    return 3", test, course)
    assert "AssertionError: 3 != 1" in said(judged)
