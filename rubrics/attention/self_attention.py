"""Exercise 3: one head of self-attention with learnable projections and no bias.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

from nbjudge.rubric import Rubric

from . import checks
from .layer import ONE_HEAD
from .layers import Layers

HINT = "Check: Q, K, V from W_q, W_k, W_v; scores Q @ K^T / sqrt(embed_dim); softmax over the keys."
# (embed_dim, 1): the first twice, so that two layers are told apart
LAYERS = [(5, 1), (5, 1), (1, 1), (4, 1), (24, 1)]
# Which layers are tried at which (batch, seq): ones, all different or all the same, long
SIZES = {0: [(2, 7), (1, 5), (3, 1)], 1: [(2, 7)], 2: [(1, 1), (2, 3)]}
SIZES |= {3: [(4, 4), (1, 260)], 4: [(1, 2), (2, 11)]}
STEPS = {0: [(2, 7), (1, 1)], 1: [(2, 7)], 3: [(1, 40)]}
MASKED = {0: [(2, 7), (1, 1)], 3: [(4, 4), (1, 40)]}
TWO = {0: [(2, 7)], 3: [(4, 4)]}
ONE = {0: [(2, 7)]}
TOLD_APART = {0: [(2, 7)], 4: [(2, 3)]}


def prepare(make, random):
    """Make the student's layers; criteria get them in place of the class."""
    return Layers(make, ONE_HEAD, LAYERS, random)


rubric = Rubric(
    "Exercise 3: self-attention layer",
    30,
    "SelfAttention",
    ONE_HEAD.reference(),
    prepare=prepare,
)


@rubric.criterion("W_q, W_k and W_v are distinct, trainable projections without bias", points=5)
def projections(layers, random):
    """Registered under their names, square, trainable, not shared, no bias."""
    layers.check_projections(bias_is_free=False)


@rubric.criterion("The attention weights follow from W_q and W_k", points=7)
def weights(layers, random):
    """Weights under projections of ours, on sizes where another scale or axis can't coincide."""
    checks.formula(layers.cases(random, SIZES), HINT)


@rubric.criterion("Weights grow with the scores, and the output is their mix of V", points=7)
def steps(layers, random):
    """The steps of the formula one by one, whatever the scale."""
    checks.steps(layers.cases(random, STEPS))


@rubric.criterion(
    "Hidden positions get weight 0 and no influence, for every kind of mask", points=5
)
def masks(layers, random):
    """Float, int and bool masks, different for each row and query; hidden scores of 1,000."""
    loud = layers.loud(random)
    checks.masks(layers.cases(random, MASKED, masked=True), loud, random)


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(layers, random):
    """Gradients of x, W_q, W_k and W_v, once without a mask, then with some."""
    made = layers.cases(random, TWO, masked=True)
    loud, _ = layers.loud(random)
    hidden = checks.largest_hidden(loud)
    checks.gradients([made[0].under(None)], random, if_right=(*made, hidden))


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(layers, random):
    """Scores of 1,000, float32 and float64, each device, train mode."""
    (case,) = layers.cases(random, ONE, masked=True)
    checks.manners(checks.masks_of_each_kind(case))
    checks.large_scores(layers.loud(random))


@rubric.behaviour
def behaviour(layers, random):
    """What misconceptions are told apart by: masks of each kind, eval mode and, last, train."""
    made = layers.cases(random, TOLD_APART, masked=True)
    made[-1].function.train()
    return checks.behaviour(made, layers.loud(random)[0])
