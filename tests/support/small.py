"""Masters of two small assignments: `doubling`, for a machine and a person; `essay`, for a person.

The text of `doubling` has links: to its own headings, to another site, and to a file.
"""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

TEXT = (
    "# Doubling\n\n[Part two](#Part-two), [PyTorch](https://pytorch.org), [data](data.csv)\n\n"
    + "Text.\n\n" * 60
    + "## Part two\n\n[Back](#Doubling)"
)
CODE = "def double(x):\n    ### BEGIN SOLUTION\n    y = 2 * x\n    ### END SOLUTION\n    return y"
TEST = "### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"
ANSWER = {"grade": True, "solution": True, "points": 3}


def write_small(course):
    """Write both into `source/` of a course; return the paths of all that is new."""
    parts = {
        "doubling": [
            new_markdown_cell(TEXT),
            marked(new_code_cell(CODE), "double", solution=True),
            marked(new_code_cell(TEST), "double-test", grade=True, locked=True, points=5),
            marked(new_markdown_cell("Why?"), "why", **ANSWER),
        ],
        "essay": [marked(new_markdown_cell("Write."), "write", **ANSWER)],
    }
    new = []
    for name, cells in parts.items():
        folder = course / "source" / name
        folder.mkdir()
        nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
        new += [folder, folder / f"{name}.ipynb"]
    return new


def marked(cell, name, **fields):
    """Mark a cell as nbgrader's toolbar does."""
    mark = {"grade": False, "solution": False, "locked": False, "task": False, "grade_id": name}
    cell.metadata["nbgrader"] = {**mark, "schema_version": 3, "cell_type": cell.cell_type, **fields}
    return cell
