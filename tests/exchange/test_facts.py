"""The page is the same whoever makes it, and shows no more before the due date."""

import pytest
from support.course import nbgrader
from support.pages import Page

SENTENCE = "Your scores are divided by √d"


def due(exchange, date):
    nbgrader("db", "assignment", "add", "attention", f"--duedate={date} 00:00:00 UTC",
             cwd=exchange.course)  # fmt: skip


def generated(exchange):
    exchange.nbgrader("generate_feedback")
    return (exchange.course / "feedback/ada/attention/attention.html").read_text("utf-8")


def test_the_watch_and_nbgraders_command_make_the_same_page(exchange):
    due(exchange, "2020-01-01")
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    (watched,) = exchange.pages()
    page, stamp = generated(exchange).rsplit("\n<!-- made from", 1)
    assert len(stamp) < 40
    assert page == watched.rstrip()
    assert "Attempt 1, which came on" in page
    assert "It came late" in page
    assert "That is this one." in page


def test_a_page_says_which_attempt_counts_and_is_made_anew_when_another_does(exchange):
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    exchange.submit("perfect")
    exchange.watch()
    first, second = map(Page, exchange.pages())
    assert "The last attempt counts. That is attempt 2." in first.text
    assert "The last attempt counts. That is this one." in second.text
    assert (first.score, second.score) == (104, 110)
    assert first.title != second.title


def test_a_page_made_after_the_due_date_was_moved_has_the_score_that_it_explains(exchange):
    exchange.configure("c.FeedbackOnSubmit.after_deadline = 'shown'")
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    assert Page(generated(exchange)).score == 104
    due(exchange, "2020-01-01")
    page = Page(generated(exchange))
    assert "So it is shown, and does not count." in page.text
    assert page.score == 0
    due(exchange, "2100-01-01")
    assert Page(generated(exchange)).score == 104


@pytest.mark.parametrize(
    ("choice", "score", "sentence"),
    [("nothing", None, False), ("results", 104, False), ("messages", 104, True)],
)
def test_nbgraders_command_shows_no_more_before_the_due_date(exchange, choice, score, sentence):
    exchange.configure(f"c.FeedbackOnSubmit.before_deadline = '{choice}'")
    due(exchange, "2100-01-01")
    exchange.submit("wrong_exercise_1")
    exchange.watch()
    page = Page(generated(exchange))
    assert (page.score, SENTENCE in page.text) == (score, sentence)
    due(exchange, "2020-01-01")
    assert SENTENCE in generated(exchange)
