"""Exercise 4: multi-head attention.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.2.
"""

from nbjudge.rubric import Rubric

from . import checks, neutral
from .layer import MULTI_HEAD
from .layers import Layers
from .situations import situations

HINT = "Heads are slices of features; the scores of each head are divided by sqrt(head_dim)."
# (embed_dim, num_heads) of each layer, and a name for its number in the list.
LAYERS = [(6, 3), (6, 3), (1, 1), (24, 12), (6, 2), (5, 5), (6, 1)]
THREE_HEADS, SAME_AGAIN, ALL_ONES, TWELVE_HEADS, TWO_HEADS, HEADS_OF_ONE, SINGLE_HEAD = range(7)
# Which layers are tried at which (batch, seq): ones, all different, all as many as the heads, long.
# SAME_AGAIN has the shape of the first layer, so that two layers are told apart.
SIZES = {
    THREE_HEADS: [(2, 7), (1, 3), (3, 1)],
    SAME_AGAIN: [(2, 7)],
    ALL_ONES: [(1, 1)],
    TWELVE_HEADS: [(2, 5)],
    TWO_HEADS: [(2, 2), (1, 260)],
    HEADS_OF_ONE: [(1, 3)],
    SINGLE_HEAD: [(2, 4)],
}
STEPS = {THREE_HEADS: [(2, 7), (1, 1)], SAME_AGAIN: [(2, 7)], TWELVE_HEADS: [(1, 40)]}
MASKED = {THREE_HEADS: [(2, 7), (1, 1), (3, 3)], TWELVE_HEADS: [(1, 40)]}
TWO = {THREE_HEADS: [(2, 7)], TWELVE_HEADS: [(3, 4)]}
ONE = {THREE_HEADS: [(2, 7)]}
TOLD_APART = {THREE_HEADS: (2, 7), SINGLE_HEAD: (3, 4)}


def prepare(make, random):
    """Make the student's layers; criteria get them in place of the class."""
    return Layers(make, MULTI_HEAD, LAYERS, random)


rubric = Rubric(
    "Exercise 4: multi-head attention",
    30,
    "MultiHeadAttention",
    MULTI_HEAD.reference(),
    prepare=prepare,
)


@rubric.criterion("W_q, W_k, W_v and W_o are distinct, trainable projections", points=4)
def projections(layers, random):
    """Registered under their names, square, trainable, not shared; a bias is free."""
    layers.check_projections(bias_is_free=True)


@rubric.criterion("Each head's weights follow from its own slice of Q and K", points=7)
def weights(layers, random):
    """Weights under projections of ours, on sizes where swapped heads and width differ."""
    checks.formula(layers.cases(random, SIZES), HINT)


@rubric.criterion(
    "The heads mix V by their weights, in order, and W_o projects the result", points=8
)
def steps(layers, random):
    """The steps of the formula one by one, whatever the scale."""
    checks.steps(layers.cases(random, STEPS))


@rubric.criterion("Hidden positions get weight 0 in every head, for every kind of mask", points=5)
def masks(layers, random):
    """Float, int and bool masks, different for each row and query; hidden scores of 1,000."""
    large = layers.large(random)
    checks.masks(layers.cases(random, MASKED, masked=True), large, random)


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(layers, random):
    """Gradients of x and of the four projections, once without a mask, then with some."""
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
