"""What a class derives from, told to the other process, among the classes that are known there."""

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.wire import mapping


def lineage(kind: type, namespace: Mapping[str, Any]) -> messages.Lineage:
    """Return the names of a class and of what it derives from, in a notebook and in Python.

    Names that begin with an underscore are left out: IPython keeps values of cells under such.
    """
    known = [(name, one) for name, one in namespace.items() if isinstance(one, type)]
    return {
        "names": [
            name
            for one in kind.__mro__
            for name, value in known
            if value is one and not name.startswith("_")
        ],
        "builtins": [
            one.__name__ for one in kind.__mro__ if vars(builtins).get(one.__name__) is one
        ],
    }


def known(lineage: Any, scope: Mapping[str, Any], base: type) -> list[type]:
    """Return the classes that a `messages.Lineage` names, as far as they derive from `base`.

    Names of the notebook are looked up in `scope`, the namespace of the test or of the notebook,
    and names of Python among its builtins. No class is looked up anywhere else.
    """
    told = mapping(lineage)
    own, python = told.get("names"), told.get("builtins")
    found = [*_found(own, scope, base), *_found(python, vars(builtins), base)]
    return list(dict.fromkeys(found))


def _found(names: Any, scope: Mapping[str, Any], base: type) -> Iterable[type]:
    for name in names if isinstance(names, list) else []:
        one: Any = scope.get(name) if isinstance(name, str) else None
        if isinstance(one, type) and issubclass(one, base):
            yield one
