"""Files out of a platform's archive, and out of archives that students packed: within bounds.

Nothing is unpacked to where a path says: a file is a path, which is looked at, and bytes, which are
read one file at a time. What an archive says of a size is the most that is read of it; where more
is there, its checksum is wrong. Only deflate is read, because other methods of compression unpack
without a bound.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nbjudge.course import RubricError
from nbjudge.platforms.entries import NotTaken
from nbjudge.platforms.kinds import no_archive
from nbjudge.sanitize.text import strip_control

LARGEST = 50 * 2**20  # bytes of a file, and of all files in an archive that a student packed
_ALL = 2**30  # bytes of all files, where that is also `_RATIO_OF_ALL` times the archive
_RATIO_OF_ALL = 50
_RATIO = 200  # times that a file of more than a megabyte may be larger than it is packed
_MOST = 50_000  # files in an archive; a class of a thousand that sends twenty each has 20,000
_MOST_PACKED = 1000  # files in an archive that a student packed
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError,
    OSError, ValueError, OverflowError, AssertionError, IndexError,
)  # fmt: skip


@dataclass(frozen=True)
class Packed:
    """A file in an archive; `where` is its path in it, and through the archive around it."""

    where: str
    entry: zipfile.ZipInfo
    opened: Callable[[], zipfile.ZipFile]

    def read(self) -> bytes:
        """Return its content; raises `NotTaken`."""
        try:
            content = self.opened().read(self.entry)
        except _DAMAGED as error:
            raise NotTaken(f"it is damaged ({_told(error)})") from error
        if len(content) != self.entry.file_size:
            raise NotTaken("it is damaged (its size is another one)")
        return content


@dataclass
class Archive:
    """A ZIP file that a platform made; its `files`, and why each other one in it is `refused`.

    `refused` has the paths as keys. Raises `RubricError` where it is no ZIP archive, or one that no
    platform makes.
    """

    file: Path
    files: list[Packed] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The archive that was opened last, of those that students packed: all of them at once may
        # be larger than memory.
        self._last: tuple[Packed, zipfile.ZipFile] | None = None
        if why := no_archive(self.file):
            raise RubricError(f"{self.file} {why}.")
        try:
            opened = zipfile.ZipFile(self.file)
        except _DAMAGED as error:
            raise RubricError(
                f"{self.file} cannot be read as a ZIP archive ({_told(error)}). Take the archive "
                "that Moodle or Canvas gives, as it is; download it again if it is not whole."
            ) from error
        self._refuse_bombs(opened)
        for one in self._sound(opened, "", lambda: opened):
            if one.where.lower().endswith(".zip"):
                self._add_packed(one)
            else:
                self.files.append(one)

    def _refuse_bombs(self, opened: zipfile.ZipFile) -> None:
        entries, size = opened.infolist(), self.file.stat().st_size
        unpacked = sum(entry.file_size for entry in entries)
        if len(entries) > _MOST:
            why = f"holds {len(entries)} files, and a class hands in at most {_MOST}"
        elif sum(entry.compress_size for entry in entries) > size:
            why = "holds files that lie upon one another"
        elif unpacked > max(_ALL, _RATIO_OF_ALL * size):
            why = f"unpacks to {unpacked / 2**30:.0f} GB, {unpacked // size} times its size"
        else:
            return
        raise RubricError(
            f"{self.file} {why}. It is none that Moodle or Canvas made: download it again."
        )

    def _add_packed(self, outer: Packed) -> None:
        """Add the files of an archive that a student packed."""
        try:
            entries = self._opened(outer).infolist()
        except _DAMAGED as error:
            self.refused[outer.where] = f"it is no ZIP archive, or damaged ({_told(error)})"
        except NotTaken as error:
            self.refused[outer.where] = str(error)
        else:
            if len(entries) > _MOST_PACKED:
                self.refused[outer.where] = f"it holds more than {_MOST_PACKED} files"
            elif sum(entry.file_size for entry in entries) > LARGEST:
                self.refused[outer.where] = f"it unpacks to more than {LARGEST // 2**20} MB"
            else:
                self._add_within(outer)

    def _add_within(self, outer: Packed) -> None:
        def opened() -> zipfile.ZipFile:
            return self._opened(outer)

        for one in self._sound(opened(), f"{outer.where}/", opened):
            if one.where.lower().endswith(".zip"):
                self.refused[one.where] = "an archive within an archive that the student packed"
            else:
                self.files.append(one)

    def _opened(self, outer: Packed) -> zipfile.ZipFile:
        if self._last is None or self._last[0] is not outer:
            self._last = outer, zipfile.ZipFile(io.BytesIO(outer.read()))
        return self._last[1]

    def _sound(
        self, archive: zipfile.ZipFile, above: str, opened: Callable[[], zipfile.ZipFile]
    ) -> Iterator[Packed]:
        """Yield the files that can be read; note why the others are not."""
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        times = Counter(map(_path, entries))
        for entry in entries:
            path = _path(entry)
            why = _wrong(entry, path)
            if times[path] > 1:
                why = "the archive has it twice, and nothing says which of the two counts"
            if why:
                self.refused[above + path] = why
            else:
                yield Packed(above + path, entry, opened)


def shown(name: str) -> str:
    """Return a name that somebody chose as a terminal can show it: in one line, in its order."""
    return " ".join(strip_control(name).split())


def _path(entry: zipfile.ZipInfo) -> str:
    """Return the path of an entry; old programs write UTF-8 and do not say so, or backslashes."""
    name = entry.orig_filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _wrong(entry: zipfile.ZipInfo, path: str) -> str:
    """Return why an entry is not read; an empty text where nothing is wrong with it."""
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "a link or a device, and no file"
    if path.startswith("/") or path[1:2] == ":" or ".." in PurePosixPath(path).parts:
        return "its path leads out of the archive"
    if _CONTROL.search(path):
        return "its name holds control characters"
    if entry.flag_bits & 0x1:
        return "it is encrypted"
    if entry.compress_type not in _METHODS:
        return "it is compressed by a method that is not read here"
    if entry.file_size > LARGEST:
        return f"it is larger than {LARGEST // 2**20} MB"
    if entry.file_size > max(2**20, _RATIO * entry.compress_size):
        return f"it unpacks to more than {_RATIO} times its size"
    return ""


def _told(error: BaseException) -> str:
    return shown(str(error))[:200] or type(error).__name__
