"""Python's containers, as parts and back.

Sets and deques hold data only, no tensors: `trees` does not look into them. Dictionaries hold
whatever travels.
"""

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable
from itertools import chain
from typing import Any

from nbjudge.boundary.kinds import Kind, whole

_FACTORIES = {one.__name__: one for one in (int, float, str, bool, list, tuple, set, dict)}
_MOST_ALIKE = 100  # keys with one hash


def _flat(value: dict[Any, Any]) -> list[Any]:
    """Return the keys and values of a dict by turns.

    Keys may be numbers, and msgpack's own maps have text for keys only.
    """
    return list(chain.from_iterable(value.items()))


def _paired(parts: tuple[Any, ...]) -> dict[Any, Any]:
    """Return the dict of keys and values that stand by turns in `parts`.

    Raises `TypeError` or `ValueError` where they cannot be those of a dict.
    """
    return dict(zip(_hashed(parts[::2]), parts[1::2], strict=True))


def _hashed(keys: Any) -> Any:
    """Return `keys`; raises `ValueError` where many have one hash.

    Python compares a key with all that have its hash, and tuples of -1 and -2 are many with one. So
    a message of 2 MB could take minutes.
    """
    if len(keys) > _MOST_ALIKE and max(Counter(map(hash, keys)).values()) > _MOST_ALIKE:
        raise ValueError("Too many keys have one hash.")
    return keys


def _order(value: Any) -> str:
    """Return a text to sort the elements of a set by, the same in every process.

    The order of a set itself depends on chance, and equal answers must be equal as bytes.
    """
    if type(value) in (tuple, frozenset):
        texts = list(map(_order, value))
        return f"{type(value).__name__}{sorted(texts) if type(value) is frozenset else texts}"
    return f"{type(value).__name__} {value!r}"


def _from_set(value: Iterable[Any]) -> list[Any]:
    return sorted(value, key=_order)


def _to_deque(longest: Any, *items: Any) -> deque[Any]:
    return deque(items, longest if longest is None else whole(longest)[0])


def _from_defaultdict(value: defaultdict[Any, Any]) -> list[Any] | None:
    for name, factory in ((None, None), *_FACTORIES.items()):
        if value.default_factory is factory:
            return [name, *_flat(value)]
    return None


def _to_defaultdict(name: Any, *parts: Any) -> defaultdict[Any, Any]:
    factory = None if name is None else _FACTORIES.get(name)
    if factory is None and name is not None:
        raise ValueError("The factory of a defaultdict is not known.")
    return defaultdict(factory, _paired(parts))


KINDS: dict[type, Kind] = {
    list: Kind("list", lambda value: value, lambda *items: list(items)),
    tuple: Kind("tuple", lambda value: value, lambda *items: items),
    dict: Kind("dict", _flat, lambda *parts: _paired(parts)),
    set: Kind("set", _from_set, lambda *items: set(_hashed(items)), iter),
    frozenset: Kind("frozenset", _from_set, lambda *items: frozenset(_hashed(items)), iter),
    deque: Kind("deque", lambda value: [value.maxlen, *value], _to_deque, iter),
    OrderedDict: Kind("OrderedDict", _flat, lambda *parts: OrderedDict(_paired(parts))),
    Counter: Kind("Counter", _flat, lambda *parts: Counter(_paired(parts))),
    defaultdict: Kind("defaultdict", _from_defaultdict, _to_defaultdict),
}
