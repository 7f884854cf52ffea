"""What one submission may use, and the words in which a breach is told to its author."""

from dataclasses import dataclass

from nbjudge.process.budget import Budget
from nbjudge.rubric.expect import NotMet
from nbjudge.verdict import Verdict

MB = 2**20


@dataclass(frozen=True)
class Limits:
    """Limits of one submission; `nbgrader_config.py` sets them as `c.Judge.limits`.

    A cell has `least_seconds`, and what the master's own takes adds to it: `times_master` times as
    much for calls of an exercise's code. No cell, and no exercise, has more than `cell_seconds`.
    `judge.budgets` computes it, and `process.budget` says what such a second is. Seconds of
    `total_seconds` are those of a clock, seconds of `cpu_seconds` are summed over all threads. The
    own work of a test has `total_seconds`, as `process.budget` counts them, and `memory_mb`, too.
    `file_mb` is of one file, `files_mb` of all files together. `outputs` and `output_kb` are of one
    cell.
    """

    least_seconds: float = 2.0
    times_master: float = 100.0
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
    """Student code went over a limit, and its process was ended; the message is for the student.

    A `NotMet`, so that a criterion whose question ends in a breach is lost with this message.
    `may_be_right` says that the limit is one of ours, so that a person has to look.
    """

    def __init__(self, verdict: Verdict, message: str, may_be_right: bool = False):
        super().__init__(verdict, message, may_be_right)  # all, so that a copy by pickle is whole
        self.verdict, self.may_be_right = verdict, may_be_right

    def __str__(self) -> str:
        return str(self.args[1])


def too_slow(budget: Budget) -> Breach:
    """A cell, or the questions of an exercise, used more than its budget."""
    took = "" if budget.master is None else f"; the instructor's own took {in_words(budget.master)}"
    return Breach(
        Verdict.OUT_OF_TIME,
        f"Stopped after {in_words(budget.seconds)}, the time that a cell has here{took}. Look for "
        "a loop that never ends, or for one that is far slower than tensor operations.",
    )


def ran_on() -> Breach:
    """A thread went on computing when the cell, or the call, had ended."""
    return Breach(
        Verdict.OUT_OF_TIME,
        "Stopped: a thread that your code started went on when the cell had ended. "
        "Look for a loop that never ends in what the thread does.",
    )


def not_again(name: str, where: str, breach: Breach) -> Breach:
    """A function was stopped before, and is not waited for again."""
    return Breach(Verdict.OUT_OF_TIME, f"Not run again: {name} was stopped {where}. {breach}")


def not_run(name: str, where: str) -> Breach:
    """A cell calls what was running, perhaps by no fault of its own, when another was stopped."""
    return Breach(
        Verdict.OUT_OF_TIME,
        f"Not run: it calls {name}, as does what was stopped {where}. Look there first.",
    )


def no_time_left(seconds: float) -> Breach:
    """The notebook's time was over while a cell ran."""
    return Breach(
        Verdict.OUT_OF_TIME,
        f"Stopped: the notebook has used up the {in_words(seconds)} that it has in all. "
        "Look for cells that take long, this one and those before it.",
    )


def out_of_time(seconds: float) -> Breach:
    """The notebook's time was over before a cell ran."""
    return Breach(
        Verdict.OUT_OF_TIME,
        f"Not run: the notebook has used up the {in_words(seconds)} that it has in all. "
        "Look at the cells that were stopped before this one.",
    )


def too_much_cpu(seconds: int) -> Breach:
    """All threads together computed longer than they may."""
    return Breach(
        Verdict.OUT_OF_TIME,
        f"Stopped: the notebook computed longer than the {in_words(seconds)} of processor time "
        "that it has in all. Look for work that is done again and again.",
    )


def asks_too_often(most: int) -> Breach:
    """Student code called what a test gave it, or put in place, again and again."""
    return Breach(
        Verdict.OUT_OF_TIME,
        f"Stopped: your code called a function of the test more than {most:,} times. Look for a "
        "loop that never ends, or for fewer steps that are enough.",
        may_be_right=True,
    )


def too_much_memory(megabytes: int) -> Breach:
    """More memory than there is for a submission."""
    return Breach(
        Verdict.OUT_OF_MEMORY,
        f"Stopped: more than {megabytes} MB of memory. Look for a tensor that is far larger than "
        "its shape should be, or for a list that grows in a loop.",
    )


def too_many_threads(most: int) -> Breach:
    """More threads than a submission may start."""
    return Breach(
        Verdict.TOO_MANY_THREADS,
        f"Stopped: more than {most} threads. The exercises need none of their own.",
    )


def too_many_files(what: str) -> Breach:
    """More files, or larger ones, than a submission may write."""
    return Breach(
        Verdict.TOO_MANY_FILES,
        f"Stopped: {what} written. The exercises need no files; remove what writes them.",
    )


def killed() -> Breach:
    """SIGKILL ended the process; the kernel sends it when memory runs out."""
    return Breach(
        Verdict.CRASHED,
        "The process that runs your code was killed from outside. The system does that where "
        "memory runs out, and a person can do it, too. Look for a tensor that is far larger than "
        "its shape should be; where there is none, ask your instructor.",
    )


def crashed(signal_name: str) -> Breach:
    """A signal ended the process, such as SIGSEGV."""
    return Breach(
        Verdict.CRASHED,
        f"The Python process crashed while it ran your code ({signal_name}). "
        "Endless recursion can cause that, and so can code that is not Python's, such as ctypes.",
    )


def exited(status: int) -> Breach:
    """The process ended with an exit status."""
    return Breach(
        Verdict.CRASHED,
        f"The Python process ended while it ran your code (exit status {status}). "
        "Calls such as os._exit() or quit() do that; remove them.",
    )


def ended() -> Breach:
    """The process had ended before it was asked."""
    return Breach(Verdict.CRASHED, "The process of this notebook has ended.")


def not_usable(error: Exception) -> Breach:
    """The answer of the student process cannot be decoded, or is too large."""
    return Breach(Verdict.UNUSABLE, f"What came back from your code cannot be used. {error}")


def in_words(seconds: float) -> str:
    """Return a length of time, in seconds, in words to two digits."""
    if seconds < 0.01:
        return "less than 0.01 seconds"
    if seconds >= 100:
        return f"{round(seconds / 60, 1):g} minutes"
    number = f"{float(f'{seconds:.2g}'):g}"
    return "1 second" if number == "1" else f"{number} seconds"
