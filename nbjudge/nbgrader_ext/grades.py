"""`grades.csv`, as `nbgrader export` writes it: one row a student and assignment.

nbgrader's own exporter writes 0.0 for work that is not graded and for work that is not there, and
no quotes: a comma in a name moves all cells behind it. The first columns here are nbgrader's, so
that what reads them goes on; where there is no score, theirs is empty.

    duedate, timestamp         in UTC without saying so, as nbgrader writes them; an extension of
                               the student is in `duedate`
    raw_score                  before the late penalty is taken off
    late_submission_penalty    what was taken off
    score                      what counts, the bonus included
    max_score                  the most, the bonus aside
    bonus                      how many points of raw_score are a bonus
    status                     graded, needs manual grade, newer work not graded, not graded,
                               not submitted
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, Student
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from nbjudge.nbgrader_ext.scores import Score, Status, scores
from nbjudge.sanitize.spreadsheet import harmless_cell

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "bonus",
    "status",
)


class GradesExport(ExportPlugin):
    """Writes the scores of assignments and students, all of them or those that are named."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `--to` names, or `grades.csv`."""
        found = list(self._scores(gradebook))
        # newline="": the csv module writes its own line ends. No byte order mark: Python's reader
        # would take it for a part of the first column's name.
        with Path(self.to or "grades.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(_row(*one) for one in found)
        waiting = Counter(score.status for _, _, score in found)
        for status in (Status.NOT_GRADED, Status.NEWER, Status.WAITS):
            if waiting[status]:
                self.log.warning("Rows with the status '%s': %d", status, waiting[status])

    def _scores(self, book: Gradebook) -> Iterator[tuple[str, Student, Score]]:
        # Named on a command line, they may be numbers.
        wanted, named = set(map(str, self.assignment)), set(map(str, self.student))
        people = {one.id: one for one in book.students if not named or one.id in named}
        order = sorted(people)
        coursedir = CourseDirectory(parent=self)
        for assignment in book.assignments:
            if wanted and assignment.name not in wanted:
                continue
            for student, score in scores(book, coursedir, assignment.name, order).items():
                yield assignment.name, people[student], score


def _row(assignment: str, student: Student, score: Score) -> dict[str, Any]:
    nothing = score.points is None
    return {
        "assignment": harmless_cell(assignment),
        "duedate": _time(score.due),
        "timestamp": _time(score.came),
        "student_id": harmless_cell(student.id),
        "last_name": harmless_cell(student.last_name or ""),
        "first_name": harmless_cell(student.first_name or ""),
        "email": harmless_cell(student.email or ""),
        "raw_score": score.raw,
        "late_submission_penalty": None if nothing else score.penalty,
        "score": score.points,
        "max_score": score.most,
        "bonus": None if nothing else score.bonus,
        "status": str(score.status),
    }


def _time(when: datetime | None) -> str:
    return str(when.astimezone(UTC).replace(tzinfo=None)) if when else ""
