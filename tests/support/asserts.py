"""A small master whose test cell is made of asserts, and what a submission gets for it."""

import nbformat
from support.judging import SMALL, run

GRADED = {"grade": True, "solution": False, "points": 2, "grade_id": "test"}
SOLUTION = {"grade": False, "solution": True, "grade_id": "solution"}


def marked(zygote, answer, test, course, limits=SMALL):
    """Judge a notebook with `answer` as its solution cell; return the points and the result.

    The master defines the same names as the answer.
    """
    judged = run(zygote, notebook(answer, test), limits, course, master=notebook(answer, test))
    return judged.scores["test"], judged


def said(judged):
    """What a student reads below the test cell."""
    (cell,) = [cell for cell in judged.notebook.cells if cell.id == "test"]
    return " ".join(output.get("evalue", "") for output in cell.outputs)


def notebook(answer, test):
    cells = []
    for kind, source in ((SOLUTION, answer), (GRADED, test)):
        cell = nbformat.v4.new_code_cell(source, id=kind["grade_id"])
        cell.metadata["nbgrader"] = {"schema_version": 3, "locked": False, "task": False, **kind}
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)
