"""An exception of student code, as the judge process raises it again.

A test may expect it: `except ValueError`, `assertRaises(Wrong, f, 1)`. So it is also an instance of
the class of that name, where the student process says that it derives from it. That process may
lie, and gains no more than by raising a ValueError.

A name is believed of the exceptions of Python's own, and of those in the test's own namespace:
there stand the classes that cells of the master define, and one of ours for each that the notebook
defines.
"""

from collections.abc import Mapping
from typing import Any

from nbjudge.boundary.lineage import known
from nbjudge.boundary.references import named
from nbjudge.boundary.wire import mapping
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.messages import look_at

# What Python, this package or pytest takes for something else than a failure of what was called.
_NEVER = (StopIteration, StopAsyncIteration, MemoryError, BaseExceptionGroup, NotMet)


class RemoteError(Exception):
    """Student code raised an exception in the student process.

    Each instance has its own class, with the name of that exception, so that messages show the
    name.

    `by_student` says so to `rubric.messages`, which may not import this module. `line` is the
    student's own line, which stands in `__notes__` for `rubric.messages.explain`.
    """

    by_student = True
    line = ""
    traceback = ""

    def __str__(self) -> str:
        """Return the text as it came; a KeyError, say, would put it in quotes once more."""
        return str(self.args[0])


class _Kind(type):
    """The class of exception classes that the notebook defined; see `exception_class`."""

    remote: Any = None

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Construct an object in the student process: the class over there may do anything."""
        return cls.remote(*args, **kwargs)


def raised(told: Any, scope: Mapping[str, Any]) -> RemoteError:
    """Return the exception that a `messages.Raised` describes; raises `WireError` if it is none.

    `scope` is the namespace of the test.
    """
    told = mapping(told)
    name, text, line = (str(told.get(key, "")) for key in ("name", "text", "line"))
    kind: Any = named(_derived(told.get("lineage"), scope), name)
    # Neither __call__ nor __init__: a class of the master's may want other arguments.
    error: RemoteError = kind.__new__(kind, text)
    error.args = (text,)
    error.line, error.traceback = line, str(told.get("traceback", ""))
    if line:
        error.add_note(look_at(line))
    return error


def exception_class(name: str, lineage: Any, scope: Mapping[str, Any], remote: Any) -> type:
    """Return a class for `except`, in the place of an exception class that the notebook defined.

    `lineage` is its `messages.Lineage`. It knows nothing of what the class does: `remote`, a proxy,
    makes objects.
    """
    base = _derived(lineage, scope)
    made = _Kind(name, (base,), {})
    made.remote = remote
    return made


def _derived(lineage: Any, scope: Mapping[str, Any]) -> type[RemoteError]:
    """Return a subclass of `RemoteError` that derives from what a `messages.Lineage` names."""
    found = [one for one in known(lineage, scope, Exception) if not issubclass(one, _NEVER)]
    bases = [
        one for one in found if not any(two is not one and issubclass(two, one) for two in found)
    ]
    if not any(issubclass(one, RemoteError) for one in bases):
        bases.insert(0, RemoteError)
    try:
        return type("RemoteError", tuple(bases), {})
    except TypeError:  # a liar's: no class derives from a KeyError and an OSError
        return RemoteError
