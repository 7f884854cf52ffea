"""Submissions out of an archive of Moodle or Canvas, for `nbgrader zip_collect`.

    Moodle    Ada Lovelace_12345_assignsubmission_file/attention.ipynb     with folders
              Ada Lovelace_12345_assignsubmission_file_attention.ipynb     without
    Canvas    lovelaceada_12345_67890_attention.ipynb                      and with _LATE_

How it works. nbgrader has an extractor unpack `archive/` into `extracted/`, and asks a collector
whose each file there is. Here the extractor does both: it reads archives, never trusts a path in
them, and writes `extracted/<student>/<notebook>`, which a plain expression takes apart again.

Who is who. A student of the gradebook whose LMS id is the number in the name is that student. Any
other one gets the number as his id, because two students may have one name; the name is kept in the
gradebook. Moodle's numbers are those of one assignment, Canvas's those of a person.

What cannot be collected stops nobody else. It is named at the end, and the command fails.
"""

import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExtractorPlugin

_MOODLE = re.compile(
    r"(?P<name>[^_]+)_(?P<number>\d{1,20})_assignsubmission_file(?:_(?P<file>.*))?"
)
_CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_).+?)_)??(?:LATE_)?(?P<number>\d{1,20}|anon_[A-Za-z0-9]{1,40})"
    r"_(?P<attachment>\d{1,20})_(?P<file>.+)"
)
_AGAIN = re.compile(r"(?:-\d+|-Copy\d+| ?\(\d+\)| copy)+$", re.I)  # behind a name that was taken
_NOTHING = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|[^/]*_assignsubmission_onlinetext)")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
_LARGEST = 50 * 2**20  # bytes of a file, and of all files in an archive that a student packed
_MOST = 100_000  # files in an archive
_LONGEST = 100  # letters of the name of a further notebook


@dataclass(frozen=True)
class _Sent:
    """A notebook that a student sent, where it lay, and what its name is without the LMS's parts.

    `number` is the LMS's number of the student, `upload` that of the file, 0 where it has none.
    `content` is where its content is kept.
    """

    where: str
    number: str
    person: str
    name: str
    upload: int
    content: Path


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
        with (
            tempfile.TemporaryDirectory(prefix="nbjudge-archive-") as kept,
            Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book,
        ):
            sent = list(self._sent(Path(archive_path), Path(kept)))
            for number in dict.fromkeys(one.number for one in sent):
                of_student = [one for one in sent if one.number == number]
                self._write(Path(extracted_path), book, of_student, wanted)

    def _sent(self, archive: Path, kept: Path) -> Iterator[_Sent]:
        """Yield each notebook of a student; its content is copied into the folder `kept`."""
        for number, (where, opened) in enumerate(_files(archive, self._left)):
            if _NOTHING.search(where):
                continue
            one = _read(where, kept / str(number))
            if one is not None:
                try:
                    with one.content.open("wb") as copy:
                        shutil.copyfileobj(opened, copy)
                    yield one
                except (*_DAMAGED, OSError) as error:
                    self._left.append(f"{where}: it cannot be read ({error}).")
            else:
                self._left.append(f"{where}: no notebook with a name by Moodle or Canvas.")

    def _write(
        self, extracted: Path, book: Gradebook, sent: list[_Sent], wanted: list[str]
    ) -> None:
        """Write what one student sent: of several uploads of a notebook the newest has its name.

        The others keep theirs beside it.
        """
        called = {name.lower(): name for name in wanted}
        meant: dict[str, _Sent] = {}  # by the name that the assignment asks for
        for one in sorted(sent, key=lambda one: (-one.upload, one.name.lower() not in called)):
            plain = f"{_AGAIN.sub('', one.name.removesuffix('.ipynb'))}.ipynb"
            name = called.get(one.name.lower()) or called.get(plain.lower())
            if name is not None:
                meant.setdefault(name, one)
        if not meant:
            asks = ", ".join(wanted)
            self._left += [f"{one.where}: the assignment asks for {asks}." for one in sent]
            return
        files = dict(meant)
        for one in sent:
            if one not in meant.values():
                name = one.name[-_LONGEST:]
                while name in files:
                    name = f"other-{name}"
                files[name] = one
        student = _student(book, sent[0])
        folder = extracted / student
        if folder.exists():
            whose = f"the gradebook has another student's LMS id, or none, for '{student}'"
            self._left += [f"{one.where}: {whose}." for one in sent]
            return
        folder.mkdir()
        for name, one in files.items():
            shutil.move(one.content, folder / name)
        self._found += len(files)

    def _fail_for_what_is_left(self) -> None:
        if not self._found:
            self._left.append(
                f"No submission was found in {self.parent._format_collect_path('archive')}. Put "
                "the archive that Moodle or Canvas gives there, as it is."
            )
        if self._left:
            lines = "\n".join(f"- {one}" for one in self._left)
            self.parent.fail(f"{self._found} notebooks were collected. Not collected:\n{lines}")


def _files(archive: Path, left: list[str]) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield path and open file of each file, those inside of archives, too."""
    for path in sorted(path for path in archive.rglob("*") if path.is_file()):
        where = path.relative_to(archive).as_posix()
        with path.open("rb") as file:
            if path.suffix.lower() == ".zip":
                yield from _unpacked(where, file, left, depth=0)
            else:
                yield where, file


def _unpacked(
    where: str, file: IO[bytes], left: list[str], depth: int
) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the files of a ZIP archive, and of those that students packed themselves."""
    try:
        with zipfile.ZipFile(file) as packed:
            if depth and sum(entry.file_size for entry in packed.infolist()) > _LARGEST:
                left.append(f"{where}: larger than {_LARGEST // 2**20} MB.")
                return
            for entry in packed.infolist()[:_MOST]:
                if entry.is_dir():
                    continue
                inside = f"{where}/{_name(entry)}"
                if entry.file_size > _LARGEST:
                    left.append(f"{inside}: larger than {_LARGEST // 2**20} MB.")
                elif inside.lower().endswith(".zip") and depth == 0:
                    with packed.open(entry) as nested:
                        yield from _unpacked(inside, nested, left, depth + 1)
                else:
                    with packed.open(entry) as opened:
                        yield inside, opened
    except (*_DAMAGED, OSError) as error:
        left.append(f"{where}: it cannot be unpacked ({error}).")


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the path of an entry; old programs write UTF-8 and do not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _read(where: str, content: Path) -> _Sent | None:
    """Return what a path says of a notebook; None where it is none, or of no known form."""
    parts = PurePosixPath(where).parts
    for part in parts:
        found = _MOODLE.fullmatch(part) or _CANVAS.fullmatch(part)
        if found is None:
            continue
        # The name is the rest of this part, or the last one below it.
        name = (found["file"] or "") if part is parts[-1] else parts[-1]
        name = name.removesuffix(".txt")  # which browsers add
        if name.lower().endswith(".ipynb"):
            about = found.groupdict()
            upload = int(about.get("attachment") or 0)
            return _Sent(where, found["number"], found["name"] or "", name, upload, content)
    return None


def _student(book: Gradebook, one: _Sent) -> str:
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
