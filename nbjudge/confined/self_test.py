"""The sandbox proves itself: a confined child attempts what must fail and what must work.

A version number says what a layer should do. An attempt says what it does on this machine.

Theory of operation. The zygote makes targets outside the sandbox: a file, listening sockets, and
itself as the parent. It forks a child, which calls `sandbox.confine` as every student process does,
tries each attempt of `_HARM` and each need of `_NEEDS`, writes what happened to a pipe as JSON, and
ends. The zygote reads the pipe and reports one `Layer` for each row of the table.
"""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import shutil
import signal
import socket
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbjudge.confined.sandbox import Policy, SandboxError, confine

_F_SETOWN, _F_SETSIG = 8, 10
Attempt = Callable[["_Targets"], Any]


@dataclass(frozen=True)
class Layer:
    """Whether one kind of harm is out of reach; `detail` names the attempts that succeeded."""

    name: str
    what: str
    held: bool
    detail: str


@dataclass(frozen=True)
class _Targets:
    """What the attempts aim at: a file outside, listening sockets and the parent process."""

    canary: str
    tcp: tuple[str, int]
    udp: tuple[str, int]
    parent: int
    pair: socket.socket


def prove(policy: Policy) -> tuple[Layer, ...]:
    """Return what holds on this machine. A layer that is missing is reported, and never raised."""
    with _targets(policy.scratch) as targets:
        results = _in_a_child(policy, targets)
    layers = []
    for name, what, attempts in _HARM:
        # A child that was killed reports nothing: what was not tried counts as broken.
        broken = [title for title in attempts if results.get(title, "not tried")]
        layers.append(Layer(name, what, not broken, ", ".join(broken)))
    working = [f"{title}: {results.get(title, 'not tried')}" for title in _NEEDS]
    broken = [text for text in working if not text.endswith(": ")]
    layers.append(Layer("work", "what notebooks need still works", not broken, "; ".join(broken)))
    if results.get("confine"):
        return tuple(replace(layer, held=False, detail=results["confine"]) for layer in layers)
    return tuple(layers)


def _in_a_child(policy: Policy, targets: _Targets) -> dict[str, str]:
    """Try everything in a confined child; return a text by title, empty where all was well."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            kept = (writer, targets.pair.fileno())
            os.write(writer, json.dumps(_try_all(policy, targets, kept)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(told) if told else {}


def _try_all(policy: Policy, targets: _Targets, kept: tuple[int, ...]) -> dict[str, str]:
    results = {}
    try:
        # Missing layers are tolerated, so that the others are tried all the same.
        results["confine"] = ". ".join(confine(replace(policy, keep_fds=kept), True))
    except (SandboxError, OSError) as error:
        return {"confine": f"{type(error).__name__}: {error}"}
    for _, _, attempts in _HARM:
        for title, attempt in attempts.items():
            with contextlib.suppress(OSError, ValueError):
                attempt(targets)
                results[title] = "it succeeded"
            results.setdefault(title, "")
    for title, need in _NEEDS.items():
        try:
            need(targets)
            results[title] = ""
        except Exception:
            results[title] = traceback.format_exc().strip().splitlines()[-1]
    return results


@contextlib.contextmanager
def _targets(scratch: str) -> Iterator[_Targets]:
    # Beside the scratch directory, of the same user and on the same disk, and still out of reach.
    outside = Path(tempfile.mkdtemp(dir=Path(scratch).parent))
    canary = outside / "canary"
    canary.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as tcp, _udp() as udp, socket.socket() as pair:
        yield _Targets(str(canary), tcp.getsockname(), udp.getsockname(), os.getpid(), pair)
    shutil.rmtree(outside)  # also what an attempt made or moved there


def _udp() -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    return listening


def _must(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _libc(name: str, *arguments: Any) -> None:
    _must(getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments))


def _chmod(targets: _Targets) -> None:
    # Refused calls answer success without acting, so the mode is looked at.
    os.chmod(targets.canary, 0o777)
    if os.stat(targets.canary).st_mode & 0o777 != 0o777:
        raise PermissionError


def _fork(_: _Targets) -> None:
    if os.fork() == 0:
        os._exit(0)


def _exec(_: _Targets) -> None:
    os.posix_spawn("/bin/true", ["true"], {})


def _connect(targets: _Targets) -> None:
    socket.create_connection(targets.tcp, 1).close()


def _datagram(targets: _Targets) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", targets.udp)


def _own_signal(targets: _Targets) -> None:
    # A socket that others own can be told to signal any process of the same user.
    _libc("fcntl", targets.pair.fileno(), _F_SETOWN, targets.parent)


def _environment(targets: _Targets) -> None:
    Path(f"/proc/{targets.parent}/environ").read_bytes()


def _priority(targets: _Targets) -> None:
    # The priority that the parent has already: an attempt that succeeds changes nothing.
    same = os.getpriority(os.PRIO_PROCESS, targets.parent)
    os.setpriority(os.PRIO_PROCESS, targets.parent, same)


def _memory(targets: _Targets) -> None:
    open(f"/proc/{targets.parent}/mem", "rb").close()


def _large_file(_: _Targets) -> None:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    try:
        with open("large", "wb") as file:
            file.seek(most)
            file.write(b"xx")
    finally:
        os.unlink("large")


def _many_files(_: _Targets) -> None:
    opened: list[int] = []
    try:
        for _number in range(resource.getrlimit(resource.RLIMIT_NOFILE)[0] + 1):
            opened.append(os.open(os.devnull, os.O_RDONLY))
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _core(_: _Targets) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def _scratch(_: _Targets) -> None:
    Path("probe").write_text("x")
    assert Path("probe").read_text() == "x"
    os.unlink("probe")


def _import(_: _Targets) -> None:
    for name in ("colorsys", "wave", "sndhdr"):
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
            return
    raise ImportError("no module of the standard library can be imported")


def _thread(_: _Targets) -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


_HARM: list[tuple[str, str, dict[str, Attempt]]] = [
    (
        "files",
        "files outside the scratch directory",
        {
            "read a file outside": lambda t: open(t.canary, "rb").close(),
            "write a file outside": lambda t: open(t.canary, "r+b").close(),
            "make a file outside": lambda t: open(t.canary + "2", "wb").close(),
            "empty a file outside": lambda t: os.truncate(t.canary, 0),
            "change a file's mode": _chmod,
            "list a folder outside": lambda t: os.listdir(os.path.dirname(t.canary)),
            "remove a file outside": lambda t: os.rename(t.canary, t.canary + "3"),
        },
    ),
    (
        "network",
        "sockets of every kind",
        {
            "connect by TCP": _connect,
            "send a datagram": _datagram,
            "make a unix socket": lambda t: socket.socket(socket.AF_UNIX).close(),
        },
    ),
    (
        "processes",
        "new processes and programs",
        {
            "fork": _fork,
            "run a program": _exec,
            "make a file without a path": lambda t: os.close(os.memfd_create("x")),
        },
    ),
    (
        "other processes",
        "signals, memory and attributes of others",
        {
            "signal the parent": lambda t: os.kill(t.parent, 0),
            "signal everybody": lambda t: os.kill(-1, 0),
            "be notified in the parent's name": _own_signal,
            "read the parent's environment": _environment,
            "open the parent's memory": _memory,
            "change the parent's priority": _priority,
            "outlive the parent": lambda t: _libc("prctl", 1, 0, 0, 0, 0),
        },
    ),
    (
        "limits",
        "size and number of files, core dumps",
        {
            "write a file that is too large": _large_file,
            "open too many files": _many_files,
            "allow core dumps": _core,
        },
    ),
]
_NEEDS: dict[str, Attempt] = {
    "files in the scratch directory": _scratch,
    "an import": _import,
    "a thread": _thread,
    "a signal to itself": lambda t: os.kill(os.getpid(), signal.SIGCONT),
    "a socket pair": lambda t: socket.socketpair()[0].close(),
}
