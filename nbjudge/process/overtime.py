"""Ends what this thread does for student code, when that takes more time than is left.

What this process does may loop for what student code gives it: a function of a test that student
code calls, a test itself. Such a loop is interrupted from a second thread, between two steps of
Python; a signal would reach the main thread alone, and a judge is not always that. What C does in
one step is not interrupted.
"""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator

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

    A block within a block has its own time, which the outer one is not charged.
    """
    outer: _Watch | None = getattr(_now, "watch", None)
    if outer:
        outer.rest()
    watch = _now.watch = _Watch(seconds)
    try:
        yield
    finally:
        try:
            watch.rest()
        except Overtime:  # on the way into it; the next one would come after a pause
            watch.rest()
        _now.watch = outer
        if outer:
            outer.go_on()


class _Watch:
    """A second thread that looks at the clock of the thread that makes it, and interrupts that."""

    def __init__(self, seconds: float):
        self._thread = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._thread)
        self._left = seconds
        self._one_at_a_time = threading.Lock()
        self.go_on()

    def go_on(self) -> None:
        """Watch what the thread does from now on."""
        self._end = time.clock_gettime(self._clock) + self._left
        self._over = threading.Event()
        threading.Thread(target=self._look, args=[self._over], daemon=True).start()

    def rest(self) -> None:
        """Interrupt no more; an interruption that is on its way does not come."""
        while not self._over.is_set():
            with contextlib.suppress(Overtime), self._one_at_a_time:
                self._over.set()
                _interrupt(self._thread, ctypes.py_object())  # none
        self._left = self._end - time.clock_gettime(self._clock)

    def _look(self, over: threading.Event) -> None:
        wait = _LOOKS_EVERY
        # Again and again: the block may catch it.
        while not over.wait(wait):
            wait = _LOOKS_EVERY
            with self._one_at_a_time:
                if not over.is_set() and time.clock_gettime(self._clock) > self._end:
                    _interrupt(self._thread, Overtime)
                    wait = _PAUSE
