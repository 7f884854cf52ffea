"""What an exception means to the student: a sentence, and the student's own line to look at."""

import re
import sys
import traceback
from functools import cache
from pathlib import Path

from nbjudge.rubric.expect import NotMet
from nbjudge.sanitize.paths import without_paths
from nbjudge.sanitize.text import strip_control
from nbjudge.verdict import Verdict

_LONGEST_MESSAGE = 400
_OUR_FOLDERS = (str(Path(__file__).parents[1]), sys.prefix, sys.base_prefix)
_OUR_CELLS = ("<test cell of", "<helper cell of", "<frozen ", "<__array_function__")
_LOOK_AT_RESULTS = (
    "Look whether your code gives what the exercise asks for. If it does, tell your instructor."
)


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
    found = Verdict.of_exception(type(error).__name__, str(error))
    return found if found.stopped or is_students(error) else Verdict.NOT_MET


def is_students(error: BaseException) -> bool:
    """Return whether student code raised an exception, and not the test that called it.

    What comes from a student process says so: see `proxy.errors`. Where student code runs in this
    process, a line of it stands in the traceback: one that is neither ours nor a library's.
    """
    if getattr(error, "by_student", False):
        return True
    return not all(map(_is_ours, (one.filename for one in _frames(error))))


def explain(error: BaseException) -> str:
    """Return, in a sentence, what an exception of a check or of student code means.

    A tensor in its text is cut, because it may be a hidden input.
    """
    if isinstance(error, NotMet):
        return strip_control(str(error))
    said = re.sub(r"tensor\(.*", "tensor(…)", str(error).strip(), flags=re.S)
    said = without_paths(said)[:_LONGEST_MESSAGE]
    kind = type(error).__name__
    # What student code raises has a class of its own, whatever its name: see `proxy.errors`.
    if isinstance(error, AssertionError):
        what, look = "A test is not met", _students_line(error)
    elif is_students(error):
        what, look = f"Your code raised {kind}", _students_line(error)
    else:
        what, look = f"The test stopped with {kind}", _LOOK_AT_RESULTS
    text = f"{what}: {said}".rstrip(": ")
    stop = "" if text.endswith((".", "!", "?")) else "."
    return strip_control(f"{text}{stop} {look}".strip())


def _students_line(error: BaseException) -> str:
    """Name the deepest line of the traceback that stands in a notebook cell."""
    for frame in reversed(_frames(error)):
        if frame.line and "ipykernel" in frame.filename:
            return look_at(frame.line)
    # An exception that was raised in another process brings that line as a note.
    return " ".join(getattr(error, "__notes__", []))


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)


@cache
def _is_ours(file: str) -> bool:
    """Whether a file of a traceback is a library's, a rubric's, or this package's."""
    return file.startswith((*_OUR_FOLDERS, *_OUR_CELLS)) or "rubrics" in Path(file).parts
