"""The tensors inside lists, tuples and dicts: listed in one order, and replaced.

Both sides of the trust boundary name a tensor by its position in that order: "argument 1 was
changed", "the gradient of argument 0". A number that comes from student code is easy to check.
"""

from typing import Any

from torch import Tensor


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

    Raises `KeyError` where `value` holds a tensor that is not in `old`.
    """
    places = {id(one): two for one, two in zip(old, new, strict=True)}

    def walk(part: Any) -> Any:
        if isinstance(part, Tensor):
            return places[id(part)]
        if isinstance(part, dict):
            return {key: walk(item) for key, item in part.items()}
        if isinstance(part, list | tuple):
            return type(part)(walk(item) for item in part)
        return part

    return walk(value)
