"""Ends what this thread does for student code, when that takes more time than is left.

What this process does may loop for what student code gives it, or wait for it: a function of a test
that student code calls, a test itself. It is interrupted from a second thread, between two steps of
Python. In the main thread a signal does it, which also ends a step that waits (`time.sleep(f(3))`);
elsewhere, and where C computes in one step, nothing does.

Time is that of `process.budget`: what the thread computes, and what it waits without computing. On
a busy machine the wait for a turn is none.
"""

import contextlib
import ctypes
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

_LOOKS_EVERY = 0.05  # seconds
# After an interruption: what the first one unwinds must not be met by a second one.
_PAUSE = 1.0
# A thread that has computed less than this part of so many seconds has waited. They are many more
# than the moments for which a container with little processor time is stopped.
_SPAN, _IDLE = 1.0, 0.01
_LONGEST_SPAN = 2.0  # the process itself may have been stopped meanwhile
_SIGNAL = signal.SIGVTALRM  # no library here uses it
_raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
_raise_in.argtypes = (ctypes.c_ulong, ctypes.py_object)
_now = threading.local()  # .watch: the one of this thread


class Overtime(BaseException):
    """The block has taken too long; a `BaseException`, because tests may catch `Exception`."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let the block raise `Overtime` when this thread has used more than `seconds`.

    A block within a block has its own time, which the outer one is not charged. Only the outermost
    one starts a thread: in what it holds the memory may be used up, and Python's start of a thread
    then waits for ever.
    """
    outer: _Watch | None = getattr(_now, "watch", None)
    watch = _now.watch = outer or _Watch()
    depth = watch.depth
    try:
        watch.begin(depth, seconds)
        yield
    finally:
        try:
            watch.end(depth)
        except Overtime:  # on the way into it; the next one would come after a pause
            watch.end(depth)
        if not outer:
            _now.watch = None
            watch.needed.release()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Let nothing interrupt the block, nor its time count: what it waits for has its own limits.

    An interruption that is due comes after it. So no question is left without its answer read.
    """
    watch: _Watch | None = getattr(_now, "watch", None)
    if watch is None:
        yield
        return
    watch.rests(True)
    try:
        yield
    finally:
        watch.rests(False)


class _Watch:
    """A second thread that looks at the clock of the thread that makes it, and interrupts that."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._thread)
        self._end = math.inf  # of the innermost block, by that clock
        self._left: list[float] = []  # seconds of each block around it
        self._resting = self._has_rested = False
        self._one_at_a_time = threading.Lock()
        self._due = False  # a signal is on its way
        self._by_signal = threading.current_thread() is threading.main_thread()
        if self._by_signal:  # and it stays: a late one would else end the process
            signal.signal(_SIGNAL, _on_signal)
        # Not an Event: to wait for one allocates.
        self.needed = threading.Lock()
        self.needed.acquire()
        threading.Thread(target=self._look, daemon=True).start()

    @property
    def depth(self) -> int:
        """How many blocks there are now."""
        return len(self._left)

    def begin(self, depth: int, seconds: float) -> None:
        """Let block number `depth` take this time; the one around it keeps what it has left."""

        def change(now: float) -> None:
            if self.depth == depth:
                self._left.append(self._end - now)
                self._end = now + seconds

        self._undisturbed(change)

    def end(self, depth: int) -> None:
        """Go on with the block around block number `depth`."""

        def change(now: float) -> None:
            if self.depth > depth:
                self._end = now + self._left[depth]
                del self._left[depth:]

        self._undisturbed(change)

    def rests(self, resting: bool) -> None:
        """Interrupt nothing, and count nothing, or do both again."""

        def change(_: float) -> None:
            self._resting, self._has_rested = resting, True

        self._undisturbed(change)

    def raises(self) -> None:
        """Raise what the signal was sent for; a late signal was sent for nothing."""
        if self._due:
            self._due = False
            raise Overtime

    def _undisturbed(self, change: Callable[[float], None]) -> None:
        """Make a change, perhaps twice; an interruption that is on its way does not come."""
        while True:
            with contextlib.suppress(Overtime), self._one_at_a_time:
                self._due = False
                _raise_in(self._thread, ctypes.py_object())  # nothing
                change(time.clock_gettime(self._clock))
                return

    def _look(self) -> None:
        wait = _LOOKS_EVERY
        since, computed = time.monotonic(), time.clock_gettime(self._clock)
        # Again and again: the block may catch it.
        while not self.needed.acquire(timeout=wait):
            wait = _LOOKS_EVERY
            with self._one_at_a_time:
                now, clock = time.monotonic(), time.clock_gettime(self._clock)
                if self._has_rested or now - since > _SPAN:
                    if not self._has_rested and clock - computed < _IDLE * (now - since):
                        self._end -= min(now - since, _LONGEST_SPAN)
                    since, computed, self._has_rested = now, clock, self._resting
                if clock > self._end and not self._resting:
                    self._interrupt()
                    wait = _PAUSE

    def _interrupt(self) -> None:
        if not self._by_signal:
            _raise_in(self._thread, Overtime)
            return
        self._due = True
        signal.pthread_kill(self._thread, _SIGNAL)


def _on_signal(*_: Any) -> None:
    watch: _Watch | None = getattr(_now, "watch", None)
    if watch is not None:
        watch.raises()
