"""What students sent to the exchange: whose it is, when it came, and a copy that stays as it is.

A folder in `inbound` still belongs to its author, who can name it after anybody, date it at will,
change it at any time, and put links into it. Names that begin with a dot, such as .git, are what
tools keep: they are not taken, and a link among them refuses nothing. Of the rest:

    whose it is       the account that owns the folder, and not the name of the folder
    when it came      the newest change time (ctime) of its files, which the kernel sets and no user
                      can (inode(7)); modification times and timestamp.txt can be set at will
    what is graded    a copy, of regular files that the author owns, made without following links

The copy is made from open folders: a path that was looked at may lead elsewhere when it is opened,
because the author can replace a folder by a link in between. `os.fwalk` and `dir_fd` keep to the
folder that was opened.
"""

import os
import pwd
import re
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_ENTRIES = 1000
# Linux takes change times from a clock that ticks every 1 to 10 ms: two changes between its ticks
# have one time (https://docs.kernel.org/filesystems/multigrain-ts.html).
_TICK = 20_000_000  # nanoseconds


class Refused(Exception):
    """A folder in the exchange is not taken; the message says why."""


class Unsettled(Exception):
    """The folder was changed while it was copied. It counts as a new arrival from then on."""


@dataclass(frozen=True)
class Arrival:
    """A folder in `inbound`, as it was at its newest change, `changed` nanoseconds after 1970."""

    folder: Path
    student: str
    owner: int
    changed: int


class Inbound:
    """The folder that students send an assignment to.

    `accounts` is a file of lines `name:uid`, for a grader's machine that does not know the
    students' accounts, such as a container. Without it the machine's own accounts are asked.
    `aside` says, by the name of a folder, why it is not taken.
    """

    def __init__(self, folder: Path, assignment: str, accounts: str = ""):
        self.folder, self._accounts = folder, accounts
        # student+assignment+timestamp, and nbgrader's random part
        self._name = re.compile(rf"(?P<student>.+?)\+{re.escape(assignment)}\+[^+]+(\+[^+]*)?")
        self.aside: dict[str, str] = {}
        self._refused: dict[str, int] = {}

    def arrivals(self, only: str = "") -> Iterator[Arrival]:
        """Yield the folders that belong to the student they name; put the others into `aside`.

        With `only`, those of this student alone are looked at.
        """
        names = _names(self._accounts) if self._accounts else None
        for entry in sorted(os.scandir(self.folder), key=lambda entry: entry.name):
            match = self._name.fullmatch(entry.name)
            if match is None or (only and match["student"] != only):
                continue
            try:
                arrival = _arrival(Path(entry.path), match["student"], names)
            except Refused as reason:
                self.put_aside(entry.name, str(reason))
            except FileNotFoundError:  # removed by its author meanwhile
                continue
            else:
                if self._refused.get(entry.name) != arrival.changed:
                    self.aside.pop(entry.name, None)
                    yield arrival

    def put_aside(self, name: str, reason: str, changed: int = 0) -> None:
        """Say why a folder is not taken, and do not yield it again before it has changed."""
        self.aside[name] = reason
        self._refused[name] = changed


def copy(arrival: Arrival, target: Path, most_bytes: int) -> None:
    """Copy the regular files that a student sent, `most_bytes` at the most, to the new `target`.

    Raises `Refused` for a link, another's file, or too much. Raises `Unsettled` when the folder has
    changed since `arrival` was made.
    """
    left = most_bytes
    # A change within the same tick of the clock would leave the change time as it is, and the
    # comparison at the end would not see it. So the copy begins when the tick is over.
    if 0 <= time.time_ns() - arrival.changed < _TICK:
        time.sleep(_TICK / 1e9)
    for folder, folders, names, place in _walk(arrival.folder):
        here = target / Path(folder).relative_to(arrival.folder)
        here.mkdir()
        for name in folders:
            if stat.S_ISLNK(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
                raise Refused(f"it holds a link, {name}; links are not followed")
        for name in names:
            left -= _copy(name, place, here / name, arrival.owner, left)
    if _newest_change(arrival.folder) != arrival.changed:
        raise Unsettled


def _arrival(folder: Path, student: str, names: dict[int, str] | None) -> Arrival:
    """Return a folder that claims to be of `student`; raises `Refused` unless it is."""
    about = os.stat(folder, follow_symlinks=False)
    if not stat.S_ISDIR(about.st_mode):
        raise Refused("it is no folder")
    owner = _account(about.st_uid) if names is None else names.get(about.st_uid)
    if owner != student:
        raise Refused(
            f"it claims to be of {student}, and belongs to {owner or f'uid {about.st_uid}'}"
        )
    return Arrival(folder, student, about.st_uid, _newest_change(folder))


def _newest_change(folder: Path) -> int:
    """Return the newest change time of a folder and of all in it, in nanoseconds after 1970."""
    newest = entries = 0
    for _, folders, names, place in _walk(folder):
        entries += len(folders) + len(names)
        if entries > MOST_ENTRIES:
            raise Refused(f"it holds more than {MOST_ENTRIES} files")
        times = [os.stat(name, dir_fd=place, follow_symlinks=False).st_ctime_ns for name in names]
        newest = max(newest, os.stat(place).st_ctime_ns, *times)
    return newest


def _copy(name: str, place: int, target: Path, owner: int, most: int) -> int:
    """Copy one file of the open folder `place`; return its size in bytes."""
    try:
        # O_NONBLOCK, because opening a FIFO waits for its other end.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=place)
    except OSError as error:
        raise Refused(f"{name} is a link or cannot be read ({error.strerror})") from error
    with open(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise Refused(f"{name} is no regular file")
        # A hard link makes a file of another account appear here.
        if about.st_uid != owner:
            raise Refused(f"{name} is a file of another account")
        if about.st_size > most:
            raise Refused(f"{name} is larger than a submission may be")
        with target.open("xb") as written:
            shutil.copyfileobj(file, written)
        return about.st_size


def _walk(folder: Path) -> Iterator[tuple[str, list[str], list[str], int]]:
    """Walk through a folder without what begins with a dot, which is no part of a submission."""
    for place, folders, names, descriptor in os.fwalk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield place, folders, [name for name in names if not name.startswith(".")], descriptor


def _refuse(error: OSError) -> None:
    # os.fwalk passes over folders that it cannot list, unless it is told to raise.
    if isinstance(error, FileNotFoundError):
        raise error
    raise Refused(f"it cannot be read ({error.strerror})") from error


def _account(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _names(accounts: str) -> dict[int, str]:
    """Return the name of each uid in lines `name:uid`; a uid with two names has an empty one.

    With two names, each of the two students could submit for the other.
    """
    names: dict[int, str] = {}
    for line in Path(accounts).read_text(encoding="utf-8").splitlines():
        name, _, number = line.rpartition(":")
        uid = int(number)
        names[uid] = name if names.get(uid, name) == name else ""
    return names
