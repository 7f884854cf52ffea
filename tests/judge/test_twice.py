"""The visible part of a test runs twice: for what it shows, and then with the test for the points.

Code that gives another value the second time is right in plain nbgrader, which runs it once. So a
person is asked where the first run has passed and the second one is lost. Of code without a state
the two never differ.
"""

import pytest
from support.asserts import notebook
from support.judging import SMALL, run

from nbjudge.notebook.head import NEEDS_A_PERSON, lines_on_top
from nbjudge.verdict import Verdict


def judged(zygote, course, right, answer, test):
    """Judge an answer by the master `right`; return the result, and what it asks a person."""
    one = run(zygote, notebook(answer, test), SMALL, course, master=notebook(right, test))
    return one, lines_on_top(one.notebook, NEEDS_A_PERSON)


def hidden(*lines):
    return "\n".join(["", "### BEGIN HIDDEN TESTS", *lines, "### END HIDDEN TESTS", ""])


LIST, MAP = "squares = [0, 1, 4]\nn = 3", "squares = map(lambda x: x * x, range(3))\nn = 3"
SUM = "assert sum(squares) == 5"
ROLLS = "import random\nrng = random.Random(1)\ndef f():\n    return rng.randint(1, 6)"
TWICE = {
    "iterator": (LIST, MAP, SUM),
    "above a hidden part": (LIST, MAP, SUM + hidden("assert n == 3")),
    "a check that is counted": (LIST, MAP, f"### COUNT ASSERTS\n{SUM}\nassert n == 3"),
    "random numbers": ("def f():\n    return 2", ROLLS, "assert f() == 2"),
    "raises": (LIST, "squares = iter([0])", "assert next(iter(squares)) == 0"),
    "a list that grows": (
        "def f(x):\n    return [x]",
        "def f(x, found=[]):\n    found.append(x)\n    return found",
        "assert f(1) == [1]",
    ),
}


@pytest.mark.parametrize("case", TWICE)
def test_a_person_is_asked_where_only_the_second_run_is_lost(zygote, course, case):
    one, (asked,) = judged(zygote, course, *TWICE[case])
    counted = "counted" in case
    assert one.scores == {"test": 1 if counted else 0}
    had = "not all" if counted else "no"
    assert asked.startswith(f"test has {had} points: Its visible part passed when the notebook ran")
    assert "This passed when your notebook ran" in str(one.notebook.cells[-1].outputs)


RIGHT, WRONG = "def f(x):\n    return x", "def f(x):\n    return 1"
ONCE = {
    "hidden": (WRONG, "assert f(1) == 1" + hidden("assert f(3) == 3")),
    "hidden, of the same text": (
        WRONG,
        "n = 1\nassert f(n) == n" + hidden("n = 3", "assert f(n) == n"),
    ),
    "below hidden data": (
        WRONG,
        "n = [1]" + hidden("n += [3]") + "for one in n:\n    assert f(one) == one",
    ),
    "in a function": (
        WRONG,
        "def check(n):\n    assert f(n) == n\ncheck(1)" + hidden("check(3)"),
    ),
    "visible": (WRONG, "assert f(3) == 3" + hidden("assert f(1) == 1")),
    "an object": ("def f(x):\n    return str", "n = f(1)" + hidden("assert n == 1")),
}


@pytest.mark.parametrize("case", ONCE)
def test_nobody_is_asked_of_a_wrong_solution(zygote, course, case):
    one, asked = judged(zygote, course, RIGHT, *ONCE[case])
    assert (one.scores, asked) == ({"test": 0}, [])


def test_nobody_is_asked_where_the_second_run_takes_too_long(zygote, course):
    loop = "n = []\ndef f(x):\n    n.append(x)\n    while len(n) > 1:\n        pass\n    return x"
    one, asked = judged(zygote, course, RIGHT, loop, "assert f(1) == 1")
    assert (one.verdicts["test"], asked) == (Verdict.OUT_OF_TIME, [])
