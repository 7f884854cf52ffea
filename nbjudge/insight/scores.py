"""How scores are distributed, and the exercises side by side."""

from dataclasses import dataclass
from statistics import mean, median

import numpy as np

from nbjudge.insight.work import ClassWork

_BINS = 10


@dataclass(frozen=True)
class ExerciseScores:
    """The scores of one exercise.

    scores      how many there are
    full        how many of them are all points
    none        how many are nothing
    not_graded  how many students have none yet, because a person has to grade it
    mean        of those there are; None where there are none
    """

    title: str
    points: float
    scores: int
    full: int
    none: int
    not_graded: int
    mean: float | None


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


def provisional(work: ClassWork) -> int:
    """Return how many scores will change: a person has yet to grade a part of the work."""
    return sum(any(part.score is None for part in one.exercises) for one in work.graded)


def changing(work: ClassWork) -> str:
    """Return what to add to a median where some of its scores will change."""
    some = provisional(work)
    return f"; {some} {'score' if some == 1 else 'scores'} will change" if some else ""


def of_exercises(work: ClassWork) -> list[ExerciseScores]:
    """Return the scores of each exercise that somebody handed in, in the notebook's order."""
    found = []
    for title in work.titles():
        handed_in = [done for _, done in work.of(title)]
        scores = [done.score for done in handed_in if done.score is not None]
        points = max(done.points for done in handed_in)
        found.append(
            ExerciseScores(
                title,
                points,
                len(scores),
                full=sum(score >= points for score in scores),
                none=sum(score <= 0 for score in scores),
                not_graded=len(handed_in) - len(scores),
                mean=mean(scores) if scores else None,
            )
        )
    return found
