"""Functions and classes that a notebook defined, as a test in the judge process sees them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import Signature
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.lineage import known
from nbjudge.boundary.references import Reference
from nbjudge.boundary.wire import mapping
from nbjudge.proxy import batch, contents
from nbjudge.proxy.instance import Remote
from nbjudge.proxy.module import Module
from nbjudge.proxy.tree import kind
from nbjudge.rubric.calls import Call, Elsewhere, Outcome
from nbjudge.rubric.stand_ins import StandIn


def _docstring(proxy: Any) -> Any:
    return proxy._objects.get(proxy._to, "__doc__")


class Function(Elsewhere, Remote):
    """A function, or another callable, that the notebook defined, or that a call gave."""

    __doc__ = property(_docstring)  # of a proxy: the student's own

    def __init__(self, objects: Any, to: str | int, kind: str = "callable", name: str = ""):
        super().__init__(objects, to, kind, name)
        self.__name__ = to if isinstance(to, str) else name

    @property
    def __signature__(self) -> Signature:
        """The student's own signature, for `inspect.signature`."""
        return self._objects.signature(self._to)

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._objects, calls)

    @contextmanager
    def standing_in(self, stand_ins: Mapping[str, StandIn]) -> Iterator[None]:
        """Let stand-ins take the places of names; see `nbjudge.rubric.parts`."""
        self._objects.stand_in(stand_ins, target=self._to)
        try:
            yield
        finally:
            self._objects.put_back()

    def is_of(self, defined: Any) -> bool:
        """Say that a function has no class that a notebook defined."""
        return False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; raises `RemoteError` when student code raises."""
        return self._objects.call(self._to, args, kwargs)

    def request(self) -> dict[str, Any]:
        """Return the fields of a `messages.CallRequest` but for the arguments."""
        return {"target": self._to}

    def answered(self, answer: dict[str, Any]) -> Any:
        """Return the result in a `messages.CallAnswer`."""
        return answer.get("result")


class Class(Function):
    """A class that the notebook defined; calling it makes an object in the student process.

    `lineage` is a `messages.Lineage`, for `issubclass` with a class of the test's.
    """

    __doc__ = property(_docstring)  # the text above stands in the place of the inherited one

    def __init__(
        self,
        objects: Any,
        to: str | int,
        kind: str = "class",
        name: str = "",
        lineage: Any = None,
    ):
        super().__init__(objects, to, kind, name)
        self.__dict__["_lineage"] = lineage or {}

    @property
    def __bases__(self) -> tuple[type, ...]:
        """The classes of the test's own that it derives from, which `issubclass` looks for."""
        return tuple(known(self._lineage, self._objects.scope, object))

    def __instancecheck__(self, thing: Any) -> bool:
        """Say whether the class is that of an object, or one that it derives from."""
        return self._objects.is_a(thing, self)

    def __subclasscheck__(self, thing: Any) -> bool:
        """Say whether a class derives from this one."""
        return self._objects.is_a(thing, self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Construct an object; return a `Module` for an nn.Module, else an `Instance`."""
        asked = {**self.request(), "args": list(args), "kwargs": kwargs}
        made = mapping(self._objects.ask(messages.CALL, **asked))
        if "contents" in made:
            contents.take_over(asked["args"], kwargs, made)
        return self.answered(made)

    def request(self) -> dict[str, Any]:
        """Return the fields of a `messages.CallRequest`: the new object is kept under a number."""
        return {"target": self._to, "keep": True}

    def answered(self, made: dict[str, Any]) -> Any:
        """Return the proxy of the new object; raises `WireError` where none was described."""
        name, number = made.get("type"), made.get("object")
        if not isinstance(name, str) or not isinstance(number, int):
            raise WireError("The new object has no type or number.")
        if made.get("module") is None:
            return self._objects.seen(Reference(number, "object", name))
        held = mapping(mapping(made["module"]).get("contains")).get("")
        return kind(Module, name, held)(self._objects, number, made["module"])
