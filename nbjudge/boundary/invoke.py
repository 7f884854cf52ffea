"""One call of student code, and all that can be seen of it: result, changes, gradients.

The same code makes the call whether a criterion runs beside the student's code (plain nbgrader, the
reference) or asks for it over the border.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from nbjudge.boundary.wire import replaced, tensors

_MOST_ITEMS = 64


def attempt(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: dict[str, Any],
    grad: bool = True,
    watched: bool = False,
) -> dict[str, Any]:
    """Call `function` on copies of its arguments; return all that it did.

    "result" is what it returned, "inputs" are the copies, in the order of `tensors([args, kwargs])`
    (one tensor that is passed twice stays one), "changed" maps the position of a copy that the call
    wrote into to its value, "disturbed" names what a `watched` call changed of what is global.
    """
    originals = tensors([args, kwargs])
    inputs = [tensor.detach().clone().requires_grad_(tensor.requires_grad) for tensor in originals]
    args, kwargs = replaced((args, kwargs), originals, inputs)
    disturbed: list[str] = []
    with torch.set_grad_enabled(grad), _watch(disturbed, grad) if watched else nullcontext():
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


def plain(value: Any) -> Any:
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


class _Global(NamedTuple):
    """A setting of torch that others use too: how to read and to write it, and its usual value."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], Any]
    usual: Any


_GLOBALS = (
    _Global("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype,
            torch.float32),
    _Global("torch's default device", torch.get_default_device, torch.set_default_device,
            torch.device("cpu")),
    _Global("torch's anomaly detection", torch.is_anomaly_enabled,
            torch.autograd.set_detect_anomaly, False),
    _Global("torch's number of threads", torch.get_num_threads, torch.set_num_threads, 1),
    _Global("torch's deterministic mode", torch.are_deterministic_algorithms_enabled,
            torch.use_deterministic_algorithms, False),
    _Global("torch's matmul precision", torch.get_float32_matmul_precision,
            torch.set_float32_matmul_precision, "highest"),
)  # fmt: skip


@contextmanager
def _watch(disturbed: list[str], grad: bool) -> Iterator[None]:
    """Note what the block changes of what is global, and put settings back.

    Those have their usual value before: an earlier call may have changed them already.
    """
    mode = _Global("torch's grad mode", torch.is_grad_enabled, torch.set_grad_enabled, grad)
    before = [(one, one.read()) for one in (*_GLOBALS, mode)]
    for one, value in before:
        _set(one, value, one.usual)
    with _random_numbers(disturbed):
        try:
            yield
            disturbed += [one.name for one, _ in before if one.read() != one.usual]
        finally:
            for one, value in before:
                _set(one, one.read(), value)


def _set(one: _Global, old: Any, new: Any) -> None:
    if old != new:
        one.write(new)


@contextmanager
def _random_numbers(disturbed: list[str]) -> Iterator[None]:
    """Note whose random numbers the block draws or seeds."""
    import numpy  # here, so that a course without NumPy needs none

    # Away from where a seed begins: the same seed set twice would change nothing.
    torch.rand(1), numpy.random.random(), random.random()
    before = _generators(numpy)
    yield
    disturbed += [name for name, state in _generators(numpy).items() if state != before[name]]


def _generators(numpy: Any) -> dict[str, Any]:
    _, keys, position, *_ = numpy.random.get_state()
    return {
        "torch's random numbers": torch.get_rng_state().numpy().tobytes(),
        "NumPy's random numbers": (keys.tobytes(), position),
        "Python's random numbers": random.getstate(),
    }
