"""What the master's own solution defines, in whatever way, is known to its tests in the judge."""

import re

import nbformat
import pytest
from support.judging import run
from support.mixed import marked

from nbjudge.notebook.master import visible_text
from nbjudge.notebook.repair import repair

REGION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
CASES = {
    "annotated": ("n: int = 3", "assert n == 3"),
    "loop": ("n = []\nfor i in range(3):\n    n.append(i)", "assert n == [0, 1, 2] and i == 2"),
    "tuple": ("a, b = 1, 2", "assert (a, b) == (1, 2)"),
    "with": ("import contextlib\nwith contextlib.nullcontext(3) as n:\n    pass", "assert n == 3"),
    "import": ("import math\nn = math.pi", "assert abs(n - math.pi) < 1e-9"),
    "function": ("def f(x):\n    return x + 1", "assert f(1) == 2"),
    "magic": ("%time n = 3", "assert n == 3"),
    "magic_in_the_test": ("n = 3", "%precision 3\nassert n == 3"),
}


@pytest.mark.parametrize("kind", CASES)
def test_the_solution_has_its_points_and_the_release_none(zygote, kind):
    code, test = CASES[kind]
    master = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("print('now mend this'", id="wrong"),
            marked("n", REGION.format(code), solution=True),
            marked("n-marks", test, grade=True, locked=True, points=2),
        ]
    )
    for expected, text in ((2, code), (0, visible_text(master.cells[1]))):
        handed_in = nbformat.from_dict(master)
        handed_in.cells[1].source = text
        judged = run(zygote, handed_in, master=master)
        assert judged.scores == {"n-marks": expected}


AREA = "def _square(x):\n    return x * x\n\ndef area(r):\n    return 3 * _square(r)"
ONE = "def area(r):\n    return 3 * r**2"
NONE = "def area(r):\n    return 0"
CM2 = "def area(r):\n    return 3 * r * r, 'cm2'"


TEST = "assert area(2) == 12"
SOLVED = [REGION.format(AREA), REGION.format(CM2)]


def two_parts(first, second, test=TEST):
    """Return a notebook of two exercises that define one name, each with its test."""
    cells = [
        marked("s0", first, solution=True),
        marked("t0", test, grade=True, locked=True, points=2),
        marked("s1", second, solution=True),
        marked("t1", "assert area(2) == (12, 'cm2')", grade=True, locked=True, points=2),
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("first", "second", "scores"),
    [
        (ONE, CM2, {"t0": 2, "t1": 2}),
        (NONE, ONE.replace("(r)", "(r, k=3)"), {"t0": 0, "t1": 0}),
    ],
    ids=["right", "wrong"],
)
def test_a_helper_of_the_masters_that_the_test_does_not_use_is_not_waited_for(
    zygote, first, second, scores
):
    work, master = two_parts(first, second), two_parts(*SOLVED)
    assert run(zygote, work, master=master).scores == scores


def test_a_name_that_the_test_uses_is_waited_for(zygote):
    late, master = two_parts("pass", ONE), two_parts(*SOLVED)
    assert run(zygote, late, master=master).scores == {"t0": 2, "t1": 0}


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (TEST, "them. The one above was graded."),
        (
            "assert area(_square(1)) == 3",
            "uses _square, which no cell above it defines. Look which",
        ),
    ],
    ids=["at once", "later"],
)
def test_which_of_two_versions_was_graded_is_said_where_it_is_known(test, said):
    shown = re.sub(r"    return .*", r"    ### BEGIN SOLUTION\n\g<0>\n    ### END SOLUTION", AREA)
    master, work = two_parts(shown, SOLVED[1], test), two_parts(ONE, CM2, test)
    assert said in repair(master, work)[0].cells[0].source
