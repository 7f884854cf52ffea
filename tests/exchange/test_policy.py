"""Which attempt is graded, and when; which one counts."""

from datetime import UTC, datetime, timedelta

import pytest
from traitlets.config import Config

from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.policy import FeedbackOnSubmit, is_slow
from nbjudge.nbgrader_ext.extensions import DueDates
from nbjudge.verdict import Verdict

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


def attempts(*scores, ago=3600):
    """Attempts a second apart: a score, None for one that waits, "" for one without a score."""
    made = []
    for number, score in enumerate(scores, start=1):
        changed = int((NOW.timestamp() - ago + number) * 1e9)
        one = Attempt("ada", number, f"folder {number}", changed)
        if score is not None:
            one.judged = one.changed / 1e9
            one.scores = {"Exercise 1": score} if score != "" else {}
            one.verdict = Verdict.REFUSED if score == "" else Verdict.GRADED
            one.reason = "Not graded" if score == "" else ""
        made.append(one)
    return made


def number(attempt):
    return attempt and attempt.number


@pytest.mark.parametrize(
    ("counts", "scores", "expected"),
    [
        ("last", (90, 40), 2),
        ("best", (90, 40), 1),
        ("best", (90, 90), 1),
        ("last", (90, ""), 1),
        ("best", ("", ""), 2),
        ("last", (90, None), 1),
        ("last", (None,), None),
    ],
)
def test_which_attempt_counts(counts, scores, expected):
    assert number(FeedbackOnSubmit(counts=counts).counting(attempts(*scores))) == expected


@pytest.mark.parametrize(
    ("scores", "most", "expected"),
    [((90, None, None), 0, 2), ((90, None, None), 1, None), ((None, None), 1, 1), ((90,), 0, None)],
)
def test_attempts_are_judged_in_order_up_to_their_number(scores, most, expected):
    policy = FeedbackOnSubmit(attempts=most)
    assert number(policy.next_of(attempts(*scores), NOW, TOMORROW)) == expected


@pytest.mark.parametrize(
    ("ago", "deadline", "expected"),
    [(30, TOMORROW, None), (90, TOMORROW, 2), (30, NOW, 2), (30, None, None)],
)
def test_an_attempt_waits_for_the_interval_until_the_deadline(ago, deadline, expected):
    policy = FeedbackOnSubmit(minimum_interval=60)
    assert number(policy.next_of(attempts(90, None, ago=ago), NOW, deadline)) == expected


@pytest.mark.parametrize(
    ("counts", "scores", "deadline", "expected"),
    [
        ("last", (90, None), None, 2),  # nobody watches: the newest, though it is not graded
        ("last", (90, ""), None, 1),
        ("best", (90, 40, None), None, 1),
        ("last", (None, None), NOW - timedelta(seconds=3598.5), 1),
        ("last", (None,), NOW - timedelta(days=1), 1),
    ],
)
def test_which_attempt_is_collected(counts, scores, deadline, expected):
    policy = FeedbackOnSubmit(counts=counts)
    assert policy.collected(attempts(*scores), deadline, only_before=True).number == expected


# The first two attempts are in time, the third comes half a second late.
DUE = NOW - timedelta(seconds=3600 - 2.5)
HALF = """
from nbgrader.plugins import LateSubmissionPlugin


class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        return score / 2


class Broken(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        raise RuntimeError
"""


@pytest.fixture
def rule(tmp_path, monkeypatch):
    """A function that makes the rules of a course whose late work loses half, or as it says."""
    (tmp_path / "late_rule.py").write_text(HALF)
    monkeypatch.syspath_prepend(tmp_path)

    def made(after_deadline, plugin="late_rule.Half", **rules):
        config = Config()
        config.AssignLatePenalties.plugin_class = plugin
        config.FeedbackOnSubmit.update(after_deadline=after_deadline, **rules)
        return FeedbackOnSubmit(config=config)

    return made


@pytest.mark.parametrize(
    ("after_deadline", "counts", "scores", "expected"),
    [
        ("counts", "last", (90, 40, 30), 3),
        ("counts", "best", (90, 40, 30), 1),
        ("counts", "best", (90, 40, 100), 3),
        ("penalty", "last", (90, 40, 30), 3),
        ("penalty", "best", (90, 40, 100), 1),  # 50 are left of 100
        ("penalty", "best", (30, 40, 100), 3),
        ("shown", "last", (90, 40, 100), 2),
        ("shown", "best", (90, 40, 100), 1),
        ("shown", "last", (None, None, 100), None),
        ("shown", "last", ("", None, 100), 1),  # not graded: a person has to look
    ],
)
def test_which_attempt_counts_by_the_rule_for_late_ones(
    rule, after_deadline, counts, scores, expected
):
    policy = rule(after_deadline, counts=counts)
    assert number(policy.counting(attempts(*scores), DUE)) == expected


def test_what_a_late_attempt_loses_is_taken_from_each_notebook(rule):
    first, _, third = attempts(90, 40, 30)
    third.points = {"a.ipynb": 20.0, "b.ipynb": 10.0}
    assert rule("penalty").penalty(third, DUE) == 15
    assert rule("penalty").penalty(first, DUE) == 0
    assert rule("shown").penalty(third, DUE) == 30
    assert rule("counts").penalty(third, DUE) == 0
    assert rule("penalty", plugin="late_rule.Broken").penalty(third, DUE) == 0


def test_late_work_that_is_only_shown_is_never_collected(rule):
    three = attempts(None, None, None)
    assert number(rule("shown").collected(three, DUE)) == 2
    assert number(rule("penalty").collected(three, DUE)) == 3
    assert rule("shown").collected(three[2:], DUE) is None


def test_each_attempt_is_told_how_it_stands(rule):
    due = DueDates(DUE - timedelta(days=1), {"ada": DUE})
    first, second, third = rule("penalty", counts="best").standings(attempts(90, 40, 100), due)
    assert [one.counts for one in (first, second, third)] == [True, False, False]
    assert (third.due, third.extended, third.late) == (DUE, True, timedelta(seconds=0.5))
    assert (third.penalty, third.counting) == (50, 1)
    assert third.in_short() == "late by 1 second, loses 50 points"
    assert second.in_short() == ""
    assert list(rule("shown").standings([], due)) == []


def test_who_ran_out_of_time_is_known_until_a_better_attempt_is_judged():
    first, second, third = attempts(0, 0, None)
    assert not is_slow([first])
    second.verdicts = {"Exercise 1": Verdict.MET, "Exercise 2": Verdict.OUT_OF_TIME}
    assert is_slow([first, second])
    assert is_slow([first, second, third])  # the third one waits
    third.judged, third.verdicts = 1.0, {"Exercise 2": Verdict.NOT_MET}
    assert not is_slow([first, second, third])
    assert not is_slow([])
