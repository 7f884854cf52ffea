"""Padding: positions of a batch that hold no token, and must have no weight and no influence.

A mask is 1 or True for a real token, and 0 or False for padding. Weights are those of a softmax:
their last axis are the keys.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from nbjudge.rubric import NotMet, call_all, expect
from nbjudge.tensors import inputs
from nbjudge.tensors.cases import TOLERANCE, Case, Looked, ask

NO_WEIGHT = 1e-12  # a weight that counts as 0: that of a score which lies 28 below the largest
HIDDEN = "Before the softmax, set the scores of padding to -inf."


def share(weights: Tensor, visible: Tensor) -> Tensor:
    """Return weights (..., keys) without a mask, shared among the visible keys, in float64.

    A softmax over the visible keys is the whole softmax, divided by its sum over the visible keys.
    """
    kept = expect.exact(weights) * visible
    return kept / kept.sum(dim=-1, keepdim=True)


def no_weight(weights: Tensor, visible: Tensor, what: str, hint: str = HIDDEN) -> None:
    """Raise `NotMet` where a key that is not `visible` has a weight above 1e-12.

    A tolerance as wide as that of values would let padding keep some influence. The sentence begins
    with `what`, and ends with `hint`.
    """
    hidden = ~visible.expand_as(weights)
    largest = expect.exact(weights).abs()[hidden]
    if largest.numel() and not largest.max() <= NO_WEIGHT:
        size = f"{largest.max():.2g}"
        raise NotMet(f"{what}, a hidden position has a weight of up to {size}. {hint}")


def finite(cases: Sequence[Case]) -> list[Looked]:
    """Return what `ask` does; raise `NotMet` unless all values are finite.

    Those at padding, too: a NaN there spreads to every gradient.
    """
    outcomes = call_all([case.call() for case in cases])
    for case, outcome in zip(cases, outcomes, strict=True):
        for one, name in zip(case.raw(outcome), case.names, strict=True):
            if not one.isfinite().all():
                raise NotMet(f"With padding, {name} should be finite everywhere. {HIDDEN}")
    return [(case, case.look(outcome)) for case, outcome in zip(cases, outcomes, strict=True)]


def no_influence(
    cases: Sequence[Case], random: torch.Generator, name: str = "x", tolerance: float = TOLERANCE
) -> None:
    """Check that what stands at padding changes no result, but where the student is free.

    The argument `name` (batch, seq, ...) is changed where the argument `mask` (batch, seq) is 0: to
    values of up to 1,000 in size, or to other whole numbers of those that it holds. Raises
    `NotMet`.
    """
    changed = [case.given(*_changed(case, name, random)) for case in cases]
    found = ask([*cases, *changed])
    for (case, results), (_, others) in zip(found, found[len(cases) :], strict=False):
        for one, other, result in zip(results, others, case.names, strict=True):
            same = "be the same whatever stands at padding"
            where = f"{result} at real positions"
            expect.close(other, expect.exact(one), where, HIDDEN, tolerance, same)


def _changed(case: Case, name: str, random: torch.Generator) -> list:
    place = case.formula.arguments.index(name)
    old, mask = case.args[place], case.named_args["mask"]
    if old.is_floating_point():
        new = 300 * inputs.normal(random, *old.shape).clamp(-3, 3)
    else:
        order = torch.randperm(old.numel(), generator=random)
        new = old.flatten()[order].view_as(old)
    real = (mask != 0).view(*mask.shape, *[1] * (old.dim() - mask.dim()))
    args = list(case.args)
    args[place] = torch.where(real, old, new)
    return args
