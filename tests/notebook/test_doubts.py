"""A solution under another name is for a person to look at, and nothing else is."""

from copy import deepcopy

import pytest
from nbformat.v4 import new_notebook
from support.mixed import marked

from nbjudge.notebook.canonical import canonical
from nbjudge.notebook.head import NEEDS_A_PERSON, lines_on_top
from nbjudge.notebook.repair import repair

REGION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"


def repaired(region, test, answer):
    """Return a notebook whose solution cell holds `answer`."""
    master = canonical(
        new_notebook(
            cells=[
                marked("solve", REGION.format(region), solution=True),
                marked("solve-test", test, grade=True, locked=True, points=1),
            ]
        )
    )
    notebook = deepcopy(master)
    notebook.cells[0].source = answer
    return repair(master, notebook)[0]


def doubts(*given):
    """Return the sentences about such a notebook."""
    return lines_on_top(repaired(*given), NEEDS_A_PERSON)


def test_a_name_that_only_the_solution_uses_is_not_missed():
    region = "tmp = sorted([3, 9])\nbest = tmp[-1]"
    assert doubts(region, "assert best == 9", "best = max([3, 9])") == []


@pytest.mark.parametrize(
    "test", ["assert best == 9", "from nbjudge.rubric import grade\ngrade('a/b', globals())"]
)
def test_a_name_that_is_asked_for_is_missed(test):
    (sentence,) = doubts("best = 9", test, "largest = 9")
    assert "holds largest, and no cell of the notebook defines best" in sentence


def test_a_cell_that_is_no_python_says_so_itself():
    assert doubts("best = 9", "assert best == 9", "best = (9") == []


STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def test_the_stub_that_plain_nbgrader_handed_out_is_no_work():
    given = "best = 9", "assert best == 9", STUB
    assert doubts(*given) == []
    assert repaired(*given).cells[0].source == STUB
    assert doubts("best = 9", "assert best == 9", f"largest = 9\n{STUB}") != []


def test_a_cell_that_a_person_grades_is_as_it_was_handed_out_with_that_stub():
    """Then nbgrader gives it 0 points, and nobody has to look."""
    cell = marked("plan", REGION.format("plan = 'data'"), solution=True, grade=True, points=3)
    master = canonical(new_notebook(cells=[cell]))
    notebook = deepcopy(master)
    notebook.cells[0].source = STUB
    assert repair(master, notebook)[0].cells[0].source == "plan = None  # YOUR CODE HERE"
