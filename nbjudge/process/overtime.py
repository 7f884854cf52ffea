"""Ends what this thread does for student code, when that takes more time than is left.

What this process does may loop for what student code gives it: a function of a test that student
code calls, a test itself. Such a loop is interrupted from a second thread, between two steps of
Python; a signal would reach the main thread alone, and a judge is not always that. What C does in
one step is not interrupted.
"""

import contextlib
import ctypes
import math
import threading
import time
from collections.abc import Callable, Iterator

_LOOKS_EVERY = 0.05  # seconds
# After an interruption: what the first one unwinds must not be met by a second one.
_PAUSE = 1.0
_interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
_interrupt.argtypes = (ctypes.c_ulong, ctypes.py_object)
_now = threading.local()  # .watch: the innermost one of this thread


class Overtime(BaseException):
    """The block has taken too long; a `BaseException`, because tests may catch `Exception`."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let the block raise `Overtime` when this thread has computed for longer than `seconds`.

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


class _Watch:
    """A second thread that looks at the clock of the thread that makes it, and interrupts that."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._thread)
        self._end = math.inf  # of the innermost block, by that clock
        self._left: list[float] = []  # seconds of each block around it
        self._one_at_a_time = threading.Lock()
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

    def _undisturbed(self, change: Callable[[float], None]) -> None:
        """Make a change, perhaps twice; an interruption that is on its way does not come."""
        while True:
            with contextlib.suppress(Overtime), self._one_at_a_time:
                _interrupt(self._thread, ctypes.py_object())  # none
                change(time.clock_gettime(self._clock))
                return

    def _look(self) -> None:
        wait = _LOOKS_EVERY
        # Again and again: the block may catch it.
        while not self.needed.acquire(timeout=wait):
            wait = _LOOKS_EVERY
            with self._one_at_a_time:
                if time.clock_gettime(self._clock) > self._end:
                    _interrupt(self._thread, Overtime)
                    wait = _PAUSE
