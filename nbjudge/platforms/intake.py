"""Takes a platform's archive into `submitted/`: looked at as a whole first, then put in place.

    intake = Intake(root, "week1", Path("submissions.zip"), worksheet=None)
    print(intake.told())     # who is matched, who is not and why; nothing is written yet
    intake.write()

A submission is put whole or not at all: it is written beside its place, and then renamed. One that
lies there and did not come from an archive is never replaced.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime, span
from nbjudge.nbgrader_ext.extensions import due_dates
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.notebook.submission import files_of
from nbjudge.platforms.archive import Archive
from nbjudge.platforms.entries import NotTaken
from nbjudge.platforms.handed_in import HandedIn, handed_in
from nbjudge.platforms.identities import Identity, identities, keep
from nbjudge.platforms.people import People, groups
from nbjudge.platforms.whose import Owners, Whose
from nbjudge.platforms.worksheet import participants

NEW, REPLACED, THERE = "new", "replaces an earlier one", "there already"
_TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f UTC"
_TIME = "timestamp.txt"


@dataclass
class Row:
    """What becomes of one student's files: `state` is `NEW`, `REPLACED` or `THERE`.

    `came` is in UTC, None where nobody says it. `late` says by how much, or that the platform says
    so; it is empty where nothing is late.
    """

    whose: Whose
    name: str
    identity: Identity
    state: str
    came: datetime | None
    late: str
    notes: list[str]


@dataclass
class Plan:
    """What would be done with an archive: rows of students, and why each other file is not taken.

    `absent` are students of the gradebook without a file in the archive.
    """

    platform: str = ""
    rows: list[Row] = field(default_factory=list)
    not_taken: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


class Intake:
    """Takes one archive into one assignment; raises `RubricError` where it cannot be taken at all.

    `worksheet` is Moodle's grading worksheet of the assignment, `teams` a list of who is in which
    group. Nothing is written before `write`.
    """

    def __init__(
        self,
        root: Path,
        assignment: str,
        archive: Path,
        worksheet: Path | None = None,
        teams: Path | None = None,
    ):
        config = configuration(root)
        self._assignment = assignment
        self._coursedir: CourseDirectory = course_directory(config, root, assignment)
        self.time = CourseTime(config)
        refuse_unusable(self._coursedir.db_url, assignment)
        self._archive = Archive(archive)
        self._worksheet = participants(worksheet, self.time) if worksheet else None
        self._groups = groups(teams) if teams else {}
        with self._gradebook() as book:
            self._wanted, self._cells = _asked(book, assignment)
            self._due = due_dates(book, assignment)
            self._earlier = identities(book, assignment)
            people = People(book)
        self.plan = self._planned(people)

    def write(self) -> None:
        """Put all that the plan names into `submitted/`, and keep whose it is in the gradebook."""
        rows = self.plan.rows

        def known() -> None:
            with self._gradebook() as book:
                for row in rows:
                    if row.whose.new:
                        book.add_student(row.whose.student)
                keep(book, self._assignment, {one.whose.student: one.identity for one in rows})
                book.db.commit()

        # First, so that what lies there came from an archive, for whoever looks after a kill.
        patiently(known)
        for row in rows:
            if row.state != THERE:
                self._put(self._place(row.whose.student), self._taken(row.whose), row.came)

    def _gradebook(self) -> Gradebook:
        return Gradebook(self._coursedir.db_url, self._coursedir.course_id)

    def _planned(self, people: People) -> Plan:
        owners = Owners(people, self._earlier, self._worksheet, self._groups)
        found = owners.sort(self._archive)
        plan = Plan(found.platform, not_taken=found.not_taken)
        for one in found.of_students:
            try:
                plan.rows.append(self._row(one, people.names.get(one.student, ""), plan))
            except NotTaken as why:
                plan.not_taken |= {sent.file.where: str(why) for sent in one.sent}
        plan.rows.sort(key=lambda row: row.whose.student)
        there = {row.whose.student for row in plan.rows}
        plan.absent = sorted(set(people.names) - there)
        return plan

    def _row(self, one: Whose, name: str, plan: Plan) -> Row:
        taken = self._taken(one)
        plan.not_taken |= taken.left
        platform = taken.first.entry.platform
        identity = Identity(platform, one.number, taken.first.file.where)
        participant = (self._worksheet or {}).get(one.number) if platform == "moodle" else None
        came = participant.came if participant else None
        state = self._state(one.student, taken, came)
        told = [one.how, participant.doubt if participant else ""]
        notes = [*filter(None, told), *([] if state == THERE else taken.notes)]
        if beside := len(taken.files) - taken.notebooks:
            notes.append(f"{beside} file{'s' * (beside > 1)} beside it")
        return Row(one, name, identity, state, came, self._late(one, came), notes)

    def _late(self, one: Whose, came: datetime | None) -> str:
        by = self._due.late(one.student, came) if came else None
        if by:
            return span(by)
        return "yes" if came is None and any(sent.entry.late for sent in one.sent) else ""

    def _taken(self, one: Whose) -> HandedIn:
        return handed_in(one.sent, self._wanted, self._cells)

    def _state(self, student: str, taken: HandedIn, came: datetime | None) -> str:
        place = self._place(student)
        if not place.exists() and not place.is_symlink():
            return NEW
        there = dict(_contents(place))
        time = there.pop(_TIME, None)
        if there == taken.files and (came is None or time == _timestamp(came)):
            return THERE
        if student not in self._earlier:
            raise NotTaken(
                f"{place} holds a submission that did not come from an archive. Move it away where "
                "this one is to take its place"
            )
        return REPLACED

    def _place(self, student: str) -> Path:
        return Path(
            self._coursedir.format_path(
                self._coursedir.submitted_directory, student, self._assignment
            )
        )

    def _put(self, place: Path, taken: HandedIn, came: datetime | None) -> None:
        """Put a submission in its place, whole or not at all."""
        new, old = (place.with_name(f".{place.name}.{word}") for word in ("new", "old"))
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        new.mkdir(parents=True)
        for name, content in taken.files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(content)
        if came is not None:
            (new / _TIME).write_bytes(_timestamp(came))
        if place.exists():
            place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)


def _asked(book: Gradebook, assignment: str) -> tuple[list[str], set[str]]:
    """Return the names of the assignment's notebooks, and the ids of their cells."""
    found = book.find_assignment(assignment).notebooks
    if not found:
        raise RubricError(
            f"The gradebook knows no notebook of {assignment}. Run 'nbjudge build {assignment}' "
            "first."
        )
    cells = {cell.name for one in found for cell in one.source_cells}
    return sorted(f"{one.name}.ipynb" for one in found), cells


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in files_of(folder):
        if path.is_file() and not path.is_symlink():
            with suppress(OSError):
                yield path.relative_to(folder).as_posix(), path.read_bytes()


def _timestamp(came: datetime) -> bytes:
    return came.astimezone(UTC).strftime(_TIMESTAMP).encode()
