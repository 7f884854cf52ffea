"""When attempts came, against the due date, and what a student gained from first to last."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from math import floor
from statistics import mean, median

from nbjudge.insight.work import ClassWork

_DAY = 86400.0  # seconds


@dataclass(frozen=True)
class Timeline:
    """The attempts of a class.

    arrived       when each came, in UTC
    before_due    days before the due date, of each; negative after it; none without one
    per_student   how many attempts each student made who made one
    gains         first and last judged score of each who made more than one attempt
    """

    arrived: tuple[datetime, ...]
    before_due: tuple[float, ...]
    per_student: tuple[int, ...]
    gains: tuple[tuple[float, float], ...]

    @property
    def days(self) -> list[tuple[int, int]]:
        """How many attempts came `day` to `day + 1` days before the due date; none is left out."""
        counts = Counter(floor(days) for days in self.before_due)
        return [(day, counts[day]) for day in range(max(counts), min(counts) - 1, -1)]

    @property
    def pairs(self) -> list[tuple[tuple[float, float], int]]:
        """First and last score, and how many students have them."""
        return sorted(Counter(self.gains).items())

    @property
    def last_day(self) -> float:
        """The share of attempts that came on the last day before the due date."""
        near = [0 <= days < 1 for days in self.before_due]
        return sum(near) / len(near) if near else 0.0

    @property
    def gain(self) -> float:
        """The mean of what those gained who made more than one attempt, in points."""
        return mean(last - first for first, last in self.gains) if self.gains else 0.0

    @property
    def usual(self) -> float:
        """The median number of attempts of a student who made one."""
        return median(self.per_student) if self.per_student else 0.0


def timeline(work: ClassWork) -> Timeline:
    """Return when the attempts of the class came, and what they gained."""
    arrived = sorted(one.arrived for each in work.students for one in each.attempts)
    scores = [[one.score for one in each.attempts if one.graded] for each in work.students]
    due = work.due
    return Timeline(
        tuple(arrived),
        tuple((due - one).total_seconds() / _DAY for one in arrived) if due else (),
        tuple(len(each.attempts) for each in work.students if each.attempts),
        tuple((some[0], some[-1]) for some in scores if len(some) > 1),
    )
