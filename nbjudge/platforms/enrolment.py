"""Brings nbgrader's students up to a list: who is new, changed or gone; nobody is removed.

A student is known by the platform's id first, so that whoever has one keeps the id of nbgrader, and
by that id else. An empty cell takes nothing away.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, Student
from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.soundness import sqlite_file, unusable
from nbjudge.platforms.entries import NotTaken, fold
from nbjudge.platforms.roster import Listed, Roster, plain, roster
from nbjudge.tables import as_text

# nbgrader's columns, by what they are called in a list, and in the table.
_COLUMNS = {
    "first": ("first_name", "first name"),
    "last": ("last_name", "last name"),
    "email": ("email", "e-mail"),
    "number": ("lms_user_id", "LMS user id"),
}
_MOST = 50  # lines of what is refused


@dataclass
class Change:
    """What a row makes of a student: `before` and `after` by nbgrader's columns that differ.

    `note` is what a person should look at.
    """

    student: str
    new: bool
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    note: str = ""


class Enrolment:
    """Compares a list with the gradebook of the course in `root`, and writes it there.

    Raises `RubricError` where the file or the gradebook cannot be used.
    """

    def __init__(self, root: Path, file: Path, column: str | None = None):
        coursedir = course_directory(configuration(root), root, "")
        if problem := unusable(coursedir.db_url):
            raise RubricError(problem)
        self._where = coursedir.db_url, coursedir.course_id
        self._file = file
        self.roster: Roster = roster(file, column)
        self.changes: list[Change] = []
        self.gone: list[str] = []
        self.same = 0
        database = sqlite_file(coursedir.db_url)
        if database is not None and not database.exists():
            self._compare(_Known([]))  # nbgrader would make it, and nothing is written yet
        else:
            with Gradebook(*self._where) as book:
                self._compare(_Known(book.students))

    def write(self) -> None:
        """Write all changes into the gradebook, or none."""

        def all_of_it() -> None:
            with Gradebook(*self._where) as book:
                for one in self.changes:
                    if one.new:
                        book.db.add(Student(id=one.student, **one.after))
                    else:
                        student = book.find_student(one.student)
                        for column, text in one.after.items():
                            setattr(student, column, text)
                book.db.commit()

        patiently(all_of_it)

    def told(self) -> str:
        """Return who is new, changed and gone, and which rows are not taken, 100 columns wide."""
        new = sum(one.new for one in self.changes)
        parts: list[Table | str] = [
            f"{self._file.name}: nbgrader's student id is {self.roster.chosen}. Another column: "
            "--id 'HEADING'."
        ]
        if self.changes:
            parts.append(_table(self.changes))
        return as_text(
            *parts,
            *self._left(),
            f"Students: {new} new, {len(self.changes) - new} changed, {self.same} as they were, "
            f"{len(self.gone)} gone. Rows not taken: {len(self.roster.refused)}.",
        ).rstrip()

    def _left(self) -> Iterator[str]:
        for head, rows in (
            ("Not taken, and why:", self.roster.refused),
            ("No students:", self.roster.skipped),
        ):
            if rows:
                lines = [f"- {where}: {why}." for where, why in rows.items()]
                more = [f"- and {len(lines) - _MOST} more."] if len(lines) > _MOST else []
                yield "\n".join([head, *lines[:_MOST], *more, ""])
        if self.gone:
            yield (
                f"Gone: in the gradebook, and not in the file. They stay there, with their work: "
                f"{', '.join(self.gone)}.\n"
            )

    def _compare(self, known: "_Known") -> None:
        rows: dict[str, list[Listed]] = defaultdict(list)
        for one in self.roster.students:
            try:
                rows[known.student(one)].append(one)
            except NotTaken as why:
                self.roster.refused[one.where] = str(why)
        for student, same in rows.items():
            if len(same) == 1:
                self._add(student, same[0], known)
            else:
                told = f"the rows of {' and '.join(one.where for one in same)} are all {student}"
                self.roster.refused |= {one.where: told for one in same}
        self.gone = sorted(set(known.rows) - set(rows))
        names = {known.name(student): student for student in self.gone}
        for change in self.changes:
            name = change.after.get("first_name", "") + change.after.get("last_name", "")
            if change.new and fold(name) in names:
                gone = names[fold(name)]
                change.note = f"{gone}, who is not in the file, has this name: the same person?"

    def _add(self, student: str, one: Listed, known: "_Known") -> None:
        before = known.rows.get(student)
        listed = {column: getattr(one, word) for word, (column, _) in _COLUMNS.items()}
        after = {
            column: text
            for column, text in listed.items()
            if text and (before is None or text != before[column])
        }
        if before is None:
            self.changes.append(Change(student, True, {}, after))
        elif after:
            old = {column: before[column] for column in after}
            self.changes.append(Change(student, False, old, after))
        else:
            self.same += 1


class _Known:
    """The students of the gradebook, to be found by a row of the list."""

    def __init__(self, students: Iterable[Student]):
        columns = [column for column, _ in _COLUMNS.values()]
        self.rows: dict[str, Mapping[str, str]] = {
            one.id: {column: getattr(one, column) or "" for column in columns} for one in students
        }
        self._numbers: dict[str, list[str]] = defaultdict(list)
        self._plain: dict[str, list[str]] = defaultdict(list)
        for student, row in self.rows.items():
            self._numbers[row["lms_user_id"]].append(student)
            self._plain[plain(student)].append(student)

    def student(self, one: Listed) -> str:
        """Return nbgrader's id of who stands in a row; raises `NotTaken` where that is unclear."""
        numbered = self._numbers[one.number] if one.number else []
        named = [one.student] if one.student in self.rows else []
        if len(numbered) > 1:
            raise NotTaken(f"{' and '.join(numbered)} have the LMS user id {one.number}")
        if numbered and named and numbered != named:
            raise NotTaken(f"its LMS user id is {numbered[0]}'s, and its student id {named[0]}'s")
        if numbered or named:
            return (numbered or named)[0]
        if near := self._plain[plain(one.student)]:
            raise NotTaken(
                f"'{one.student}' is not in the gradebook, and '{near[0]}' is. Spreadsheets take "
                "zeros away, and capitals make another id: correct the file"
            )
        return one.student

    def name(self, student: str) -> str:
        """Return the letters of a student's name."""
        row = self.rows[student]
        return fold(row["first_name"] + row["last_name"])


def _table(changes: list[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Student", ""):
        table.add_column(title)
    table.add_column("What is written", ratio=1)
    for one in sorted(changes, key=lambda one: (not one.new, one.student)):
        table.add_row(
            Text(one.student), "new" if one.new else "changed", Text("; ".join(_texts(one)))
        )
    return table


def _texts(one: Change) -> Iterator[str]:
    if one.new:
        name = f"{one.after.get('first_name', '')} {one.after.get('last_name', '')}".strip()
        number = one.after.get("lms_user_id", "")
        yield (
            ", ".join(
                filter(None, [name, one.after.get("email"), f"LMS user id {number}" * bool(number)])
            )
            or "no name"
        )
    else:
        for column, title in _COLUMNS.values():
            if column in one.after:
                yield f"{title} '{one.before[column]}' → '{one.after[column]}'"
    if one.note:
        yield one.note
