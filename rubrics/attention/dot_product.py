"""Exercise 1: softmax(query keys^T) values, without scaling.

Source of the formula: Luong et al., 2015, "Effective Approaches to Attention-based Neural Machine
Translation", section 3.1 (the score "dot").
"""

from nbjudge.rubric import Rubric

from . import checks, single_query
from .single_query import FEW, TWO, UNSCALED, cases
from .situations import unmasked

HINT = "Compare each line with the formula: scores = Q @ K^T, then a softmax over the keys."
rubric = Rubric(
    "Exercise 1: dot-product attention",
    20,
    "dot_product_attention",
    single_query.reference(UNSCALED),
)


@rubric.criterion("The weights are the softmax of query · keys", points=6)
def weights(attend, random):
    """Weights by the formula, on sizes where another axis or a scale gives another result."""
    checks.formula(cases(attend, UNSCALED, random), HINT)


@rubric.criterion(
    "Weights grow with the scores, and the output is their mix of the values", points=6
)
def steps(attend, random):
    """The steps of the formula one by one, whatever the scale."""
    checks.steps(cases(attend, UNSCALED, random, FEW))


@rubric.criterion("Large scores give finite, right results", points=3)
def large_scores(attend, random):
    """Scores of 1,000: exp overflows unless the softmax subtracts the largest score."""
    checks.large_scores(single_query.large(attend, UNSCALED, random))


@rubric.criterion("Gradients reach query, keys and values", points=3)
def gradients(attend, random):
    """Gradients along random directions of both results, compared with the formula's."""
    checks.gradients(cases(attend, UNSCALED, random, TWO), random)


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
def manners(attend, random):
    """float32 and float64, each device of this machine; arguments kept; equal calls are equal."""
    (case,) = cases(attend, UNSCALED, random, FEW[:1])
    checks.conventions(case)


@rubric.behaviour
def behaviour(attend, random):
    """Return the calls that tell misconceptions apart."""
    return unmasked(
        cases(attend, UNSCALED, random, TWO), single_query.large(attend, UNSCALED, random)[0]
    )
