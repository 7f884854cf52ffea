"""What students sent to the exchange: whose it is, when it came, and a copy that stays as it is.

A folder in `inbound` remains its author's, who may name it after anybody, date it at will, change
it at any time and put links into it. So its author is the account that owns it, it came when it
changed last (the change time of a file, which no user can set), and what is graded is a copy.
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

_MOST_ENTRIES = 1000
# Linux takes change times from a clock that ticks every 1 to 10 ms: two changes between its ticks
# have one time (https://docs.kernel.org/filesystems/multigrain-ts.html).
_TICK = 20_000_000  # nanoseconds


class Refused(Exception):
    """A folder in the exchange that is not taken; the message says why."""


class Unsettled(Exception):
    """The folder was changed while it was copied: it has come anew, and is looked at again."""


@dataclass(frozen=True)
class Arrival:
    """One folder in `inbound` at one time: `changed` is its newest change, in nanoseconds."""

    folder: Path
    student: str
    owner: int
    changed: int


class Inbound:
    """The folder that students send an assignment to.

    `accounts` is a file of lines `name:uid` where the grader's machine does not know the students'
    accounts, as in a container; without it, the machine's own accounts are asked.
    """

    def __init__(self, folder: Path, assignment: str, accounts: str = ""):
        self.folder, self._accounts = folder, accounts
        # student+assignment+timestamp, and nbgrader's random part
        self._name = re.compile(rf"(?P<student>.+?)\+{re.escape(assignment)}\+[^+]+(\+[^+]*)?")
        self.aside: dict[str, str] = {}
        self._refused: dict[str, int] = {}

    def arrivals(self) -> Iterator[Arrival]:
        """Yield what is genuine; what is not stands in `aside`, with the reason, by its name."""
        names = _names(self._accounts) if self._accounts else None
        for entry in sorted(os.scandir(self.folder), key=lambda entry: entry.name):
            match = self._name.fullmatch(entry.name)
            if match is None:
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
        """Say why a folder is not taken, and yield it no more until it has changed."""
        self.aside[name] = reason
        self._refused[name] = changed


def copy(arrival: Arrival, target: Path, most_bytes: int) -> None:
    """Copy what a student sent, regular files of his own only.

    Raises `Refused`, or `Unsettled` when it is not what it was when it was looked at.
    """
    left = most_bytes
    # Once the tick is over, no change leaves the time as it is, and none can go unseen below.
    if 0 <= time.time_ns() - arrival.changed < _TICK:
        time.sleep(_TICK / 1e9)
    for folder, folders, names, place in os.fwalk(arrival.folder, onerror=_refuse):
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
    newest = entries = 0
    for _, folders, names, place in os.fwalk(folder, onerror=_refuse):
        entries += len(folders) + len(names)
        if entries > _MOST_ENTRIES:
            raise Refused(f"it holds more than {_MOST_ENTRIES} files")
        times = [os.stat(name, dir_fd=place, follow_symlinks=False).st_ctime_ns for name in names]
        newest = max(newest, os.stat(place).st_ctime_ns, *times)
    return newest


def _copy(name: str, place: int, target: Path, owner: int, most: int) -> int:
    """Copy one file of a folder that is open; return its size."""
    try:
        # NONBLOCK: whoever opens a FIFO waits for its other end.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=place)
    except OSError as error:
        raise Refused(f"{name} is a link or cannot be read ({error.strerror})") from error
    with open(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise Refused(f"{name} is no regular file")
        if about.st_uid != owner:  # a hard link
            raise Refused(f"{name} is a file of another account")
        if about.st_size > most:
            raise Refused(f"{name} is larger than a submission may be")
        with target.open("xb") as written:
            shutil.copyfileobj(file, written)
        return about.st_size


def _refuse(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        raise error
    raise Refused(f"it cannot be read ({error.strerror})") from error


def _account(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _names(accounts: str) -> dict[int, str]:
    """Read lines `name:uid`. A uid that two names claim is nobody's."""
    names: dict[int, str] = {}
    for line in Path(accounts).read_text(encoding="utf-8").splitlines():
        name, _, number = line.rpartition(":")
        uid = int(number)
        names[uid] = name if names.get(uid, name) == name else ""
    return names
