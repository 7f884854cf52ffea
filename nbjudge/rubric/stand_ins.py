"""What a test puts in the place of something that a student defined; see `rubric.parts`.

    Layer("LayerNorm", 8, eps=1e-5)                 one of torch's own layers
    Table([((5, 8), positions)])                    a function of these arguments
    Answered(attend)                                a function of the rubric
    Answered(block, made=True)                      a class whose objects answer calls so

Only descriptions cross to a student process: names of layers, values, and the number of a function
that stays in the judge process and is asked.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

from nbjudge.boundary.stand_ins import LAYERS
from nbjudge.course import RubricError

Function = Callable[..., Any]


class StandIn(ABC):
    """Stands in for a name or a submodule, in `standing_in`."""

    @abstractmethod
    def described(self, functions: list[Function]) -> list[Any]:
        """Return the description of `boundary.stand_ins`; add to `functions` what it asks."""


class Layer(StandIn):
    """One of torch's own layers, `torch.nn.<kind>`, made with these arguments.

    `Layer("Sequential", first=Layer(...), second=Layer(...))` runs its parts in order, under these
    names. Raises `RubricError` for a kind that is not among `boundary.stand_ins.LAYERS`.
    """

    def __init__(self, kind: str, *args: Any, **kwargs: Any):
        if kind not in LAYERS:
            raise RubricError(f"'{kind}' cannot stand in. It is one of: {', '.join(LAYERS)}.")
        parts = {name: one for name, one in kwargs.items() if isinstance(one, Layer)}
        whole = not parts or len(parts) == len(kwargs)
        if (kind == "Sequential") != bool(parts) or not whole or (parts and args):
            raise RubricError(
                'Parts have names, and stand in a Sequential: Layer("Sequential", '
                'first=Layer("Linear", 8, 8), second=Layer("ReLU")).'
            )
        self._kind, self._args, self._parts = kind, args, parts
        self._kwargs = {} if parts else kwargs

    def described(self, functions: list[Function]) -> list[Any]:
        """Return the description, with those of its parts."""
        parts = {name: part.described(functions) for name, part in self._parts.items()}
        return ["layer", self._kind, list(self._args), self._kwargs, parts]


class Table(StandIn):
    """A function that is known for some arguments only: rows of (args, value).

    `args` is a tuple of numbers, strings and None; `value` a tensor, which each call gets a copy
    of. A call with other arguments raises `ValueError` in the student's code.
    """

    def __init__(self, rows: Iterable[tuple[tuple[Any, ...], Any]]):
        self._rows = [[list(args), value] for args, value in rows]

    def described(self, functions: list[Function]) -> list[Any]:
        """Return the description."""
        return ["table", self._rows]


class Answered(StandIn):
    """A function whose calls `function(*args)` of the rubric answers, gradients included.

    With `made` it is a class instead: its objects are modules without parameters, made with any
    arguments, and their calls are answered so. What the call passes by name comes by position, in
    the order of the student's own signature. `function` must follow from its arguments alone: it is
    called once more for gradients. What it raises, the student's code raises.
    """

    def __init__(self, function: Function, made: bool = False):
        self._function, self._made = function, made

    def described(self, functions: list[Function]) -> list[Any]:
        """Return the description, with the number that the function has in `functions`."""
        functions.append(self._function)
        return ["answered", len(functions) - 1, self._made]
