"""The course's rules for attempts: which are graded and when, which one counts, what is shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from nbjudge.exchange.attempts import Attempt
from nbjudge.nbgrader_ext.extensions import DueDates
from nbjudge.nbgrader_ext.late import penalty, plugin
from nbjudge.nbgrader_ext.options import FeedbackOptions
from nbjudge.reports.standing import Standing
from nbjudge.verdict import Verdict


class FeedbackOnSubmit(FeedbackOptions):
    """`c.FeedbackOnSubmit` in nbgrader_config.py.

    The deadline of a student is the assignment's due date, or the student's extension of it; None
    where the assignment has no due date.
    """

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

    def can_count(self, attempt: Attempt, deadline: datetime | None) -> bool:
        """Return whether an attempt may be the grade, by the time when it came."""
        return self.after_deadline != "shown" or not attempt.late(deadline)

    def penalty(self, attempt: Attempt, deadline: datetime | None) -> float:
        """Return what is taken off the points of an attempt, because it is late."""
        late = attempt.late(deadline)
        if not late:
            return 0.0
        takes = plugin(self)
        return sum(penalty(takes, attempt.student, sum_, late) or 0.0 for sum_ in attempt.sums())

    def counting(
        self, attempts: Sequence[Attempt], deadline: datetime | None = None
    ) -> Attempt | None:
        """Return the attempt that is the grade: the last, or the best, that has a score.

        The best has the most points less its late penalty. Without any score it is the last one
        that was judged. Of equal ones the earlier counts. None if none was judged that can count.
        """
        able = [one for one in attempts if self.can_count(one, deadline)]
        graded = [one for one in able if one.graded]
        if not graded:
            judged = [one for one in able if one.judged is not None]
            return judged[-1] if judged else None
        if self.counts == "last":
            return graded[-1]
        return max(graded, key=lambda one: one.score - self.penalty(one, deadline))

    def standings(self, attempts: Sequence[Attempt], due: DueDates) -> Iterator[Standing]:
        """Yield how each attempt of one student stands, first to last."""
        if not attempts:
            return
        student = attempts[0].student
        deadline = due.of(student)
        counting = self.counting(attempts, deadline)
        for one in attempts:
            yield Standing(
                number=one.number,
                most=self.attempts,
                came=one.arrived,
                due=deadline,
                extended=student in due.extended,
                late=one.late(deadline),
                rule=self.after_deadline,
                penalty=self.penalty(one, deadline),
                counting=counting.number if counting else None,
            )

    def collected(
        self, attempts: Sequence[Attempt], deadline: datetime | None, only_before: bool = False
    ) -> Attempt | None:
        """Return the attempt to put into `submitted/`; with `only_before`, one that is not late.

        Where no watch runs, no attempt is graded yet; then it is the last one, as in nbgrader. None
        where all are late and late ones are only shown.
        """
        able = [one for one in attempts if not self.beyond(one) and self.can_count(one, deadline)]
        if not able:
            return None
        # Where all are late, one of them is taken all the same.
        able = [one for one in able if not (only_before and one.late(deadline))] or able
        best = self.counting(able, deadline) if self.counts == "best" else None
        return best or next((one for one in reversed(able) if not one.reason), able[-1])


def is_slow(attempts: Sequence[Attempt]) -> bool:
    """Return whether one student's code ran out of time when it was judged last."""
    judged = [one for one in attempts if one.judged is not None]
    return bool(judged) and Verdict.OUT_OF_TIME in judged[-1].verdicts.values()
