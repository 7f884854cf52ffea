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
# How the folder of a test in the judge process begins, which holds copies of the course's files.
FOLDER_OF_A_TEST = "nbjudge-test-"
# Lines of a text, or of the `repr` of one.
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\):(?:(?:\\n|\n)\s(?:(?!\\n|\n).)*)*(?:\\n|\n)"
)
_OURS = re.compile(r"\bnbjudge(?:\.[a-z_]+)+\.(?=[A-Z])")  # before the name of a class
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
    if _is_unmet(error):
        return Verdict.NOT_MET
    found = Verdict.of_exception(type(error).__name__, text_of(error))
    return found if found.stopped or is_students(error) else Verdict.NOT_MET


def is_students(error: BaseException) -> bool:
    """Return whether student code raised an exception, and not the test that called it.

    What comes from a student process says so: see `proxy.errors`. Where student code runs in this
    process, a line of it stands in the traceback: one that is neither ours nor a library's.
    """
    if _came(error):
        return True
    return not all(map(_is_ours, (one.filename for one in _frames(error))))


def explain(error: BaseException, hidden: bool = False) -> str:
    """Return, in a sentence, what an exception of a check or of student code means.

    A tensor in its text is cut, because it may be a hidden input. `hidden` says that a line of the
    test raised it that students do not have.
    """
    if isinstance(error, NotMet):
        return strip_control(str(error))
    text = "" if hidden and _quotes(error) else text_of(error).strip()
    said = re.sub(r"tensor\(.*", "tensor(…)", _without_frames(text), flags=re.S)
    said = without_paths(said)[:_LONGEST_MESSAGE]
    kind = type(error).__name__
    if _is_unmet(error):
        what, look = "A test is not met", _students_line(error)
    elif is_students(error):
        what, look = f"Your code raised {kind}", _students_line(error)
    else:
        what, look = f"The test stopped with {kind}", _LOOK_AT_RESULTS
    text = f"{what}: {said}".rstrip(": ")
    stop = "" if text.endswith((".", "!", "?")) else "."
    return strip_control(f"{text}{stop} {look}".strip())


def _without_frames(text: str) -> str:
    """Return a text without the frames of tracebacks in it, as those of unittest's failures.

    They lead through this package, and the exception behind them is what a student looks for.
    """
    return _OURS.sub("", _TRACEBACK.sub("", text))


def _quotes(error: BaseException) -> bool:
    """Whether the text of an exception is made of the test's own values, and written by nobody.

    Such are what NumPy's and unittest's asserts say of what they compared, and the key of a
    KeyError. What stands behind an `assert` is the author's, for students to read.
    """
    if is_students(error):
        return False
    if isinstance(error, AssertionError):
        return not _frames(error)[-1].filename.startswith(_OUR_CELLS[:2])
    return isinstance(error, KeyError)


def text_of(error: BaseException) -> str:
    """Return the text of an exception, "" where that asks student code and fails."""
    try:
        return str(error)
    except Exception:
        return ""


def _is_unmet(error: BaseException) -> bool:
    """Whether a plain `assert` of a test raised an exception, or a `NotMet`."""
    return isinstance(error, AssertionError) and not _came(error)


def _came(error: BaseException) -> bool:
    """Whether an exception came from a student process, where it may be of any class."""
    return getattr(error, "by_student", False)


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
    """Whether a file of a traceback is a library's, the course's, or this package's."""
    folders = Path(file).parent.parts
    courses = "rubrics" in folders or any(one.startswith(FOLDER_OF_A_TEST) for one in folders)
    return courses or file.startswith((*_OUR_FOLDERS, *_OUR_CELLS))
