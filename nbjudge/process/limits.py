"""What one submission may use, and the words in which a breach is told to its author."""

from dataclasses import dataclass

from nbjudge.rubric.expect import NotMet

MB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of one submission; `nbgrader_config.py` sets them as `c.Judge.<name>`."""

    cell_seconds: float = 60.0
    total_seconds: float = 300.0
    cpu_seconds: int = 600
    memory_mb: int = 4096
    output_kb: int = 1024
    outputs: int = 500
    file_mb: int = 64
    files_mb: int = 256
    files: int = 1000
    open_files: int = 256
    threads: int = 64


class Breach(NotMet):
    """Student code went over a limit, and its process was ended; the message is for the student."""


def too_slow(seconds: float) -> Breach:
    """A cell, or a call of the judge, took longer than a cell may."""
    return Breach(
        f"Stopped after {seconds:g} s, the time that a cell has. Look for a loop that never ends, "
        "or for one that is far slower than tensor operations."
    )


def out_of_time(seconds: float) -> Breach:
    """The whole notebook took longer than it may."""
    return Breach(
        f"Not run: the notebook has used up the {seconds:g} s that it has in all. "
        "Look at the cells that were stopped before this one."
    )


def too_much_cpu(seconds: int) -> Breach:
    """All threads together computed longer than they may."""
    return Breach(
        f"Stopped: the notebook computed longer than the {seconds} s of processor time that it "
        "has in all. Look for work that is done again and again."
    )


def too_much_memory(megabytes: int) -> Breach:
    """More memory than there is for a submission."""
    return Breach(
        f"Stopped: more than {megabytes} MB of memory. Look for a tensor that is far larger than "
        "its shape should be, or for a list that grows in a loop."
    )


def too_many_threads(most: int) -> Breach:
    """More threads than a submission may start."""
    return Breach(f"Stopped: more than {most} threads. The exercises need none of their own.")


def not_usable(error: Exception) -> Breach:
    """What the student's process answered is no message, or too large a one."""
    return Breach(f"What your code answered cannot be used. {error}")


def too_many_files(what: str) -> Breach:
    """More files, or larger ones, than a submission may write."""
    return Breach(f"Stopped: {what} written. The exercises need no files; remove what writes them.")
