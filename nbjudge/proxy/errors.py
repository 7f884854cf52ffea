"""An exception of student code, as the judge process raises it again."""

from typing import Any

from nbjudge.boundary.wire import mapping, named
from nbjudge.rubric.messages import look_at


class RemoteError(Exception):
    """Student code raised an exception in the student process.

    Each instance has its own class, with the name of that exception, so that messages show the
    name. No class is looked up by that name: the name comes from student code.

    `by_student` says so to `rubric.messages`, which may not import this module. `line` is the
    student's own line, which stands in `__notes__` for `rubric.messages.explain`.
    """

    by_student = True
    line = ""
    traceback = ""


def raised(told: Any) -> RemoteError:
    """Return the exception that a `messages.Raised` describes; raises `WireError` if it is none."""
    told = mapping(told)
    name, text, line = (str(told.get(key, "")) for key in ("name", "text", "line"))
    error = named(RemoteError, name)(text)
    error.line, error.traceback = line, str(told.get("traceback", ""))
    if line:
        error.add_note(look_at(line))
    return error
