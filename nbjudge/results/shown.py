"""What a student is shown of attempts: the state of each, in words, and no more than is allowed.

Nothing here reads a file or asks a clock: `records` does, and hands in what it found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.exchange.pulse import Pulse
from nbjudge.nbgrader_ext.course_time import CourseTime, span
from nbjudge.nbgrader_ext.extensions import DueDates
from nbjudge.reports.standing import Standing


class State(StrEnum):
    """What has become of an attempt; the value is what its author reads."""

    RECEIVED = "Received"
    WAITING = "Waiting"
    GRADING = "Being graded"
    GRADED = "Graded"
    DELAYED = "Delayed"  # a fault of ours: tried again
    NOT_GRADED = "Not graded"
    NOT_TAKEN = "Not taken"  # it stays in the exchange

    @property
    def passing(self) -> bool:
        """Whether it will be another one soon, so that a browser asks more often."""
        return self in (State.RECEIVED, State.WAITING, State.GRADING)


@dataclass(frozen=True)
class AttemptShown:
    """One attempt, in words.

    number     None for what was sent and is not taken in yet
    told       a sentence on its state; empty where the state says it all
    late       by how much it came late, and what that means; empty where it did not
    score      the points that its page shows; None where it shows none
    pages      the names of notebooks that have a page of feedback now
    """

    number: int | None
    came: str
    state: State
    told: str = ""
    late: str = ""
    score: float | None = None
    counts: bool = False
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssignmentShown:
    """One assignment and a student's attempts at it, the newest first.

    due      until when the student may submit, with an extension; empty where there is no due date
    rules    sentences on late attempts, on which attempt counts, and on what is shown when
    most     the points that it gives, the bonus aside; None where that is not known
    """

    name: str
    due: str
    rules: tuple[str, ...]
    most: float | None
    attempts: tuple[AttemptShown, ...]


class Shown:
    """Says what is shown of the attempts at one assignment, by the rules of a course.

    `pulse` is what the watch of the assignment did last, `now` the time, in UTC.
    """

    def __init__(
        self,
        policy: FeedbackOnSubmit,
        time: CourseTime,
        due: DueDates,
        pulse: Pulse,
        now: datetime,
    ):
        self._policy, self._time, self._due, self._pulse = policy, time, due, pulse
        self._now, self._alive = now, pulse.alive(now.timestamp())

    def attempts(
        self, attempts: Sequence[Attempt], pages: Mapping[int, Sequence[str]]
    ) -> list[AttemptShown]:
        """Return one student's attempts in words, the newest first; `pages` is by number."""
        standings = self._policy.standings(attempts, self._due)
        said = [
            self._attempt(one, attempts, standing, tuple(pages.get(one.number, ())))
            for one, standing in zip(attempts, standings, strict=True)
        ]
        return said[::-1]

    def arrival(self, folder: str, changed: int) -> AttemptShown:
        """Return what lies in the exchange and is not taken in, which changed at that time."""
        came = datetime.fromtimestamp(changed / 1e9, UTC)
        if reason := self._pulse.aside.get(folder):
            return AttemptShown(
                None, self._time.text(came), State.NOT_TAKEN, f"The reason: {reason}."
            )
        return AttemptShown(None, self._time.text(came), State.RECEIVED, self._soon(came))

    def due(self, student: str) -> str:
        """Return until when a student may submit, in words; empty where there is no due date."""
        due = self._due.of(student)
        if due is None:
            return ""
        extended = ", by your extension" if student in self._due.extended else ""
        return f"{self._time.text(due)}{extended}"

    def rules(self) -> tuple[str, ...]:
        """Return the course's rules for attempts, in sentences."""
        policy = self._policy
        said = [f"The {policy.counts} attempt counts."]
        if policy.attempts:
            said.append(f"Only the first {_many(policy.attempts)} graded.")
        if self._due.everybody is None:
            return tuple(said)
        said.append(_AFTER[policy.after_deadline])
        if policy.before_deadline != "messages":
            said.append(_BEFORE[policy.before_deadline])
        return tuple(said)

    def _attempt(
        self,
        attempt: Attempt,
        attempts: Sequence[Attempt],
        standing: Standing,
        pages: tuple[str, ...],
    ) -> AttemptShown:
        state, told = self._state(attempt, attempts)
        shows = self._policy.shows(self._now, standing.due)
        # What the page shows decides: the two must never tell two things.
        score = attempt.total if state is State.GRADED and shows != "nothing" else None
        if state is State.GRADED and shows == "nothing":
            told = "Feedback comes after the due date."
        return AttemptShown(
            number=attempt.number,
            came=self._time.text(attempt.arrived),
            state=state,
            told=told,
            late=standing.in_short(),
            score=score,
            # Where the best attempt counts, which one that is tells of the results.
            counts=standing.counts and (shows != "nothing" or self._policy.counts == "last"),
            pages=pages,
        )

    def _state(self, attempt: Attempt, attempts: Sequence[Attempt]) -> tuple[State, str]:
        policy, student = self._policy, attempt.student
        if policy.beyond(attempt):
            return State.NOT_GRADED, f"Only the first {_many(policy.attempts)} graded."
        if attempt.judged is not None:
            if attempt.graded:
                return State.GRADED, ""
            return State.NOT_GRADED, attempt.for_author or "Ask your instructor."
        if self._alive and self._pulse.judging.get(student) == attempt.number:
            return State.GRADING, f"It came {self._ago(attempt.arrived)} ago."
        if attempt.failures:
            return State.DELAYED, "The reason is not yours. It is tried again; do not send it anew."
        if until := self._interval(attempts, student):
            return State.WAITING, f"It can be graded from {self._time.text(until)} on."
        return State.WAITING, self._soon(attempt.arrived)

    def _interval(self, attempts: Sequence[Attempt], student: str) -> datetime | None:
        """Return until when nothing of a student is graded by `minimum_interval`; None if over."""
        due = self._due.of(student)
        if self._policy.next_of(attempts, self._now, due) is not None:
            return None
        last = max((one.judged for one in attempts if one.judged is not None), default=0.0)
        end = datetime.fromtimestamp(last + self._policy.minimum_interval, UTC)
        return end if due is None else min(end, due)

    def _soon(self, came: datetime) -> str:
        if self._alive:
            return f"For {self._ago(came)}."
        return (
            "Nothing grades at this moment. Your work is kept, and you need not send it again. "
            "If this takes long, tell your instructor."
        )

    def _ago(self, came: datetime) -> str:
        return span(max(self._now - came, timedelta(0)))


def _many(attempts: int) -> str:
    return "attempt is" if attempts == 1 else f"{attempts} attempts are"


_AFTER = {
    "counts": "After the due date an attempt counts like any other.",
    "penalty": "After the due date an attempt may lose points.",
    "shown": "After the due date an attempt is shown, and does not count.",
}
_BEFORE = {
    "nothing": "Feedback comes after the due date.",
    "results": "Before the due date feedback says what is met and what is not; the messages that "
    "explain it come after the due date.",
}
