"""What can become of a cell, a criterion, an exercise, an attempt or a submission: one list.

A verdict travels from the process that saw it to the scorecard, the gradebook's own table, `--json`
and `attempt.json`, where reports count it. Sentences for people are made beside it and never read
back: a sentence may be translated or reworded, a verdict may not.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """The value is what files and `--json` hold; `docs/instructors.md` explains each."""

    RAN = "ran"  # of a cell: to its end, without an error

    # Of a criterion, and of an exercise as a whole.
    MET = "met"
    NOT_MET = "not met"
    RAISED = "raised"  # the student's code raised an exception
    NOT_DEFINED = "not defined"  # no cell defines the name that is marked
    NOT_BEGUN = "not begun"  # the cell is as it was handed out

    # Of a cell or a call that was stopped, and of the exercise that it costs.
    OUT_OF_TIME = "out of time"
    OUT_OF_MEMORY = "out of memory"
    TOO_MUCH_OUTPUT = "too much output"
    TOO_MANY_FILES = "too many files"
    TOO_MANY_THREADS = "too many threads"
    CRASHED = "crashed"  # the process ended by itself, or was killed from outside
    UNUSABLE = "unusable answer"  # what the process answered is no message

    # Of an attempt and of a submission.
    WAITING = "waiting"  # not judged yet
    GRADED = "graded"
    UNCHANGED = "unchanged"  # graded by an earlier run, and nothing that decides it has changed
    REFUSED = "refused"  # cannot be graded as it is: no notebook, a link, another name
    CHANGED = "changed meanwhile"  # something else lies there than what was judged

    # Of anything: our fault, so never a student's zero; tried again, or left to a person.
    FAULT = "fault of ours"

    @classmethod
    def of_exception(cls, kind: str, text: str) -> "Verdict":
        """Return what an exception of student code means, by the name of its class and its text.

        Code that takes too much memory raises most often, since the address space of a student
        process is limited: Python, NumPy and torch each have their own exception for that.
        """
        memory = kind in _OUT_OF_MEMORY or "can't allocate memory" in text
        return cls.OUT_OF_MEMORY if memory else cls.RAISED

    @property
    def stopped(self) -> bool:
        """Whether student code was stopped before its end."""
        return self in _STOPPED

    @property
    def graded(self) -> bool:
        """Whether a submission with this verdict has scores."""
        return self in (Verdict.GRADED, Verdict.UNCHANGED)


_OUT_OF_MEMORY = {"MemoryError", "_ArrayMemoryError", "OutOfMemoryError"}
_STOPPED = {
    Verdict.OUT_OF_TIME,
    Verdict.OUT_OF_MEMORY,
    Verdict.TOO_MANY_FILES,
    Verdict.TOO_MANY_THREADS,
    Verdict.CRASHED,
    Verdict.UNUSABLE,
}
