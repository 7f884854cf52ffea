"""What lies on disk of a course's attempts, put into the words of `shown`.

    exchange/outbound/    assignments that are released
    exchange/inbound/     what was sent, until the watch takes it in
    attempts/             the attempts, and what the watch is doing (`exchange/pulse`)
    exchange/feedback/    the pages, under names that follow from each attempt's secret
    gradebook             due dates, extensions, and how many points an assignment gives

Names come from addresses, which anybody can write. A name is used only where a folder of that name
was found by listing, so none leads out of the course.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import MissingEntry

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.exchange.actions import Collect
from nbjudge.exchange.attempts import Attempt, attempts_of, secret_in
from nbjudge.exchange.inbox import Arrival, Inbound
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.exchange.pulse import pulse_of
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.extensions import DueDates, due_dates
from nbjudge.nbgrader_ext.gradebook import OpenGradebook, patiently
from nbjudge.nbgrader_ext.soundness import unusable
from nbjudge.reports.feedback import page_of
from nbjudge.results.shown import AssignmentShown, Shown

_KEPT_SECONDS = 5.0  # for what the gradebook says of an assignment, which all students share


@dataclass(frozen=True)
class _Asked:
    """What the gradebook said of an assignment, and when (monotonic)."""

    due: DueDates
    most: float | None
    when: float


class Records:
    """The records of the course in `root`; `options` are nbgrader's, from a command line.

    Raises `RubricError` where the gradebook cannot be used. All of it must be called by one thread.
    """

    def __init__(self, root: Path, options: Iterable[str] = ()):
        self._config, self._root = configuration(root, list(options)), root
        coursedir = course_directory(self._config, root, "")
        if problem := unusable(coursedir.db_url):
            raise RubricError(problem)
        self.course: str = coursedir.course_id
        self._attempts = Path(coursedir.root, "attempts")
        collector = Collect(coursedir=coursedir, config=self._config)
        self._exchange = Path(collector.root, self.course)
        self._accounts: str = collector.accounts
        self._policy = FeedbackOnSubmit(config=self._config)
        self._time = CourseTime(self._config)
        self._book = OpenGradebook(coursedir.db_url, self.course)
        self._asked: dict[str, _Asked] = {}

    def assignments(self) -> list[str]:
        """Return the assignments that students can fetch, or have sent attempts at."""
        return sorted({*_folders(self._exchange / "outbound"), *_folders(self._attempts)})

    def of(self, student: str) -> list[AssignmentShown]:
        """Return what is shown of a student's attempts at each assignment."""
        return [
            self._assignment(name, student, self._arrivals(name, student)[student])
            for name in self.assignments()
        ]

    def of_all(self) -> dict[str, list[AssignmentShown]]:
        """Return the same of each student who has sent something, by name."""
        names = self.assignments()
        arrivals = {name: self._arrivals(name) for name in names}
        authors = {one for name in names for one in (*self._authors(name), *arrivals[name])}
        return {
            student: [self._assignment(name, student, arrivals[name][student]) for name in names]
            for student in sorted(authors)
        }

    def page(self, student: str, assignment: str, number: int, notebook: str) -> bytes | None:
        """Return a page of feedback of an attempt; None where there is no such page."""
        if student not in self._authors(assignment):
            return None
        attempts = attempts_of(self._attempts / assignment, student)
        pages = (self._pages(assignment, one) for one in attempts if one.number == number)
        page = next(pages, {}).get(notebook)
        return page.read_bytes() if page else None

    def _assignment(self, name: str, student: str, sent: list[Arrival]) -> AssignmentShown:
        asked, folder, now = self._ask(name), self._attempts / name, datetime.now(UTC)
        shown = Shown(self._policy, self._time, asked.due, pulse_of(folder), now)
        attempts = attempts_of(folder, student) if student in self._authors(name) else []
        pages = {one.number: sorted(self._pages(name, one)) for one in attempts}
        known = {(one.sent, one.changed) for one in attempts}
        new = [one for one in sent if (one.folder.name, one.changed) not in known]
        new.sort(key=lambda one: one.changed, reverse=True)
        return AssignmentShown(
            name=name,
            due=shown.due(student),
            rules=shown.rules(),
            most=asked.most,
            attempts=(
                *(shown.arrival(one.folder.name, one.changed) for one in new),
                *shown.attempts(attempts, pages),
            ),
        )

    def _arrivals(self, assignment: str, only: str = "") -> defaultdict[str, list[Arrival]]:
        """Return what lies in the exchange under the account of its author, by student.

        A folder that another account named after a student is not the student's, and is left out.
        """
        found: defaultdict[str, list[Arrival]] = defaultdict(list)
        folder = self._exchange / "inbound"
        if folder.is_dir():
            for one in Inbound(folder, assignment, self._accounts).arrivals(only):
                found[one.student].append(one)
        return found

    def _authors(self, assignment: str) -> list[str]:
        if assignment not in _folders(self._attempts):
            return []
        return _folders(self._attempts / assignment)

    def _pages(self, assignment: str, attempt: Attempt) -> dict[str, Path]:
        """Return the pages of an attempt that are there, by the names of its notebooks."""
        folder = self._attempts / assignment / attempt.student / f"{attempt.number:03}"
        secret, names = secret_in(folder), (path.stem for path in folder.glob("submitted/*.ipynb"))
        if not secret:
            return {}
        pages = {name: page_of(self._exchange / "feedback", secret, name) for name in names}
        return {name: page for name, page in pages.items() if page.is_file()}

    def _ask(self, assignment: str) -> _Asked:
        """Return what the gradebook says of an assignment, now or seconds ago."""
        known = self._asked.get(assignment)
        if known is None or time.monotonic() > known.when + _KEPT_SECONDS:
            known = self._asked[assignment] = patiently(self._of_gradebook, assignment)
        return known

    def _of_gradebook(self, assignment: str) -> _Asked:
        with self._book.transaction():
            try:
                most = float(self._book.find_assignment(assignment).max_score)
            except MissingEntry:
                most = None
            return _Asked(due_dates(self._book, assignment), most, time.monotonic())


def _folders(place: Path) -> list[str]:
    """Return the names of the folders in a folder; none of those that begin with a dot."""
    if not place.is_dir():
        return []
    with os.scandir(place) as entries:
        return sorted(one.name for one in entries if one.is_dir() and one.name[0] != ".")
