"""Bonus, scorecards and withdrawn scores, in a real gradebook."""

import shutil

import pytest
from nbgrader.api import Gradebook, MissingEntry

from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.gradebook import OpenGradebook
from nbjudge.rubric.scorecard import Mark, Scorecard


def card(met, fault=""):
    marks = (Mark("It is causal", 10, met),)
    return Scorecard("a/bonus", "Bonus", 10, marks, 1, "v1", "test", False, fault)


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


def bonus(book):
    return book.find_grade("bonus", "n", "a", "s")


def test_the_bonus_comes_on_top_without_raising_the_maximum(book):
    scorecards.save(book, {bonus(book): (card(True), 10.0)})
    submission = book.find_submission("a", "s")
    assert (submission.score, submission.max_score) == (25, 20)
    scorecards.save(book, {bonus(book): (card(False), 0.0)})
    book.db.refresh(submission)
    assert submission.score == 15


@pytest.mark.parametrize("by_hand", [3.0, None])
def test_an_instructors_own_extra_credit_is_never_overwritten(book, by_hand):
    scorecards.save(book, {bonus(book): (card(True), 10.0)})
    bonus(book).extra_credit = by_hand
    book.db.commit()
    for _ in range(2):
        scorecards.save(book, {bonus(book): (card(True), 10.0)})
        assert bonus(book).extra_credit == by_hand


def test_extra_credit_given_before_the_first_run_stays(book):
    bonus(book).extra_credit = 2.0
    book.db.commit()
    scorecards.save(book, {bonus(book): (card(True), 10.0)})
    assert bonus(book).extra_credit == 2.0


def test_a_fault_of_ours_is_not_graded_and_not_zero(book):
    scorecards.save(book, {bonus(book): (card(False, fault="The rubric raised."), 0.0)})
    assert bonus(book).auto_score is None
    assert bonus(book).needs_manual_grade


def test_a_withdrawn_submission_keeps_manual_scores_and_loses_automatic_ones(book):
    scorecards.save(book, {bonus(book): (card(True), 10.0)})
    book.find_grade("work", "n", "a", "s").manual_score = 18
    book.db.commit()
    scorecards.withdraw(book, "n", "a", "s")
    work = book.find_grade("work", "n", "a", "s")
    assert (work.auto_score, work.manual_score) == (None, 18)
    assert work.needs_manual_grade
    assert bonus(book).extra_credit is None
    assert scorecards.scorecards(book, "a", "s") == {}
    scorecards.withdraw(book, "n", "a", "nobody")


def test_seed_rubric_version_and_engine_are_kept(book):
    scorecards.save(book, {bonus(book): (card(True), 10.0)})
    kept = scorecards.scorecards(book, "a", "s")["bonus"]
    assert (kept["seed"], kept["rubric_version"], kept["confined"]) == (1, "v1", False)


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
