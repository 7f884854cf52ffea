"""What became of each student's work in an assignment: one score, or the reason why there is none.

For all who carry scores elsewhere: `grades.csv`, a platform's file, a platform's own address. Each
score is the one of `recorded`, so table, page, gradebook and export agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.nbgrader_ext.extensions import due_dates
from nbjudge.nbgrader_ext.graded_files import outdated
from nbjudge.nbgrader_ext.recorded import Recorded, recorded

_AT_ONCE = 500  # students in one query: older SQLite takes 999 values


class Status(StrEnum):
    """What a file says of a student's work."""

    GRADED = "graded"
    WAITS = "needs manual grade"  # a person has to look at a part of it; the score may change
    NOT_GRADED = "not graded"  # it is there, and has no score at all
    NEWER = "newer work not graded"  # the gradebook's score is that of earlier files
    NOT_SUBMITTED = "not submitted"


@dataclass(frozen=True)
class Score:
    """The score of a student in an assignment.

        points    what counts, bonus included and late penalty taken off; None where there is none,
                  and where it is the score of earlier work
        raw       the points before the late penalty is taken off
        most      the most that the assignment gives, the bonus aside
        bonus     the part of the work's points that nbgrader keeps as extra credit
        penalty   what lateness took off
        came      when the work came; None where none did
        due       the student's due date, an extension included; None where there is none

    With `Status.WAITS`, `points` is what is graded so far. Times are in UTC.
    """

    student: str
    status: Status
    points: float | None
    most: float
    raw: float | None = None
    bonus: float = 0.0
    penalty: float = 0.0
    came: datetime | None = None
    due: datetime | None = None

    @property
    def final(self) -> float | None:
        """The points, where nobody has to look at the work any more; else None."""
        return self.points if self.status == Status.GRADED else None


def scores(
    book: Gradebook, coursedir: CourseDirectory, assignment: str, students: Iterable[str]
) -> dict[str, Score]:
    """Return the score of each student; raises `MissingEntry` for an unknown assignment."""
    names, due = list(students), due_dates(book, assignment)
    earlier = outdated(book, coursedir, assignment)
    most = float(book.find_assignment(assignment).max_score)
    rows: dict[str, Recorded] = {}
    for first in range(0, len(names), _AT_ONCE):
        rows |= recorded(book, assignment, names[first : first + _AT_ONCE])
    found = {}
    for name in names:
        there = _handed_in(coursedir, assignment, name)
        score = _score(name, rows.get(name), there, most, due.of(name))
        if name in earlier and score.points is not None:
            score = Score(name, Status.NEWER, None, most, came=score.came, due=score.due)
        found[name] = score
    return found


def _score(
    student: str, row: Recorded | None, there: bool, most: float, due: datetime | None
) -> Score:
    if row is None or row.total is None:
        handed_in = there or (row is not None and row.came is not None)
        status = Status.NOT_GRADED if handed_in else Status.NOT_SUBMITTED
        return Score(student, status, None, most, came=row.came if row else None, due=due)
    return Score(
        student=student,
        status=Status.WAITS if row.needs_manual_grade else Status.GRADED,
        points=row.total,
        most=most,
        raw=sum(one.score for one in row.grades if one.score is not None),
        bonus=sum((one.extra or 0.0 for one in row.grades), 0.0),
        penalty=row.penalty,
        came=row.came,
        due=due,
    )


def _handed_in(coursedir: CourseDirectory, assignment: str, student: str) -> bool:
    """Return whether work lies in `submitted/`, which nobody may have graded yet."""
    return Path(coursedir.format_path(coursedir.submitted_directory, student, assignment)).is_dir()
