"""Python's containers, as parts and back.

Sets and deques hold data only, no tensors: `trees` does not look into them. Dictionaries hold
whatever travels.
"""

from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from nbjudge.boundary import factories
from nbjudge.boundary.kinds import Kind, hashed, whole


def _flat(value: Mapping[Any, Any]) -> list[Any]:
    """Return the keys and values of a dict by turns.

    Keys may be numbers, and msgpack's own maps have text for keys only.
    """
    return list(chain.from_iterable(value.items()))


def _paired(parts: tuple[Any, ...]) -> dict[Any, Any]:
    """Return the dict of keys and values that stand by turns in `parts`.

    Raises `TypeError` or `ValueError` where they cannot be those of a dict.
    """
    return dict(zip(hashed(parts[::2]), parts[1::2], strict=True))


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


def _from_defaultdict(value: defaultdict[Any, Any]) -> list[Any]:
    return [factories.told(value.default_factory), *_flat(value)]


def _to_defaultdict(told: Any, *parts: Any) -> defaultdict[Any, Any]:
    return defaultdict(factories.made(told), _paired(parts))


def _to_bytearray(raw: Any) -> bytearray:
    if type(raw) is not bytes:
        raise ValueError("A bytearray is not made of bytes.")
    return bytearray(raw)


def _to_chain(*maps: Any) -> ChainMap[Any, Any]:
    if not maps or not all(isinstance(one, dict) for one in maps):
        raise ValueError("A ChainMap is not made of dicts.")
    return ChainMap(*maps)


# A view belongs to a dict, and here to one of its own.
_VIEWS: dict[type, Kind] = {
    type({}.keys()): Kind(
        "dict_keys", iter, lambda *items: dict.fromkeys(hashed(items)).keys(), iter
    ),
    type({}.values()): Kind(
        "dict_values", iter, lambda *items: dict(enumerate(items)).values(), iter
    ),
    type({}.items()): Kind(
        "dict_items", chain.from_iterable, lambda *parts: _paired(parts).items(), iter
    ),
    MappingProxyType: Kind(
        "mappingproxy", _flat, lambda *parts: MappingProxyType(_paired(parts)), _flat
    ),
}
KINDS: dict[type, Kind] = {
    **_VIEWS,
    bytearray: Kind("bytearray", lambda value: [bytes(value)], _to_bytearray),
    ChainMap: Kind("ChainMap", lambda value: value.maps, _to_chain, lambda value: value.maps),
    list: Kind("list", lambda value: value, lambda *items: list(items)),
    tuple: Kind("tuple", lambda value: value, lambda *items: items),
    dict: Kind("dict", _flat, lambda *parts: _paired(parts)),
    set: Kind("set", _from_set, lambda *items: set(hashed(items)), iter),
    frozenset: Kind("frozenset", _from_set, lambda *items: frozenset(hashed(items)), iter),
    deque: Kind("deque", lambda value: [value.maxlen, *value], _to_deque, iter),
    OrderedDict: Kind("OrderedDict", _flat, lambda *parts: OrderedDict(_paired(parts))),
    Counter: Kind("Counter", _flat, lambda *parts: Counter(_paired(parts))),
    defaultdict: Kind("defaultdict", _from_defaultdict, _to_defaultdict),
}
