"""The judge's end of one student process: start, ask, end.

Theory of operation. The judge process makes a scratch directory, copies the submitted files into
it, makes a socket pair, and asks the zygote for a fork, which gets one end of the pair. It waits
for HELLO, which says that the fork has given up its rights. Then it sends envelopes of questions
and waits for each reply, looking at the limits meanwhile. At the end the zygote kills the fork, and
the scratch directory is removed.

Whose failure. A student process may be wholly under its author's control. What it answers comes
through `Channel`, within `BOUNDS`. A reply that cannot be decoded, or that does not come in time,
ends the process and is the student's failure (`Breach`). Before HELLO no student code has run, so
what goes wrong until then is a fault of ours (`JudgeFault`).
"""

import secrets
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.channel import Channel, Closed
from nbjudge.process import limits as breaches
from nbjudge.process.budget import Budget
from nbjudge.process.limits import MB, Breach, Limits
from nbjudge.process.monitor import Monitor
from nbjudge.process.overtime import Overtime, at_most, uninterrupted
from nbjudge.process.scratch import copy_submitted, remove_tree
from nbjudge.process.zygote import JudgeFault, Zygote

BOUNDS = Bounds(head=4 * MB, body=64 * MB)  # of a reply
_MOST_ASKED = 10_000  # times that student code asks before a reply
Tell = Callable[[bytes], bytes]


@dataclass
class Ended:
    """How a student process ended, and what it used: `messages.Usage` as the judge keeps it."""

    exit: int = 0
    signal: int = 0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass
class StudentProcess:
    """One student process, with its own scratch directory; making one starts the process.

    `deadline` is that of the whole notebook, in seconds of `time.monotonic()`. `files` is a folder
    of submitted files. `left_out` says which of them were not copied. `ended` is None while the
    process runs. Raises `JudgeFault` when the process cannot be started.
    """

    zygote: Zygote
    limits: Limits
    deadline: float
    files: Path | None = None
    ended: Ended | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.scratch = tempfile.mkdtemp(dir=self.zygote.home)
        self.left_out: list[str] = []
        if self.files is not None:
            self.left_out = copy_submitted(self.files, Path(self.scratch), self.limits)
        mine, theirs = socket.socketpair()
        self._channel = Channel(mine, BOUNDS)
        self._tells = False  # while this process works for student code
        try:
            self.pid = self._fork(theirs)
            self._monitor = Monitor(self.pid, self.scratch, self.limits, self.deadline)
            self._greet()
        except BaseException:
            mine.close()
            raise

    def _fork(self, theirs: socket.socket) -> int:
        how: messages.StudentOptions = {
            "unconfined": self.zygote.confinement.unconfined,
            "threads": 1,
            "most_outputs": self.limits.outputs,
            "output_bytes": self.limits.output_kb * 1024,
        }
        policy = self.zygote.policy(self.scratch, self.limits)
        # The student's end is closed in this process, so that it closes when the student ends.
        with theirs:
            request: messages.ZygoteRequest = {"do": messages.FORK, "policy": policy, "how": how}
            forked: messages.Forked = self.zygote.ask(request, theirs.fileno())
            return forked["pid"]

    def _greet(self) -> None:
        """Wait until the process has given up its rights; raises `JudgeFault` if it cannot."""
        try:
            hello: messages.Hello = self._channel.receive(self._monitor.look)
        except (WireError, Breach) as error:
            raise JudgeFault(f"A student process could not be started: {error}") from error
        if "failed" in hello:
            raise JudgeFault(f"The sandbox could not be set up: {hello['failed']}")

    def ask(
        self, questions: Sequence[bytes], budget: Budget, tell: Tell | None = None
    ) -> list[bytes]:
        """Send encoded questions in one envelope; return the encoded answers, one for each.

        Questions and answers are frames of `wire`, and the answers are data from the student. What
        they take is of `budget`. `tell` answers what student code asks before the reply; without
        it, nothing may be asked. Raises `Breach`, and ends the process, when the process goes over
        a limit, ends, or sends something that is not a reply to this envelope.
        """
        if self.ended is not None:
            raise breaches.ended()
        # Student code can write to its end of the socket at any time, so a message that comes now
        # may have been written before this envelope was sent. A random number cannot be known
        # before; a counter could.
        number = secrets.randbits(62)
        self._monitor.begin(budget)
        try:
            envelope: messages.Envelope = {"number": number, "asked": list(questions)}
            with uninterrupted():
                self._channel.send(envelope, self._monitor.look)
            reply = self._reply(number, budget, tell)
            answers = _answers(reply, number, len(questions))
            self._monitor.end()
            return answers
        except Closed:
            self.end()
            raise self._how_it_ended() from None
        except WireError as error:
            self.end()
            raise breaches.not_usable(error) from error
        except BaseException:
            self.end()
            raise

    def _reply(self, number: int, budget: Budget, tell: Tell | None) -> Any:
        """Return the reply to envelope `number`; answer meanwhile what student code asks."""
        for _ in range(_MOST_ASKED):
            with uninterrupted():
                reply = self._channel.receive(self._monitor.look)
            asks = _asks(reply, number)
            if asks is None or tell is None:
                return reply
            told: messages.Told = {"number": number, "told": self._told(asks, budget, tell)}
            if self.ended is not None:  # by a question in between, of which a test caught the end
                raise breaches.ended()
            self._monitor.go_on()
            with uninterrupted():
                self._channel.send(told, self._monitor.look)
        raise breaches.asks_too_often(_MOST_ASKED)

    def _told(self, asks: bytes, budget: Budget, tell: Tell) -> bytes:
        """Return what `tell` answers; what it takes is of `budget`."""
        if self._tells:  # a call within a call: its time is counted already
            return tell(asks)
        # The judge process works for the student here. By processor time: what it waits for its
        # turn on a busy machine is nobody's.
        begun, self._tells = time.thread_time(), True
        try:
            with at_most(budget.seconds - budget.used):
                return tell(asks)
        except Overtime:
            raise breaches.too_slow(budget) from None
        finally:
            budget.used += time.thread_time() - begun
            self._tells = False

    def end(self) -> None:
        """Kill the process and all that descend from it, and remove its scratch directory."""
        if self.ended is not None:
            return
        self._channel.connection.close()
        self.ended = Ended()
        try:
            self.ended = Ended(**self.zygote.ask({"do": messages.END}))
        finally:
            remove_tree(self.scratch)

    def _how_it_ended(self) -> Breach:
        """Return the words for a process that ended while an answer was due."""
        assert self.ended is not None
        if self.ended.signal == signal.SIGXCPU:
            return breaches.too_much_cpu(self.limits.cpu_seconds)
        if self.ended.signal == signal.SIGKILL:
            return breaches.killed()
        if self.ended.signal:
            return breaches.crashed(signal.Signals(self.ended.signal).name)
        return breaches.exited(self.ended.exit)


def _asks(message: Any, number: int) -> bytes | None:
    """Return what student code asks before the reply to envelope `number`; None if it does not."""
    asks = message.get("asks") if isinstance(message, dict) else None
    return asks if isinstance(asks, bytes) and message.get("number") == number else None


def _answers(reply: Any, number: int, count: int) -> list[bytes]:
    """Return the answers in a reply; raises `WireError` if it is no reply to envelope `number`."""
    answers = reply.get("answers") if isinstance(reply, dict) else None
    if (
        not isinstance(answers, list)
        or len(answers) != count
        or not all(isinstance(answer, bytes) for answer in answers)
        or reply.get("number") != number
    ):
        raise WireError("It is no answer to the question that was asked.")
    return answers
