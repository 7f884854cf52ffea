"""What a test gives to student code that is no data: its functions, and those of libraries.

    len, math.sin, nn.ReLU      what both processes can import travels by name, and the student
                                process calls its own
    lambda x: x * x - 2         a function of the test travels as a number, with its name and its
                                parameters; its calls come back (`answering`)

What a function returns to student code is given in the same way. Anything else that can be called
is refused, and so is a result that is no data: then the test decides nothing.
"""

import inspect
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial, reduce
from typing import Any
from unittest.mock import NonCallableMock

from torch import Tensor

from nbjudge.boundary import messages, signatures
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.factories import told
from nbjudge.boundary.references import Reference
from nbjudge.boundary.trees import mapped
from nbjudge.boundary.wire import travels
from nbjudge.proxy.reach import reach

# Whose modules a student process can import, too.
_SHARED = {*sys.stdlib_module_names, "numpy", "pandas", "scipy", "sympy", "torch"}


class Offering:
    """What the test of one exercise has given to student code, reached by number.

    `objects` asks the student process. `functions` are those of the test, and of its stand-ins.
    """

    def __init__(self, objects: Any):
        self._objects = objects
        self.functions: list[Callable[..., Any]] = []
        self._numbers: dict[int, int] = {}  # by id; the functions are kept

    def given(self, value: Any) -> Any:
        """Return what travels for an argument; raises `Unvouched` where it holds what may not."""
        return mapped(value, self._given)

    def told(self, value: Any) -> Any:
        """Return the same for the result of a function, which has to be data besides."""
        return mapped(value, lambda one: self._data(self._given(one)))

    def function(self, number: Any) -> Callable[..., Any]:
        """Return the function that student code was given under a number.

        Raises `WireError` where it was given none.
        """
        if type(number) is not int or number not in self._numbers.values():
            raise WireError("It names a function that no test has given.")
        return self.functions[number]

    def _given(self, one: Any) -> Any:
        if isinstance(one, defaultdict) and told(one.default_factory) is False:
            raise self._objects.refused("The function of a defaultdict does not travel.")
        if not callable(one) or isinstance(one, Reference):
            return one
        name = _imported(one)
        if name:
            return Reference(name, "imported")
        if not _is_function(one):
            what = one if inspect.isclass(one) else type(one)
            raise self._objects.refused(f"{what.__name__} of a test is no data, and no function.")
        reached = reach(one, self._objects.scope)
        if reached:
            raise self._objects.refused(
                f"A function of a test that uses `{reached}` is not given to student code."
            )
        return Reference(self._number(one), "offered")

    def _data(self, one: Any) -> Any:
        if isinstance(one, Tensor) or travels(one):
            return one
        raise self._objects.refused(
            f"A function of a test returns a {type(one).__name__}, which does not travel."
        )

    def _number(self, function: Callable[..., Any]) -> int:
        """Return the number of a function, which the student process knows from then on."""
        if id(function) not in self._numbers:
            number = self._numbers[id(function)] = len(self.functions)
            self.functions.append(function)
            self._objects.ask(messages.OFFER, number=number, **self._described(function))
        return self._numbers[id(function)]

    def _described(self, function: Callable[..., Any]) -> dict[str, Any]:
        name, doc = (getattr(function, key, None) for key in ("__name__", "__doc__"))
        try:
            parameters = self.given(signatures.parameters(function))
        except (TypeError, ValueError):  # of some functions of C, such as `int.from_bytes`
            parameters = None
        return {
            "name": name if isinstance(name, str) else type(function).__name__,
            "doc": doc if isinstance(doc, str) else None,
            "parameters": parameters,
        }


def _is_function(thing: Any) -> bool:
    """Say whether calling is all that student code does with a thing, by the look of it."""
    wraps = isinstance(thing, partial | NonCallableMock) or hasattr(thing, "cache_info")
    of_test = type(thing).__module__ == "__main__"
    return inspect.isroutine(thing) or wraps or (of_test and not inspect.isclass(thing))


def _imported(thing: Any) -> str:
    """Return "module:name" of what a student process can import, too; "" for anything else."""
    module = getattr(getattr(thing, "__objclass__", thing), "__module__", None)
    if not isinstance(module, str) or module.partition(".")[0] not in _SHARED:
        return ""
    for key in ("__qualname__", "__name__"):
        name = getattr(thing, key, None)
        if isinstance(name, str) and _at(module, name) is thing:
            return f"{module}:{name}"
    return ""


def _at(module: str, name: str) -> Any:
    try:
        return reduce(getattr, name.split("."), sys.modules[module])
    except (AttributeError, KeyError):
        return None
