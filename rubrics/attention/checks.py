"""What attention must do, step by step, so that one wrong step costs that step only.

A student who forgot the scale still mixes the values rightly, and masks rightly. So each step is
compared with the student's own result of the step before:

    formula      weights        with the formula's weights
    steps        weights        they grow with the formula's scores
                 output         with the values mixed by the student's own weights
    masks        weights        with the student's own weights without a mask, shared among visible
    keys gradients    gradients      with the formula's, where the values are right

Weights that do not follow the scores at all (uniform, constant, random) earn nothing: `alive` and
`distribution` refuse them where a comparison with the student's own results would not.
"""

import torch

from nbjudge.rubric import Call, Outcome, call_all, expect

from . import inputs
from .cases import Case, Looked, ask

SINGLE = 1e-4  # tolerance of float32 results, whose sums of products are off by some 1e-6
# What a hidden position may keep. Exactly 0 would refuse a fill of 60 below the smallest score,
# which leaves exp(-60) = 1e-26; more would let through fills that are too near to other scores.
NO_WEIGHT = 1e-12
HIDDEN = "Before the softmax, set the scores of hidden positions (0 or False) to -inf."
# The names of the arguments, by how many there are besides the mask.
ARGUMENTS = {1: ("x", "mask"), 3: ("query", "keys", "values", "mask")}
LOUD = "If other values are right, use torch's softmax, and fill hidden scores with -inf."


def formula(cases: list[Case], hint: str) -> None:
    """Compare the weights with the formula; the first case comes four times more at the end."""
    for case, _, weights in ask([*cases, *cases[:1] * 4]):
        expect.close(weights, case.weights(), case.formula.names[1], hint, SINGLE)


def steps(cases: list[Case]) -> None:
    """Check that weights follow the scores, and the output the weights; the first case twice."""
    # Of weights only their order is compared here, so a wrong scale loses `formula` alone.
    for case, output, weights in ask([*cases, cases[0]]):
        distribution(case, weights)
        mixed(case, output, weights)


def alive(case: Case, weights: torch.Tensor) -> None:
    """Check that rows of weights (..., keys) sum to 1 and are not all the same."""
    rows = expect.exact(weights).flatten(0, -2)
    hint = "Apply the softmax over the keys, and nothing after it."
    sums = rows.sum(-1)
    expect.close(sums, torch.ones(len(rows)), "the sum of each row of weights", hint, wanted="be 1")
    varied(weights)


def varied(weights: torch.Tensor) -> None:
    """Check that rows of weights (..., keys) are not all the same."""
    rows = expect.exact(weights).flatten(0, -2)
    if rows.numel() > len(rows) > 1 and expect.is_close(rows, rows[:1].expand_as(rows)):
        raise expect.NotMet("All rows of weights are the same; they should follow the inputs.")


def distribution(case: Case, weights: torch.Tensor) -> None:
    """Check that weights (..., keys) are alive and grow with the scores."""
    alive(case, weights)
    scores, weights = case.scores(), expect.exact(weights)
    order = scores.argsort(dim=-1)
    # Scores that are nearly equal may come out in either order.
    gaps = scores.gather(-1, order).diff(dim=-1) > 1e-2
    if not (weights.gather(-1, order).diff(dim=-1)[gaps] > 0).all():
        raise expect.NotMet(
            "A key with a larger score (query · key) should get a larger weight. "
            "Check the matrix product and the axis of the softmax."
        )


def mixed(case: Case, output: torch.Tensor, weights: torch.Tensor) -> None:
    """Check that the output is the values, mixed by the weights that the student returned."""
    mix = "be the sum of the values, weighted by the weights that you return"
    expect.close(output, case.output(weights), "the output", "", SINGLE, mix)


def mixes(case: Case, output: torch.Tensor, weights: torch.Tensor) -> bool:
    """Return whether the output follows from the weights; if not, the criterion `steps` says so."""
    return expect.is_close(output, case.output(weights), SINGLE)


def masks(cases: list[Case], loud: tuple[Case, Case], random: torch.Generator) -> None:
    """Check that masked weights are the student's own without a mask, shared among visible keys.

    A softmax over the visible keys is the whole softmax, divided by the sum over the visible keys.

    The first case gets masks of each kind, and comes once more without one. The others get one mask
    each. The first `loud` case comes twice: with all but the smallest score of each row hidden, so
    that a hidden score may be 1,000 and the visible one -1,000; and with the largest hidden.

    Last, the value of a hidden position is asked for its influence on the first case's output.
    """
    first, *others = cases
    shape = tuple(first.mask.shape)  # type: ignore[union-attr]
    # All calls travel together. Each group begins with a call without a mask, which the others are
    # compared with.
    groups = [[first.under(mask) for mask in (*inputs.masks(random, *shape), None)]]
    groups += [[case] for case in others]
    found = iter(ask([one for group in groups for one in (group[0].under(None), *group)]))
    mixing = True
    for group in groups:
        plain, output, own = next(found)
        alive(plain, own)
        right = mixes(plain, output, own)
        mixing = mixing and right
        for _ in group:
            case, output, weights = next(found)
            _shared(case, weights, own)
            if right:
                mixed(case, output, weights)
    _large([smallest_visible(loud[0]), largest_hidden(loud[0])], [])
    if mixing:
        _influence(first, random)


def _shared(case: Case, weights: torch.Tensor, own: torch.Tensor) -> None:
    """Compare masked weights with the student's `own` weights without a mask."""
    visible = case.visible()
    what = "without a mask" if case.mask is None else f"with a {case.mask.dtype} mask"
    kept = expect.exact(own) * visible
    expected = kept / kept.sum(dim=-1, keepdim=True)
    expect.kind(weights, own.dtype, own.device, f"{what}, the weights")
    shared = "be those without a mask, shared among the visible keys"
    expect.close(weights, expected, f"{what}, the weights", HIDDEN, SINGLE, shared)
    if (weights.detach().cpu()[~visible].abs() > NO_WEIGHT).any():
        raise expect.NotMet(f"{what.capitalize()}, a hidden position has a weight. {HIDDEN}")


def _influence(case: Case, random: torch.Generator) -> None:
    """Check that the output does not hang on the values of hidden positions.

    The gradient of a value is the weight that was applied to it, which is not always the one that
    was returned: a comparison of outputs would see no less than `SINGLE`. A call that gives no such
    gradient loses another criterion.
    """
    case, values = _hidden_throughout(case, random)
    call, wanted = _directed(case, random)
    (outcome,) = call_all([call])
    found = outcome.gradients.get(values) if outcome.error is None else None
    if found is None or found.shape != wanted[values].shape:
        return
    assert call.directions is not None
    # Each weight is at most NO_WEIGHT, and each direction is added once.
    bound = NO_WEIGHT * call.directions[0].abs().sum()
    if (expect.exact(found)[wanted[values] == 0].abs() > bound).any():
        raise expect.NotMet(
            f"With a mask, the value of a hidden position still has a share in the output. {HIDDEN}"
        )


def _hidden_throughout(case: Case, random: torch.Generator) -> tuple[Case, int | str]:
    """Return a case with a mask, and the name of what it mixes, which hidden positions only feed.

    A layer mixes x W_v. So one position is hidden from all queries, and the last feature of x is 0
    everywhere else: the gradient of that feature's part of W_v is 0, whichever way round it is.
    """
    if len(case.args) == 3:
        return case, 2
    (x,), seq = case.args, case.args[0].shape[1]
    hidden = int(torch.randint(seq, (), generator=random))
    mask = torch.ones(len(x), seq, seq)
    mask[..., hidden] = 0
    x = x.clone()
    x[..., -1] = (torch.arange(seq) == hidden).float()
    return case.given((x,), mask), next(key for key in case.stored if key.startswith("W_v"))


def large_scores(loud: tuple[Case, Case]) -> None:
    """Compare weights and output with the formula where scores reach 1,000, without a mask."""
    tied, near = (case.under(None) for case in loud)
    _large([tied], [near])


def _large(tied: list[Case], near: list[Case]) -> None:
    """Compare weights and output of cases whose scores reach 1,000 in size.

    `tied`: the largest scores of a row are equal, and all others far below. Their softmax is the
    same at any scale. So a student who forgot the scale passes, and only an overflow, or scores
    that are cut at some bound, show.

    `near`: the largest scores of a row nearly are equal, so a wrong scale shows too. They are asked
    only of a student whose weights are right where scores are small: a wrong scale has cost its
    points already. For the same reason the output is compared only where it follows from the
    weights when scores are small, or where it is not finite.
    """
    first = tied[0]
    small = first.given((first.args[0] * 0.03, *first.args[1:]))
    (small_case, small_output, small_weights), *found = ask([small, *tied, *near])
    alive(small, small_weights)
    right = mixes(small_case, small_output, small_weights)
    if not expect.is_close(small_weights, small.weights(), SINGLE):
        found = found[: len(tied)]
    for case, output, weights in found:
        expect.close(weights, case.weights(), "with large scores, the weights", LOUD, 1e-3)
        if right or not torch.isfinite(output).all():
            wanted = case.output(weights)
            expect.close(output, wanted, "with large scores, the output", LOUD, 1e-3)


def smallest_visible(case: Case) -> Case:
    """Return the case with a mask that hides all but the smallest score of each row."""
    scores = _of_a_head(case)
    return case.under(torch.zeros_like(scores).scatter(-1, scores.argmin(-1, keepdim=True), 1.0))


def largest_hidden(case: Case) -> Case:
    """Return the case with a mask that hides each row's largest scores."""
    scores = _of_a_head(case)
    return case.under(scores < scores.amax(dim=-1, keepdim=True) - 1)


def _of_a_head(case: Case) -> torch.Tensor:
    """Return the scores of a loud case without an axis for heads: all heads have the same."""
    scores = case.scores()
    return scores[:, 0] if scores.dim() == 4 else scores


def gradients(cases: list[Case], random: torch.Generator, if_right: tuple[Case, ...] = ()) -> None:
    """Compare gradients with those of the formula, where the student's values are right.

    Where the values are wrong, another criterion says so. Then each gradient of `cases` only has to
    be there, and nothing is asked of the cases `if_right`. Weights that are all the same lose this.
    """
    directed = [(case, *_directed(case, random)) for case in (*cases, *if_right)]
    first, *outcomes = call_all([cases[0].call(), *(call for _, call, _ in directed)])
    plain = cases[0].look(first)
    varied(plain[1])
    names = cases[0].formula.names
    for one, two, what in zip(cases[0].look(outcomes[0]), plain, names, strict=True):
        same = "be the same as without gradients"
        expect.close(one, two, f"for inputs that require gradients, {what}", "", SINGLE, same)
    for (case, _, wanted), outcome in zip(directed, outcomes, strict=True):
        found = case.look(outcome)
        pairs = zip(found, case.results(), strict=True)
        right = all(expect.is_close(one, exact, SINGLE) for one, exact in pairs)
        if right or not any(case is one for one in if_right):
            for one, what in zip(found, names, strict=True):
                expect.differentiable(one, what)
            _reached(case, outcome, wanted, right)


def _directed(case: Case, random: torch.Generator) -> tuple[Call, dict[int | str, torch.Tensor]]:
    """Return a call that gives gradients along random directions, and the formula's gradients."""
    args = tuple(arg.clone().requires_grad_() for arg in case.args)
    stored = {name: tensor.clone().requires_grad_() for name, tensor in case.stored.items()}
    results = case.given(args, case.mask, stored).results()
    along = inputs.directions(random, *(tuple(result.shape) for result in results))
    total = sum((r * d).sum() for r, d in zip(results, along, strict=True))
    wanted = torch.autograd.grad(total, [*args, *stored.values()])
    names: list[int | str] = [*range(len(args)), *stored]
    call = case.given(args, case.mask).call(directions=along)
    return call, dict(zip(names, wanted, strict=True))


def _reached(
    case: Case, outcome: Outcome, wanted: dict[int | str, torch.Tensor], right: bool
) -> None:
    """Check the gradients of one call; only where `right` are their values compared."""
    for name, gradient in wanted.items():
        if name not in outcome.gradients and str(name).endswith(".bias"):
            continue  # the exercise leaves a bias free, so a frozen one passes
        called = ARGUMENTS[len(case.args)][name] if isinstance(name, int) else name
        expect.gradient(outcome.gradients.get(name), gradient, called, right)


def manners(cases: list[Case]) -> None:
    """Check that dtype and device are kept, and that nothing is changed on the way.

    Arguments and all that is global must be left alone, and equal calls must give equal results, in
    train mode too: layers are in train mode for float32, in eval mode for float64. The first two
    cases are watched, and are called once more without gradients. The first case has no mask; its
    weights must be alive.
    """
    known = ask(cases)
    first, _, weights = known[0]
    alive(first, weights)
    try:
        for device, dtype in inputs.settings():
            _kept(known, [_moved(case, device, dtype) for case in cases], device, dtype)
    finally:
        if isinstance(cases[0].function, torch.nn.Module):
            cases[0].function.to("cpu", torch.float32).eval()


def _kept(known: list[Looked], moved: list[Case], device: torch.device, dtype: torch.dtype) -> None:
    """Compare calls in another dtype and on another device with results that are `known`."""
    calls = [case.call(watched=number < 2) for number, case in enumerate(moved)]
    outcomes = call_all([*calls, *(case.call(grad=False) for case in moved[:2])])
    for (case, *results), outcome in zip(known, outcomes, strict=False):
        found = case.look(outcome)
        expect.side_effects(outcome.changed, outcome.disturbed, _names(case))
        for one, wanted, what in zip(found, results, case.formula.names, strict=True):
            expect.kind(one, dtype, device, what)
            expect.close(one, wanted, f"in {dtype}, {what}", "", SINGLE, "be as before")
    for case, first, second in zip(moved, outcomes, outcomes[len(moved) :], strict=False):
        for one, two in zip(case.look(first), case.look(second), strict=True):
            expect.equal(one, two)


def _names(case: Case) -> list[str]:
    """Return the names of the arguments; one tensor that is passed twice has its first name."""
    given = zip((*case.args, case.mask), ARGUMENTS[len(case.args)], strict=True)
    names: dict[int, str] = {}
    for tensor, name in given:
        names.setdefault(id(tensor), name)
    return list(names.values())


def masks_of_each_kind(case: Case) -> list[Case]:
    """Return the case without a mask, and with its mask as float, int and bool.

    A student who writes into the mask may write into a copy: `mask.float()` copies a mask of
    another dtype, and returns a float mask itself. So each dtype is tried. With arguments in
    float64 the float mask is float64.
    """
    assert case.mask is not None
    kinds = (torch.float32, torch.int64, torch.bool)
    return [case.under(None), *(case.under(case.mask.to(dtype)) for dtype in kinds)]


def _moved(case: Case, device: torch.device, dtype: torch.dtype) -> Case:
    """Return the case with its layer and its tensors on another device, in another dtype."""
    if isinstance(case.function, torch.nn.Module):
        case.function.to(device, dtype).train(dtype is torch.float32)
    mask = case.mask
    if mask is not None:
        mask = mask.to(device, dtype if mask.is_floating_point() else mask.dtype)
    return case.given(tuple(arg.to(device, dtype) for arg in case.args), mask)
