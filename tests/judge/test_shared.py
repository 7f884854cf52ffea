"""Globals that a test sets or deletes, and that the student's functions read."""

import nbformat
import pytest
from support.judging import run
from support.mixed import marked

RATE = "rate = 2\ndef f(x):\n    return rate * x"
USES = "def square(x):\n    return x * x\ndef f(x):\n    return square(x) + 1"
ALONE = "def square(x):\n    return x * x\ndef f(x):\n    return x * x + 1"
WITHOUT = (
    "kept = square\ndel square\ntry:\n    f(2)\nexcept NameError:\n    pass\n"
    "else:\n    raise AssertionError('it does not use square')\nfinally:\n    square = kept\n"
    "assert kept(3) == 9 and f(2) == 5"
)


def points(zygote, answer, *tests, master):
    """Return the points of hidden tests of 2 points each, for the notebook `answer`."""
    hidden = [f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS" for test in tests]
    cells = [marked(f"t{n}", one, grade=True, points=2) for n, one in enumerate(hidden)]
    handed_in, ours = (
        nbformat.v4.new_notebook(cells=[marked("f", text, solution=True), *cells])
        for text in (answer, master)
    )
    return list(run(zygote, handed_in, master=ours).scores.values())


@pytest.mark.parametrize(
    "test",
    [
        "rate = 3\nassert f(2) == 6\nrate = 4\nassert f(2) == 8",
        "rate = [1]\nassert f(2) == [1, 1]\nrate.append(2)\nassert f(1) == [1, 2]",
        "for rate in range(3):\n    assert f(2) == 2 * rate",
        "rate, twice = f(2), f(4)\nassert (rate, twice, f(2)) == (4, 8, 8)",
    ],
    ids=["set twice", "changed in place", "of a loop", "set from answers"],
)
def test_a_function_reads_what_the_test_has_set(zygote, test):
    assert points(zygote, RATE, test, master=RATE) == [2]
    assert points(zygote, RATE.replace("rate *", "2 *"), test, master=RATE) == [0]


def test_a_function_does_not_find_what_the_test_has_deleted(zygote):
    assert points(zygote, USES, WITHOUT, master=USES) == [2]
    assert points(zygote, ALONE, WITHOUT, master=USES) == [0]


def test_a_name_that_the_notebook_never_defined_is_there_for_the_test_alone(zygote):
    code = "def f():\n    return rate"
    gone = "rate = 3\nassert f() == 3\ndel rate\ntry:\n    f()\nexcept NameError:\n    pass"
    assert points(zygote, code, f"{gone}\nelse:\n    assert False", master=code) == [2]


def test_a_function_of_the_tests_own_takes_no_name_away(zygote):
    test = "kept = square\ndef square(x):\n    return 0\nassert f(2) == 5 and kept(2) == 4"
    assert points(zygote, USES, test, master=USES) == [2]


def test_no_other_name_of_a_test_is_told(zygote):
    spies = f"{RATE} if 'secret' not in globals() else None"
    assert points(zygote, spies, "secret = 4\nassert f(2) == secret", master=RATE) == [2]


def test_the_next_test_finds_the_notebook_as_it_was(zygote):
    tests = "rate = 3\nassert f(2) == 6", "assert f(2) == 4"
    assert points(zygote, RATE, *tests, master=RATE) == [2, 2]
