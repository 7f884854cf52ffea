"""The course's rules for attempts: which are graded and when, which one counts, what is shown."""

from collections.abc import Sequence
from datetime import datetime

from traitlets import Enum, Integer
from traitlets.config import Configurable

from nbjudge.exchange.attempts import Attempt
from nbjudge.verdict import Verdict


class FeedbackOnSubmit(Configurable):
    """`c.FeedbackOnSubmit` in nbgrader_config.py. The deadline is the assignment's due date."""

    before_deadline = Enum(
        ["nothing", "results", "messages"],
        "messages",
        help="What feedback shows before the deadline: a receipt only, each criterion met or not, "
        "or messages, too. Afterwards it shows messages.",
    ).tag(config=True)
    attempts = Integer(0, min=0, help="How many attempts are graded; 0: any number.").tag(
        config=True
    )
    minimum_interval = Integer(
        0, min=0, help="Seconds between the gradings of two attempts before the deadline."
    ).tag(config=True)
    counts = Enum(["last", "best"], "last", help="Which graded attempt is the grade.").tag(
        config=True
    )

    def shows(self, now: datetime, deadline: datetime | None) -> str:
        """Return how much feedback shows at the time `now`: nothing, results or messages."""
        over = deadline is not None and now >= deadline
        return "messages" if over else self.before_deadline

    def beyond(self, attempt: Attempt) -> bool:
        """Return whether an attempt is not graded, because the student has made too many."""
        return bool(self.attempts) and attempt.number > self.attempts

    def next_of(
        self, attempts: Sequence[Attempt], now: datetime, deadline: datetime | None
    ) -> Attempt | None:
        """Return the attempt of one student that is judged next, or None if none is now.

        Before the deadline, the minimum interval must have passed since the last one was judged.
        """
        waiting = [one for one in attempts if one.judged is None and not self.beyond(one)]
        if not waiting:
            return None
        last = max((one.judged for one in attempts if one.judged is not None), default=0)
        over = deadline is not None and now >= deadline
        if not over and now.timestamp() < last + self.minimum_interval:
            return None
        return waiting[0]

    def counting(self, attempts: Sequence[Attempt]) -> Attempt | None:
        """Return the attempt that is the grade: the last, or the best, that has a score.

        Without any score it is the last one that was judged. Of equal scores the earlier attempt
        counts, because it may have been in time. None if none was judged.
        """
        graded = [one for one in attempts if one.graded]
        if not graded:
            judged = [one for one in attempts if one.judged is not None]
            return judged[-1] if judged else None
        return max(graded, key=lambda one: one.score) if self.counts == "best" else graded[-1]

    def collected(self, attempts: Sequence[Attempt], before: datetime | None) -> Attempt:
        """Return the attempt to put into `submitted/`, of those that arrived by `before`.

        Where no watch runs, no attempt is graded yet; then it is the last one, as in nbgrader.
        """
        # Where all arrived later than `before`, one of them is taken all the same.
        able = [one for one in attempts if not self.beyond(one)]
        able = [one for one in able if before is None or one.arrived <= before] or able
        best = self.counting(able) if self.counts == "best" else None
        return best or next((one for one in reversed(able) if not one.reason), able[-1])


def is_slow(attempts: Sequence[Attempt]) -> bool:
    """Return whether one student's code ran out of time when it was judged last."""
    judged = [one for one in attempts if one.judged is not None]
    return bool(judged) and Verdict.OUT_OF_TIME in judged[-1].verdicts.values()
