"""The form of a module's mirror: what a description says of it besides its values, checked."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.wire import mapping

MOST_PARTS = 4096
DEEPEST = 32

View = tuple[str, int, tuple[int, ...]]  # as `messages.ModuleState` says


@dataclass(frozen=True)
class Form:
    """What a `messages.ModuleState` says of a module besides its values.

    `names` are those of its tensors, `parameters` some of them. The others are fields of
    `ModuleState`.
    """

    names: list[str]
    parameters: list[str]
    types: dict[str, str]
    twins: dict[str, str]
    contains: dict[str, Any]
    views: dict[str, View]

    @classmethod
    def of(cls, told: Any) -> "Form":
        """Return the form that a description tells; raises `WireError` where it is none."""
        told = mapping(told)
        state, types = mapping(told.get("state")), mapping(told.get("types"))
        twins, contains = mapping(told.get("twins")), mapping(told.get("contains"))
        parameters = told.get("parameters")
        if not (_texts(state) and all(isinstance(one, Tensor) for one in state.values())):
            raise WireError("The state of a module is not made of named tensors.")
        lists = [parameters, *(part for one in (types, twins) for part in (one, one.values()))]
        if not isinstance(parameters, list) or not all(map(_texts, lists)):
            raise WireError("The parts of a module are not named by texts.")
        paths = [*types, *(name.rpartition(".")[0] for name in state)]
        if len(set(paths)) > MOST_PARTS or any(one.count(".") >= DEEPEST for one in paths):
            raise WireError("A module has too many parts, or is nested too deeply.")
        for path, held in contains.items():
            inside = list(held.values()) if isinstance(held, dict) else held
            there = isinstance(inside, list) and _texts(inside) and {path, *inside} <= {*types}
            if not there:
                raise WireError("A module holds parts that are not there.")
        views = {name: _view(view) for name, view in mapping(told.get("views")).items()}
        if not ({*views} | {owner for owner, _, _ in views.values()} <= {*state}):
            raise WireError("A tensor of a module shares the memory of one that is not there.")
        return cls(list(state), parameters, types, twins, contains, views)


def _view(told: Any) -> View:
    if not (isinstance(told, list) and len(told) == 3 and isinstance(told[2], list)):
        raise WireError("A tensor of a module does not say whose memory it shares.")
    owner, offset, strides = told
    numbers = all(type(one) is int for one in (offset, *strides))
    if not (isinstance(owner, str) and numbers and offset >= 0 and all(n > 0 for n in strides)):
        raise WireError("A tensor of a module does not say where its memory lies.")
    return owner, offset, tuple(strides)


def _texts(values: Any) -> bool:
    return all(isinstance(one, str) for one in values)
