"""One call of student code, and all that can be seen of it: result, changes, gradients.

The same code makes the call whether a criterion runs beside the student's code (plain nbgrader, the
reference) or asks for it over the border.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary.globals import tracked
from nbjudge.boundary.trees import replaced, tensors

_MOST_ITEMS = 64


def invoke(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    grad: bool = True,
    watched: bool = False,
) -> dict[str, Any]:
    """Call `function` on copies of its arguments; return all that it did.

    "result" is what it returned, "inputs" are the copies, in the order of `tensors([args, kwargs])`
    (one tensor that is passed twice stays one), "changed" maps the position of a copy that the call
    wrote into to its value, "disturbed" names what a `watched` call changed of
    what is global.
    """
    originals = tensors([args, kwargs])
    inputs = [tensor.detach().clone().requires_grad_(tensor.requires_grad) for tensor in originals]
    args, kwargs = replaced((args, kwargs), originals, inputs)
    disturbed: list[str] = []
    with torch.set_grad_enabled(grad), tracked(disturbed, grad) if watched else nullcontext():
        result = function(*args, **kwargs)
    changed = {
        index: copy.detach()
        for index, (tensor, copy) in enumerate(zip(originals, inputs, strict=True))
        if not same(tensor.detach(), copy.detach())
    }
    return {"result": result, "inputs": inputs, "changed": changed, "disturbed": disturbed}


def gradients(
    result: Any, directions: list[Tensor], leaves: dict[Any, Tensor]
) -> dict[Any, Tensor | None]:
    """Return the gradient of the sum of result · direction with respect to each of `leaves`.

    A leaf that needs no gradient is left out; None is the gradient of one that was not used.
    """
    wanted = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    pairs = [
        (output, direction)
        for output, direction in zip(tensors(result), directions, strict=True)
        if output.requires_grad
    ]
    if not pairs or not wanted:
        return dict.fromkeys(wanted)
    outputs, along = zip(*pairs, strict=True)
    got = torch.autograd.grad(
        outputs, list(wanted.values()), along, retain_graph=True, allow_unused=True
    )
    return dict(zip(wanted, got, strict=True))


def leaves_of(function: Any, inputs: Sequence[Tensor]) -> dict[Any, Tensor]:
    """Return the tensors that gradients may be wanted of: by position, parameters by name."""
    found: dict[Any, Tensor] = dict(enumerate(inputs))
    if isinstance(function, nn.Module):
        found |= dict(function.named_parameters(remove_duplicate=False))
    return found


def as_tuple(value: Any) -> Any:
    """Return lists, tuples, dicts and tensors as they are; other iterables as a tuple."""
    if isinstance(value, Tensor | str | bytes | list | tuple | dict | type):
        return value
    if isinstance(value, Iterable) and not isinstance(value, nn.Module):
        return tuple(itertools.islice(value, _MOST_ITEMS))
    return value


def same(one: Tensor, two: Tensor) -> bool:
    """Say whether two tensors are alike to the bit, NaN being like NaN."""
    if one.shape != two.shape or one.dtype != two.dtype or one.device != two.device:
        return False
    return torch.equal(one, two) or bool(((one == two) | ((one != one) & (two != two))).all())
