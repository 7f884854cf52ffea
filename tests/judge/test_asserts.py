"""Test cells made of asserts, as courses have them, run against proxies."""

import pytest
from support.asserts import marked, said

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
