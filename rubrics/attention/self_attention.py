"""Exercise 3: one head of self-attention with learnable projections and no bias.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

from nbjudge.rubric import Rubric

from . import checks, layer
from .layer import ONE_HEAD, cases

HINT = "Check: Q, K, V from W_q, W_k, W_v; scores Q @ K^T / sqrt(embed_dim); softmax over the keys."
# (embed_dim, 1, [(batch, seq), ...]): the first width twice, so that two layers are told apart;
# ones, all different or all the same, long, and wide
SHAPES = [(5, 1, [(2, 7), (1, 5), (3, 1)]), (5, 1, [(2, 7)]), (1, 1, [(1, 1), (2, 3)])]
SHAPES += [(11, 1, [(2, 4)]), (4, 1, [(4, 4), (1, 260)]), (96, 1, [(1, 2)])]
FEW = [(5, 1, [(2, 7), (1, 1)]), (4, 1, [(4, 4), (1, 40)])]
TWO = [(5, 1, [(2, 7)]), (4, 1, [(4, 4)])]
rubric = Rubric("Exercise 3: self-attention layer", 30, "SelfAttention", ONE_HEAD.reference())


@rubric.criterion("W_q, W_k and W_v are distinct, trainable projections without bias", points=5)
def projections(make, random):
    """Registered under their names, square, trainable, not shared, no bias."""
    layer.check_projections(make, ONE_HEAD, 6, 1, bias_is_free=False)


@rubric.criterion("The attention weights follow from W_q and W_k", points=7)
def weights(make, random):
    """Weights under projections of ours, on sizes where another scale or axis can't coincide."""
    checks.formula(cases(make, ONE_HEAD, random, SHAPES), HINT)


@rubric.criterion("Weights grow with the scores, and the output is their mix of V", points=7)
def steps(make, random):
    """The steps of the formula one by one, whatever the scale."""
    checks.steps(cases(make, ONE_HEAD, random, [*SHAPES[:2], *FEW[1:]]))


@rubric.criterion(
    "Hidden positions get weight 0 and no influence, for every kind of mask", points=5
)
def masks(make, random):
    """Float, int and bool masks, different for each row and query; hidden scores of 1,000."""
    loud = layer.loud(make, ONE_HEAD, random, 1)
    checks.masks(cases(make, ONE_HEAD, random, FEW, masked=True), loud, random)


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(make, random):
    """Gradients of x, W_q, W_k and W_v, once without a mask, then with some."""
    made = cases(make, ONE_HEAD, random, TWO, masked=True)
    loud, _ = layer.loud(make, ONE_HEAD, random, 1)
    checks.gradients([made[0].under(None), *made, checks.largest_hidden(loud)], random)


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(make, random):
    """Scores of 1,000, float32 and float64, each device, train mode."""
    (case,) = cases(make, ONE_HEAD, random, TWO[:1], masked=True)
    checks.manners(checks.masks_of_each_kind(case))
    checks.large_scores(layer.loud(make, ONE_HEAD, random, 1))


@rubric.behaviour
def behaviour(make, random):
    """What misconceptions are told apart by: with and without a mask."""
    made = cases(make, ONE_HEAD, random, TWO, masked=True)
    made.append(layer.loud(make, ONE_HEAD, random, 1)[0])
    return [case.under(mask).call() for case in made for mask in (None, case.mask)]
