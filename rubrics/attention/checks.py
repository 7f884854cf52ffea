"""What attention must do, step by step, so that one wrong step costs that step only.

A student who forgot the scale still mixes the values rightly, and masks rightly. So each step is
compared with the student's own result of the step before:

    formula      weights        with the formula's weights
    steps        weights        they grow with the formula's scores
                 output         with the values mixed by the student's own weights
    masks        weights        with the student's own weights without a mask, shared among visible
    keys gradients    gradients      with the formula's, where the values are right

Weights that do not follow the scores at all (uniform, constant, random) earn nothing:
`distribution` and `ordered` refuse them where a comparison with the student's own results would
not.
"""

import torch

from nbjudge import tensors
from nbjudge.rubric import call_all, expect
from nbjudge.tensors import ask, inputs, padding

from .cases import Case

SINGLE = 1e-4  # tolerance of float32 results, whose sums of products are off by some 1e-6
HIDDEN = "Before the softmax, set the scores of hidden positions (0 or False) to -inf."
LARGE = "If other values are right, use torch's softmax, and fill hidden scores with -inf."
WEIGHTS = "the attention weights"


def formula(cases: list[Case], hint: str) -> None:
    """Compare the weights with the formula; the first case comes four times more at the end."""
    for case, (_, weights) in ask([*cases, *cases[:1] * 4]):
        expect.close(weights, case.expected[1], WEIGHTS, hint, SINGLE)


def steps(cases: list[Case]) -> None:
    """Check that weights follow the scores, and the output the weights; the first case twice."""
    # Of weights only their order is compared here, so a wrong scale loses `formula` alone.
    for case, (output, weights) in ask([*cases, cases[0]]):
        ordered(case, weights)
        mixed(case, output, weights)


def distribution(weights: torch.Tensor) -> None:
    """Check that rows of weights (..., keys) sum to 1 and are not all the same."""
    sums = expect.exact(weights).sum(-1)
    hint = "Apply the softmax over the keys, and nothing after it."
    expect.close(sums, torch.ones_like(sums), "the sum of each row of weights", hint, wanted="be 1")
    if weights.shape[-1] > 1:  # a single key has all of the weight
        tensors.varied(weights, WEIGHTS)


def ordered(case: Case, weights: torch.Tensor) -> None:
    """Check that weights (..., keys) are a distribution and grow with the scores."""
    distribution(weights)
    weights, order = expect.exact(weights), case.scores.argsort(dim=-1)
    # Scores that are nearly equal may come out in either order.
    gaps = case.scores.gather(-1, order).diff(dim=-1) > 1e-2
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


def masks(cases: list[Case], large: tuple[Case, Case], random: torch.Generator) -> None:
    """Check that masked weights are the student's own without a mask, shared among visible keys.

    The first case gets masks of each kind, and comes once more without one. The others get one mask
    each. The first `large` case comes twice: with all but the smallest score of each row hidden, so
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
        plain, (output, own) = next(found)
        distribution(own)
        right = mixes(plain, output, own)
        mixing = mixing and right
        for _ in group:
            case, (output, weights) = next(found)
            _shared(case, weights, own)
            if right:
                mixed(case, output, weights)
    _large([smallest_visible(large[0]), largest_hidden(large[0])], [])
    if mixing:
        _influence(first, random)


def _shared(case: Case, weights: torch.Tensor, own: torch.Tensor) -> None:
    """Compare masked weights with the student's `own` weights without a mask."""
    visible = case.visible()
    where = "without a mask" if case.mask is None else f"with a {case.mask.dtype} mask"
    expect.kind(weights, own.dtype, own.device, f"{where}, the weights")
    shared = "be those without a mask, shared among the visible keys"
    wanted = padding.share(own, visible)
    expect.close(weights, wanted, f"{where}, the weights", HIDDEN, SINGLE, shared)
    padding.no_weight(weights, visible, where.capitalize(), HIDDEN)


def _influence(case: Case, random: torch.Generator) -> None:
    """Check that the output does not hang on the values of hidden positions.

    The gradient of a value is the weight that was applied to it, which is not always the one that
    was returned: a comparison of outputs would see no less than `SINGLE`. A call that gives no such
    gradient loses another criterion.
    """
    case, values = _hidden_throughout(case, random)
    along = inputs.directions(random, *(tuple(one.shape) for one in case.expected))
    wanted = tensors.gradients_of(case, along)
    args = [one.clone().requires_grad_(case.is_real(name)) for name, one in case.named_args.items()]
    (outcome,) = call_all([case.given(*args).call(directions=along)])
    found = outcome.gradients.get(values) if outcome.error is None else None
    if found is None or found.shape != wanted[values].shape:
        return
    # Each weight is at most NO_WEIGHT, and each direction is added once.
    bound = padding.NO_WEIGHT * along[0].abs().sum()
    if (expect.exact(found)[wanted[values] == 0].abs() > bound).any():
        raise expect.NotMet(
            f"With a mask, the value of a hidden position still has a share in the output. {HIDDEN}"
        )


def _hidden_throughout(case: Case, random: torch.Generator) -> tuple[Case, int | str]:
    """Return a case with a mask, and the name of what it mixes, which hidden positions only feed.

    A layer mixes x W_v. So one position is hidden from all queries, and the last feature of x is 0
    everywhere else: the gradient of that feature's part of W_v is 0, whichever way round it is.
    """
    if "values" in case.named_args:
        return case, list(case.named_args).index("values")
    x, seq = case.args[0].clone(), case.args[0].shape[1]
    hidden = int(torch.randint(seq, (), generator=random))
    mask = torch.ones(len(x), seq, seq)
    mask[..., hidden] = 0
    x[..., -1] = (torch.arange(seq) == hidden).float()
    return case.given(x, mask), next(key for key in case.stored if key.startswith("W_v"))


def large_scores(large: tuple[Case, Case]) -> None:
    """Compare weights and output with the formula where scores reach 1,000, without a mask."""
    tied, near = (case.under(None) for case in large)
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
    first, *rest = tied[0].args
    small = tied[0].given(first * 0.03, *rest)
    (_, results), *found = ask([small, *tied, *near])
    distribution(results[1])
    right = mixes(small, *results)
    if not expect.is_close(results[1], small.expected[1], SINGLE):
        found = found[: len(tied)]
    for case, (output, weights) in found:
        expect.close(weights, case.expected[1], "with large scores, the weights", LARGE, 1e-3)
        if right or not torch.isfinite(output).all():
            wanted = case.output(weights)
            expect.close(output, wanted, "with large scores, the output", LARGE, 1e-3)


def smallest_visible(case: Case) -> Case:
    """Return the case with a mask that hides all but the smallest score of each row."""
    scores = _of_a_head(case)
    return case.under(torch.zeros_like(scores).scatter(-1, scores.argmin(-1, keepdim=True), 1.0))


def largest_hidden(case: Case) -> Case:
    """Return the case with a mask that hides each row's largest scores."""
    scores = _of_a_head(case)
    return case.under(scores < scores.amax(dim=-1, keepdim=True) - 1)


def _of_a_head(case: Case) -> torch.Tensor:
    """Return the scores of a large case without an axis for heads: all heads have the same."""
    return case.scores[:, 0] if case.scores.dim() == 4 else case.scores


def gradients(cases: list[Case], random: torch.Generator, if_right: tuple[Case, ...] = ()) -> None:
    """Compare gradients with the formula's; weights that are all the same lose this, too.

    Exercise 4 leaves a bias free, so a frozen one passes.
    """
    ((_, (_, weights)),) = ask(cases[:1])
    tensors.varied(weights, WEIGHTS)
    # One tensor for keys and values would have one gradient, which hides that they are swapped.
    plain, masked = ([one.of_copies() for one in some] for some in (cases, if_right))
    tensors.gradients(plain, random, masked, frozen=(".bias",), tolerance=SINGLE)


def conventions(case: Case) -> None:
    """Check the conventions of torch without a mask, and with the case's mask in each dtype.

    A student who writes into the mask may write into a copy: `mask.float()` copies a mask of
    another dtype, and returns a float mask itself. So each dtype is tried. With arguments in
    float64 a float mask is float64.
    """
    plain, mask = case.under(None), case.mask
    ((_, (_, weights)),) = ask([plain])
    distribution(weights)
    kinds = () if mask is None else (torch.float32, torch.int64, torch.bool)
    tensors.conventions([plain, *(case.under(mask.to(dtype)) for dtype in kinds)], tolerance=1e-3)
