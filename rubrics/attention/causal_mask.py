"""Bonus: the causal mask of autoregressive attention.

Source: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.3, third use of attention.
"""

import torch

from nbjudge.rubric import Call, Rubric, call_all, expect

HINT = "Row i may attend to columns 0 to i: the lower triangle, diagonal included."
SIZES = (1, 2, 3, 5, 17, 300)  # seq_len


def reference(seq_len):
    """Return the bool mask (seq_len, seq_len): True where the key is not later than the query."""
    positions = torch.arange(seq_len)
    return positions[:, None] >= positions[None, :]


rubric = Rubric("Bonus: causal masking", 10, "create_causal_mask", reference, extra_credit=True)


@rubric.criterion("A position attends to itself and to earlier positions only", points=6)
def values(make, random):
    """Sizes 1 to 5 and longer ones, in a random order; then the first size once more."""
    _masks(make, [*random_order(random), SIZES[0]])


@rubric.criterion("The mask is a boolean tensor", points=4)
def boolean(make, random):
    """True and False, as the student's docstring says; a mask must be causal to earn this."""
    for mask, outcome in _masks(make, SIZES):
        if mask.dtype != torch.bool:
            raise expect.NotMet(f"The mask should be torch.bool; it is {mask.dtype}.")
        expect.side_effects((), outcome.disturbed, ())


@rubric.behaviour
def behaviour(make, random):
    """Return the calls that tell misconceptions apart: one of each size."""
    return [Call(make, (seq_len,)) for seq_len in SIZES]


def random_order(random):
    """Return the sizes shuffled: a mask must not depend on the one before."""
    return [SIZES[index] for index in torch.randperm(len(SIZES), generator=random)]


def _masks(make, sizes):
    """Return the causal mask of each of `sizes` with its outcome; raise `NotMet` if one is not."""
    found = []
    calls = [Call(make, (seq_len,), watched=seq_len == sizes[0]) for seq_len in sizes]
    outcomes = call_all(calls)
    for seq_len, outcome in zip(sizes, outcomes, strict=True):
        mask = expect.tensor(outcome.value(), "the mask")
        expect.shape(mask, (seq_len, seq_len), "the mask", f"seq_len={seq_len}")
        if not bool((mask.cpu() == reference(seq_len)).all()):
            raise expect.NotMet(f"With seq_len={seq_len}, the mask is not causal. {HINT}")
        found.append((mask, outcome))
    return found
