"""What a class over there derives from, among the classes that are known here."""

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

from nbjudge.boundary.wire import mapping


def known(lineage: Any, scope: Mapping[str, Any], base: type) -> list[type]:
    """Return the classes that a `messages.Lineage` names, as far as they derive from `base`.

    Names of the notebook are looked up in `scope`, the test's namespace, and names of Python among
    its builtins. No class is looked up anywhere else.
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
