"""An assignment whose tests are of every quality: weak, strong, and none that can be tried."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.small import marked

LARGER = """\
def larger(a, b):
    '''Return the larger of two numbers.'''
    ### BEGIN SOLUTION
    if a > b:  # equal ones are either
        return a
    ### END SOLUTION
    return b"""
DOUBLE = """\
def double(x):
    ### BEGIN SOLUTION
    y = 2 * x
    ### END SOLUTION
    return y"""
# Without the line that doubles it never ends.
POWER = """\
def power_of_two(n):
    power = 1
    while power < n:
        ### BEGIN SOLUTION
        power *= 2
        ### END SOLUTION
    return power"""
SOURCE = "def triple(x):\n    ### BEGIN SOLUTION\n    return 3 * x\n    ### END SOLUTION"
PARTS = {
    "larger": (LARGER, "assert larger(2, 1) == 2", 4),
    "double": (DOUBLE, "assert [double(x) for x in (0, 3, 5)] == [0, 6, 10]", 3),
    "power": (POWER, "assert [power_of_two(n) for n in range(5)] == [1, 1, 2, 4, 4]", 5),
    "triple": (SOURCE, "import inspect\nassert '3' in inspect.getsource(triple)", 2),
}
MARK = """
[[mutant]]
code = {code!r}
becomes = {becomes!r}
why = "Of two equal numbers either is the larger."
"""


def write_weak(course, *names):
    """Write the assignment `weak` into a course: the exercises `names`, or all and a question."""
    cells = []
    for name in names or PARTS:
        code, test, points = PARTS[name]
        hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
        grade = {"grade": True, "locked": True, "points": points}
        cells += [
            marked(new_code_cell(code), name, solution=True),
            marked(new_code_cell(hidden), f"{name}-test", **grade),
        ]
    if not names:
        cells.append(marked(new_markdown_cell("Why?"), "why", grade=True, solution=True, points=3))
    folder = course / "source/weak"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), folder / "weak.ipynb")


def mark(course, name, *edits):
    """Mark mutants of an exercise, each an edit (code, what it becomes)."""
    file = course / f"rubrics/weak/equivalent/{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(MARK.format(code=one, becomes=two) for one, two in edits))
    return file
