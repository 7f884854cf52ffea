"""The objects of a notebook that the judge process may name, and what it sees of them.

A target is a name of the notebook, or the number of an object that an earlier answer told of. What
is data travels as it is. Any other object stays here under a number, and a `Reference` to it
travels. So does one to a function of the test that was given to student code (`callbacks`).
"""

import importlib
import inspect
from collections import deque
from collections.abc import Callable, ItemsView, Iterator, KeysView, Sequence, ValuesView
from functools import reduce
from typing import Any

from torch import Tensor, nn

from nbjudge.boundary import messages
from nbjudge.boundary.invoke import as_tuple
from nbjudge.boundary.lineage import lineage
from nbjudge.boundary.references import Reference
from nbjudge.boundary.signatures import parameters
from nbjudge.boundary.stand_ins import submodule
from nbjudge.boundary.trees import mapped
from nbjudge.boundary.wire import travels
from nbjudge.confined import modules

# These travel, and hold nothing that a call could replace.
SIMPLE = (Tensor, str, int, float, type(None))
# What a class of the notebook's derives from, so that its objects are more than objects.
_DATA = (dict, list, set, frozenset, str, bytes, int, float)
# What holds things that do not travel is told as a tuple of them.
_COLLECTIONS = (set, frozenset, deque, KeysView, ValuesView, ItemsView)


class Kept:
    """Holds the objects of one exercise by number, beside the `namespace` of the notebook.

    `own` gives what the notebook itself has for a name that a test may have changed.
    """

    def __init__(self, namespace: dict[str, Any], own: Callable[[str], Any]):
        self.namespace, self._own = namespace, own
        self.objects: list[Any] = []
        self._numbers: dict[int, int] = {}  # by id, which stays, since the objects are kept
        self._offered: dict[int, Any] = {}  # functions of the test, by their numbers there
        # What answers the questions that call nothing.
        self.actions: dict[str, Callable[..., Any]] = {
            messages.FIND: self.find,
            messages.ATTRIBUTE: self.attribute,
            messages.SET: self.set,
            messages.IS_A: self.is_a,
            messages.SIGNATURE: self.signature,
            messages.OF_CLASS: self.of_class,
        }

    def forget(self) -> None:
        """Drop the objects, and the functions of the test."""
        self.objects.clear()
        self._numbers.clear()
        self._offered.clear()

    def offer(self, number: int, function: Any) -> None:
        """Let references name a function of the test."""
        self._offered[number] = function

    def number(self, value: Any) -> int:
        """Keep an object; return its number, one for each object."""
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return self._numbers[id(value)]

    def object(self, target: str | int) -> Any:
        """Return what a target names."""
        return self.objects[target] if isinstance(target, int) else self._own(target)

    def meant(self, value: Any) -> Any:
        """Return what the judge process sent, with the object of each reference in it."""
        return mapped(value, lambda one: self._meant(one) if isinstance(one, Reference) else one)

    def seen(self, value: Any, given: Sequence[Any] = ()) -> Any:
        """Return what a test sees of `value`: data, and references to what is no data.

        So it sees what is among `given`, the lists and the like in the arguments of a call.
        """
        known = {
            id(one): Reference(place, "given", type(one).__name__)
            for place, one in reversed(list(enumerate(given)))
        }
        return mapped(value, self._seen_alone, known)

    def find(self, names: list[str]) -> dict[str, Any]:
        """Return the `messages.Kind` of each of `names` that the notebook has defined."""
        found = {name: self.namespace[name] for name in names if name in self.namespace}
        return {name: self._kind(value) for name, value in found.items()}

    def attribute(self, target: str | int, name: str, path: str = "") -> messages.Kind:
        """Return the `messages.Kind` of an attribute of an object, or of a submodule of it."""
        whole, one = self._part(target, path)
        value = getattr(one, name)
        if not (isinstance(target, int) and isinstance(whole, nn.Module)):
            return ["value", self.seen(value)]
        if isinstance(value, nn.Module):
            found = modules.path_of(whole, value)
            if found:
                return ["part", found]
        if callable(value):
            return ["callable", (value if inspect.isclass(value) else type(value)).__name__]
        return ["value", as_tuple(value)]

    def set(self, target: str | int, name: str, value: Any) -> None:
        """Set an attribute of an object."""
        setattr(self.object(target), name, self.meant(value))

    def signature(self, target: str | int) -> list[messages.Parameter]:
        """Return the parameters of a function or a class."""
        found: list[messages.Parameter] = self.seen(parameters(self.object(target)))
        return found

    def is_a(self, target: str | int, kind: str | int, path: str = "") -> bool:
        """Say whether an object is an instance, or a class a subclass, of the class `kind`."""
        _, one = self._part(target, path)
        of = self.object(kind)
        return issubclass(one, of) if inspect.isclass(one) else isinstance(one, of)

    def of_class(self, target: int, name: str, path: str = "") -> bool:
        """Say whether the class of a module is the one that the notebook defined as `name`."""
        _, one = self._part(target, path)
        return type(one) is self.namespace.get(name)

    def _part(self, target: str | int, path: str) -> tuple[Any, Any]:
        """Return what a target names, and the submodule of it at `path`."""
        whole = self.object(target)
        return whole, submodule(whole, path) if path else whole

    def _kind(self, value: Any) -> messages.Kind:
        if inspect.isclass(value) and issubclass(value, Exception):
            return ["exception", lineage(value, self.namespace)]
        if inspect.isclass(value):
            return ["class", lineage(value, self.namespace)]
        if callable(value):
            return ["callable", type(value).__name__]
        return ["value", self.seen(value)]

    def _meant(self, one: Reference) -> Any:
        if one._kind == "offered":
            return self._offered[int(one._to)]
        if one._kind == "imported":
            module, _, name = str(one._to).partition(":")
            return reduce(getattr, name.split("."), importlib.import_module(module))
        return self.object(one._to)

    def _seen_alone(self, value: Any) -> Any:
        own = type(value).__module__ == "__main__" and not isinstance(value, Tensor | tuple)
        if isinstance(value, SIMPLE) and not own:
            return value
        # An iterator stays here, since it may be endless.
        # So does one of a class of the notebook's, though it may be a kind of list: to a test it is
        # more than that. A named tuple is not.
        if not isinstance(value, Iterator) and not own:
            if travels(value):
                return value
            if isinstance(value, _COLLECTIONS):
                return self.seen(tuple(value))
        for number, function in self._offered.items():
            if function is value and not vars(value):  # what it was given is asked for, here
                return Reference(number, "offered")
        routine = "callable" if inspect.isroutine(value) else "object"
        kind = "class" if inspect.isclass(value) else routine
        kind = "data" if isinstance(value, _DATA) else kind
        name = type(value).__name__ if kind in ("object", "data") else value.__name__
        return Reference(self.number(value), kind, name)
