"""The judge's end of a zygote: prove its sandbox, ask it for forks, end it.

Theory of operation. Each judge process has one zygote for each way to confine (`running`). It is
started when the first submission comes, waits warm for the next ones, and is ended when the judge
process ends. A zygote that is gone is replaced. The judge process sends one request at a time over
the control socket, and waits for its answer. `confined.zygote` is the other end.

A zygote runs no student code, so its answers are believed. Whatever goes wrong between the two is a
fault of ours: `JudgeFault`.
"""

import atexit
import os
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.wire import decode, encode
from nbjudge.process.launch import Executed, Forked
from nbjudge.process.limits import MB, Limits
from nbjudge.process.overtime import uninterrupted
from nbjudge.process.scratch import remove_tree

_START_SECONDS, _ANSWER_SECONDS = 120, 20
_LONGEST_ANSWER = 2**16


class JudgeFault(BaseException):
    """The judge itself failed. The submission is "not graded"; it never gets 0 for that.

    A `BaseException`, so that it passes through the criteria of a rubric: they catch `Exception`,
    and take it for the student's.
    """


@dataclass(frozen=True)
class Confinement:
    """How student processes are confined.

    `packages` are the modules that a course allows besides the usual ones; forks find them loaded.
    `unconfined` goes on where a layer of the sandbox is missing. `landlock_abi` makes the kernel
    look older, for tests.
    """

    unconfined: bool = False
    landlock_abi: int | None = None
    packages: tuple[str, ...] = ()


class Zygote:
    """A zygote process and its control socket; making one starts it, and proves the sandbox.

    `process` is a zygote that was launched already. `layers` says what of the sandbox holds. Raises
    `JudgeFault` when the zygote cannot be started.
    """

    def __init__(self, confinement: Confinement, process: Executed | Forked | None = None):
        if sys.platform != "linux":
            raise JudgeFault(
                f"Student code can be confined on Linux only, and this is {sys.platform}. Grade in "
                "a container or in WSL; --Judge.engine=plain grades here, without isolation."
            )
        self.confinement = confinement
        self.gpu = os.path.exists("/dev/nvidiactl")
        self._process = process or Executed()
        self.home = self._process.home
        self._control = self._process.control
        self._control.settimeout(_START_SECONDS)
        try:
            ready: messages.Ready = self._receive()
            self.pid = ready["ready"]
            if confinement.packages:
                modules = list(confinement.packages)
                self.ask({"do": messages.WARM, "modules": modules}, seconds=_START_SECONDS)
            self.layers = self._prove()
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.alive

    @property
    def missing(self) -> list[str]:
        """What of the sandbox does not hold on this machine, in words."""
        return [f"{one['name']} ({one['detail']})" for one in self.layers if not one["held"]]

    def ask(
        self,
        request: messages.ZygoteRequest,
        descriptor: int | None = None,
        seconds: float = _ANSWER_SECONDS,
    ) -> Any:
        """Send one request, perhaps with a descriptor; return the answer.

        Raises `JudgeFault` when the zygote does not answer within `seconds`, or is gone.
        """
        try:
            self._control.settimeout(seconds)
            passed = [] if descriptor is None else [descriptor]
            with uninterrupted():  # an answer that stays unread would be taken for the next one
                socket.send_fds(self._control, [encode(request)], passed)
                return self._receive()
        except OSError as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """End the zygote, and with it every student process; remove its folder."""
        self._process.close()

    def _receive(self) -> Any:
        try:
            message = self._control.recv(_LONGEST_ANSWER)
        except OSError as error:
            raise self._lost(error) from error
        if not message:
            raise self._lost(None)
        return decode(message)

    def _lost(self, error: OSError | None) -> JudgeFault:
        said = self._process.last_words() or (repr(error) if error else "it said nothing")
        return JudgeFault(f"The process that student code starts from was lost: {said}.")

    def _prove(self) -> list[messages.Layer]:
        scratch = tempfile.mkdtemp(dir=self.home)
        try:
            policy = self.policy(scratch, Limits())
            proven: messages.Proven = self.ask({"do": messages.PROVE, "policy": policy})
            return proven["layers"]
        finally:
            remove_tree(scratch)

    def policy(self, scratch: str, limits: Limits) -> messages.PolicyFields:
        """Return the sandbox policy of one student process, as the zygote expects it."""
        return {
            "scratch": scratch,
            "cpu_seconds": limits.cpu_seconds,
            "memory_bytes": 0 if self.gpu else limits.memory_mb * MB,
            "file_bytes": limits.file_mb * MB,
            "open_files": limits.open_files,
            "gpu": self.gpu,
            "landlock_abi": self.confinement.landlock_abi,
        }


_zygotes: dict[Confinement, Zygote] = {}
_template: list[socket.socket] = []


def fork_zygotes_from(template: socket.socket) -> None:
    """Let this process's zygotes be forks of the zygote that listens at this control socket."""
    _template[:] = [template]


def running(confinement: Confinement) -> Zygote:
    """Return this process's zygote for `confinement`; start one where there is none, or no more.

    Raises `JudgeFault` when a layer of the sandbox is missing and `confinement` does not allow it.
    """
    found = _zygotes.get(confinement)
    if found is None or not found.alive:
        if found is not None:
            found.close()
        found = _zygotes[confinement] = _started(confinement)
    if found.missing and not confinement.unconfined:
        raise JudgeFault(
            "Student code cannot be confined on this machine. Missing: "
            + "; ".join(found.missing)
            + ". 'nbjudge doctor' says what to do about it; c.Judge.unconfined = True grades "
            "without, and says so on every result."
        )
    return found


def _started(confinement: Confinement) -> Zygote:
    for template in _template:
        try:
            return Zygote(confinement, Forked(template))
        except (OSError, JudgeFault):
            # The template is gone. A zygote by exec takes seconds to warm up, but it works.
            _template.clear()
    return Zygote(confinement)


@atexit.register
def _close_at_exit() -> None:
    """End all zygotes, even where a second signal comes: a hub stops a service by two."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    close_zygotes()


def close_zygotes() -> None:
    """End all zygotes of this process."""
    for found in _zygotes.values():
        found.close()
    _zygotes.clear()
