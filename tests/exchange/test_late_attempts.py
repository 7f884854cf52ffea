"""Attempts after the due date: which counts, what is told, and what an extension changes."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge

from nbjudge.judge import job

EARLY, LATE = "wrong_bonus", "half_done"  # 106 and 40 points


@pytest.fixture
def exchange(exchange):
    exchange.configure(
        'c.LateSubmissionPlugin.penalty_method = "zero"', 'c.Exchange.timezone = "Europe/Berlin"'
    )
    return exchange


def book(exchange):
    return Gradebook(f"sqlite:///{exchange.course}/gradebook.db", "nlp-llm")


def due(exchange, when):
    with book(exchange) as opened:
        opened.update_or_create_assignment("attention", duedate=when.replace(tzinfo=None))


def submit_both(exchange):
    """Submit before the due date, and after it."""
    exchange.submit(EARLY)
    due(exchange, datetime.now(UTC))
    exchange.submit(LATE)


def extend(exchange, days):
    with book(exchange) as opened:
        opened.update_or_create_student("ada")
    nbjudge("extend", "attention", "--student", "ada", "--days", str(days), cwd=exchange.course)


def grade(exchange):
    """Ada's grade: the gradebook's score less the penalty, which the export must have, too."""
    with book(exchange) as opened:
        found = opened.assignment_submissions("attention")
        scores = {one.student_id: one.score - one.late_submission_penalty for one in found}
    nbgrader("export", cwd=exchange.course)
    with (exchange.course / "grades.csv").open() as file:
        exported = {one["student_id"]: float(one["score"]) for one in csv.DictReader(file)}
    assert {name: exported[name] for name in scores} == scores
    return scores.get("ada")


@pytest.mark.parametrize(
    ("rule", "counts", "score", "said", "told"),
    [
        pytest.param(
            "counts", "last", 40, "40 points, late by", "It counts like any other attempt.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "penalty", "last", 0, "loses 40 points", "So it loses 40 points.",
            marks=pytest.mark.slow,
        ),
        ("penalty", "best", 106, "loses 40 points", "That is attempt 1."),
        ("shown", "last", 106, "shown only", "So it is shown, and does not count."),
    ],
)  # fmt: skip
def test_a_late_attempt_counts_as_the_rule_says(exchange, rule, counts, score, said, told):
    exchange.configure(
        f"c.FeedbackOnSubmit.after_deadline = {rule!r}", f"c.FeedbackOnSubmit.counts = {counts!r}"
    )
    submit_both(exchange)
    first, second = exchange.watch()
    assert "late" not in first
    assert said in second
    assert grade(exchange) == score
    pages = exchange.pages()
    assert "It came late, by " in pages[1]
    assert told in pages[1]
    assert "It came late" not in pages[0]
    assert "CE" in pages[0]  # CET or CEST: the course's time zone
    assert " UTC" not in pages[0] + pages[1]
    number = 1 if score == 106 else 2
    assert f"The {counts} attempt counts. That is" in pages[0]
    assert ("That is this one." in pages[0], "That is this one." in pages[1]) == (
        number == 1, number == 2,
    )  # fmt: skip


def test_an_extension_given_later_makes_a_late_attempt_count(exchange):
    exchange.configure("c.FeedbackOnSubmit.after_deadline = 'shown'")
    submit_both(exchange)
    exchange.watch()
    assert grade(exchange) == 106
    extend(exchange, 1)
    exchange.watch()
    assert grade(exchange) == 40
    pages = exchange.pages()
    assert "It came in time: your extension ends on" in pages[1]
    assert "It came late" not in pages[1]
    assert "That is attempt 2." in pages[0]
    extend(exchange, 0)
    exchange.watch()
    assert grade(exchange) == 106


def test_late_work_alone_that_is_only_shown_is_no_grade_until_it_is_in_time(exchange):
    exchange.configure("c.FeedbackOnSubmit.after_deadline = 'shown'")
    due(exchange, datetime.now(UTC) - timedelta(hours=30))
    exchange.submit(LATE)
    exchange.nbgrader("collect")
    assert not (exchange.course / "submitted").exists()
    (said,) = exchange.watch()
    assert said.endswith("40 points, late by 1 day 6 hours, shown only")
    assert grade(exchange) is None
    (page,) = exchange.pages()
    assert "It came late, by 1 day 6 hours: the due date was" in page
    assert "None does yet." in page
    due(exchange, datetime.now(UTC) + timedelta(hours=1))
    exchange.watch()
    assert grade(exchange) == 40


def test_an_extension_given_before_counts_at_once_and_hides_until_its_own_end(exchange):
    exchange.configure("c.FeedbackOnSubmit.before_deadline = 'nothing'")
    due(exchange, datetime.now(UTC) - timedelta(hours=1))
    extend(exchange, 30)
    exchange.submit(LATE)
    (said,) = exchange.watch()
    assert said.endswith("40 points")
    assert grade(exchange) == 40
    with book(exchange) as opened:
        found = opened.find_submission("attention", "ada")
        assert found.extension == timedelta(days=30)
        assert found.total_seconds_late == 0
    (page,) = exchange.pages()
    assert "It is graded. Feedback comes after the deadline, " in page
    assert "Exercise 1" not in page


def test_a_late_penalty_follows_the_due_date_and_nothing_is_judged_again(exchange, monkeypatch):
    due(exchange, datetime.now(UTC) - timedelta(hours=1))
    exchange.submit(LATE)
    exchange.watch()
    assert grade(exchange) == 0

    def fail(*_):
        raise AssertionError("it was judged again")

    monkeypatch.setattr(job, "judge_again", fail)
    due(exchange, datetime.now(UTC) + timedelta(hours=1))
    assert exchange.watch() == []
    assert grade(exchange) == 40
    assert "It came late" not in exchange.pages()[0]
