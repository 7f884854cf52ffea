"""What one student process uses, seen from outside while the judge process waits for it.

What the process could say of itself may be a lie, and rlimits do not know some things: resident
memory, the number of threads, the number and the sum of files. So the judge process reads /proc and
the scratch directory each time that `Channel` calls `look`, every 50 ms. Between two looks a
process can go over a limit, so the limits of the machine must leave room.
"""

import contextlib
import os
import shutil
import time
from dataclasses import dataclass, field

from nbjudge.process.budget import Budget, Meter
from nbjudge.process.limits import (
    MB,
    Limits,
    no_time_left,
    ran_on,
    too_many_files,
    too_many_threads,
    too_much_memory,
    too_slow,
)
from nbjudge.process.scratch import usage

_RESERVE = 256 * MB  # of the disk, which student code must leave free
_A_MOMENT = 0.1  # seconds that a thread may compute when its cell has ended
_FILES_EVERY = 0.25  # seconds between two looks at the scratch directory


@dataclass
class Monitor:
    """Raises `limits.Breach` when the process `pid` is over one of its limits.

    `deadline` is that of the whole notebook, in seconds of `time.monotonic()`.
    """

    pid: int
    scratch: str
    limits: Limits
    deadline: float
    _looked_at_files: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        # The pages that the fork shares with the zygote are resident from the start; they are not
        # the student's.
        self._memory_at_start = _resident(self.pid)
        self._meter = Meter(self.pid)
        self._budget = Budget(self.limits.cell_seconds)

    def begin(self, budget: Budget) -> None:
        """Begin to wait for an answer; what the process uses until then is of `budget`.

        Raises `Breach` where no time is left: many short answers are never waited for long enough
        to `look`.
        """
        self._meter.computed()  # what was used before is nobody's
        self._budget = budget
        self._look_at_time(time.monotonic())

    def go_on(self) -> None:
        """Go on waiting, after this process has worked; raises `Breach` as `look` does.

        What the process computed meanwhile counts, that it waited does not.
        """
        self._budget.used += self._meter.computed()
        self.look()

    def end(self) -> None:
        """End to wait, because the answer has come; raises `Breach` if a thread goes on.

        The main thread waits for the next question by now. Another one that computes would take
        the time of whatever is asked next.
        """
        self._budget.used += self._meter.computed()
        used = self._budget.used
        while _threads(self.pid) > 1 and self._meter.busy(beside_the_main_thread=True):
            # By what it computes: on a busy machine a thread waits long for its turn to end.
            if self._budget.used - used > _A_MOMENT:
                raise ran_on()
            time.sleep(_A_MOMENT / 5)
            self.look()
        # Files are looked at only now and then while the judge waits; a quick cell may have
        # written them since.
        self.look_at_files()

    def look(self) -> None:
        """Look at time, memory and threads, and from time to time at files; raises `Breach`."""
        now = time.monotonic()
        self._budget.used += self._meter.read()
        self._look_at_time(now)
        if _resident(self.pid) - self._memory_at_start > self.limits.memory_mb * MB:
            raise too_much_memory(self.limits.memory_mb)
        if _threads(self.pid) > self.limits.threads:
            raise too_many_threads(self.limits.threads)
        if now - self._looked_at_files > _FILES_EVERY:
            self._looked_at_files = now
            self.look_at_files()

    def _look_at_time(self, now: float) -> None:
        if self._budget.spent:
            raise too_slow(self._budget)
        if now > self.deadline:
            raise no_time_left(self.limits.total_seconds)

    def look_at_files(self) -> None:
        """Look at the scratch directory, and at the disk that it is on; raises `Breach`."""
        count, size = usage(self.scratch, self.limits.files)
        if count > self.limits.files:
            raise too_many_files(f"more than {self.limits.files} files")
        if size > self.limits.files_mb * MB:
            raise too_many_files(f"more than {self.limits.files_mb} MB of files")
        if shutil.disk_usage(self.scratch).free < _RESERVE:
            raise too_many_files("too much for the disk of the grading machine")


def _resident(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _threads(pid: int) -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/task"))
    return 0
