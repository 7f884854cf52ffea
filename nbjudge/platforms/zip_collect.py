"""Submissions out of an archive of Moodle or Canvas, for `nbgrader zip_collect`.

How it works. nbgrader has an extractor unpack `archive/` into `extracted/`, and asks a collector
whose each file there is. Here the extractor does both: it reads archives as `nbjudge import` does,
never trusts a path in them, and writes `extracted/<student>/<notebook>`, which a plain expression
takes apart again.

Who is who. A student of the gradebook whose LMS id is the number in the name is that student. Any
other one gets the number as his id, because two students may have one name; the name is kept in the
gradebook. Moodle's numbers are those of one assignment, Canvas's those of a person.

What cannot be collected stops nobody else. It is named at the end, and the command fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExtractorPlugin

from nbjudge.course import RubricError
from nbjudge.platforms.archive import LARGEST, Archive, shown
from nbjudge.platforms.entries import Entry, NotTaken, names, readings

_LONGEST = 100  # letters of the name of a further notebook
_NO_NOTEBOOK = "no notebook with a name by Moodle or Canvas"


@dataclass(frozen=True)
class _Sent:
    """A notebook that a student sent, where it lay, what its name says, and how it is read."""

    where: str
    entry: Entry
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The student's name of it, without what browsers put behind it."""
        return self.entry.path.name.removesuffix(".txt")


class Extractor(ExtractorPlugin):
    """Unpacks archives by whose the files are."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self._left: list[str] = []
        self._found = 0
        app = self.parent
        # nbgrader asks no plugin at the end of its command, and ends with status 0 whatever it
        # skipped; so its last step is followed by ours.
        collect = app.process_extracted_files

        def process_extracted_files() -> None:
            collect()
            self._fail_for_what_is_left()

        app.process_extracted_files = process_extracted_files

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Write the notebooks of all archives and files in `archive_path`, a folder a student."""
        app = self.parent
        released = Path(
            app.coursedir.format_path(
                app.coursedir.release_directory, ".", app.coursedir.assignment_id
            )
        )
        wanted = sorted(path.name for path in released.glob("*.ipynb"))
        if not wanted:
            app.fail(f"There is no notebook in {released}: build the assignment first.")
        sent = list(self._sent(Path(archive_path)))
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
            for number in dict.fromkeys(one.entry.number for one in sent):
                of_student = [one for one in sent if one.entry.number == number]
                self._write(Path(extracted_path), book, of_student, wanted)

    def _sent(self, folder: Path) -> Iterator[_Sent]:
        """Yield each notebook of a student, in archives and beside them."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            where = path.relative_to(folder).as_posix()
            if path.suffix.lower() == ".zip":
                yield from self._packed(path, where)
            elif path.stat().st_size > LARGEST:
                self._left.append(f"{where}: it is larger than {LARGEST // 2**20} MB.")
            else:
                yield from self._notebook(where, where, path.read_bytes)

    def _packed(self, path: Path, outer: str) -> Iterator[_Sent]:
        try:
            archive = Archive(path)
        except (RubricError, OSError) as error:
            self._left.append(f"{outer}: {shown(str(error).removeprefix(f'{path} '))}")
            return
        for where, why in archive.refused.items():
            self._left.append(f"{outer}/{shown(where)}: {why}.")
        for file in archive.files:
            yield from self._notebook(f"{outer}/{file.where}", file.where, file.read)

    def _notebook(self, where: str, inside: str, read: Callable[[], bytes]) -> Iterator[_Sent]:
        """Yield a file that is a notebook; else note what it is, but for what is nobody's work."""
        try:
            entry = _entry(inside, where)
        except NotTaken as why:
            if str(why):
                self._left.append(f"{shown(where)}: {why}.")
            return
        one = _Sent(where, entry, read)
        if one.name.lower().endswith(".ipynb"):
            yield one
        else:
            self._left.append(f"{shown(where)}: {_NO_NOTEBOOK}.")

    def _write(
        self, extracted: Path, book: Gradebook, sent: list[_Sent], wanted: list[str]
    ) -> None:
        """Write what one student sent: of several uploads of a notebook the newest has its name.

        The others keep theirs beside it.
        """
        called = {name.casefold(): name for name in wanted}
        meant: dict[str, _Sent] = {}  # by the name that the assignment asks for
        for one in sorted(sent, key=lambda one: (-one.entry.upload, len(names(one.name)))):
            for name in [called[name] for name in names(one.name) if name in called][:1]:
                meant.setdefault(name, one)
        if not meant:
            asks = ", ".join(wanted)
            self._left += [f"{shown(one.where)}: the assignment asks for {asks}." for one in sent]
            return
        files = dict(meant)
        for one in sent:
            if one not in meant.values():
                name = one.name[-_LONGEST:]
                while name in files:
                    name = f"other-{name}"
                files[name] = one
        student = _student(book, sent[0].entry)
        folder = extracted / student
        if folder.exists():
            whose = f"the gradebook has another student's LMS id, or none, for '{student}'"
            self._left += [f"{shown(one.where)}: {whose}." for one in sent]
            return
        folder.mkdir()
        for name, one in files.items():
            self._put(folder / name, one)

    def _put(self, place: Path, one: _Sent) -> None:
        try:
            place.write_bytes(one.read())
            self._found += 1
        except (NotTaken, OSError) as error:
            self._left.append(f"{shown(one.where)}: {error}.")

    def _fail_for_what_is_left(self) -> None:
        if not self._found:
            self._left.append(
                f"No submission was found in {self.parent._format_collect_path('archive')}. Put "
                "the archive that Moodle or Canvas gives there, as it is."
            )
        if self._left:
            lines = "\n".join(f"- {one}" for one in self._left)
            self.parent.fail(f"{self._found} notebooks were collected. Not collected:\n{lines}")


def _entry(inside: str, where: str) -> Entry:
    """Return what a path says: within its archive, else with the archive's name before it.

    A student's own archive may lie in the folder by itself; then its name says whose it is.
    """
    try:
        return readings(inside)[0]
    except NotTaken as why:
        if not str(why) or inside == where:
            raise
        try:
            return readings(where)[0]
        except NotTaken:
            raise why from None


def _student(book: Gradebook, one: Entry) -> str:
    """Return the id of a student in the gradebook, which keeps the name."""
    known = [student.id for student in book.students if student.lms_user_id == one.number]
    if known:
        return known[0]
    try:
        book.find_student(one.number)
    except MissingEntry:
        first, _, last = one.person.rpartition(" ")
        book.add_student(one.number, first_name=first, last_name=last, lms_user_id=one.number)
    return one.number
