"""What an attack may aim at, set up for a run and looked at afterwards."""

import base64
import codecs
import contextlib
import mmap
import os
import secrets
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil

BEGIN_SOLUTION = "### BEGIN SOLUTION"
# What stands in private files, or names a rubric that was imported, and nowhere else.
PRIVATE = ("nbjudge_rubrics", "BEGIN HIDDEN", BEGIN_SOLUTION)
# What students have by right, or what each world writes anew.
NOT_PRIVATE = ("release", "submitted")
# What an attack prints when something worked that must not.
SIGNS = (
    "LISTED",
    "IMPORTED",
    "CONNECTED",
    "MADE",
    "HIDDEN INPUT",
    "HIJACK",
    "BOMB",
    "<script",
    "\x1b",
    "\u202e",
)
SHARED = Path("/dev/shm")
_LOOKS = 10  # seconds that another program has to remove what it shared


class World:
    """Targets around one run; use as a context."""

    def __init__(self, folder: Path, course: Path):
        self.folder, self.course = folder, course
        self.judge = os.getpid()
        self.token = secrets.token_hex(8)
        self.secret = f"secret-{secrets.token_hex(16)}"
        self._closing = contextlib.ExitStack()

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.canary = self.folder / "canary"
        self.canary.write_text(self.secret)
        self.shared = SHARED / f"canary-{self.token}"
        self.shared.write_text(self.secret)
        self._closing.callback(self.shared.unlink, missing_ok=True)
        with self.shared.open("r+b") as file:  # in use, so that it is nobody's but ours
            self._closing.enter_context(mmap.mmap(file.fileno(), 0))
        self._ownerless: set[str] = ownerless_shared_memory()
        for path in private_files(self.course):
            plant(self.secret, path)
        other = self.course / "submitted/other/attention"
        other.mkdir(parents=True, exist_ok=True)
        (other / "attention.ipynb").write_text(self.secret)
        os.environ["NBJUDGE_TEST_SECRET"] = self.secret
        self.victim = subprocess.Popen(["sleep", "10000"])
        self.tcp = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self.udp = self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self.path = self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, str(self.folder / "socket"))
        self.abstract = self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self.token}")
        self._before = self._state()
        return self

    def __exit__(self, *_):
        self.victim.kill()
        self.victim.wait()
        self._closing.close()
        os.environ.pop("NBJUDGE_TEST_SECRET", None)

    def fill(self, code: str) -> str:
        """Put what is here into the places of an attack's code."""
        places = {
            "canary": self.canary, "folder": self.folder, "course": self.course,
            "secret": self.course / "submitted/other/attention/attention.ipynb",
            "port": self.tcp.getsockname()[1], "udp": self.udp.getsockname()[1],
            "socket": self.folder / "socket", "abstract": self.token, "token": self.token,
            "victim": self.victim.pid, "judge": self.judge,
        }  # fmt: skip
        for name, value in places.items():
            code = code.replace(f"<<{name}>>", str(value))
        return code

    def harm(self) -> list[str]:
        """Say what is no longer as it was, and does not pass as what other programs do."""
        deadline = time.monotonic() + 1
        while (now := self._state()) != self._before and time.monotonic() < deadline:
            time.sleep(0.05)
        found = [
            f"{name}: {self._before[name]} is now {now[name]}"
            for name in now
            if now[name] != self._before[name]
        ]
        for name in ("tcp", "udp", "path", "abstract"):
            if select.select([getattr(self, name)], [], [], 0)[0]:
                found.append(f"somebody reached the {name} socket")
        return found

    def told(self, text: str) -> list[str]:
        """Say which secrets and signs stand in `text`, plain or encoded."""
        return [one for one in (*encoded(self.secret), *PRIVATE, *SIGNS) if one in text]

    def _listen(self, family, kind, address):
        listening = self._closing.enter_context(socket.socket(family, kind))
        listening.bind(address)
        if kind == socket.SOCK_STREAM:
            listening.listen()
        return listening

    def _state(self) -> dict:
        about = self.canary.stat() if self.canary.exists() else None
        alive = self.victim.poll() is None
        victim = psutil.Process(self.victim.pid) if alive else None
        return {
            "canary": about
            and (
                self.canary.read_text(),
                about.st_mode,
                about.st_mtime,
                about.st_uid,
                about.st_nlink,
                os.listxattr(self.canary),
            ),
            "folder": self.folder.exists()
            and (sorted(os.listdir(self.folder)), self.folder.stat().st_mode),
            "victim": victim
            and (
                victim.nice(),
                victim.cpu_affinity(),
                victim.rlimit(psutil.RLIMIT_NOFILE),
                victim.status() != psutil.STATUS_STOPPED,
            ),
            "canary in shared memory": self.shared.exists() and self.shared.read_text(),
            "shared memory": sorted(left_in_shared_memory(self._ownerless)),
            "messages and semaphores": ownerless_messages_and_semaphores(),
            "core dumps": sorted(str(path) for path in Path.cwd().glob("core*")),
            "own priority": psutil.Process().nice(),
        }


def private_files(course: Path) -> list[Path]:
    """Return the files of a course folder that must stay unread."""
    files = [path for path in course.rglob("*") if path.suffix in (".py", ".ipynb")]
    return [path for path in files if path.relative_to(course).parts[0] not in NOT_PRIVATE]


def plant(secret: str, path: Path) -> None:
    """Write a secret into a private file, which grades as before and hands nothing out."""
    if path.suffix == ".py":
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n# {secret}\n")
        return
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        # No release holds a comment of a solution; metadata would come with each submission.
        cell.source = cell.source.replace(BEGIN_SOLUTION, f"{BEGIN_SOLUTION}\n# {secret}")
    if secret not in nbformat.writes(notebook):
        notebook.metadata[secret] = True
    nbformat.write(notebook, path)


def encoded(secret: str) -> set[str]:
    """Return a secret as it may be told: as it is, backwards, and in the usual encodings."""
    raw = secret.encode()
    # In the base64 of a file it begins at any of three bytes; its neighbours share the ends.
    inside = {base64.b64encode(bytes(shift) + raw).decode()[4:-4] for shift in range(3)}
    return {secret, secret[::-1], codecs.encode(secret, "rot13"), raw.hex(), *inside}


# Other programs share memory on this machine meanwhile, so a change alone is not an attack's. What
# an attack leaves behind belongs to this user, and to no process that lives, save a student's.


def others() -> Iterator[Path]:
    """Yield the folder in /proc of each process that is no student's."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"nbjudge.confined" not in (process / "cmdline").read_bytes():
                yield process


def ownerless_shared_memory() -> set[str]:
    """Return this user's files in /dev/shm that no process has mapped, save a student's."""
    files = {}
    for path in SHARED.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if (about := path.lstat()).st_uid == os.getuid():
                files[about.st_ino] = path.name
    if files:
        for process in others():
            with contextlib.suppress(OSError):  # it has ended, or is another user's
                for line in (process / "maps").read_text().splitlines():
                    if f" {SHARED}/" in line:  # a semaphore was mapped under another name
                        files.pop(int(line.split()[4]), None)
    return set(files.values())


def left_in_shared_memory(before: set[str]) -> set[str]:
    """Return what is left there since `before`, and stays: a program may be about to remove its."""
    left = ownerless_shared_memory() - before
    for _ in range(_LOOKS):
        if not left:
            break
        time.sleep(1)
        left &= ownerless_shared_memory()
    return left


def ownerless_messages_and_semaphores() -> list[str]:
    """Return this user's System V memory, queues and semaphores; no memory whose maker lives."""
    living, found = {process.name for process in others()}, []
    for kind in ("shm", "msg", "sem"):
        path = Path(f"/proc/sysvipc/{kind}")
        header, *rows = path.read_text().splitlines() if path.exists() else [""]
        for row in rows:
            one = dict(zip(header.split(), row.split(), strict=True))
            if one["cuid"] == str(os.getuid()) and one.get("cpid") not in living:
                found.append(" ".join([kind, *row.split()[:3], one["uid"]]))  # key, id, rights
    return found
