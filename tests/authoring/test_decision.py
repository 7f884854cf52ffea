"""`nbjudge build` writes down in the master how each test is graded, for whoever grades later."""

import nbformat
import pytest
from nbformat.v4 import new_notebook
from support.course import nbjudge
from support.mixed import CONFIG, marked
from support.one_test import LENGTH, OF_LENGTH

from nbjudge.authoring.ways import BY_PERSON, Way, to_text
from nbjudge.judge.judged import Unproven
from nbjudge.notebook.canonical import canonical
from nbjudge.notebook.canonical import to_text as notebook_text

DOUBLE = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
WORDS = "Why?\n=== BEGIN MARK SCHEME ===\nfor 1 point\n=== END MARK SCHEME ==="
CHANGED = "Changed in source/week1/week1.ipynb: how each test is graded is written down.\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with a test of data, and one of an object, which no data can decide."""
    folder = tmp_path_factory.mktemp("decision")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (folder / "source/week1").mkdir(parents=True)
    write(folder, "assert f(1) == 2")
    return folder


def test_what_is_printed_is_as_wide_as_the_terminal_and_not_wider_than_100(monkeypatch):
    cause = "it is as long as no terminal is wide. " * 5
    one = Way("n", "f-test", 2, BY_PERSON, amiss=Unproven("f-test", cause))
    for columns, widest in (("50", 50), ("200", 100)):
        monkeypatch.setenv("COLUMNS", columns)
        assert widest - 20 < max(map(len, to_text([one]).splitlines())) <= widest


def write(folder, test):
    cells = [
        marked("double", DOUBLE, solution=True),
        marked("double-test", test, grade=True, locked=True, points=1),
        marked("length", LENGTH, solution=True),
        marked("length-test", OF_LENGTH, grade=True, locked=True, points=1),
        marked("words", WORDS, kind="markdown", grade=True, solution=True, points=1),
    ]
    path = folder / "source/week1/week1.ipynb"
    path.write_text(notebook_text(canonical(new_notebook(cells=cells))), encoding="utf-8")


def notes(folder, step):
    """Return what our metadata say, by the id of the cell."""
    notebook = nbformat.read(folder / step / "week1/week1.ipynb", as_version=4)
    return {
        cell.id: cell.metadata["nbjudge"] for cell in notebook.cells if "nbjudge" in cell.metadata
    }


def test_it_stands_in_the_master_alone_and_is_decided_anew_by_each_build(course):
    done = nbjudge("build", cwd=course, check=False)
    assert CHANGED in done.stdout
    assert notes(course, "source") == {
        "double-test": {"way": "asserts"},
        "length-test": {"way": "beside"},
    }
    assert notes(course, "release") == notes(course, "solutions") == {}
    for step in ("release", "solutions"):
        assert "for 1 point" not in (course / step / "week1/week1.ipynb").read_text("utf-8")

    again = nbjudge("build", cwd=course, check=False)
    assert "Changed in" not in again.stdout
    nbjudge("build", "--check", cwd=course)

    write(course, "assert f(1) == 2 and len(In) > 0")
    nbjudge("build", cwd=course, check=False)
    assert notes(course, "source")["double-test"] == {"way": "beside"}
    write(course, "assert f(1) == 2")
    nbjudge("build", cwd=course, check=False)
    assert notes(course, "source")["double-test"] == {"way": "asserts"}
