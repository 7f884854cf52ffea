"""The tensors inside lists, tuples and dicts: listed in one order, and replaced.

Both sides of the trust boundary name a tensor by its position in that order: "argument 1 was
changed", "the gradient of argument 0". A number that comes from student code is easy to check.
So they do with the lists and the like in arguments, of which a result may hold some.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy
from torch import Tensor

# Of the arguments of a call, a result may hold these themselves, and not copies of them.
_HOLDING = (list, tuple, dict, set, numpy.ndarray)


def tensors(value: Any) -> list[Tensor]:
    """Return the tensors in lists, tuples and dicts, depth first, each once.

    A tensor that stands in `value` twice has the position of its first place.
    """
    found: dict[int, Tensor] = {}

    def walk(part: Any) -> None:
        if isinstance(part, Tensor):
            found.setdefault(id(part), part)
        elif isinstance(part, dict):
            walk(list(part.values()))
        elif isinstance(part, list | tuple):
            for item in part:
                walk(item)

    walk(value)
    return list(found.values())


def replaced(value: Any, old: list[Tensor], new: list[Tensor]) -> Any:
    """Return a copy of `value` with `new` in the places of the tensors `old` of `tensors(value)`.

    What stands in `value` twice is copied once. Raises `KeyError` where `value` holds a tensor that
    is not in `old`.
    """
    made: dict[int, Any] = {id(one): two for one, two in zip(old, new, strict=True)}

    def walk(part: Any) -> Any:
        if isinstance(part, list | tuple | dict) and id(part) not in made:
            made[id(part)] = rebuilt(part, walk)
        return made[id(part)] if isinstance(part, Tensor) else made.get(id(part), part)

    return walk(value)


def rebuilt(part: Any, each: Callable[[Any], Any]) -> Any:
    """Return a copy of a list, tuple or dict with `each` of its values; other parts as they are."""
    if isinstance(part, dict):
        # A copy, because an OrderedDict, Counter or defaultdict stays one.
        made = copy.copy(part)
        for key, item in part.items():
            made[key] = each(item)
        return made
    return type(part)(map(each, part)) if isinstance(part, list | tuple) else part


def holding(value: Any) -> list[Any]:
    """Return the lists, tuples, dicts, sets and arrays in `value`, depth first.

    A thing that stands in `value` twice is there twice. One of a class of the notebook's is none:
    in the other process a reference stands for it.
    """
    found: list[Any] = []

    def walk(part: Any) -> None:
        if not isinstance(part, _HOLDING) or type(part).__module__ == "__main__":
            return
        found.append(part)
        if isinstance(part, dict):
            part = list(part.values())
        if isinstance(part, list | tuple):
            for item in part:
                walk(item)

    walk(value)
    return found


def places(held: list[Any]) -> list[tuple[Any, dict[Any, Any]]]:
    """Return each thing of `holding` with those that stand in it, by their keys."""
    return [(one, _inner(one)) for one in held]


def instead(before: list[tuple[Any, dict[Any, Any]]]) -> list[Any]:
    """Return the things that stand now where another one of `places` stood before."""
    found = []
    for one, parts in before:
        now = _inner(one) if parts else {}
        found += [now[key] for key, part in parts.items() if now.get(key, part) is not part]
    return found


def _inner(one: Any) -> dict[Any, Any]:
    if not isinstance(one, dict | list | tuple):
        return {}
    pairs = one.items() if isinstance(one, dict) else enumerate(one)
    return {key: part for key, part in pairs if isinstance(part, _HOLDING)}


def mapped(value: Any, change: Callable[[Any], Any], known: Mapping[int, Any] | None = None) -> Any:
    """Return a copy of `value`, with `change(leaf)` for each thing inside lists, tuples and dicts.

    What stands in `value` twice is copied once. A thing of a subclass of those is a leaf: nobody
    knows how to make another one. `known` says, by the ids of things, what stands in their places.
    """
    made = dict(known or {})

    def walk(part: Any) -> Any:
        if id(part) in made:
            return made[id(part)]
        if type(part) not in (dict, list, tuple):
            return change(part)
        made[id(part)] = rebuilt(part, walk)
        return made[id(part)]

    return walk(value)
