"""Item analysis: how hard each criterion is, and whether it tells students apart.

    difficulty      the share of students who meet it ("facility"); a high one is easy
    discrimination  the correlation of the item with the rest of the score, without the item itself
                    (corrected item-total correlation; Henrysson 1963, Psychometrika 28:211-218)

Items are criteria, and exercises whose test has none. Students without a score are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nbjudge.insight.work import ClassWork

_FEWEST = 10  # students; below it a correlation says nothing
_EASY, _HARD = 0.95, 0.35
_LOW, _NEGATIVE = 0.1, -0.1


@dataclass(frozen=True)
class Item:
    """One item: what it gives, how many students were marked, and what that tells.

    `met` is the mean share of its points. `discrimination` is None where it cannot be computed: few
    students, or all alike. `advice` is a sentence on what to look at, empty where there is nothing.
    """

    exercise: str
    name: str
    points: float
    students: int
    met: float
    discrimination: float | None

    @property
    def advice(self) -> str:
        """What to look at."""
        if self.students < _FEWEST:
            return ""
        told = self.discrimination
        if told is not None and told < _NEGATIVE:
            return (
                "Students who do well elsewhere lose it more often: look for a mistake in the "
                "criterion, or in what the exercise says."
            )
        if told is not None and told < _LOW and self.met < _EASY:
            return (
                "Students who do well elsewhere meet it no more often: look at whether it asks "
                "what the exercise teaches."
            )
        if self.met < _HARD:
            return "Most lose it: worth time in the lecture, or a clearer task."
        return ""


def items(work: ClassWork) -> list[Item]:
    """Return the items in the notebook's order."""
    graded = [one for one in work.graded if one.exercises]
    columns = _columns(work)
    if not graded or not columns:
        return []
    place = {one.student: row for row, one in enumerate(graded)}
    # NaN: this student's work has no such item, for example because it was never graded.
    earned = np.full((len(graded), len(columns)), np.nan)  # (students, items)
    for number, (_, _, _, cells) in enumerate(columns):
        for student, points in cells.items():
            if student in place:
                earned[place[student], number] = points
    totals = np.nansum(earned, axis=1)  # (students,)
    return [
        Item(title, name, points, *_measured(earned[:, number], totals, points))
        for number, (title, name, points, _) in enumerate(columns)
    ]


Column = tuple[str, str, float, dict[str, float]]  # exercise, name, points, points by student


def _columns(work: ClassWork) -> list[Column]:
    return [column for title in work.titles() for column in _of_exercise(work, title)]


def _of_exercise(work: ClassWork, title: str) -> Iterator[Column]:
    found: dict[tuple[str, float], dict[str, float]] = {}
    for student, done in work.of(title):
        if done.score is None:
            continue
        parts = [(one.criterion, float(one.points), float(one.earned)) for one in done.marks]
        for name, points, earned in parts or [(title, done.points, done.score)]:
            found.setdefault((name, points), {})[student.student] = earned
    for (name, points), cells in found.items():
        yield title, name, points, cells


def _measured(
    earned: np.ndarray, totals: np.ndarray, points: float
) -> tuple[int, float, float | None]:
    """Return how many were marked, the mean share of the points, and the discrimination."""
    there = ~np.isnan(earned)
    item, rest = earned[there], (totals[there] - earned[there])
    share = float(item.mean() / points) if item.size and points else 0.0
    if item.size < _FEWEST or item.std() == 0 or rest.std() == 0:
        return int(item.size), share, None
    return int(item.size), share, float(np.corrcoef(item, rest)[0, 1])
