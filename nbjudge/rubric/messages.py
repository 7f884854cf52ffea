"""What an exception means to the student: a sentence, and the student's own line to look at."""

import re
import traceback

from nbjudge.rubric.expect import NotMet
from nbjudge.sanitize.paths import without_paths
from nbjudge.sanitize.text import strip_control
from nbjudge.verdict import Verdict

_LONGEST_MESSAGE = 400


def look_at(line: str) -> str:
    """Name a line of the student's code, without its comment."""
    return f"Look at this line of yours: {line.split('  #')[0].strip()}"


def verdict_of(error: BaseException) -> Verdict:
    """Return what became of a criterion whose check raised `error`.

    A breach of a limit carries its own verdict; see `nbjudge.process.limits.Breach`.
    """
    carried = getattr(error, "verdict", None)
    if isinstance(carried, Verdict):
        return carried
    if isinstance(error, AssertionError):  # a plain `assert` of a test, or a `NotMet`
        return Verdict.NOT_MET
    return Verdict.of_exception(type(error).__name__, str(error))


def explain(error: BaseException) -> str:
    """Return, in a sentence, what an exception of a check or of student code means.

    A tensor in its text is cut, because it may be a hidden input.
    """
    if isinstance(error, NotMet):
        return strip_control(str(error))
    said = re.sub(r"tensor\(.*", "tensor(…)", str(error).strip(), flags=re.S)
    said = without_paths(said)[:_LONGEST_MESSAGE]
    # What student code raises has a class of its own, whatever its name: see `proxy.errors`.
    asserted = isinstance(error, AssertionError)
    what = "A test is not met" if asserted else f"Your code raised {type(error).__name__}"
    text = f"{what}: {said}".rstrip(": ")
    stop = "" if text.endswith((".", "!", "?")) else "."
    return strip_control(f"{text}{stop} {_students_line(error)}".strip())


def _students_line(error: BaseException) -> str:
    """Name the deepest line of the traceback that stands in a notebook cell."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.line and "ipykernel" in frame.filename:
            return look_at(frame.line)
    # An exception that was raised in another process brings that line as a note.
    return " ".join(getattr(error, "__notes__", []))
