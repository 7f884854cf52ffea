"""Exercise 1: softmax(query keys^T) values, without scaling.

Source of the formula: Luong et al., 2015, "Effective Approaches to Attention-based Neural Machine
Translation", section 3.1 (the score "dot").
"""

import torch
from nbjudge import expect
from nbjudge.rubric import Rubric

from . import single_query

HINT = "Compare each line with the formula: scores = Q @ K^T, softmax over the keys, weights @ V."


def reference(query, keys, values):
    """Attend from query (batch, hidden) to keys and values (batch, seq, hidden)."""
    scores = torch.einsum("bh,bsh->bs", query, keys)
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum("bs,bsh->bh", weights, values), weights


rubric = Rubric("Exercise 1: dot-product attention", 20, "dot_product_attention", reference)


@rubric.criterion("The weights are the softmax of query · keys, one per position", points=6)
def weights(attend, random):
    """Weights on sizes where a softmax over the wrong axis, or a scaling, can't coincide."""
    for arguments, sizes in single_query.cases(random):
        _, weights = single_query.call(attend, arguments, sizes)
        expect.close(weights, reference(*arguments)[1], "attention_weights", HINT)


@rubric.criterion("The output is the weighted sum of the values", points=6)
def output(attend, random):
    """The output on the same sizes."""
    for arguments, sizes in single_query.cases(random):
        output, _ = single_query.call(attend, arguments, sizes)
        expect.close(output, reference(*arguments)[0], "attention_output", HINT)


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
    single_query.check_manners(attend, reference, random)
