"""What `nbjudge verify` reads of a master, whatever else stands in its cells."""

import nbformat
from support.mixed import marked

from nbjudge.authoring.verify import exercises

TEST = """\
### BEGIN HIDDEN TESTS
from nbjudge.rubric import grade
grade("week/f", globals())
### END HIDDEN TESTS"""


def test_magics_and_a_cell_that_is_no_python_are_no_imports(tmp_path):
    cells = [
        nbformat.v4.new_code_cell("%matplotlib inline\nimport math"),
        nbformat.v4.new_code_cell("x = %timeit -o 1\nfrom math import pi"),
        nbformat.v4.new_code_cell("print('now mend this"),
        marked("f", "def f():\n    return 1", solution=True),
        marked("f-marks", TEST, grade=True, points=1),
    ]
    folder = tmp_path / "source/week"
    folder.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "week.ipynb")
    assert list(exercises(tmp_path, "week")) == [("week/f", "import math\nfrom math import pi\n")]
