"""What a kind of values is that travels in parts, and what all kinds share.

A `Kind` belongs to one exact type. An object of a subclass, which may be a student's, is of none:
it travels as what its base is to `wire`, or as an `Opaque`.

Parts that come back may be written by student code. So they are checked before a value is made of
them, and what is made is small to use, too: an int can be printed, a range can become a list.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_MOST_ALIKE = 100  # keys with one hash
LEAVES = {type(None), bool, float, str, bytes}  # what `writer` packs by itself, besides small ints


@dataclass(frozen=True)
class Kind:
    """A type of values that travel under `tag`.

    `to_parts` returns parts that `writer` can pack, or None for a value that does not travel.
    `from_parts` takes any parts; it raises `TypeError`, `ValueError` or `ArithmeticError` for those
    that make no value. `items`, where it is given, returns what a value holds: the value travels
    only if all of that does, as data. Otherwise what it holds travels or not, each for itself.
    """

    tag: str
    to_parts: Callable[[Any], Iterable[Any] | None]
    from_parts: Callable[..., Any]
    items: Callable[[Any], Iterable[Any]] | None = None


def whole(*numbers: Any) -> tuple[int, ...]:
    """Return `numbers`; raises `ValueError` where one is no int, or is a bool."""
    if any(type(one) is not int for one in numbers):
        raise ValueError("A number is not whole.")
    return numbers


def hashed(keys: Any) -> Any:
    """Return `keys`; raises `ValueError` where many have one hash.

    Python compares a key with all that have its hash, and tuples of -1 and -2 are many with one. So
    a message of 2 MB could take minutes.
    """
    if len(keys) > _MOST_ALIKE and max(Counter(map(hash, keys)).values()) > _MOST_ALIKE:
        raise ValueError("Too many keys have one hash.")
    return keys
