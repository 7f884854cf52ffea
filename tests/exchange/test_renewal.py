"""Released feedback shows what is graded now: automatic pages are made anew, others are named."""

import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader
from support.pages import Page

from nbjudge.classrun.grade import ClassRun
from nbjudge.exchange.renewal import after_grading
from nbjudge.judge.job import judge_job


@pytest.fixture
def told(exchange):
    """An exchange where ada has submitted, and the watch has told her: 104 points."""
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    return exchange


def grade(exchange):
    """Grade the class as `nbjudge autograde` does; return what it says of feedback."""
    run = ClassRun(exchange.course, "attention")
    list(run.run(lambda jobs: (judge_job(job, run.settings) for job in jobs), force=True))
    return after_grading(run)


def score(exchange):
    (page,) = exchange.pages()
    return Page(page).score


@pytest.fixture
def rubric(released):
    file = released.course / "rubrics/attention/dot_product.py"
    before = file.read_text()
    yield file
    file.write_text(before)


def change_grade(exchange, points):
    with Gradebook(f"sqlite:///{exchange.course}/gradebook.db", "nlp-llm") as book:
        book.find_grade("scaled-marks", "attention", "attention", "ada").manual_score = points
        book.db.commit()


def test_the_class_run_makes_automatic_pages_anew_after_a_rubric_was_corrected(told, rubric):
    title = "Large scores give finite, right results"
    assert title in told.pages()[0]
    assert title in rubric.read_text()
    rubric.write_text(rubric.read_text().replace(title, "Corrected words"))
    assert grade(told) == []
    (page,) = told.pages()
    assert "Corrected words" in page


def test_a_grade_by_hand_is_on_the_automatic_page(told):
    assert score(told) == 104
    change_grade(told, 1)
    assert grade(told) == []
    assert score(told) == 85


def test_a_watch_that_runs_looks_itself(told):
    change_grade(told, 1)
    told.watch()
    assert score(told) == 85


def test_a_late_penalty_is_on_the_page_at_once(exchange):
    exchange.configure('c.LateSubmissionPlugin.penalty_method = "zero"')
    nbgrader("db", "assignment", "add", "attention", "--duedate=2020-01-01 00:00:00 UTC",
             cwd=exchange.course)  # fmt: skip
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    assert score(exchange) == 0


def test_a_page_that_a_person_released_is_named_and_stays(told):
    told.nbgrader("generate_feedback")
    told.nbgrader("release_feedback")
    final = told.pages()
    assert grade(told) == []
    change_grade(told, 1)
    (said,) = grade(told)
    assert "shows an earlier result: ada." in said
    assert told.pages() == final
    told.nbgrader("generate_feedback")
    told.nbgrader("release_feedback")
    assert grade(told) == []
    assert score(told) == 85


def test_an_attempt_whose_rows_are_gone_is_recorded_again(told):
    nbgrader("db", "student", "remove", "ada", "--force", cwd=told.course)
    told.watch()
    with Gradebook(f"sqlite:///{told.course}/gradebook.db", "nlp-llm") as book:
        assert book.find_submission("attention", "ada").score == 104
