"""What the function of a defaultdict gives for a key that is missing: told once, and given again.

A function cannot travel, but `lambda: float("inf")` or `lambda: defaultdict(int)` gives the same
each time, and that is data. So it is called once, where it knows plain types and no other name. One
that counts up, or draws, or asks the notebook, is not called: each call would change what it gives
next. It is known to be unknown, so that nobody takes its dict for a plain one.
"""

import copy
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from types import FunctionType
from typing import Any, NoReturn

from nbjudge.boundary.kinds import LEAVES

_LEAVES = {*LEAVES, int, complex}
_HOLDING = {list, tuple, set, frozenset, deque}
_DICTS = {dict, OrderedDict, Counter, defaultdict}
_EMPTY = {bool, int, float, str, list, tuple, set, dict, OrderedDict, Counter}
_NAMES = {one.__name__: one for one in _LEAVES | _HOLDING | _DICTS if one is not type(None)}


def unknown() -> NoReturn:
    """Stand for a function that cannot be told."""
    raise LookupError("What this defaultdict gives for a key that is missing is not known here.")


@dataclass(frozen=True)
class Always:
    """A function that gives a copy of `given` each time."""

    given: Any

    def __call__(self) -> Any:
        """Return a copy: a list that is given twice is two."""
        return copy.deepcopy(self.given)


def told(factory: Callable[[], Any] | None) -> list[Any] | bool | None:
    """Return what travels for a function: a list of what it gives, or False if it is unknown."""
    if factory is None:
        return None
    try:
        known = isinstance(factory, Always) or factory in _NAMES.values()
        given = factory() if known else FunctionType(factory.__code__, {"__builtins__": _NAMES})()
    except Exception:
        return False
    return [given] if _is_plain(given) else False


def made(told: Any) -> Callable[[], Any] | None:
    """Return the function that `told` tells of. Raises `ValueError` for what tells of none."""
    if told is None or told is False:
        return None if told is None else unknown
    if not isinstance(told, list) or len(told) != 1 or not _is_plain(told[0]):
        raise ValueError("The factory of a defaultdict is not known.")
    kind = type(told[0])
    if kind in _EMPTY and told[0] == kind():
        return kind
    return Always(told[0])


def _is_plain(value: Any) -> bool:
    if type(value) is defaultdict and value.default_factory is not unknown:
        return told(value.default_factory) is not False and _is_plain(dict(value))
    if type(value) in _DICTS - {defaultdict}:
        return all(map(_is_plain, chain(value, value.values())))
    return type(value) in _LEAVES or (type(value) in _HOLDING and all(map(_is_plain, value)))
