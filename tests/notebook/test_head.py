"""What stands on top of a graded notebook."""

from nbformat.v4 import new_code_cell, new_notebook

from nbjudge.notebook.head import (
    LEFT_OUT,
    MENDED,
    NEEDS_A_PERSON,
    copy_head,
    lines_on_top,
    put_on_top,
)


def test_what_needs_a_person_stands_first_and_each_line_once():
    notebook = new_notebook(cells=[new_code_cell("1", id="student-0")])
    put_on_top(notebook, MENDED, ["A cell was missing."])
    put_on_top(notebook, NEEDS_A_PERSON, ["Look here."])
    put_on_top(notebook, LEFT_OUT, ["a link"])
    put_on_top(notebook, NEEDS_A_PERSON, ["Look here.", "And\nthere."])
    assert [cell.id for cell in notebook.cells] == [NEEDS_A_PERSON, LEFT_OUT, MENDED, "student-0"]
    assert lines_on_top(notebook, NEEDS_A_PERSON) == ["Look here.", "And there."]


def test_no_line_no_cell():
    notebook = new_notebook()
    put_on_top(notebook, MENDED, [])
    assert notebook.cells == []


def test_the_head_of_one_notebook_is_put_on_another():
    graded, notebook = new_notebook(), new_notebook()
    put_on_top(graded, NEEDS_A_PERSON, ["Look here."])
    put_on_top(notebook, MENDED, ["A cell was missing."])
    copy_head(graded, notebook)
    assert lines_on_top(notebook, NEEDS_A_PERSON) == ["Look here."]
    assert lines_on_top(notebook, MENDED) == ["A cell was missing."]
