"""What a criterion expects of a result, in words that the student reads when it is not met.

Every function raises `NotMet` with one sentence that says what was expected and what came. Hidden
inputs and expected tensors never appear: only shapes, dtypes and the size of a difference.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class NotMet(AssertionError):
    """A criterion is not met; the message is shown to the student."""


def pair(result: Any, first: str, second: str) -> tuple[Tensor, Tensor]:
    """Unpack a call's two results, each a tensor, from anything that unpacks to two."""
    if result is None:
        raise NotMet(f"Expected two results, {first} and {second}; your code returned None.")
    if isinstance(result, Tensor):
        raise NotMet(f"Expected two results, {first} and {second}; your code returned one tensor.")
    try:
        one, two = result
    except (TypeError, ValueError):
        raise NotMet(
            f"Expected two results, {first} and {second}; "
            f"your code returned {_article(result)} that does not unpack to two."
        ) from None
    return tensor(one, first), tensor(two, second)


def tensor(value: Any, what: str) -> Tensor:
    """Check that `value` is a tensor."""
    if not isinstance(value, Tensor):
        raise NotMet(f"Expected {what} to be a tensor; it is {_article(value)}.")
    return value


def shape(actual: Tensor, expected: tuple[int, ...], what: str, sizes: str) -> None:
    """Check the shape; `sizes` says which input sizes were used, in the exercise's words."""
    if tuple(actual.shape) != expected:
        raise NotMet(
            f"With {sizes}, the shape of {what} should be {expected}; it is {tuple(actual.shape)}."
        )


def close(actual: Tensor, expected: Tensor, what: str, hint: str, tolerance: float = 1e-5) -> None:
    """Check values against a float64 reference of the same shape.

    `tolerance` is relative to the reference's largest value where that is above 1. The default
    admits a float64 result whose scale was a float32 root (error 3e-8) or whose softmax ran in
    float32 (2e-7). The comparison is written so that NaN fails.
    """
    bound = tolerance * max(1.0, expected.abs().max().item() if expected.numel() else 0.0)
    if not torch.isfinite(actual).all():
        raise NotMet(f"{_capital(what)} should be finite; some values are NaN or infinite. {hint}")
    difference = (actual.detach().double().cpu() - expected.detach().double().cpu()).abs()
    if not (difference <= bound).all():
        worst = difference.max().item()
        raise NotMet(f"{_capital(what)} differs from the formula by up to {worst:.2g}. {hint}")


def differentiable(actual: Tensor, what: str) -> None:
    """Check that gradients can flow back from `actual`."""
    if not actual.requires_grad:
        raise NotMet(
            f"{_capital(what)} should be differentiable; it is cut off from the inputs. "
            "Look for .detach(), .item(), .data, torch.no_grad() or NumPy in your code."
        )


def gradient(actual: Tensor | None, expected: Tensor, of: str) -> None:
    """Check a gradient; None is what autograd gives for a tensor that was not used."""
    if actual is None:
        raise NotMet(f"No gradient reaches {of}. Is it used, and without .detach() or .data?")
    close(
        actual,
        expected,
        f"the gradient of {of}",
        "If the values are right, look for a step that leaves torch.",
    )


def manners(
    call: Callable[..., Any],
    arguments: dict[str, Tensor],
    exact: tuple[Tensor, Tensor],
    dtype: torch.dtype,
    device: torch.device,
) -> None:
    """Call twice on copies of `arguments`; check what a well-behaved function keeps.

    That is dtype and device, its arguments, equal results of equal calls, and the values it gave
    in float64 on the CPU (`exact`), within the precision of `dtype`.
    """
    copies = {name: argument.clone() for name, argument in arguments.items()}
    first = pair(call(*copies.values()), "output", "weights")
    unchanged(copies, arguments)
    second = pair(call(*copies.values()), "output", "weights")
    tolerance = 1e-5 if dtype == torch.float64 else 1e-4
    for one, two, wanted, what in zip(first, second, exact, ("output", "weights"), strict=True):
        _dtype(one, dtype, f"the {what}")
        _device(one, device, f"the {what}")
        shape(one, tuple(wanted.shape), f"the {what}", f"{dtype} inputs")
        close(one, wanted, f"in {dtype}, the {what}", "It should be that of float64.", tolerance)
        if not torch.equal(one, two):
            raise NotMet("Two equal calls gave different results. Look for dropout or randomness.")


def unchanged(arguments: dict[str, Tensor], originals: dict[str, Tensor]) -> None:
    """Check that a call left its arguments as they were."""
    for name, original in originals.items():
        if not torch.equal(arguments[name], original):
            raise NotMet(
                f"Your code changed its argument '{name}'. "
                "Make a new tensor instead of writing into the one you were given."
            )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _article(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}" if value is not None else "None"


def _dtype(actual: Tensor, expected: torch.dtype, what: str) -> None:
    """Check the dtype."""
    if actual.dtype != expected:
        raise NotMet(
            f"The inputs are {expected}, so {what} should be {expected} too; it is {actual.dtype}."
        )


def _device(actual: Tensor, expected: torch.device, what: str) -> None:
    """Check the kind of device (cpu or cuda)."""
    if actual.device.type != expected.type:
        raise NotMet(
            f"The inputs are on {expected.type}, so {what} should be there too; "
            f"it is on {actual.device.type}. Create new tensors with device=x.device."
        )
