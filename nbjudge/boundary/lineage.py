"""What a class derives from, told to the other process, among the classes that are known there."""

import builtins
import sys
from collections.abc import Mapping
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.wire import mapping

# Their classes are the same in both processes, and looked up in modules that are imported already.
# Not what runs tests: it takes its own exceptions for something else than a failure.
_LIBRARIES = {*sys.stdlib_module_names, "numpy", "pandas", "torch"}
_LIBRARIES -= {"__main__", "builtins", "doctest", "unittest"}


def lineage(kind: type, namespace: Mapping[str, Any]) -> messages.Lineage:
    """Return the names of a class and of what it derives from, in a notebook and elsewhere.

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
        "libraries": [
            f"{one.__module__}:{one.__name__}"
            for one in kind.__mro__
            if str(one.__module__).partition(".")[0] in _LIBRARIES
        ],
    }


def known(lineage: Any, scope: Mapping[str, Any], base: type) -> list[type]:
    """Return the classes that a `messages.Lineage` names, as far as they derive from `base`.

    Names of the notebook are looked up in `scope`, the namespace of the test or of the notebook,
    names of Python among its builtins, and "module:name" in a library that is imported already.
    No class is looked up anywhere else.
    """
    told = mapping(lineage)
    own, python, libraries = (_texts(told.get(key)) for key in ("names", "builtins", "libraries"))
    found = [scope.get(name) for name in own] + [vars(builtins).get(name) for name in python]
    found += [_of_library(name) for name in libraries]
    kinds = [one for one in found if isinstance(one, type) and issubclass(one, base)]
    return list(dict.fromkeys(kinds))


def _texts(names: Any) -> list[str]:
    return [one for one in names if isinstance(one, str)] if isinstance(names, list) else []


def _of_library(name: str) -> Any:
    module, _, kind = name.partition(":")
    known = module.partition(".")[0] in _LIBRARIES and not kind.startswith("_")
    found = sys.modules.get(module) if known else None
    return vars(found).get(kind) if found is not None else None
