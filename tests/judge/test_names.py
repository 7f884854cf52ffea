"""What the master's own solution defines, in whatever way, is known to its tests in the judge."""

import nbformat
import pytest
from support.judging import run
from support.mixed import marked

from nbjudge.notebook.master import visible_text

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
