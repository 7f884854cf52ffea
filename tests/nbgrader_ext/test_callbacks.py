"""A class run of masters whose tests give functions to student code, or ask what is which."""

import shutil

import nbformat
import pytest
from nbgrader.utils import is_solution
from support.callback_cases import CASES
from support.foreign import NOTEBOOK, RELEASE, SOLUTION, Case, Row, built, judge, make_course

WRONG = {Case(*case).name: wrong for *case, wrong in CASES}
# What the test asks for does not pass between the two processes, or must not.
BY_PERSON = {
    "callback-that-runs-what-it-is-given", "callback-that-makes-an-object",
    "class-isinstance-of-the-master-s-own",
    "class-object-of-the-master-s-own-as-argument", "test-cell-lines-of-a-shell",
    "test-cell-captured-output",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """What became of each case, by its name."""
    cases = [Case(*case) for *case, _ in CASES]
    course = make_course(tmp_path_factory.mktemp("callbacks") / "course", cases)
    rows = [Row(case, built(course, case), {}) for case in cases]
    for case in cases:
        for number, text in enumerate(WRONG[case.name]):
            submit(course, case, f"wrong-{number}", text)
    judge(course, rows)
    return {row.case.name: row for row in rows}


def submit(course, case, student, text):
    """Hand in what was released, with a text in the place of each solution."""
    folder = course / "submitted" / student / case.name
    shutil.copytree(course / "release" / case.name, folder)
    notebook = nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)
    for cell in filter(is_solution, notebook.cells):
        cell.source = text
    nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")


@pytest.fixture(params=list(WRONG))
def row(request, rows):
    return rows[request.param]


@pytest.mark.slow
def test_the_solution_has_all_points_and_nothing_else_has_any(row):
    if row.case.name in BY_PERSON:
        assert all(one.by_person for one in row.judged.values())
        return
    points = {name: (one.points, one.by_person) for name, one in row.judged.items()}
    assert points.pop(SOLUTION) == (row.case.points, False)
    assert points.keys() >= {RELEASE, *(f"wrong-{n}" for n, _ in enumerate(WRONG[row.case.name]))}
    assert set(points.values()) == {(0, False)}
