"""What a call changed in the lists, arrays, frames and the like that a test gave it.

The test's own lists get the new contents, so a test that holds one sees the change, as in one
process: that a call leaves its arguments alone, too, is a thing to test. What comes is data like
any result. A thing that does not travel stays as it was.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy
from torch import Tensor

from nbjudge.boundary import frames
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.invoke import same
from nbjudge.boundary.references import Opaque
from nbjudge.boundary.wire import mapping


def take_over(args: list[Any], kwargs: dict[str, Any], answer: dict[str, Any]) -> None:
    """Give what is in `args` and `kwargs` the contents that a `messages.CallAnswer` tells.

    Raises `WireError` where it tells of other arguments.
    """
    told, others = answer["contents"], answer.get("instead")
    fits = isinstance(told, list) and len(told) == 2 and isinstance(told[0], list)
    if not fits or len(told[0]) != len(args) or mapping(told[1]).keys() != kwargs.keys():
        raise WireError("The changed arguments are not those that were given.")
    refill = _Refill(others if isinstance(others, list) else [])
    for mine, news in zip(args, told[0], strict=True):
        refill.filled(mine, news)
    for name, mine in kwargs.items():
        refill.filled(mine, told[1][name])


def given_back(args: list[Any], place: Any) -> Any:
    """Return the test's own argument that a call has returned; raises `WireError` for no number."""
    if type(place) is not int or not 0 <= place < len(args):
        raise WireError("The result is an argument that was not given.")
    return args[place]


def part(held: Sequence[Any], place: Any, kind: str) -> Any:
    """Return the part of the test's own arguments that stands in a result.

    Raises `WireError` where no part of this kind is there.
    """
    there = type(place) is int and 0 <= place < len(held)
    if not there or type(held[place]).__name__ != kind:
        raise WireError("The result holds a part of the arguments that was not given.")
    return held[place]


class _Refill:
    """Fills the test's own lists; `others` are things that stand where another one stood.

    That one keeps its contents: nobody has changed it.
    """

    def __init__(self, others: list[Any]):
        self._others = {id(one) for one in others}  # alive in the answer

    def filled(self, mine: Any, told: Any) -> Any:
        """Return `mine` with the contents of `told`, or `told` where that is something else."""
        if isinstance(told, Opaque):
            return mine
        if id(told) in self._others:
            return told
        if isinstance(mine, list) and isinstance(told, list):
            mine[:] = self._items(mine, told)
        elif isinstance(mine, dict) and isinstance(told, dict):
            news = {
                key: self.filled(mine[key], one) if key in mine else one
                for key, one in told.items()
            }
            mine.clear()
            mine.update(news)
        elif isinstance(mine, set) and isinstance(told, set):
            mine.clear()
            mine.update(told)
        elif isinstance(mine, deque) and isinstance(told, deque):
            mine.clear()
            mine.extend(told)
        elif _is_array(mine, told):
            mine[...] = told
        elif frames.kind_of(mine) and type(mine) is type(told) and hasattr(mine, "_update_inplace"):
            mine._update_inplace(told)  # of pandas' own; an Index has none, and never changes
        elif isinstance(mine, tuple) and isinstance(told, tuple) and len(mine) == len(told):
            items = self._items(mine, told)
            return mine if all(map(_is, items, mine)) else tuple(items)
        elif not (isinstance(mine, Tensor) and isinstance(told, Tensor) and same(mine, told)):
            return told
        return mine

    def _items(self, mine: Sequence[Any], told: Sequence[Any]) -> list[Any]:
        kept = [self.filled(one, news) for one, news in zip(mine, told, strict=False)]
        return [*kept, *told[len(kept) :]]


def _is_array(mine: Any, told: Any) -> bool:
    """Say whether an array can take what another one holds; only `resize` makes it another."""
    arrays = isinstance(mine, numpy.ndarray) and isinstance(told, numpy.ndarray)
    return arrays and (mine.shape, mine.dtype) == (told.shape, told.dtype)


def _is(one: Any, two: Any) -> bool:
    return one is two
