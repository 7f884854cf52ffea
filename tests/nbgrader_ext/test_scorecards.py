"""Bonus, scorecards and withdrawn scores, in a real gradebook."""

import pytest

from nbjudge.nbgrader_ext import scorecards
from nbjudge.rubric.scorecard import Mark, Scorecard


def card(met, fault=""):
    marks = (Mark("It is causal", 10, met),)
    return Scorecard("a/bonus", "Bonus", 10, marks, 1, "v1", "test", False, fault)


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
