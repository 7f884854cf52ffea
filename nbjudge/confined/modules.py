"""The state of a student's `torch.nn.Module`: described for the judge process, and loaded from it.

The judge process keeps a mirror of each module (`nbjudge.proxy.module`). A state travels in either
direction only when it has changed; `fingerprint` says whether it has.
"""

import itertools
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from nbjudge.boundary.messages import ModuleState

_MOST_INSIDE = 1000


def parameters(target: Any) -> dict[str, Tensor]:
    """Return the parameters of a module by name; an empty dict where `target` is no module."""
    return dict(target.named_parameters()) if isinstance(target, nn.Module) else {}


def load(module: nn.Module, state: dict[str, Tensor], training: bool) -> None:
    """Give `module` the `state` that the judge process chose, with its dtype and its device.

    `state` maps the names of `state_dict()` to tensors. Raises what `load_state_dict` raises.
    """
    module.train(training)
    present = module.state_dict(keep_vars=True)
    for tensor in present.values():
        if _has_values(tensor) and tensor.layout is torch.strided and 0 in tensor.stride():
            tensor.data = tensor.data.clone()  # what was expanded cannot be written into
    other = [
        tensor
        for name, tensor in state.items()
        if name in present and not _fits(present[name], tensor) and tensor.is_floating_point()
    ]
    if other:
        # By `to`, because a module may hold tensors that are in no state_dict.
        module.to(device=other[0].device, dtype=other[0].dtype)
        present = module.state_dict(keep_vars=True)
    if present.keys() != state.keys() or not all(_fits(present[n], state[n]) for n in state):
        module.load_state_dict(state)
        return
    with torch.no_grad():  # some ten times faster than load_state_dict
        for name, tensor in state.items():
            present[name].copy_(tensor)


def _fits(old: Any, new: Tensor) -> bool:
    return (
        isinstance(old, Tensor)
        and not is_lazy(old)
        and (old.shape, old.dtype, old.device) == (new.shape, new.dtype, new.device)
    )


def fingerprint(module: Any) -> list[tuple[Any, ...]]:
    """Return a list that differs after any change of the module's state, without its values.

    torch counts the writes into each tensor (`_version`); a tensor that was replaced has another
    id. Comparing values would need a copy of all of them.
    """
    if not isinstance(module, nn.Module):
        return []
    state = module.state_dict(keep_vars=True)
    return [(n, id(t), t._version, is_lazy(t)) for n, t in state.items() if isinstance(t, Tensor)]


def _has_values(tensor: Any) -> bool:
    # The matrix of an nn.LazyLinear has no shape before the first call.
    return isinstance(tensor, Tensor) and not is_lazy(tensor)


def describe(module: Any, known: list[tuple[Any, ...]] | None = None) -> ModuleState | None:
    """Return the `ModuleState` of a module.

    None where `module` is no module, or where its fingerprint is still `known`.
    """
    if not isinstance(module, nn.Module) or fingerprint(module) == known:
        return None
    # keep_vars: the tensors themselves, with their requires_grad; state_dict() gives detached ones.
    state = module.state_dict(keep_vars=True)
    parts = dict(module.named_modules(remove_duplicate=False))
    first: dict[int, str] = {}
    for path, part in parts.items():
        first.setdefault(id(part), path)
    inside = {path: _inside(part, first) for path, part in parts.items()}
    values = {name: tensor for name, tensor in state.items() if _has_values(tensor)}
    return {
        "state": values,
        "parameters": [name for name, _ in module.named_parameters(remove_duplicate=False)],
        "types": {path: type(part).__name__ for path, part in parts.items()},
        "twins": {path: first[id(part)] for path, part in parts.items() if first[id(part)] != path},
        "contains": {path: held for path, held in inside.items() if held is not None},
        "views": _views(values),
        "training": module.training,
    }


def _views(state: dict[str, Tensor]) -> dict[str, list[Any]]:
    """Return which tensors lie in the memory of an earlier one: see `ModuleState`."""
    owners: dict[int, list[str]] = {}
    views: dict[str, list[Any]] = {}
    for name, tensor in state.items():
        if tensor.layout is not torch.strided or not tensor.numel():
            continue
        beside = owners.setdefault(tensor.untyped_storage().data_ptr(), [])
        owner = next((one for one in beside if _holds(state[one], tensor)), None)
        if owner is None:
            beside.append(name)
        elif state[owner] is not tensor:
            offset = tensor.storage_offset() - state[owner].storage_offset()
            views[name] = [owner, offset, list(tensor.stride())]
    return views


def _holds(owner: Tensor, view: Tensor) -> bool:
    """Say whether all memory of `view`, of the same storage, is memory of `owner`."""
    if not owner.is_contiguous() or owner.dtype != view.dtype or 0 in view.stride():
        return False
    first = view.storage_offset() - owner.storage_offset()
    steps = ((size - 1) * step for size, step in zip(view.shape, view.stride(), strict=True))
    return first >= 0 and first + sum(steps) < owner.numel()


def path_of(module: nn.Module, part: nn.Module) -> str | None:
    """Return the first path under which `part` is a submodule of `module`; None where it is not."""
    return next((path for path, one in module.named_modules() if one is part), None)


def _inside(part: nn.Module, paths: dict[int, str]) -> list[str] | dict[str, str] | None:
    """Return the paths of the submodules that going through `part` gives, by key where it has keys.

    None where it cannot be gone through, or gives anything else. `paths` has the ids as keys.
    """
    kind = type(part)
    if not (
        hasattr(kind, "__iter__") or (hasattr(kind, "__getitem__") and hasattr(kind, "__len__"))
    ):
        return None
    try:
        found = list(itertools.islice(iter(part), _MOST_INSIDE))  # type: ignore[call-overload]
        if all(isinstance(one, nn.Module) for one in found):
            return [paths[id(one)] for one in found]
        return {key: paths[id(part[key])] for key in found if isinstance(key, str)}  # type: ignore[index]
    except BaseException:  # a student's class; or it gives modules that are not registered
        return None
