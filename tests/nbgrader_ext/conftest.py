"""A gradebook with one submission in it."""

import shutil

import pytest
from nbgrader.api import Gradebook


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The file of a gradebook; making one takes seconds."""
    place = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with Gradebook(f"sqlite:///{place}") as book:
        book.add_assignment("a")
        book.add_notebook("n", "a")
        book.add_grade_cell("work", "n", "a", max_score=20, cell_type="code")
        book.add_grade_cell("bonus", "n", "a", max_score=0, cell_type="code")
        book.add_student("s")
        book.add_submission("a", "s")
        for name, score in (("work", 15), ("bonus", 0)):
            book.find_grade(name, "n", "a", "s").auto_score = score
            book.find_grade(name, "n", "a", "s").needs_manual_grade = False
        book.db.commit()
    return place


@pytest.fixture
def book(made, tmp_path):
    shutil.copy(made, tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        yield book
