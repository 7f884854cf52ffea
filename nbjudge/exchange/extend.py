"""Lets students submit later than the others: checked, then written whole, then shown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.exchange.extension_file import Line, lines
from nbjudge.nbgrader_ext import wiring
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime, span
from nbjudge.nbgrader_ext.extensions import due_dates, give, untils
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.late import settle
from nbjudge.nbgrader_ext.options import FeedbackOptions
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.tables import as_text

_KNOWN = 10  # names that a message lists


@dataclass(frozen=True)
class _Shown:
    """What the list says of one student; `came` is when the graded submission was sent."""

    student: str
    until: datetime
    came: datetime | None


class Desk:
    """Gives extensions of one assignment of the course in `root`.

    Each method raises `RubricError` where the assignment is not in the gradebook or has no due
    date, and for what is wrong in its arguments. Nothing is written then.
    """

    def __init__(self, root: Path, assignment: str):
        self._config = configuration(root)
        if not wiring.takes_extensions(self._config):
            raise RubricError(f"The steps of this course heed no extensions. {wiring.MEND}")
        self._assignment = assignment
        self._coursedir: CourseDirectory = course_directory(self._config, root, assignment)
        self._time = CourseTime(self._config)
        refuse_unusable(self._coursedir.db_url, assignment)

    def by_days(self, students: Sequence[str], days: float) -> str:
        """Let students submit so many days after the due date; 0 takes an extension back.

        Returns the list of all extensions.
        """

        def write(book: Gradebook) -> None:
            due = self._due(book)
            until = due + timedelta(days=days)
            self._refuse_strangers(book, [Line("--student", name, until) for name in students])
            self._write(book, dict.fromkeys(students, until if days else None))

        return self._done(write)

    def by_file(self, file: Path, groups: Path | None) -> str:
        """Give the extensions of a CSV file; see `extension_file`. Returns the list of all."""
        wanted = lines(file, groups)

        def write(book: Gradebook) -> None:
            due = self._due(book)
            self._refuse_strangers(book, wanted)
            early = [one for one in wanted if one.until <= due]
            if early:
                raise RubricError(
                    "\n".join(
                        f"{one.where}: {self._time.text(one.until)} is not later than the due "
                        f"date, {self._time.text(due)}. '--student {one.student} --days 0' takes "
                        "an extension back."
                        for one in early
                    )
                )
            self._write(book, {one.student: one.until for one in wanted})

        return self._done(write)

    def listed(self) -> str:
        """Return the list of all extensions."""
        return self._done(lambda book: None)

    def _done(self, write: Callable[[Gradebook], None]) -> str:
        def all_of_it() -> str:
            with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as book:
                write(book)
                book.db.commit()
                return self._table(book)

        told: str = patiently(all_of_it)
        return told

    def _write(self, book: Gradebook, given: dict[str, datetime | None]) -> None:
        give(book, self._assignment, given)
        options = FeedbackOptions(config=self._config)
        settle(book, self._assignment, options, list(given), taken_back=True)

    def _due(self, book: Gradebook) -> datetime:
        found = book.find_assignment(self._assignment)
        if found.duedate is None:
            raise RubricError(
                f"{self._assignment} has no due date, so there is nothing to extend. Set one in "
                f"the formgrader, or with: nbgrader db assignment add {self._assignment} "
                "--duedate='2026-12-05 18:00:00 UTC'"
            )
        due: datetime = found.duedate.replace(tzinfo=UTC)
        return due

    def _refuse_strangers(self, book: Gradebook, wanted: Iterable[Line]) -> None:
        known = sorted(one.id for one in book.students)
        wrong = []
        for one in wanted:
            if one.student not in known:
                near = get_close_matches(one.student, known, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                wrong.append(f"{one.where}: the gradebook knows no student '{one.student}'.{hint}")
        if wrong:
            some = ", ".join(known[:_KNOWN]) or "nobody"
            more = f" and {len(known) - _KNOWN} more" if len(known) > _KNOWN else ""
            raise RubricError(
                "\n".join(wrong) + f"\nIt knows: {some}{more}. Correct the name, or enter the "
                "student with 'nbgrader db student add NAME'."
            )

    def _table(self, book: Gradebook) -> str:
        due = self._due(book)
        head = f"{self._assignment}: the due date is {self._time.text(due)}."
        shown = self._shown(book)
        if not shown:
            return f"{head}\nNobody has an extension."
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for title in ("Student", "May submit until", "Later by", "Graded submission"):
            table.add_column(title)
        for one in shown:
            table.add_row(
                Text(one.student),
                self._time.text(one.until),
                span(one.until - due) if one.until > due else "the due date is later",
                self._said(one, max(one.until, due)),
            )
        return as_text(head, table, width=120).rstrip()

    def _shown(self, book: Gradebook) -> list[_Shown]:
        found = book.find_assignment(self._assignment)
        came = {
            one.student_id: one.timestamp and one.timestamp.replace(tzinfo=UTC)
            for one in book.assignment_submissions(self._assignment)
        }
        every = {**untils(book, found), **due_dates(book, self._assignment).extended}
        return [_Shown(name, every[name], came.get(name)) for name in sorted(every)]

    def _said(self, one: _Shown, due: datetime) -> str:
        if one.came is None:
            return "-"
        late = one.came - due
        return f"late by {span(late)}" if late > timedelta(0) else "in time"
