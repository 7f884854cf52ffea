"""What the class misunderstood: named misconceptions, and the criteria that cost most."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from nbjudge.insight.work import ClassWork, ExerciseWork, StudentWork
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class Where:
    """An exercise in which students show a misconception; `began` is how many began it."""

    exercise: str
    students: tuple[StudentWork, ...]
    began: int


@dataclass(frozen=True)
class Misunderstood:
    """A misconception, by the sentence that its authors read, and the exercises that show it."""

    sentence: str
    places: tuple[Where, ...]

    @property
    def students(self) -> tuple[StudentWork, ...]:
        """Whose code behaves like it, in one exercise or in several."""
        every = {one.student: one for place in self.places for one in place.students}
        return tuple(every.values())

    @property
    def began(self) -> int:
        """How many began the exercise, of several the one that most began."""
        return max(place.began for place in self.places)


@dataclass(frozen=True)
class CriterionLost:
    """A criterion, who lost it, and how many began the exercise.

    `points` is what it gives. `raised` of them lost it because their code raised or was stopped.
    """

    exercise: str
    criterion: str
    points: float
    students: tuple[StudentWork, ...]
    raised: int
    began: int

    @property
    def share(self) -> float:
        """Which part of those who began the exercise lost it."""
        return len(self.students) / self.began if self.began else 0.0


def misconceptions(work: ClassWork) -> list[Misunderstood]:
    """Return the misconceptions that students show, the commonest first."""
    places: defaultdict[str, list[Where]] = defaultdict(list)
    for title in work.titles():
        began = _began(work, title)
        shown: defaultdict[str, list[StudentWork]] = defaultdict(list)
        for student, done in began:
            if done.misconception:
                shown[done.misconception].append(student)
        for sentence, students in shown.items():
            places[sentence].append(Where(title, tuple(students), len(began)))
    found = [Misunderstood(sentence, tuple(some)) for sentence, some in places.items()]
    return sorted(found, key=lambda one: (-len(one.students), one.sentence))


def criteria_lost(work: ClassWork) -> list[CriterionLost]:
    """Return the criteria that someone lost, by the share of those who began, the largest first.

    Who did not begin an exercise says nothing about its criteria.
    """
    found = []
    for title in work.titles():
        began = _began(work, title)
        lost: defaultdict[tuple[str, int], list[tuple[StudentWork, Verdict]]] = defaultdict(list)
        for student, done in began:
            for one in done.marks:
                if not one.met:
                    lost[one.criterion, one.points].append((student, one.verdict))
        found += [
            CriterionLost(
                title,
                criterion,
                points,
                tuple(student for student, _ in by),
                sum(verdict is not Verdict.NOT_MET for _, verdict in by),
                len(began),
            )
            for (criterion, points), by in lost.items()
        ]
    return sorted(found, key=lambda one: (-one.share, -one.points, one.exercise))


def _began(work: ClassWork, title: str) -> Sequence[tuple[StudentWork, ExerciseWork]]:
    nothing = (Verdict.NOT_BEGUN, Verdict.FAULT, Verdict.WAITING)
    return [(student, done) for student, done in work.of(title) if done.verdict not in nothing]
