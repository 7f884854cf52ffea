"""The state of a student's modules: described for the judge process, and loaded from it."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from nbjudge.boundary.messages import ModuleState


def parameters(target: Any) -> dict[str, Tensor]:
    """Return the parameters of a module by name; none of what is no module."""
    return dict(target.named_parameters()) if isinstance(target, nn.Module) else {}


def load(module: nn.Module, state: dict[str, Tensor], training: bool) -> None:
    """Give `module` the state that the judge chose, in its dtype and on its device."""
    module.train(training)
    present = module.state_dict(keep_vars=True)
    other = [
        tensor
        for name, tensor in state.items()
        if name in present and not _fits(present[name], tensor) and tensor.is_floating_point()
    ]
    if other:
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
    """Return what changes when the state of a module does, without its values."""
    if not isinstance(module, nn.Module):
        return []
    state = module.state_dict(keep_vars=True)
    return [(n, id(t), t._version, is_lazy(t)) for n, t in state.items() if isinstance(t, Tensor)]


def _has_values(tensor: Any) -> bool:
    # nn.LazyLinear makes its matrix at the first call.
    return isinstance(tensor, Tensor) and not is_lazy(tensor)


def describe(module: Any, known: list[tuple[Any, ...]] | None = None) -> ModuleState | None:
    """Return a module's state, which of it are parameters, and what its submodules are.

    None when it is no module, or when its state is as it was when `known` was taken of it.
    """
    if not isinstance(module, nn.Module) or fingerprint(module) == known:
        return None
    state = module.state_dict(keep_vars=True)
    return {
        "state": {name: tensor for name, tensor in state.items() if _has_values(tensor)},
        "parameters": [name for name, _ in module.named_parameters(remove_duplicate=False)],
        "types": {name: type(part).__name__ for name, part in module.named_modules()},
        "training": module.training,
    }
