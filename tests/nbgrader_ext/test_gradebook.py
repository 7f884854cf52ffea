"""One gradebook, open for a whole class run."""

import shutil

import pytest
from nbgrader.api import Gradebook, MissingEntry
from support.course import run

from nbjudge.nbgrader_ext.gradebook import OpenGradebook


@pytest.fixture
def opened(book, tmp_path):
    opened = OpenGradebook(f"sqlite:///{tmp_path}/gradebook.db", "")
    yield opened
    opened.end()


def test_an_open_gradebook_finds_what_nbgraders_finds(book, opened):
    book.add_source_cell("work", "n", "a", cell_type="code", source="1 + 1")
    book.add_task_cell("essay", "n", "a", max_score=5, cell_type="markdown")
    with opened.transaction():
        for find, *names in (
            ("find_assignment", "a"), ("find_notebook", "n", "a"),
            ("find_source_cell", "work", "n", "a"), ("find_graded_cell", "work", "n", "a"),
            ("find_graded_cell", "essay", "n", "a"), ("find_grade", "work", "n", "a", "s"),
            ("find_submission", "a", "s"), ("find_submission_notebook", "n", "a", "s"),
        ):  # fmt: skip
            assert getattr(opened, find)(*names).id == getattr(book, find)(*names).id
        for find in ("find_grade", "find_comment"):
            with pytest.raises(MissingEntry):
                getattr(opened, find)("none", "n", "a", "s")


def test_a_score_in_an_open_gradebook_is_that_of_now(opened):
    with opened.transaction():
        kept = opened.find_submission("a", "s"), opened.find_submission_notebook("n", "a", "s")
        assert [one.score for one in kept] == [15, 15]
        opened.find_grade("work", "n", "a", "s").auto_score = 12
        opened.db.commit()
        assert opened.find_submission_notebook("n", "a", "s").score == 12
        assert opened.find_submission("a", "s").score == 12


def test_a_transaction_sees_what_others_wrote_and_leaves_nothing_when_it_fails(book, opened):
    def fail():
        with opened.transaction():
            opened.find_grade("work", "n", "a", "s").auto_score = 1
            opened.db.commit()
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert book.find_grade("work", "n", "a", "s").auto_score == 15
    book.find_grade("work", "n", "a", "s").auto_score = 7
    book.db.commit()
    with opened.transaction():
        assert opened.find_grade("work", "n", "a", "s").auto_score == 7


def test_an_upgrade_keeps_what_is_in_the_gradebook(built, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(built, course)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        book.add_student("ada")
    done = run("nbgrader", "db", "upgrade", cwd=course)
    assert "Backing up" in done.stderr
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        assert book.find_assignment("attention").max_score == 100
        assert book.find_student("ada").id == "ada"
    assert len(list(course.glob("gradebook.db*"))) == 2  # and a copy of what was there
