"""Exercise 2: softmax(query keys^T / sqrt(d_k)) values, with an optional mask.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

import torch

from nbjudge.rubric import Rubric

from . import inputs, single_query
from .weights import check_distribution, check_masking, check_output

HINT = "Compare each line with the formula: scores = (Q @ K^T) / sqrt(d_k), where d_k = hidden_dim."


def reference(query, keys, values, mask=None):
    """Attend from query (batch, hidden) to keys and values (batch, seq, hidden) under a mask."""
    scores = single_query.scores(query, keys) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -torch.inf)
    weights = torch.softmax(scores, dim=-1)
    return single_query.mix(weights, values), weights


rubric = Rubric(
    "Exercise 2: scaled dot-product attention", 20, "scaled_dot_product_attention", reference
)


@rubric.criterion("The weights are the softmax of the scaled scores", points=5)
def weights(attend, random):
    """Weights by the formula, without a mask."""
    single_query.check_weights(attend, reference, random, HINT)


@rubric.criterion(
    "Weights grow with the scores, and the output is their mix of the values", points=4
)
def steps(attend, random):
    """The steps of the formula one by one, whatever the scale."""
    single_query.check_steps(attend, random)


@rubric.criterion(
    "Hidden positions get weight 0 and no influence, for every kind of mask", points=5
)
def masks(attend, random):
    """Float, int and bool masks; one position left; all visible."""
    for arguments, sizes in single_query.cases(random):
        query, keys, values = arguments
        _, unmasked = single_query.call(attend, arguments, sizes)
        check_distribution(unmasked, single_query.scores(query, keys))
        for mask in inputs.masks(random, *keys.shape[:2]):
            output, weights = single_query.call(attend, arguments, sizes, mask)
            check_masking(weights, unmasked, mask)
            check_output(output, single_query.mix(weights.double(), values))


@rubric.criterion("Large scores give finite, right results, hidden ones too", points=2)
def large_scores(attend, random):
    """Scores up to 900 before scaling, once without and once with a mask."""
    single_query.check_large_scores(attend, reference, random)
    single_query.check_large_scores(attend, reference, random, inputs.mask(random, 3, 6))


@rubric.criterion("Gradients reach query, keys and values, with a mask too", points=2)
def gradients(attend, random):
    """Gradients of a random projection of both results, compared with the reference's."""
    single_query.check_gradients(attend, reference, random)
    single_query.check_gradients(attend, reference, random, inputs.mask(random, 2, 5).float())


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
def manners(attend, random):
    """float32 and float64, each device, arguments and mask as before, equal results."""
    single_query.check_manners(attend, random)
    single_query.check_manners(attend, random, inputs.mask(random, 2, 5))
