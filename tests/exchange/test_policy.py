"""Which attempt is graded, and when; which one counts."""

from datetime import UTC, datetime, timedelta

import pytest

from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.policy import FeedbackOnSubmit, is_slow
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
    ("counts", "scores", "before", "expected"),
    [
        ("last", (90, None), None, 2),  # nobody watches: the newest, though it is not graded
        ("last", (90, ""), None, 1),
        ("best", (90, 40, None), None, 1),
        ("last", (None, None), NOW - timedelta(seconds=3598.5), 1),
        ("last", (None,), NOW - timedelta(days=1), 1),
    ],
)
def test_which_attempt_is_collected(counts, scores, before, expected):
    policy = FeedbackOnSubmit(counts=counts)
    assert policy.collected(attempts(*scores), before).number == expected


def test_who_ran_out_of_time_is_known_until_a_better_attempt_is_judged():
    first, second, third = attempts(0, 0, None)
    assert not is_slow([first])
    second.verdicts = {"Exercise 1": Verdict.MET, "Exercise 2": Verdict.OUT_OF_TIME}
    assert is_slow([first, second])
    assert is_slow([first, second, third])  # the third one waits
    third.judged, third.verdicts = 1.0, {"Exercise 2": Verdict.NOT_MET}
    assert not is_slow([first, second, third])
    assert not is_slow([])
