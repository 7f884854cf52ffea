"""What attention must do, step by step, so that one wrong step costs that step only.

A student who forgot the scale still mixes the values rightly and masks rightly. So each step is
compared with the student's own result of the step before. Weights that do not follow the scores at
all (uniform, constant, random) meet none of these checks.
"""

import torch

from nbjudge import expect
from nbjudge.trial import call_all

from . import inputs
from .cases import Case, ask

SINGLE = 1e-4  # of float32, whose sums of products are off by some 1e-6
HIDDEN = "Hidden positions (0 or False) must get -inf before the softmax, the others their scores."
# The names of the arguments, by how many there are besides the mask.
ARGUMENTS = {1: ("x", "mask"), 3: ("query", "keys", "values", "mask")}
LOUD = "If other values are right, use torch's softmax, and fill hidden scores with -inf."


def formula(cases: list[Case], hint: str) -> None:
    """Compare the weights with the formula; the first case once more after all the others."""
    for case, _, weights in ask([*cases, cases[0]]):
        expect.close(weights, case.weights(), "attention_weights", hint, SINGLE)


def steps(cases: list[Case]) -> None:
    """Check that weights follow the scores, and the output the weights; the first case twice."""
    for case, output, weights in ask([*cases, cases[0]]):
        distribution(case, weights)
        mixed(case, output, weights)


def alive(case: Case, weights: torch.Tensor) -> None:
    """Check that rows of weights (..., keys) sum to 1 and are not all the same."""
    rows = weights.detach().double().cpu().flatten(0, -2)
    hint = "It should be 1 over the keys."
    expect.close(rows.sum(-1), torch.ones(len(rows)), "the sum of each row of weights", hint)
    if rows.numel() > len(rows) > 1 and expect.is_close(rows, rows[:1].expand_as(rows)):
        raise expect.NotMet("All rows of weights are the same; they should follow the inputs.")


def distribution(case: Case, weights: torch.Tensor) -> None:
    """Check that weights (..., keys) are alive and grow with the scores."""
    alive(case, weights)
    scores, weights = case.scores(), weights.detach().double().cpu()
    order = scores.argsort(dim=-1)
    gaps = scores.gather(-1, order).diff(dim=-1) > 1e-2
    if not (weights.gather(-1, order).diff(dim=-1)[gaps] > 0).all():
        raise expect.NotMet(
            "A key with a larger score (query · key) should get a larger weight. "
            "Check the matrix product and the axis of the softmax."
        )


def mixed(case: Case, output: torch.Tensor, weights: torch.Tensor) -> None:
    """Check the output against the values mixed by the weights that were returned."""
    hint = "It should be the sum of the values, weighted by the weights that you return."
    expect.close(output, case.output(weights), "the output", hint, SINGLE)


def mixes(case: Case, output: torch.Tensor, weights: torch.Tensor) -> bool:
    """Say whether the output follows from the weights; where it does not, `steps` is lost."""
    return expect.is_close(output, case.output(weights), SINGLE)


def masks(cases: list[Case], loud: Case, random: torch.Generator) -> None:
    """Check that masked weights are the unmasked ones, shared among the visible keys.

    All masks go through the same function or layer, and the call without a mask comes again last.
    Of the `loud` case each key is the only visible one in turn, so that in some row all that is
    hidden has a score of 1,000 and what is visible one of -1,000.
    """
    groups = []
    for case in cases:
        shape = tuple(case.mask.shape)  # type: ignore[union-attr]
        plain, masked = case.under(None), [case.under(m) for m in inputs.masks(random, *shape)]
        groups.append([plain, *masked, plain])
    found = iter(ask([case for group in groups for case in group]))
    for group in groups:
        (plain, output, own), *hidden, (_, _, again) = [next(found) for _ in group]
        alive(plain, own)
        expect.close(again, own, "without a mask, after calls with one, the weights", "", SINGLE)
        right = mixes(plain, output, own)
        for case, output, weights in hidden:
            _shared(case, weights, own)
            if right:
                mixed(case, output, weights)
    large_scores(_alone(loud))


def _shared(case: Case, weights: torch.Tensor, own: torch.Tensor) -> None:
    visible, what = case.visible(), f"with a {case.mask.dtype} mask"  # type: ignore[union-attr]
    kept = own.detach().double().cpu() * visible
    expected = kept / kept.sum(dim=-1, keepdim=True)
    expect.close(weights, expected, f"{what}, the weights", HIDDEN, SINGLE)
    if weights.detach().cpu()[~visible].abs().sum() > 0:
        raise expect.NotMet(f"{what.capitalize()}, a hidden position has a weight. {HIDDEN}")


def large_scores(cases: list[Case]) -> None:
    """Compare weights where scores reach 1,000 and the softmax has the same value at any scale.

    The output has to follow from them where it does so when scores are small.
    """
    first = cases[0]
    small = first.given((first.args[0] * 0.03, *first.args[1:]), None, first.stored)
    (*plain,), *found = ask([small, *cases])
    alive(small, plain[2])
    right = mixes(*plain)
    for case, output, weights in found:
        expect.close(weights, case.weights(), "with large scores, the weights", LOUD, 1e-3)
        if right or not torch.isfinite(output).all():
            wanted = case.output(weights)
            expect.close(output, wanted, "with large scores, the output", LOUD, 1e-3)


def _alone(case: Case) -> list[Case]:
    """Return the case with each key as the only visible one."""
    keys = case.scores().shape[-1]
    shape = tuple(case.mask.shape)  # type: ignore[union-attr]
    return [case.under(torch.eye(keys)[key].expand(shape).contiguous()) for key in range(keys)]


def gradients(cases: list[Case], random: torch.Generator) -> None:
    """Compare gradients with those of the formula where the values are right.

    Where they are not, another criterion says so, and here each gradient only has to be there.
    Weights that are equal or no distribution earn nothing here.
    """
    calls, expected = [], []
    for case in cases:
        args = tuple(arg.clone().requires_grad_() for arg in case.args)
        stored = {name: tensor.clone().requires_grad_() for name, tensor in case.stored.items()}
        results = case.given(args, case.mask, stored).results()
        along = inputs.directions(random, *(tuple(result.shape) for result in results))
        total = sum((r * d).sum() for r, d in zip(results, along, strict=True))
        wanted = torch.autograd.grad(total, [*args, *stored.values()])
        expected.append(dict(zip([*range(len(args)), *stored], wanted, strict=True)))
        calls += [case.call(), case.given(args, case.mask, case.stored).call(directions=along)]
    outcomes = iter(call_all(calls))
    for case, wanted in zip(cases, expected, strict=True):
        plain = case.look(next(outcomes))
        outcome = next(outcomes)
        found = case.look(outcome)
        alive(case, plain[1])
        right = True
        for one, two, exact, what in zip(
            found, plain, case.results(), case.formula.names, strict=True
        ):
            expect.differentiable(one, what)
            expect.close(one, two, f"{what} of inputs that require gradients", "", SINGLE)
            right &= expect.is_close(one, exact, SINGLE)
        for name, gradient in wanted.items():
            called = ARGUMENTS[len(case.args)][name] if isinstance(name, int) else name
            expect.gradient(outcome.gradients.get(name), gradient, called, right)


def manners(cases: list[Case]) -> None:
    """Check dtype, device, arguments and globals left alone, equal results of equal calls.

    Layers are in train mode here. The first case has no mask; equal weights earn nothing here.
    """
    known = ask(cases)
    alive(*known[0][::2])
    for device, dtype in inputs.settings():
        moved = [_moved(case, device, dtype) for case in cases]
        outcomes = iter(call_all([case.call(watched=True) for case in moved for _ in range(2)]))
        for case, *results in known:
            first, second = next(outcomes), next(outcomes)
            looks = case.look(first), case.look(second), results, case.formula.names
            names = ARGUMENTS[len(case.args)]
            expect.side_effects(first.changed, first.disturbed, names)
            for one, two, wanted, what in zip(*looks, strict=True):
                expect.kind(one, dtype, device, what)
                expect.close(one, wanted, f"in {dtype}, {what}", "It should not change.", SINGLE)
                expect.equal(one, two)


def _moved(case: Case, device: torch.device, dtype: torch.dtype) -> Case:
    if isinstance(case.function, torch.nn.Module):
        case.function.to(device, dtype).train()
    mask = None if case.mask is None else case.mask.to(device)
    return case.given(tuple(arg.to(device, dtype) for arg in case.args), mask, case.stored)
