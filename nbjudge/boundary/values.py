"""The table of the kinds of values that travel in parts; see `kinds`."""

from collections.abc import Iterable
from typing import Any

from nbjudge.boundary import arrays, containers, frames, numerals, records, times
from nbjudge.boundary.kinds import LEAVES, Kind

_KINDS: dict[type, Kind] = {**numerals.KINDS, **times.KINDS, **containers.KINDS, **arrays.KINDS}
_TAGS = {kind.tag: kind for kind in (*_KINDS.values(), *frames.KINDS, records.KIND)}
_DEEPEST = 32


def to_parts(value: Any) -> list[Any] | None:
    """Return [tag, *parts] of a value that travels in parts, or None for any other."""
    kind = _kind_of(value)
    if kind is None or (kind.items is not None and not _all_travel(kind.items(value), _DEEPEST)):
        return None
    parts = kind.to_parts(value)
    return None if parts is None else [kind.tag, *parts]


def is_tag(tag: Any) -> bool:
    """Say whether values with this tag travel in parts."""
    return type(tag) is str and tag in _TAGS


def from_parts(tag: str, parts: list[Any]) -> Any:
    """Return the value of [tag, *parts]; raises `ValueError` where that makes none."""
    try:
        return _TAGS[tag].from_parts(*parts)
    except (TypeError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def travels(value: Any, levels: int = _DEEPEST) -> bool:
    """Say whether a value arrives whole: it is data through and through, without tensors."""
    if type(value) in LEAVES:
        return True
    kind = _kind_of(value)
    if kind is None or (kind.items is not None and not _all_travel(kind.items(value), levels)):
        return False
    parts = kind.to_parts(value)
    return parts is not None and (kind.items is not None or _all_travel(parts, levels))


def _kind_of(value: Any) -> Kind | None:
    return _KINDS.get(type(value)) or frames.kind_of(value) or records.kind_of(value)


def _all_travel(values: Iterable[Any], levels: int) -> bool:
    return levels > 0 and all(travels(one, levels - 1) for one in values)
