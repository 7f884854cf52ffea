"""What a student is shown of attempts: their states in words, and no more than is allowed."""

from datetime import UTC, datetime, timedelta

import pytest

from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.exchange.pulse import Pulse
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.extensions import DueDates
from nbjudge.results.shown import Shown, State
from nbjudge.verdict import Verdict

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TOMORROW, YESTERDAY = NOW + timedelta(days=1), NOW - timedelta(days=1)
ALIVE = Pulse(NOW.timestamp() - 1)


def attempt(number=1, ago=10.0, total=None, **more):
    """An attempt of ada that came so many seconds ago; graded where it has a total."""
    changed = int((NOW.timestamp() - ago) * 1e9)
    if total is not None:
        more = {"scores": {"Exercise 1": total}, "judged": changed / 1e9 + 1,
                "verdict": Verdict.GRADED, **more}  # fmt: skip
    return Attempt("ada", number, f"folder {number}", changed, total=total, **more)


def shown(*attempts, due=None, pulse=ALIVE, pages=None, **options):
    policy = FeedbackOnSubmit(**{"minimum_interval": 0, **options})
    says = Shown(policy, CourseTime(policy.config), DueDates(due), pulse, NOW)
    return says.attempts(attempts, pages or {})


def test_an_attempt_waits_then_is_graded_then_has_its_points():
    (waits,) = shown(attempt())
    assert (waits.state, waits.told) == (State.WAITING, "For 10 seconds.")
    grading = Pulse(NOW.timestamp(), {"ada": 1})
    (judged,) = shown(attempt(), pulse=grading)
    assert (judged.state, judged.told) == (State.GRADING, "It came 10 seconds ago.")
    (done,) = shown(attempt(total=82.0), pages={1: ["first"]})
    assert (done.state, done.told, done.score) == (State.GRADED, "", 82)
    assert (done.counts, done.pages) == (True, ("first",))
    assert [one.state.passing for one in (waits, judged, done)] == [True, True, False]


def test_who_is_graded_is_not_whose_other_attempt_is():
    grading = Pulse(NOW.timestamp(), {"ada": 1, "bob": 2})
    assert [one.state for one in shown(attempt(1), attempt(2), pulse=grading)] == [
        State.WAITING, State.GRADING,
    ]  # fmt: skip


def test_without_a_watch_nothing_is_said_to_be_graded():
    dead = Pulse(NOW.timestamp() - 60, {"ada": 1})
    (one,) = shown(attempt(), pulse=dead)
    assert one.state is State.WAITING
    assert one.told.startswith("Nothing grades at this moment. Your work is kept")
    (never,) = shown(attempt(), pulse=Pulse())
    assert never == one


@pytest.mark.parametrize(
    ("before", "due", "score", "counts"),
    [
        ("nothing", TOMORROW, None, True),
        ("results", TOMORROW, 82.0, True),
        ("messages", TOMORROW, 82.0, True),
        ("nothing", None, None, True),
    ],
)
def test_before_the_due_date_no_more_is_shown_than_the_course_allows(before, due, score, counts):
    (one,) = shown(attempt(total=82.0), due=due, before_deadline=before)
    assert (one.score, one.counts) == (score, counts)
    assert one.state is State.GRADED
    assert one.told == ("Feedback comes after the due date." if score is None else "")


def test_which_attempt_is_best_is_a_result_too():
    attempts = attempt(1, 20, 90.0), attempt(2, 10, 40.0)
    for before, expected in (("nothing", [False, False]), ("results", [False, True])):
        found = shown(*attempts, due=TOMORROW, before_deadline=before, counts="best")
        assert [one.counts for one in found] == expected
    over = shown(*attempts, due=NOW, before_deadline="nothing", counts="best")
    assert [one.score for one in over] == [40, 90]


def test_a_late_attempt_says_so_and_what_follows():
    (one,) = shown(attempt(total=82.0), due=YESTERDAY, after_deadline="shown")
    assert one.late.startswith("late by 23 hours")
    assert one.late.endswith("shown only")
    assert not one.counts
    (in_time,) = shown(attempt(total=82.0), due=TOMORROW)
    assert in_time.late == ""


def test_what_is_not_graded_has_no_points():
    attempts = (
        attempt(
            1, 40, judged=1.0, verdict=Verdict.REFUSED, reason="no JSON", for_author="Save it."
        ),
        attempt(2, 30, failures=1, verdict=Verdict.FAULT),
        attempt(3, 20, total=50.0),
        attempt(4, 10),
    )
    last, third, delayed, refused = shown(*attempts, attempts=3)
    assert (refused.state, delayed.state) == (State.NOT_GRADED, State.DELAYED)
    assert (third.state, third.score) == (State.GRADED, 50)
    assert (last.state, last.told) == (State.NOT_GRADED, "Only the first 3 attempts are graded.")
    assert [one.score for one in (last, delayed, refused)] == [None] * 3
    assert refused.told == "Save it."  # `reason` is the instructor's


def test_an_attempt_that_must_wait_for_the_interval_says_until_when():
    attempts = attempt(1, 600, total=50.0), attempt(2)
    waits, _ = shown(*attempts, minimum_interval=3600)
    assert (waits.state, waits.told) == (
        State.WAITING, "It can be graded from 2026-11-25 12:50:01 UTC on.",
    )  # fmt: skip


def test_what_lies_in_the_exchange_is_received_or_says_why_it_is_not_taken():
    policy = FeedbackOnSubmit()
    pulse = Pulse(NOW.timestamp(), {}, {"linked": "it holds a link, a; links are not followed"})
    says = Shown(policy, CourseTime(policy.config), DueDates(), pulse, NOW)
    came = int((NOW.timestamp() - 2) * 1e9)
    new = says.arrival("fresh", came)
    assert (new.number, new.state, new.told) == (None, State.RECEIVED, "For 2 seconds.")
    aside = says.arrival("linked", came)
    assert aside.state is State.NOT_TAKEN
    assert "links are not followed" in aside.told


def test_due_date_and_rules_stand_in_words():
    policy = FeedbackOnSubmit(after_deadline="shown", before_deadline="results", attempts=5)
    due = DueDates(TOMORROW, {"bob": TOMORROW + timedelta(days=2)})
    says = Shown(policy, CourseTime(policy.config), due, ALIVE, NOW)
    assert says.due("ada") == "2026-11-26 12:00:00 UTC"
    assert says.due("bob") == "2026-11-28 12:00:00 UTC, by your extension"
    told = " ".join(says.rules())
    assert "The last attempt counts. Only the first 5 attempts are graded." in told
    assert "shown, and does not count" in told
    assert "messages that explain it come after the due date" in told
