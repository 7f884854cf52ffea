"""An object in the student process that is no nn.Module, as a test sees it.

Its attributes and methods are asked for, and give data or other objects. What an operator of Python
gives, such as `==` or `in`, only the student's own code knows: whoever wrote it may answer True to
everything. So an operator raises `Unvouched`, and the test compares attributes.
"""

import contextlib
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.references import Reference
from nbjudge.proxy.errors import RemoteError

_OPERATORS = {
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "contains": "in",
    "add": "+", "radd": "+", "sub": "-", "rsub": "-", "mul": "*", "rmul": "*", "matmul": "@",
    "rmatmul": "@", "truediv": "/", "rtruediv": "/", "floordiv": "//", "rfloordiv": "//",
    "mod": "%", "rmod": "%", "pow": "**", "rpow": "**", "and": "&", "rand": "&", "or": "|",
    "ror": "|", "xor": "^", "rxor": "^", "neg": "-", "pos": "+", "invert": "~", "abs": "abs()",
    "bool": "bool()", "hash": "hash()", "int": "int()", "float": "float()",
    "index": "an index", "getitem": "[]", "setitem": "[]", "delitem": "del", "enter": "with",
    "exit": "with", "reduce_ex": "a copy", "round": "round()", "trunc": "int()", "floor": "floor()",
    "ceil": "ceil()", "divmod": "divmod()", "rdivmod": "divmod()", "complex": "complex()",
    "bytes": "bytes()", "reversed": "reversed()", "lshift": "<<", "rshift": ">>",
}  # fmt: skip


# What decorators give to functions and objects, and tests of them ask for.
_ASKED = {"__name__", "__qualname__", "__wrapped__", "__annotations__", "__defaults__"}
# These are equal to themselves alone. Whoever says that something is one, and it is not, gains no
# more than by giving one.
_ITERATORS = {"map", "filter", "zip", "enumerate", "reversed", "generator"}


class Unvouched(TypeError):
    """A test decides nothing.

    It asks for what only the student's own code could answer, or a function of the test would have
    to take or give what does not travel, or reach what student code must not reach. `of_object`
    says that it is an object of the student's that could not be compared.
    """

    def __init__(self, why: str, of_object: bool = False):
        super().__init__(why)
        self.of_object = of_object


class Remote(Reference):
    """An object in the student process, whose attributes are asked for through `objects`."""

    def __init__(self, objects: Any, to: str | int, kind: str = "object", name: str = ""):
        super().__init__(to, kind, name)
        self.__dict__["_objects"] = objects

    def __getattr__(self, name: str) -> Any:
        # Special names, which copy, pickle and NumPy look for, are not asked for.
        if name.startswith("__") and name not in _ASKED:
            raise AttributeError(name)
        return self._objects.get(self._to, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__"):
            super().__setattr__(name, value)
        else:
            self._objects.set(self._to, name, value)

    def __dir__(self) -> list[str]:
        """Return the names that `dir` gives there; like `hasattr`, that is what is said there."""
        kind = self._objects.get(self._to, "__class__")
        return [str(name) for name in self._objects.get(kind._to, "__dir__")(self)]


class Instance(Remote):
    """An object that is no function and no class."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object, if it can be called."""
        return self._objects.call(self._to, args, kwargs)

    def __iter__(self) -> Iterator[Any]:
        """Go through it, a question for each item; the exercise's budget ends what is endless."""
        self.__dict__["_iterated_at"] = _place(sys._getframe(1))
        try:
            found = self._objects.get(self._to, "__iter__")()
        except AttributeError:
            with contextlib.suppress(AttributeError):
                self._objects.get(self._to, "__getitem__")
                raise _refusal(self, "going through the items") from None
            raise TypeError(f"{type(self).__name__!r} object is not iterable") from None
        if not isinstance(found, Instance):
            raise WireError("What goes through an object is no iterator.")
        return found

    def __next__(self) -> Any:
        """Return the next item of an iterator."""
        if "_next" not in self.__dict__:
            self.__dict__["_next"] = self._objects.get(self._to, "__next__")
        try:
            return self.__dict__["_next"]()
        except RemoteError as error:
            # It never arrives as Python's own; see `errors`.
            if type(error).__name__ == "StopIteration":
                raise StopIteration from None
            raise

    def __str__(self) -> str:
        """Return the text that the student's code gives; it is data, like a method's result."""
        return str(self._objects.get(self._to, "__str__")())

    def __repr__(self) -> str:
        """Return the same for `repr`."""
        return str(self._objects.get(self._to, "__repr__")())

    def __format__(self, how: str) -> str:
        """Return the text where nothing else is asked for."""
        if how:
            raise _refusal(self, "a format")
        return str(self)


class _Refused:
    """An operator in the place of a method, so that `hasattr` for it is refused, too."""

    def __init__(self, operator: str):
        self._refuse = _refused(operator)

    def __get__(self, one: Instance | None, kind: type) -> Any:
        return self if one is None else self._refuse(one)

    def __call__(self, one: Instance, *_: Any) -> Any:
        """Refuse what asks by way of the class, as `copy` does."""
        return self._refuse(one)


class _Length(_Refused):
    """`list(a)` goes through the object, and asks in the same step of C how long it may be."""

    def __get__(self, one: Instance | None, kind: type) -> Any:
        if one is not None and one.__dict__.get("_iterated_at") == _place(sys._getframe(1)):
            raise TypeError("It has no length.")  # which `list` takes for an answer
        return super().__get__(one, kind)


def _place(frame: FrameType) -> tuple[CodeType, int]:
    return frame.f_code, frame.f_lasti


def _refused(operator: str) -> Any:
    def refuse(self: Instance, *others: Any) -> Any:
        if operator in ("==", "!=") and type(self).__name__ in _ITERATORS:
            return (self is others[0]) is (operator == "==")
        raise _refusal(self, operator)

    return refuse


def _refusal(one: Instance, operator: str) -> Unvouched:
    refused: Unvouched = one._objects.refused(
        f"{operator} of an object of class {type(one).__name__} is answered by the student's own "
        "code, so it decides nothing. Compare its attributes.",
        of_object=True,
    )
    return refused


for _name, _operator in _OPERATORS.items():
    # Of every object Python takes these from its class, and drops what a look-up raises.
    _everyones = hasattr(object, f"__{_name}__")
    setattr(Instance, f"__{_name}__", (_refused if _everyones else _Refused)(_operator))
Instance.__len__ = _Length("len()")  # type: ignore[attr-defined]
