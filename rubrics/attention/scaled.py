"""Exercise 2: softmax(query keys^T / sqrt(hidden)) values, with an optional mask.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

from nbjudge.rubric import Rubric

from . import checks, single_query
from .single_query import FEW, SCALED, TWO, cases
from .situations import situations

HINT = "Compare each line with the formula: scores = (Q @ K^T) / sqrt(d_k), where d_k = hidden_dim."
rubric = Rubric(
    "Exercise 2: scaled dot-product attention",
    20,
    "scaled_dot_product_attention",
    single_query.reference(SCALED),
)


@rubric.criterion("The weights are the softmax of the scaled scores", points=5)
def weights(attend, random):
    """Weights by the formula, without a mask."""
    checks.formula(cases(attend, SCALED, random), HINT)


@rubric.criterion(
    "Weights grow with the scores, and the output is their mix of the values", points=4
)
def steps(attend, random):
    """The steps of the formula one by one, whatever the scale."""
    checks.steps(cases(attend, SCALED, random, FEW))


@rubric.criterion(
    "Hidden positions get weight 0 and no influence, for every kind of mask", points=5
)
def masks(attend, random):
    """Float, int and bool masks; one position left; all visible; hidden scores of 1,000."""
    large = single_query.large(attend, SCALED, random)
    checks.masks(cases(attend, SCALED, random, FEW, masked=True), large, random)


@rubric.criterion("Large scores give finite, right results", points=2)
def large_scores(attend, random):
    """Scores of 1,000: exp overflows unless the softmax subtracts the largest score."""
    checks.large_scores(single_query.large(attend, SCALED, random))


@rubric.criterion("Gradients reach query, keys and values, with a mask too", points=2)
def gradients(attend, random):
    """Gradients along random directions of both results, compared with the formula's."""
    made = cases(attend, SCALED, random, TWO, masked=True)
    large, _ = single_query.large(attend, SCALED, random)
    hidden = checks.largest_hidden(large)
    checks.gradients([made[0].under(None)], random, if_right=(*made, hidden))


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
def manners(attend, random):
    """float32 and float64, each device, arguments and mask as before, equal results."""
    (case,) = cases(attend, SCALED, random, FEW[:1], masked=True)
    checks.conventions(case)


@rubric.behaviour
def behaviour(attend, random):
    """Return the calls that tell misconceptions apart: without a mask, and with each kind."""
    made, (again, _) = (cases(attend, SCALED, random, TWO, masked=True) for _ in range(2))
    return situations(made, again, single_query.large(attend, SCALED, random)[0])
