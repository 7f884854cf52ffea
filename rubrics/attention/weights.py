"""What attention weights must be, step by step, so that one wrong step costs that step only.

A student who forgot the scale still mixes the values rightly and masks rightly. So each step is
compared with the student's own result of the step before. Weights that do not follow the scores at
all (uniform, constant, random) meet none of these checks.
"""

import torch

from nbjudge import expect


def check_distribution(weights, scores):
    """Check that weights (..., seq) sum to 1 and grow with scores (..., seq)."""
    ones = torch.ones(weights.shape[:-1], dtype=torch.float64)
    expect.close(
        weights.sum(dim=-1), ones, "the sum of each row of weights", "It should be 1 over the keys."
    )
    order = scores.argsort(dim=-1)
    gaps = scores.gather(-1, order).diff(dim=-1) > 1e-2
    steps = weights.detach().double().cpu().gather(-1, order).diff(dim=-1)
    if not (steps[gaps] > 0).all():
        raise expect.NotMet(
            "A key with a larger score (query · key) should get a larger weight. "
            "Check the matrix product and the axis of the softmax."
        )


def check_masking(masked, unmasked, mask):
    """Check that masked weights (..., seq) are the unmasked ones, shared among the visible."""
    kept = unmasked.detach() * mask.double()
    hint = "Hidden positions (0 or False) must get -inf before the softmax."
    expected = kept / kept.sum(dim=-1, keepdim=True)
    expect.close(masked, expected, f"with a {mask.dtype} mask, the weights", hint)
    if masked.detach()[mask == 0].abs().sum() > 0:
        raise expect.NotMet(f"With a {mask.dtype} mask, a hidden position has a weight. {hint}")


def check_output(output, expected):
    """Check the output against the values mixed by the weights that were returned."""
    expect.close(
        output,
        expected,
        "the output",
        "It should be the sum of the values, weighted by the weights that you return.",
    )
