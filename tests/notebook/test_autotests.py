"""What a build made of AUTOTEST lines is found for the code it was made of, and for no other."""

import json
from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from support.small import marked

from nbjudge.notebook.autotests import LINE, keep, kept_in
from nbjudge.notebook.master import Conventions, read_master, visible_text

CODE = "### BEGIN SOLUTION\nn = 3\n### END SOLUTION"
TEST = "### AUTOTEST n\n### BEGIN HIDDEN TESTS\n### HASHED AUTOTEST n\n### END HIDDEN TESTS"
NBGRADERS = Conventions()
MADE = "assert n == 3\n### BEGIN HIDDEN TESTS\nassert n < 4\n### END HIDDEN TESTS"


def notebook(test, code=CODE, text="Read."):
    cells = [
        new_markdown_cell(text),
        marked(new_code_cell(code), "n", solution=True),
        marked(new_code_cell(test), "n-test", grade=True, locked=True, points=2),
        new_code_cell("'AUTOTEST'"),
    ]
    return new_notebook(cells=cells)


@pytest.fixture
def master(tmp_path):
    """The file of a master that was built."""
    file = tmp_path / "source/week1/work.ipynb"
    file.parent.mkdir(parents=True)
    nbformat.write(notebook(TEST), file)
    keep(kept_in(tmp_path, "week1"), "work", notebook(TEST), notebook(MADE))
    return file


def graded(master, conventions=NBGRADERS):
    return next(c for c in read_master(master, conventions).cells if c.id == "n-test")


def test_a_master_that_was_read_has_tests_in_the_place_of_its_lines(master):
    assert graded(master).source == MADE
    assert visible_text(graded(master)) == "assert n == 3"


def test_text_of_an_ordinary_cell_makes_them_no_others(master):
    nbformat.write(notebook(TEST, text="Read it twice."), master)
    assert graded(master).source == MADE


@pytest.mark.parametrize(
    ("test", "code"),
    [(TEST, "n = 4"), (f"{TEST}\n", CODE), (TEST.replace("n", "m", 1), CODE)],
    ids=["solution", "line below", "line"],
)
def test_where_the_code_changed_the_lines_stay(master, test, code):
    nbformat.write(notebook(test, code), master)
    assert graded(master).source == test
    assert LINE.search(graded(master).source)


def test_what_is_built_anew_is_read_anew(master):
    assert graded(master).source == MADE
    again = MADE.replace("3", "5")
    keep(kept_in(master.parents[2], "week1"), "work", notebook(TEST), notebook(again))
    assert graded(master).source == again


def test_a_master_without_such_lines_keeps_nothing(tmp_path):
    keep(kept_in(tmp_path, "week1"), "work", notebook("n"), notebook("n"))
    assert not (tmp_path / "build").exists()


def test_only_cells_that_changed_are_kept(master):
    file = kept_in(master.parents[2], "week1") / "work.json"
    assert list(json.loads(file.read_text()).values()) == [MADE]
    assert list(file.parent.iterdir()) == [file]


def test_header_and_footer_are_code_that_decides_too(master):
    header = nbformat.writes(new_notebook(cells=[new_code_cell("x = 1")]))
    framed = Conventions(header=header)
    assert LINE.search(graded(master, framed).source)
    before, after = (framed.framed(deepcopy(notebook(one))) for one in (TEST, MADE))
    keep(kept_in(master.parents[2], "week1"), "work", before, after)
    assert graded(master, framed).source == MADE


def test_a_courses_own_word_is_known(master):
    nbformat.write(notebook("# CHECK n\nn == 3\n'CHECK'"), master)
    found = graded(master, Conventions(autotest="CHECK")).source
    assert found == "# AUTOTEST n\nn == 3\n'CHECK'"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("### AUTOTEST f(1)", True),
        ("  # HASHED AUTOTEST f(1)", True),
        ("x = 1\n#AUTOTEST f(1);", True),
        ("# of our own: SECRET AUTOTESTS", True),
        ("x = 'AUTOTEST'", False),
        ("x = 1  # AUTOTEST", False),
    ],
)
def test_a_line_is_what_nbgrader_takes_for_one(source, found):
    assert bool(LINE.search(source)) is found
