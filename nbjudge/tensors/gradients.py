"""Right gradients: along random directions they are those of the formula."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary.trees import replaced, tensors
from nbjudge.rubric import Call, NotMet, Outcome, call_all, expect
from nbjudge.tensors import inputs
from nbjudge.tensors.cases import TOLERANCE, Case, Tensors

# What float32 may make of values near 1 on the way through a network, and how often it is tried.
NUDGE, NUDGES = 3e-6, 8


def gradients(
    cases: Sequence[Case],
    random: torch.Generator,
    if_right: Sequence[Case] = (),
    frozen: tuple[str, ...] = (),
    tolerance: float = TOLERANCE,
) -> None:
    """Compare gradients with those of the formula, of all real arguments and all parameters.

    Where the values are wrong, another criterion says so. Then each gradient of `cases` only has to
    be there, and nothing is asked of the cases `if_right`. A parameter whose name ends with one of
    `frozen` need not be trainable. Values are right within `tolerance`. Beside a kink of the
    formula, too, a gradient only has to be there. Raises `NotMet`.
    """
    every = [*cases, *if_right]
    outcomes = call_all([case.call() for case in every])
    plain = [case.look(outcome) for case, outcome in zip(every, outcomes, strict=True)]
    along = [
        case.marked(inputs.directions(random, *(tuple(one.shape) for one in results)))
        for case, results in zip(every, plain, strict=True)
    ]
    calls = [_directed(*one) for one in zip(every, outcomes, along, strict=True)]
    for number, outcome in enumerate(call_all(calls)):
        case, results = every[number], plain[number]
        fitting = case.all_fitting(results, tolerance)
        first = next(fitting, None)
        if first is not None or number < len(cases):
            _compare(case, outcome, results, tolerance)
            _any(first or case, fitting, outcome, along[number], first is not None, frozen)


def _any(
    first: Case,
    others: Iterator[Case],
    outcome: Outcome,
    along: Tensors,
    right: bool,
    frozen: tuple[str, ...],
) -> None:
    """Check the gradients of one call against the first formula, then the others that fit."""
    names, wanted = list(first.named_args), gradients_of(first, along)
    try:
        _reached(outcome, wanted, names, right, frozen)
    except NotMet:
        for other in others:
            with suppress(NotMet):
                _reached(outcome, gradients_of(other, along), names, right, frozen)
                return
        if not (right and _is_near_a_kink(first, along, wanted)):
            raise
        _reached(outcome, wanted, names, False, frozen)


def _is_near_a_kink(case: Case, along: Tensors, wanted: dict[int | str, Tensor]) -> bool:
    """Return whether the formula's gradients jump close by, as those of ReLU do at 0.

    There float32 may fall on the other side of the kink, and be as right.
    """
    random = torch.Generator().manual_seed(0)
    near = (gradients_of(_nudged(case, random), along) for _ in range(NUDGES))
    return any(
        not expect.is_close(found[key], one, TOLERANCE)
        for found in near
        for key, one in wanted.items()
    )


def _nudged(case: Case, random: torch.Generator) -> Case:
    """Return the case in float64, its real arguments and its parameters a little beside."""

    def beside(one: Tensor) -> Tensor:
        noise = torch.randn(one.shape, generator=random, dtype=torch.float64)
        return expect.exact(one) + NUDGE * noise

    old = case.named_args
    args = [beside(arg) if case.is_real(name) else arg for name, arg in old.items()]
    stored = {name: beside(one) for name, one in case.stored.items()}
    return replace(case, args=replaced(case.args, list(old.values()), args), stored=stored)


def gradients_of(case: Case, along: Tensors) -> dict[int | str, Tensor]:
    """Return the formula's gradients of the sum of result · direction.

    By name for parameters, and for arguments by the number that they have in an `Outcome`. A
    formula may call parts of the student's module: then their parameters count as well. Raises
    nothing.
    """
    old = case.named_args
    args = [
        arg.detach().double().requires_grad_() if case.is_real(name) else arg
        for name, arg in old.items()
    ]
    stored = {name: one.clone().requires_grad_() for name, one in case.exact_stored().items()}
    results = case.computed(replaced(case.args, list(old.values()), args), stored)
    total = torch.stack([(r * d).sum() for r, d in zip(results, along, strict=True)]).sum()
    own = {name: one for name, one in _own(case).items() if one.requires_grad}
    leaves: dict[int | str, Any] = {n: arg for n, arg in enumerate(args) if arg.requires_grad}
    leaves.update(stored)
    once = {id(one): one for one in own.values()}
    found = torch.autograd.grad(total, [*leaves.values(), *once.values()], allow_unused=True)
    exact = [None if one is None else one.double() for one in found]
    wanted = {
        name: torch.zeros_like(leaf, dtype=torch.float64) if one is None else one
        for (name, leaf), one in zip(leaves.items(), exact, strict=False)
    }
    # One parameter under several names has one gradient: the sum of what reaches each of them. One
    # that the formula does not know may have any.
    whole = dict(zip(once, exact[len(leaves) :], strict=True))
    for name, one in own.items():
        if name in wanted:
            before = whole[id(one)]
            whole[id(one)] = wanted[name] if before is None else before + wanted[name]
    reached = {name: whole[id(one)] for name, one in own.items()}
    return wanted | {name: one for name, one in reached.items() if one is not None}


def _own(case: Case) -> dict[str, Tensor]:
    module = case.function
    if not isinstance(module, nn.Module):
        return {}
    return dict(module.named_parameters(remove_duplicate=False))


def _directed(case: Case, known: Outcome, along: Tensors) -> Call:
    """Return the call with arguments that require gradients along the directions.

    `known` is the outcome of the same call. The direction of a result that is not looked at is 0.
    """
    old = case.named_args
    new = [arg.clone().requires_grad_(case.is_real(name)) for name, arg in old.items()]
    given = case.given(*replaced(case.args, list(old.values()), new))
    marked = {id(one): d for one, d in zip(case.raw(known), along, strict=True)}
    results = tensors(known.result)
    return given.call(
        directions=tuple(marked.get(id(one), torch.zeros(one.shape)) for one in results)
    )


def _compare(case: Case, outcome: Outcome, plain: Tensors, tolerance: float) -> None:
    """Check that the results are those without gradients, and can be differentiated."""
    for one, two, name in zip(case.look(outcome), plain, case.names, strict=True):
        same = "be the same as without gradients"
        where = f"for inputs that require gradients, {name}"
        expect.close(one, expect.exact(two), where, "", tolerance, same)
        expect.differentiable(one, name)


def _reached(
    outcome: Outcome,
    wanted: dict[int | str, Tensor],
    names: list[str],
    right: bool,
    frozen: tuple[str, ...],
) -> None:
    """Check the gradients of one call; only where it is `right` are their values compared."""
    for key, gradient in wanted.items():
        if key not in outcome.gradients and str(key).endswith(frozen):
            continue
        called = names[key] if isinstance(key, int) else key
        expect.gradient(outcome.gradients.get(key), gradient, called, right)
