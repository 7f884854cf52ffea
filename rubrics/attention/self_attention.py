"""Exercise 3: one head of self-attention with learnable projections and no bias.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

from nbjudge.rubric import Rubric

from . import checks, neutral
from .layer import ONE_HEAD
from .layers import Layers
from .situations import situations

HINT = "Check: Q, K, V from W_q, W_k, W_v; scores Q @ K^T / sqrt(embed_dim); softmax over the keys."
# (embed_dim, 1) of each layer, and a name for its number in the list.
LAYERS = [(5, 1), (5, 1), (1, 1), (4, 1), (24, 1)]
WIDTH_5, SAME_AGAIN, WIDTH_1, WIDTH_4, WIDTH_24 = range(5)
# Which layers are tried at which (batch, seq): ones, all different or all the same, long.
# SAME_AGAIN has the shape of the first layer, so that two layers are told apart.
SIZES = {
    WIDTH_5: [(2, 7), (1, 5), (3, 1)],
    SAME_AGAIN: [(2, 7)],
    WIDTH_1: [(1, 1), (2, 3)],
    WIDTH_4: [(4, 4), (1, 260)],
    WIDTH_24: [(1, 2), (2, 11)],
}
STEPS = {WIDTH_5: [(2, 7), (1, 1)], SAME_AGAIN: [(2, 7)], WIDTH_4: [(1, 40)]}
MASKED = {WIDTH_5: [(2, 7), (1, 1)], WIDTH_4: [(4, 4), (1, 40)]}
TWO = {WIDTH_5: [(2, 7)], WIDTH_4: [(4, 4)]}
ONE = {WIDTH_5: [(2, 7)]}
TOLD_APART = {WIDTH_5: (2, 7), WIDTH_24: (2, 3)}


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
    """Weights under projections of ours, on sizes where another scale or axis differs."""
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
    large = layers.large(random)
    checks.masks(layers.cases(random, MASKED, masked=True), large, random)


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(layers, random):
    """Gradients of x, W_q, W_k and W_v, once without a mask, then with some."""
    made = layers.cases(random, TWO, masked=True)
    large, _ = layers.large(random)
    hidden = checks.largest_hidden(large)
    checks.gradients([made[0].under(None)], random, if_right=(*made, hidden))


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(layers, random):
    """Scores of 1,000, float32 and float64, each device, train mode."""
    (case,) = layers.cases(random, ONE, masked=True)
    checks.conventions(case)
    checks.large_scores(layers.large(random))


@rubric.behaviour
def behaviour(layers, random):
    """Yield the calls that tell misconceptions apart, for each way to read the layers."""
    for cases in neutral.read(layers, TOLD_APART, random):
        yield situations(*cases)
