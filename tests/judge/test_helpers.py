"""Cells of the master that a test needs, where they define the student's names, or raise."""

import nbformat
import pytest
from support.judging import run
from support.mixed import marked

GIVEN = "def f(x):\n    return 2 * x\nk = 1"
RIGHT, WRONG = "def f(x):\n    return x + x", "def f(x):\n    return x"


def scores(zygote, answer, *cells):
    """Return the scores of the tests among `cells`; None stands for the solution cell."""
    handed_in, master = (
        nbformat.v4.new_notebook(cells=[_cell(n, one, text) for n, one in enumerate(cells)])
        for text in (answer, RIGHT)
    )
    return run(zygote, handed_in, master=master)


def _cell(number, cell, answer):
    if cell is None:
        return marked("f", answer, solution=True)
    if "assert" in cell:
        return marked(f"t{number}", cell, grade=True, points=2)
    return nbformat.v4.new_code_cell(cell, id=f"own-{number}")


@pytest.mark.parametrize("test", ["assert f(1) == 2", "assert f(k) == 2"], ids=["f", "f and k"])
def test_a_function_that_was_given_first_is_not_tested_in_place_of_the_students(zygote, test):
    assert scores(zygote, RIGHT, GIVEN, None, test).scores == {"t2": 2}
    assert scores(zygote, WRONG, GIVEN, None, test).scores == {"t2": 0}


def test_a_function_that_a_later_cell_gives_is_that_of_the_test(zygote):
    assert scores(zygote, WRONG, None, GIVEN, "assert f(1) == 2").scores == {"t2": 2}


def test_a_cell_that_raises_leaves_what_it_has_bound(zygote):
    test = "assert f(1) == 2 * k"
    assert scores(zygote, RIGHT, "k = 1\nk / 0", None, test).scores == {"t2": 2}
    judged = scores(zygote, RIGHT, "import no_such_module\nk = 1", None, test)
    assert judged.scores == {"t2": 0}
    assert judged.failures["t2"].kind == "ModuleNotFoundError"


def test_a_test_that_is_not_met_takes_no_names_from_the_next_one(zygote):
    tests = "got = f(1)\nassert got == 3", "assert got == 2"
    assert scores(zygote, RIGHT, None, *tests).scores == {"t1": 0, "t2": 2}


def test_a_test_has_names_of_an_earlier_hidden_test(zygote):
    hidden = "### BEGIN HIDDEN TESTS\nkept = f(1)\nassert kept\n### END HIDDEN TESTS"
    assert scores(zygote, RIGHT, None, hidden, "assert kept == 2").scores == {"t1": 2, "t2": 2}
    assert scores(zygote, WRONG, None, hidden, "assert kept == 2").scores == {"t1": 2, "t2": 0}
