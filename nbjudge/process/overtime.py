"""Ends what this thread does for student code, when that takes more time than is left.

A function of a test that student code calls may loop for what student code gives it. Such a loop is
interrupted from a second thread, between two steps of Python; a signal would reach the main thread
alone, and a judge is not always that. What C does in one step is not interrupted.
"""

import contextlib
import ctypes
import threading
import time
from collections.abc import Iterator

_LOOKS_EVERY = 0.05  # seconds
_interrupt = ctypes.pythonapi.PyThreadState_SetAsyncExc
_interrupt.argtypes = (ctypes.c_ulong, ctypes.py_object)


class Overtime(BaseException):
    """The block has taken too long; a `BaseException`, because tests may catch `Exception`."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let the block raise `Overtime` when this thread has computed for longer than `seconds`."""
    mine = threading.get_ident()
    clock = time.pthread_getcpuclockid(mine)
    end = time.clock_gettime(clock) + seconds
    over, one_at_a_time = threading.Event(), threading.Lock()

    def look() -> None:
        # Again and again: the block may catch it.
        while not over.wait(_LOOKS_EVERY):
            with one_at_a_time:
                if not over.is_set() and time.clock_gettime(clock) > end:
                    _interrupt(mine, Overtime)

    threading.Thread(target=look, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        with one_at_a_time:
            _interrupt(mine, ctypes.py_object())  # none: one that was sent may not have come yet
