"""The tensors inside lists, tuples and dicts: found in one order on both sides, and replaced."""

from typing import Any

from torch import Tensor


def tensors(value: Any) -> list[Tensor]:
    """Return the tensors in lists, tuples and dicts, each once, in the order of both sides."""
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
    """Return `value` with the tensors `new` in the places of `old`, which `tensors` gave."""
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
