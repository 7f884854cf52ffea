"""What a class handed in for one assignment, as the sections of a report count it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from nbjudge.exchange.attempts import Attempt
from nbjudge.rubric.scorecard import Mark
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class ExerciseWork:
    """One exercise of one student.

    score          what counts; None where nobody has graded it yet
    points         the most that it gives; of a bonus, what comes on top
    marks          its criteria; none of a test without a rubric
    misconception  the sentence of the one that the code behaves like; empty where none is
    behaviour      a digest of how wrong code behaves; see `rubric.diagnosis`
    """

    title: str
    score: float | None
    points: float
    bonus: bool
    verdict: Verdict
    marks: tuple[Mark, ...] = ()
    misconception: str = ""
    behaviour: str = ""
    cell: str = ""

    @property
    def share(self) -> float | None:
        """The score as a part of the most that it gives."""
        return None if self.score is None or not self.points else self.score / self.points

    @property
    def lost(self) -> tuple[str, ...]:
        """The criteria that are not met."""
        return tuple(one.criterion for one in self.marks if not one.met)


@dataclass(frozen=True)
class StudentWork:
    """What one student handed in.

    name       the student's id, then first and last name where the gradebook has them
    submitted  whether the gradebook has a submission
    verdict    of the submission as a whole; WAITING where there is none
    total      the score, late penalty taken off; None where there is none
    late       seconds after the student's due date; 0 in time
    flags      what a class run says of it, such as "mended"
    reason     why it is not graded
    elsewhere  the shares of what other assignments give, from those that are graded
    attempts   first to last; none where no watch has judged any
    """

    student: str
    name: str
    submitted: bool
    verdict: Verdict = Verdict.WAITING
    total: float | None = None
    late: float = 0.0
    exercises: tuple[ExerciseWork, ...] = ()
    flags: tuple[str, ...] = ()
    reason: str = ""
    elsewhere: tuple[float, ...] = ()
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class ClassWork:
    """What a class handed in; `most` is what the assignment gives, without a bonus.

    `due` is everybody's due date, and `read` when all of this was read, both in UTC.
    """

    course: str
    assignment: str
    most: float
    due: datetime | None
    read: datetime
    students: tuple[StudentWork, ...]

    @property
    def submitted(self) -> list[StudentWork]:
        """Those who submitted."""
        return [one for one in self.students if one.submitted]

    @property
    def graded(self) -> list[StudentWork]:
        """Those who have a score."""
        return [one for one in self.students if one.total is not None]

    @property
    def watched(self) -> bool:
        """Whether a watch has kept attempts."""
        return any(one.attempts for one in self.students)

    def titles(self) -> list[str]:
        """Return the titles of the exercises, in the notebook's order."""
        longest = sorted(self.submitted, key=lambda one: -len(one.exercises))
        return list(dict.fromkeys(work.title for one in longest for work in one.exercises))

    def of(self, title: str) -> Iterator[tuple[StudentWork, ExerciseWork]]:
        """Yield who handed in something for an exercise, and what."""
        for one in self.students:
            for work in one.exercises:
                if work.title == title:
                    yield one, work
