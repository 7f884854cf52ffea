"""One call of student code, and all that can be seen of it: result, changes, gradients.

Used on both sides of the trust boundary. In the student process `confined.calls` makes the calls
that the judge process asks for. In the judge process, and in a kernel of plain nbgrader,
`rubric.calls` calls functions of its own process: the reference, misconceptions, and, in the
kernel, the student's code. One function for both keeps the two engines' results equal.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary.globals import tracked
from nbjudge.boundary.trees import holding, instead, places, replaced, tensors
from nbjudge.boundary.values import travels

_MOST_ITEMS = 64  # taken of a result that is a generator, which may be endless


def invoke(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    grad: bool = True,
    watched: bool = False,
) -> dict[str, Any]:
    """Call `function` on copies of the tensors in its arguments; return all that it did.

        result      what `function` returned
        inputs      the copies, in the order of `tensors([args, kwargs])`
        given       [args, kwargs] with those copies, as the call left them
        holding     the lists and the like in it, as they were before the call
        changed     position of each copy that the call wrote into: its value now
        instead     those that stand in one of `holding` where another one stood; if there are any
        disturbed   names of global settings and random numbers that a `watched` call changed

    A tensor that is passed twice is copied once, so it is one tensor for `function` too. Without
    `grad` the call is made as under `torch.no_grad()`. Raises what `function` raises.
    """
    # Copies: criteria share their tensors, and student code may write into an argument.
    originals = tensors([args, kwargs])
    inputs = [tensor.detach().clone().requires_grad_(tensor.requires_grad) for tensor in originals]
    args, kwargs = replaced((args, kwargs), originals, inputs)
    held = holding([list(args), kwargs])
    stood = places(held)
    disturbed: list[str] = []
    with torch.set_grad_enabled(grad), tracked(disturbed, grad) if watched else nullcontext():
        result = function(*args, **kwargs)
    changed = {
        index: copy.detach()
        for index, (tensor, copy) in enumerate(zip(originals, inputs, strict=True))
        if not same(tensor.detach(), copy.detach())
    }
    others = instead(stood)
    return {
        "result": result,
        "inputs": inputs,
        "given": [list(args), kwargs],
        "holding": held,
        "changed": changed,
        "disturbed": disturbed,
        **({"instead": others} if others else {}),
    }


def gradients(
    result: Any, directions: list[Tensor], leaves: dict[Any, Tensor]
) -> dict[Any, Tensor | None]:
    """Return the gradients of the sum of result · direction with respect to `leaves`.

    `directions` holds a tensor of the same shape for each tensor of `result`. Returned is, under
    the name of each leaf with `requires_grad`, a gradient of the leaf's shape, or None where the
    result does not depend on the leaf. Raises `RuntimeError` where shapes differ.
    """
    wanted = {name: leaf for name, leaf in leaves.items() if leaf.requires_grad}
    pairs = [
        (output, direction)
        for output, direction in zip(tensors(result), directions, strict=True)
        if output.requires_grad
    ]
    if not pairs or not wanted:  # torch.autograd.grad would raise
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
        # A parameter under two names counts under both: tests ask by name.
        found |= dict(function.named_parameters(remove_duplicate=False))
    return found


def as_tuple(value: Any) -> Any:
    """Return tensors and all that travels as they are, and any other iterable as a tuple.

    So a result that merely unpacks, such as a generator or a set of tensors, can travel, and passes
    in both engines. An array of any kind stays as it is too: it is no tensor, and a message should
    name it.
    """
    if isinstance(value, Tensor | str | bytes | list | tuple | dict | type):
        return value
    if hasattr(value, "__array__") or travels(value):
        return value
    if isinstance(value, Iterable) and not isinstance(value, nn.Module):
        return tuple(itertools.islice(value, _MOST_ITEMS))
    return value


def same(one: Tensor, two: Tensor) -> bool:
    """Say whether two tensors have equal shapes, dtypes, devices and values; NaN equals NaN."""
    if one.shape != two.shape or one.dtype != two.dtype or one.device != two.device:
        return False
    # torch.equal first, because it is quick; it takes NaN for different from NaN.
    return torch.equal(one, two) or bool(((one == two) | ((one != one) & (two != two))).all())
