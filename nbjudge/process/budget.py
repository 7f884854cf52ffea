"""The time that a cell, or the questions of an exercise, may use; measured from outside.

Time here is what a process *used*: the processor time of all its threads, and the time in which
none of them computed, wanted to compute, or waited for the disk. So a sleeping process uses time by
the clock. A process that waits for its turn on a busy machine uses none, and fails nobody.

Not the processor time alone: code that sleeps for ever would never be stopped. Not the clock: what
a right solution takes by the clock depends on what else the machine does.
"""

import contextlib
import ctypes
import os
import time
from dataclasses import dataclass, field

_LIBC = ctypes.CDLL(None, use_errno=True)
# Of the clock that one look may add. The judge process itself may have been stopped meanwhile: by
# a busy machine, by a container that was paused.
_LONGEST_TICK = 0.2  # seconds
_BUSY = {"R", "D"}  # proc(5): runs or wants to run; waits for the disk


@dataclass
class Budget:
    """`seconds` that may be used, and the seconds `used` so far.

    `master` is what the master's own took of the same, None where it was not measured.
    """

    seconds: float
    master: float | None = None
    used: float = field(default=0.0, init=False)

    @property
    def spent(self) -> bool:
        """Whether more is used than may be."""
        return self.used > self.seconds


class Meter:
    """What the process `pid` uses from now on."""

    def __init__(self, pid: int):
        self.pid = pid
        self._clock = _clock_of(pid)
        self._computed, self._now = self._cpu(), time.monotonic()

    def read(self) -> float:
        """Return the seconds that the process has used since the last reading."""
        computed, now = self._cpu(), time.monotonic()
        passed = min(now - self._now, _LONGEST_TICK)
        used = computed - self._computed
        if used < passed and not self.busy():
            used = passed
        self._computed, self._now = computed, now
        return used

    def computed(self) -> float:
        """Return the processor time since the last reading: a process that answers, works."""
        before, self._computed, self._now = self._computed, self._cpu(), time.monotonic()
        return self._computed - before

    def busy(self, beside_the_main_thread: bool = False) -> bool:
        """Return whether a thread computes, wants to compute, or waits for the disk."""
        with contextlib.suppress(OSError):
            threads = set(os.listdir(f"/proc/{self.pid}/task"))
            others = threads - {str(self.pid)} if beside_the_main_thread else threads
            return any(_state(self.pid, thread) in _BUSY for thread in others)
        return False

    def _cpu(self) -> float:
        with contextlib.suppress(OSError):
            return time.clock_gettime(self._clock)
        return self._computed  # the process is gone


def _clock_of(pid: int) -> int:
    """Return the clock of a process's processor time, all threads, also those that ended."""
    # /proc/<pid>/stat has the same in steps of 10 ms, which is more than most cells take.
    clock = ctypes.c_int()
    error = _LIBC.clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise OSError(error, os.strerror(error))
    return clock.value


def _state(pid: int, thread: str) -> str:
    try:
        with open(f"/proc/{pid}/task/{thread}/stat", encoding="utf-8", errors="replace") as file:
            # The name of the thread stands before it in brackets, and may hold brackets.
            return file.read().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
