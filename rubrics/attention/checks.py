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
    for case, _, weights in ask([*cases, _repeated(cases[0]), cases[0]]):
        expect.close(weights, case.weights(), "attention_weights", hint, SINGLE)


def _repeated(case: Case) -> Case:
    """Return the case with two equal keys and one of zeros, which is no padding."""
    args = list(case.args)
    keys = len(args) // 2  # (query, keys, values), or x alone
    args[keys] = args[keys].clone()
    args[keys][:, 0] = args[keys][:, 1]
    args[keys][:, -1] = 0
    return case.given(tuple(args), case.mask, case.stored)


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
    varied(weights)


def varied(weights: torch.Tensor) -> None:
    """Check that rows of weights (..., keys) are not all the same."""
    rows = weights.detach().double().cpu().flatten(0, -2)
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


def masks(cases: list[Case], loud: tuple[Case, Case], random: torch.Generator) -> None:
    """Check that masked weights are the unmasked ones, shared among the visible keys.

    All masks go through the same function or layer, and the call without a mask comes again last.
    Of the first `loud` case each key is the only visible one in turn, so that in some row all that
    is hidden has a score of 1,000 and what is visible one of -1,000; then all but the largest are.
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
    _large([*_alone(loud[0]), largest_hidden(loud[0])], [])


def _shared(case: Case, weights: torch.Tensor, own: torch.Tensor) -> None:
    visible, what = case.visible(), f"with a {case.mask.dtype} mask"  # type: ignore[union-attr]
    kept = own.detach().double().cpu() * visible
    expected = kept / kept.sum(dim=-1, keepdim=True)
    expect.close(weights, expected, f"{what}, the weights", HIDDEN, SINGLE)
    if weights.detach().cpu()[~visible].abs().sum() > 0:
        raise expect.NotMet(f"{what.capitalize()}, a hidden position has a weight. {HIDDEN}")


def large_scores(loud: tuple[Case, Case]) -> None:
    """Compare weights and output where scores reach 1,000, without a mask."""
    tied, near = (case.under(None) for case in loud)
    _large([tied], [near])


def _large(tied: list[Case], near: list[Case]) -> None:
    """Compare weights of cases with scores of 1,000 in size, and the output that follows.

    The softmax of `tied` scores is the same at any scale, so only an overflow or a cut shows. The
    `near` scores are so close that they say something of weights only that follow the formula when
    scores are small; likewise the output.
    """
    first = tied[0]
    small = first.given((first.args[0] * 0.03, *first.args[1:]), None, first.stored)
    (*quiet,), *found = ask([small, *tied, *near])
    alive(small, quiet[2])
    right = mixes(*quiet)
    if not expect.is_close(quiet[2], small.weights(), SINGLE):
        found = found[: len(tied)]
    for case, output, weights in found:
        expect.close(weights, case.weights(), "with large scores, the weights", LOUD, 1e-3)
        if right or not torch.isfinite(output).all():
            wanted = case.output(weights)
            expect.close(output, wanted, "with large scores, the output", LOUD, 1e-3)


def _alone(case: Case) -> list[Case]:
    """Return the case with each key as the only visible one."""
    shape = tuple(case.mask.shape)  # type: ignore[union-attr]
    keys = shape[-1]
    return [case.under(torch.eye(keys)[key].expand(shape).contiguous()) for key in range(keys)]


def largest_hidden(case: Case) -> Case:
    """Return the case with a mask that hides each row's largest scores, the same in all heads."""
    scores = case.scores()
    scores = scores[:, 0] if scores.dim() == 4 else scores  # type: ignore[misc]
    return case.under(scores < scores.amax(dim=-1, keepdim=True) - 1)


def gradients(cases: list[Case], random: torch.Generator) -> None:
    """Compare gradients with those of the formula where the values are right.

    Where they are not, another criterion says so, and here each gradient only has to be there.
    Weights that are all the same earn nothing here.
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
        varied(plain[1])
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

    Layers are in train mode here, and the second call is made as in evaluation, without gradients.
    The first case has no mask; equal weights earn nothing here.
    """
    known = ask(cases)
    alive(*known[0][::2])
    for device, dtype in inputs.settings():
        moved = [_moved(case, device, dtype) for case in cases]
        calls = [(case.call(watched=True), case.call(grad=False)) for case in moved]
        outcomes = iter(call_all([call for pair in calls for call in pair]))
        for case, *results in known:
            first, second = next(outcomes), next(outcomes)
            looks = case.look(first), case.look(second), results, case.formula.names
            names = ARGUMENTS[len(case.args)]
            expect.side_effects(first.changed, first.disturbed, names)
            for one, two, wanted, what in zip(*looks, strict=True):
                expect.kind(one, dtype, device, what)
                expect.close(one, wanted, f"in {dtype}, {what}", "It should not change.", SINGLE)
                expect.equal(one, two)


def masks_of_each_kind(case: Case) -> list[Case]:
    """Return the case without its mask, and with it in each dtype: one that is written into shows.

    A conversion copies what has another dtype only, so each dtype is tried.
    """
    assert case.mask is not None
    return [case.under(None), *(case.under(case.mask.to(dtype)) for dtype in inputs.MASK_DTYPES)]


def _moved(case: Case, device: torch.device, dtype: torch.dtype) -> Case:
    if isinstance(case.function, torch.nn.Module):
        case.function.to(device, dtype).train()
    mask = None if case.mask is None else case.mask.to(device)
    return case.given(tuple(arg.to(device, dtype) for arg in case.args), mask, case.stored)
