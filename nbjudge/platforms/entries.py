"""What the name of a file in a platform's archive says: whose it is, and what it was called.

    Moodle    Ada Lovelace_12345_assignsubmission_file/attention.ipynb     with folders
              Ada Lovelace_12345_assignsubmission_file_attention.ipynb     without
    Canvas    lovelaceada_12345_67890_attention.ipynb                      and with _LATE_

Moodle's number is that of a participant of one assignment, Canvas's that of a person. What the
platforms, browsers and file managers put behind a name that was taken is known, too:
`attention-1.ipynb`, `attention (1).ipynb`, `attention.ipynb.txt`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

CANVAS, MOODLE = "canvas", "moodle"
_MOODLE = re.compile(
    r"(?P<name>[^_]+)_(?P<number>\d{1,20})_assignsubmission_file(?:_(?P<file>.*))?"
)
_NO_NUMBER = re.compile(r"(?P<name>[^_]+)_assignsubmission_file(?:_.*)?")
_WRITTEN = re.compile(r"[^/]*_assignsubmission_onlinetext")
_CANVAS = re.compile(
    r"(?:(?P<name>(?!LATE_).+?)_)??(?P<late>LATE_)?"
    r"(?P<number>\d{1,20}|anon_[A-Za-z0-9]{1,40})_(?P<upload>\d{1,20})_(?P<file>.+)"
)
_TYPED = re.compile(
    r"(?:(?P<name>(?!LATE_).+?)_)??(?P<late>LATE_)?(?P<number>\d{1,20}|anon_[A-Za-z0-9]{1,40})_"
    r"(?:\d{1,20}_)?(?P<kind>text|link)\.html"
)
_AGAIN = re.compile(r"(?:-\d+|-copy\d*| ?\(\d+\)| copy(?: \d+)?)$")  # behind a name that was taken
_TOOLS = re.compile(r"(^|/)(__MACOSX|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)(/|$)", re.I)
_PARTICIPANT = ("participant", "teilnehmer", "participante", "partecipante", "deelnemer")


@dataclass(frozen=True)
class Entry:
    """What a platform says of a file that a student handed in.

    `number` is the platform's number of the person or participant, `upload` Canvas's number of the
    file (0 in Moodle), `person` the name as the archive has it, `path` the file's own path.
    """

    platform: str
    number: str
    person: str
    late: bool
    upload: int
    path: PurePosixPath

    @property
    def anonymous(self) -> bool:
        """Whether the platform keeps to itself who this is."""
        if self.platform == CANVAS:
            return self.number.startswith("anon_")
        return fold(self.person).startswith(_PARTICIPANT)


class NotTaken(Exception):
    """A file of a platform's archive is not taken; the message says why.

    It is empty where the file is nobody's work, such as what file managers write.
    """


def readings(where: str) -> list[Entry]:
    """Return what the path of a file can mean, likeliest first; several where numbers abound.

    A Canvas name that ends in a number, `anna_5_77_88_f.ipynb`, reads two ways. Raises
    `NotTaken`.

    >>> readings("lovelaceada_LATE_12_34_attention-1.ipynb")[0].number
    '12'
    """
    if _TOOLS.search(where):
        raise NotTaken("")
    parts = PurePosixPath(where).parts
    # The first part that says anything decides: what lies below it, a student may have named.
    for place, part in enumerate(parts):
        below = PurePosixPath(*parts[place + 1 :])
        _refuse_what_is_no_file(part)
        if found := [*_of_moodle(part, below), *_of_canvas(part, below)]:
            return found
    raise NotTaken("its name is none that Moodle or Canvas gives")


def names(name: str) -> list[str]:
    """Return what a student may have called a file, in lower case, likeliest first.

    >>> names("Week-2 (1).ipynb.txt")
    ['week-2 (1).ipynb', 'week-2.ipynb', 'week.ipynb']
    """
    name = unicodedata.normalize("NFC", name).casefold()
    name = name.removesuffix(".txt") if name.endswith(".ipynb.txt") else name
    stem, dot, ending = name.rpartition(".")
    found = [name]
    while (shorter := _AGAIN.sub("", stem)) not in ("", stem):
        stem = shorter
        found.append(f"{stem}{dot}{ending}")
    return found


def fold(name: str) -> str:
    """Return the letters and digits of a name alone, in lower case, as Canvas's archive has them.

    >>> fold("Müller, Ana-Lucía")
    'mülleranalucía'
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", name).casefold())


def _refuse_what_is_no_file(part: str) -> None:
    if found := _NO_NUMBER.fullmatch(part):
        raise NotTaken(
            f"'{found['name']}' is a group, or Moodle's default group, and nothing says who is in "
            "it. Take the files of its members one by one"
        )
    if _WRITTEN.match(part):
        raise NotTaken("a text that was typed into Moodle, and no file")
    if found := _TYPED.fullmatch(part):
        raise NotTaken(
            f"{'a text' if found['kind'] == 'text' else 'a link'} that was typed into Canvas, and "
            "no file"
        )


def _of_moodle(part: str, below: PurePosixPath) -> Iterator[Entry]:
    found = _MOODLE.fullmatch(part)
    if found is not None:
        path = PurePosixPath(found["file"] or ".") / below
        yield Entry(MOODLE, found["number"], found["name"], False, 0, path)


def _of_canvas(part: str, below: PurePosixPath) -> Iterator[Entry]:
    begun = 0
    while found := _CANVAS.fullmatch(part[begun:]):
        name = part[:begun] + (found["name"] or "")
        path = PurePosixPath(found["file"]) / below
        late = bool(found["late"])
        yield Entry(CANVAS, found["number"], name.rstrip("_"), late, int(found["upload"]), path)
        # The first number may belong to the name: read on behind it.
        begun = len(part) - len(f"{found['upload']}_{found['file']}")
