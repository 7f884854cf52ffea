"""Exercise 1: softmax(query keys^T) values, without scaling.

Source of the formula: Luong et al., 2015, "Effective Approaches to Attention-based Neural Machine
Translation", section 3.1 (the score "dot").
"""

import torch

from nbjudge.rubric import Rubric

from . import single_query

HINT = "Compare each line with the formula: scores = Q @ K^T, then a softmax over the keys."


def reference(query, keys, values):
    """Attend from query (batch, hidden) to keys and values (batch, seq, hidden)."""
    weights = torch.softmax(single_query.scores(query, keys), dim=-1)
    return single_query.mix(weights, values), weights


rubric = Rubric("Exercise 1: dot-product attention", 20, "dot_product_attention", reference)


@rubric.criterion("The weights are the softmax of query · keys", points=6)
def weights(attend, random):
    """Weights by the formula: unscaled, over the keys."""
    single_query.check_weights(attend, reference, random, HINT)


@rubric.criterion(
    "Weights grow with the scores, and the output is their mix of the values", points=6
)
def steps(attend, random):
    """The steps of the formula one by one, whatever the scale."""
    single_query.check_steps(attend, random)


@rubric.criterion("Large scores give finite, right results", points=3)
def large_scores(attend, random):
    """Scores near 900: exp overflows unless the softmax subtracts the largest score."""
    single_query.check_large_scores(attend, reference, random)


@rubric.criterion("Gradients reach query, keys and values", points=3)
def gradients(attend, random):
    """Gradients of a random projection of both results, compared with the reference's."""
    single_query.check_gradients(attend, reference, random)


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
def manners(attend, random):
    """float32 and float64, each device there is, arguments as before, equal calls equal results."""
    single_query.check_manners(attend, random)
