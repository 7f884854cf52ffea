"""How scores are distributed, and the exercises side by side."""

from dataclasses import dataclass
from statistics import mean, median

import numpy as np

from nbjudge.insight.work import ClassWork

_BINS = 10


@dataclass(frozen=True)
class ExerciseScores:
    """The scores of one exercise: how many there are, how many are full, how many are nothing."""

    title: str
    points: float
    scores: int
    full: int
    none: int
    mean: float


def distribution(work: ClassWork) -> list[tuple[float, float, int]]:
    """Return ranges of points, and how many students have a score in each.

    A score on the border of two belongs to the upper one; the last range holds its end.
    """
    totals = [one.total for one in work.graded if one.total is not None]
    if not totals:
        return []
    edges = np.linspace(0, max(work.most, *totals), _BINS + 1)
    counts, _ = np.histogram(totals, edges)
    rows = zip(edges[:-1], edges[1:], counts, strict=True)
    return [(float(low), float(high), int(count)) for low, high, count in rows]


def middle(work: ClassWork) -> float | None:
    """Return the median of the scores; None where nobody has one."""
    totals = [one.total for one in work.graded if one.total is not None]
    return median(totals) if totals else None


def of_exercises(work: ClassWork) -> list[ExerciseScores]:
    """Return the scores of each exercise that somebody has a score for, in the notebook's order."""
    found = []
    for title in work.titles():
        marked = [done for _, done in work.of(title) if done.score is not None]
        scores = [done.score for done in marked if done.score is not None]
        if scores:
            points = max(done.points for done in marked)
            full = sum(score >= points for score in scores)
            none = sum(score <= 0 for score in scores)
            found.append(ExerciseScores(title, points, len(scores), full, none, mean(scores)))
    return found
