"""A test cell that asks for it gives each of its checks a share of the points."""

import pytest
from support.one_test import found, judged

from nbjudge.notebook.counted import checks, is_counted
from nbjudge.verdict import Verdict

SQUARE = "def f(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
CHECKS = """### COUNT ASSERTS
assert f(1) == 1
assert f(2) == 4
### BEGIN HIDDEN TESTS
import numpy as np
np.testing.assert_allclose(f(3), 9)
for n in range(4, 6):
    assert f(n) == n * n, "the square"
### END HIDDEN TESTS
"""
RIGHT, EVEN, NEVER = "return x * x", "return x * x if x % 2 == 0 else 0", "return 'no'"


def scored(settings, answer):
    found = judged(settings, f"def f(x):\n    {answer}")
    (score,) = found.scores.values()
    (cell,) = (one for one in found.notebook.cells if one.id == "solve-test")
    return score, found.verdicts["solve-test"], cell.outputs


@pytest.fixture(params=[False, True], ids=["apart", "beside"])
def counted(request, settings):
    """The settings of a course whose test counts; its text runs in either process."""
    means_the_students_process = "\nassert len(In) >= 0\n" if request.param else ""
    settings = settings(SQUARE, CHECKS + means_the_students_process, beside=True)
    assert [one.beside for one in found(settings).values()] == [True] * request.param
    return settings, request.param


def test_each_check_gives_its_share(counted):
    settings, beside = counted
    assert scored(settings, RIGHT)[0] == 2
    # Of f(1), f(2), f(3) and the loop, f(2) alone holds. One more check of the student's process.
    assert scored(settings, EVEN)[0] == (0.8 if beside else 0.5)
    assert scored(settings, NEVER)[0] == (0.4 if beside else 0)


def test_what_is_lost_is_told_without_hidden_text(counted):
    settings, beside = counted
    _, verdict, outputs = scored(settings, EVEN)
    assert verdict is Verdict.NOT_MET
    assert [one.output_type for one in outputs] == ["display_data", "execute_result"]
    told = outputs[0].data["text/plain"]
    assert told.startswith(f"{2 if beside else 1} of {5 if beside else 4} checks are met. ")
    assert told.endswith(" The line of the test: `assert f(1) == 1`") is not beside
    _, _, outputs = scored(settings, "return x * x if x < 3 else 0")
    assert "assert_allclose" not in repr(outputs)
    assert "Mismatch" not in repr(outputs)


def test_what_is_no_check_ends_the_test(settings):
    settings = settings(
        SQUARE, "### COUNT ASSERTS\nassert f(1) == 1\na = 1 / f(2)\nassert a == 1 / 4\nassert f(1)"
    )
    assert scored(settings, RIGHT)[0] == 2
    assert scored(settings, "return x % 2")[0] == 0.67


def test_an_expected_exception_is_a_check(settings):
    root = "def f(x):\n    ### BEGIN SOLUTION\n    return x ** -1\n    ### END SOLUTION"
    test = (
        "### COUNT ASSERTS\nimport pytest\nwith pytest.raises(ZeroDivisionError):\n    f(0)\n"
        "assert f(2) == 0.5"
    )
    settings = settings(root, test)
    assert scored(settings, "return 1 / x")[0] == 2
    assert scored(settings, "return 1 / x if x else 0")[0] == 1
    assert scored(settings, "return 1 / x if not x else 0")[0] == 1


def test_a_function_that_never_returns_loses_what_it_is_asked(settings):
    settings = settings(SQUARE, CHECKS)
    score, verdict, _ = scored(settings, "while x > 2: pass\n    return x * x")
    assert score == 1
    assert verdict is Verdict.OUT_OF_TIME


def test_without_the_line_all_is_lost_with_one_check(settings):
    settings = settings(SQUARE, CHECKS.replace("### COUNT ASSERTS\n", ""))
    assert scored(settings, RIGHT)[0] == 2
    assert scored(settings, EVEN)[0] == 0


def test_a_test_without_checks_gives_all_or_nothing(settings):
    settings = settings(SQUARE, "### COUNT ASSERTS\n1 / f(1)\nif f(2) != 4:\n    raise ValueError")
    assert scored(settings, RIGHT)[0] == 2
    assert scored(settings, "return 1")[0] == 0


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("assert a", 1),
        ("x = 1", 0),
        ("def check(x):\n    assert x", 0),
        ("class T:\n    def test(self):\n        assert 1", 0),
        ("if x:\n    assert a\nelse:\n    assert b", 1),
        ("t.assertEqual(1, 2); np.testing.assert_array_equal(a, b)", 2),
        ("with pytest.raises(ValueError):\n    f(0)", 1),
        ("with t.assertRaises(ValueError):\n    f(0)", 1),
        ("no python", 0),
    ],
)
def test_what_is_a_check(source, number):
    assert checks(source) == number


@pytest.mark.parametrize("line", ["### COUNT ASSERTS", "  # COUNT ASSERTS ", "##COUNT ASSERTS"])
def test_the_line_that_asks_for_it(line):
    assert is_counted(f"a = 1\n{line}\nassert a")


@pytest.mark.parametrize(
    "line", ["# COUNT ASSERTS here", "x = 1  ### COUNT ASSERTS", "COUNT ASSERTS"]
)
def test_no_other_line_asks_for_it(line):
    assert not is_counted(f"a = 1\n{line}\nassert a")
