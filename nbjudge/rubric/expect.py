"""What a criterion expects of a result, in words that the student reads when it is not met.

    output, weights = expect.pair(outcome.value(), "the output", "the weights")
    expect.shape(weights, (3, 7), "the weights", "batch_size=3, seq_len=7")
    expect.close(weights, wanted, "the weights", "Check the axis of the softmax.")

    With batch_size=3, seq_len=7, the shape of the weights should be (3, 7); it is (7, 3).

Every function raises `NotMet` with one sentence that says what was expected and what came. Hidden
inputs and expected tensors never appear in it: only shapes, dtypes and the size of a difference.

Nothing is broadcast: a tensor of another shape is never close to what is expected, so check its
`shape` before its values. Names such as `what` are put into the sentence as they are.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

_NUMBERS = {2: "two", 3: "three", 4: "four"}


class NotMet(AssertionError):
    """A criterion is not met; the message is shown to the student.

    An `AssertionError`, as a plain `assert` in a check raises.
    """


def pair(result: Any, first: str, second: str) -> tuple[Tensor, Tensor]:
    """Return a call's two tensors, of any shapes; raises `NotMet` where it gave anything else."""
    one, two = parts(result, first, second)
    return tensor(one, first), tensor(two, second)


def parts(result: Any, *names: str) -> list[Any]:
    """Return a call's results, one for each of `names`, which are two or more.

    Raises `NotMet` where it gave None, one tensor, or another number of results.
    """
    number = _NUMBERS.get(len(names), str(len(names)))
    expected = f"Expected {number} results, {', '.join(names[:-1])} and {names[-1]}"
    if result is None:
        raise NotMet(f"{expected}; your code returned None.")
    if isinstance(result, Tensor):
        raise NotMet(f"{expected}; your code returned one tensor.")
    try:
        found = list(result)
    except TypeError:
        found = []
    if len(found) != len(names):
        raise NotMet(
            f"{expected}; your code returned {_article(result)} that does not unpack to {number}."
        )
    return found


def tensors(value: Any, number: int, what: str) -> list[Tensor]:
    """Return a list or tuple of `number` tensors; raises `NotMet` where it is anything else.

    One stacked tensor is no list.
    """
    if not isinstance(value, list | tuple):
        raise NotMet(f"Expected {what} to be a list of {number} tensors; it is {_article(value)}.")
    if len(value) != number:
        raise NotMet(f"Expected {what} to be a list of {number} tensors; it holds {len(value)}.")
    return [tensor(one, f"{what}[{place}]") for place, one in enumerate(value)]


def tensor(value: Any, what: str) -> Tensor:
    """Return `value`; raises `NotMet` where it is no tensor."""
    if not isinstance(value, Tensor):
        raise NotMet(f"Expected {what} to be a tensor; it is {_article(value)}.")
    return value


def shape(actual: Tensor, expected: tuple[int, ...], what: str, sizes: str) -> None:
    """Raise `NotMet` where the shape is not `expected`; nothing is broadcast.

    `sizes` says which sizes the inputs had, in the exercise's words.
    """
    if tuple(actual.shape) != expected:
        raise NotMet(
            f"With {sizes}, the shape of {what} should be {expected}; it is {tuple(actual.shape)}."
        )


def close(
    actual: Tensor,
    expected: Tensor,
    what: str,
    hint: str,
    tolerance: float = 1e-5,
    wanted: str = "follow the formula",
) -> None:
    """Raise `NotMet` where a value is not that of a float64 reference of the same shape.

    Check the shape first: where two shapes do not broadcast, torch's RuntimeError is raised.
    `expected` is finite. `wanted` says what the values should do, `hint` where to look.
    `tolerance` is relative to the reference's largest value where that is above 1. The default
    admits a float64 result whose scale was a float32 root (error 3e-8) or whose softmax ran in
    float32 (2e-7).
    """
    if is_close(actual, expected, tolerance):
        return
    if not torch.isfinite(actual).all():
        raise NotMet(
            f"{_capital(what)} should be finite; some values are NaN or infinite. {hint}".strip()
        )
    worst = _difference(actual, expected).max().item()
    raise NotMet(
        f"{_capital(what)} should {wanted}; the largest difference is {worst:.2g}. {hint}".strip()
    )


def is_close(actual: Tensor, expected: Tensor, tolerance: float = 1e-5) -> bool:
    """Return whether the shapes are equal and all values within `tolerance`, as in `close`.

    Tensors without values are close. A NaN in either tensor is never close.
    """
    if actual.shape != expected.shape:
        return False
    if not expected.numel():
        return True
    # `worst <= …` and not `not worst > …`: every comparison with NaN is false, so NaN fails.
    worst = _difference(actual, expected).max().item()
    return worst <= tolerance or worst <= tolerance * expected.detach().abs().max().item()


def _difference(actual: Tensor, expected: Tensor) -> Tensor:
    return (exact(actual) - exact(expected)).abs()


def exact(tensor: Tensor) -> Tensor:
    """Return the values in float64 on the CPU, cut off from gradients."""
    tensor = tensor.detach()
    if tensor.dtype is torch.float64 and tensor.is_cpu:
        return tensor
    return tensor.to("cpu", torch.float64)


def differentiable(actual: Tensor, what: str) -> None:
    """Raise `NotMet` where no gradients can flow back from `actual`, a tensor of any shape."""
    if not actual.requires_grad:
        raise NotMet(
            f"{_capital(what)} should be differentiable; it is cut off from the inputs. "
            "Look for .detach(), .item(), .data, torch.no_grad() or NumPy in your code."
        )


def gradient(actual: Tensor | None, expected: Tensor, of: str, exact: bool = True) -> None:
    """Raise `NotMet` where a gradient is not `expected`, which has the same shape and some values.

    None is what autograd gives for a tensor that was not used. That is as good as zero where zero
    is expected, as for a bias that a softmax does not see. Values are compared by `close` with a
    tolerance of 1e-3. Without `exact` the gradient only has to be there: finite, of the right
    shape, and not all zero where `expected` is clearly not.
    """
    largest = expected.abs().max().item()
    if actual is None and largest < 1e-6:
        return
    if actual is None:
        raise NotMet(f"No gradient reaches {of}. Is it used, and without .detach() or .data?")
    shape(actual, tuple(expected.shape), f"the gradient of {of}", "the inputs of this test")
    hint = "If the values are right, look for a step that leaves torch."
    if exact:
        close(actual, expected, f"the gradient of {of}", hint, 1e-3)
    elif not torch.isfinite(actual).all() or (largest > 1e-3 and not actual.any()):
        raise NotMet(f"The gradient of {of} is zero, NaN or infinite. {hint}")


def kind(actual: Tensor, dtype: torch.dtype, device: torch.device, what: str) -> None:
    """Raise `NotMet` where a result has not the inputs' dtype, or kind of device (cpu or cuda)."""
    if actual.dtype != dtype:
        raise NotMet(
            f"The inputs are {dtype}, so {what} should be {dtype} too; it is {actual.dtype}."
        )
    if actual.device.type != device.type:
        raise NotMet(
            f"The inputs are on {device.type}, so {what} should be there too; "
            f"it is on {actual.device.type}. Create new tensors with device=x.device."
        )


def equal(first: Tensor, second: Tensor) -> None:
    """Raise `NotMet` where two equal calls differ in shape, or in more than the last bits.

    Threads may add those in another order.
    """
    if not is_close(first, second, 1e-6):
        raise NotMet("Two equal calls gave different results. Look for dropout or randomness.")


def side_effects(changed: Sequence[int], disturbed: Sequence[str], names: Sequence[str]) -> None:
    """Raise `NotMet` where a call `changed` an argument or `disturbed` something global.

    `names` are those of the tensors among its arguments, in order.
    """
    for position in changed:
        name = names[position] if position < len(names) else str(position)
        raise NotMet(
            f"Your code changed its argument '{name}'. "
            "Make a new tensor instead of writing into the one you were given."
        )
    for name in disturbed:
        raise NotMet(f"A call of your code changed {name}, which others use too. Leave it alone.")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _article(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}" if value is not None else "None"
