"""Named tuples, as parts and back: [name of the class, names of the fields, items].

The class is a student's, so another one of the same names is made here. They hold data only: one
that holds tensors travels as a tuple.
"""

from collections import namedtuple
from functools import lru_cache
from typing import Any

from nbjudge.boundary.kinds import Kind

_MOST_FIELDS = 64
_LONGEST_NAME = 100


def kind_of(value: Any) -> Kind | None:
    """Return the kind of a named tuple, None for any other value."""
    fields = getattr(type(value), "_fields", None)
    return KIND if isinstance(value, tuple) and _are_names(fields) else None


def _are_names(fields: Any) -> bool:
    known = isinstance(fields, tuple) and 0 < len(fields) <= _MOST_FIELDS
    return known and all(isinstance(one, str) and len(one) <= _LONGEST_NAME for one in fields)


def _to_parts(value: Any) -> list[Any]:
    return [type(value).__name__, list(type(value)._fields), *value]


def _from_parts(name: Any, fields: Any, *items: Any) -> tuple[Any, ...]:
    names = tuple(fields) if isinstance(fields, list) else ()
    if not (_are_names((name,)) and _are_names(names)):
        raise ValueError("A named tuple has no names.")
    return _class(name, names)(*items)


@lru_cache(maxsize=256)
def _class(name: str, fields: tuple[str, ...]) -> Any:
    # It checks that all names are Python's, before it makes code of them.
    return namedtuple(name, fields)


KIND = Kind("namedtuple", _to_parts, _from_parts, iter)
