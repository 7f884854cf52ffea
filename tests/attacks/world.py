"""What an attack may aim at, set up for a run and looked at afterwards."""

import base64
import codecs
import contextlib
import os
import secrets
import select
import socket
import subprocess
from pathlib import Path

import psutil

# Lines that stand in the course's private files only.
PRIVATE = (
    "nbjudge_rubrics",
    "float64 reference",
    "check_distribution",
    "BEGIN HIDDEN",
    "### BEGIN SOLUTION",
)
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
        del os.environ["NBJUDGE_TEST_SECRET"]

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
        """Say what is no longer as it was."""
        now = self._state()
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
        raw = self.secret.encode()
        forms = {self.secret, self.secret[::-1], codecs.encode(self.secret, "rot13"), raw.hex(),
                 base64.b64encode(raw).decode().rstrip("=")}  # fmt: skip
        return [one for one in (*forms, *PRIVATE, *SIGNS) if one in text]

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
            "shared memory": sorted(os.listdir("/dev/shm")),
            "messages and semaphores": [
                Path(f"/proc/sysvipc/{kind}").read_text()
                for kind in ("shm", "msg", "sem")
                if Path(f"/proc/sysvipc/{kind}").exists()
            ],
            "core dumps": sorted(str(path) for path in Path.cwd().glob("core*")),
            "own priority": psutil.Process().nice(),
        }
