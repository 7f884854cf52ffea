"""An exception of student code, as the judge process raises it again."""

from typing import Any

from nbjudge.boundary.wire import mapping, named
from nbjudge.rubric.messages import look_at


class RemoteError(Exception):
    """Student code raised; the class is named like the exception in the student process.

    `line` is the student's own line, which `__notes__` carries to whoever explains the error.
    """

    line = ""
    traceback = ""


def raised(told: Any) -> RemoteError:
    """Return the exception that a reply describes."""
    told = mapping(told)
    name, text, line = (str(told.get(key, "")) for key in ("name", "text", "line"))
    error = named(RemoteError, name)(text)
    error.line, error.traceback = line, str(told.get("traceback", ""))
    if line:
        error.add_note(look_at(line))
    return error
