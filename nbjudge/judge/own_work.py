"""What the work of a test itself may take, which runs in this process.

Its questions to the student process have a budget there. Its own work may be without end all the
same, by what a submission gave it: `range(f(3))`, a function that it gets back and calls.
"""

import contextlib
import os
import resource
from collections.abc import Iterator

import torch

from nbjudge.process.limits import MB, Limits, in_words
from nbjudge.process.overtime import Overtime, at_most
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.messages import is_students, verdict_of
from nbjudge.verdict import Verdict

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Boundless(Exception):
    """A test took more than it may, and was stopped; the text is for the instructor."""

    def __init__(self, verdict: Verdict, took: str):
        super().__init__(
            f"The test was stopped, because its own work took more than {took}, "
            "with what this submission gave it."
        )
        self.verdict = verdict


@contextlib.contextmanager
def bounded(limits: Limits) -> Iterator[None]:
    """Let a test take the time of a whole notebook and the memory of a submission, and no more.

    Not the time of a cell: to find out what is wrong with an exercise takes a rubric longer than to
    see that it is right. Raises `Boundless`, with the frames of what went too far.
    """
    try:
        with at_most(limits.total_seconds), _at_most(limits.memory_mb * MB):
            yield
    except Overtime as error:
        time = in_words(limits.total_seconds)
        raise Boundless(Verdict.OUT_OF_TIME, time).with_traceback(error.__traceback__) from None
    except Exception as error:
        if not _lacks_memory(error):
            raise
        memory = f"{limits.memory_mb} MB"
        raise Boundless(Verdict.OUT_OF_MEMORY, memory).with_traceback(error.__traceback__) from None


def _lacks_memory(error: Exception) -> bool:
    """Whether this process has no memory left, and not the student's."""
    full = verdict_of(error) is Verdict.OUT_OF_MEMORY
    return full and not isinstance(error, NotMet) and not is_students(error)


@contextlib.contextmanager
def _at_most(more: int) -> Iterator[None]:
    """Let what the block allocates raise where this process has `more` bytes more than now.

    By what it may write, and not by its address space: each thread reserves 128 MB of that. A GPU
    has a limit of its own, and maps more than it takes, so there the block is left alone.
    """
    if torch.cuda.is_initialized():
        yield
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[5]) * _PAGE
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    known = [one for one in (soft, hard, now + more) if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(known), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
