"""Exercise 4: multi-head attention.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.2.
"""

from nbjudge.rubric import Rubric

from . import checks, layer
from .layer import MULTI_HEAD, cases

HINT = "Check: heads are slices of head_dim features; each is scaled by sqrt(head_dim)."
# (embed_dim, num_heads, [(batch, seq), ...]): the first twice, so that two layers are told apart;
# heads and head_dim differ, or are both the batch and the seq; one head, heads of 1; long; wide
SHAPES = [(6, 3, [(2, 7), (1, 3), (3, 1)]), (6, 3, [(2, 7)]), (1, 1, [(1, 1)])]
SHAPES += [(6, 1, [(2, 5)]), (5, 5, [(1, 3)]), (6, 2, [(3, 4), (1, 260)])]
SHAPES += [(16, 4, [(4, 4)]), (96, 12, [(1, 2)])]
FEW = [(6, 3, [(2, 7), (1, 1)]), (16, 4, [(4, 4)]), (24, 8, [(1, 40)])]
TWO = [(6, 3, [(2, 7)]), (16, 4, [(4, 4)])]
rubric = Rubric(
    "Exercise 4: multi-head attention", 30, "MultiHeadAttention", MULTI_HEAD.reference()
)


@rubric.criterion("W_q, W_k, W_v and W_o are distinct, trainable projections", points=4)
def projections(make, random):
    """Registered under their names, square, trainable, not shared; a bias is free."""
    layer.check_projections(make, MULTI_HEAD, 6, 2, bias_is_free=True)


@rubric.criterion("Each head's weights follow from its own slice of Q and K", points=7)
def weights(make, random):
    """Weights under projections of ours, where swapped heads and width can't coincide."""
    checks.formula(cases(make, MULTI_HEAD, random, SHAPES), HINT)


@rubric.criterion(
    "The heads mix V by their weights, in order, and W_o projects the result", points=8
)
def steps(make, random):
    """The steps of the formula one by one, whatever the scale."""
    checks.steps(cases(make, MULTI_HEAD, random, [*SHAPES[:2], *FEW[1:]]))


@rubric.criterion("Hidden positions get weight 0 in every head, for every kind of mask", points=5)
def masks(make, random):
    """Float, int and bool masks, different for each row and query; hidden scores of 1,000."""
    loud = layer.loud(make, MULTI_HEAD, random, 2)
    checks.masks(cases(make, MULTI_HEAD, random, FEW, masked=True), loud, random)


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(make, random):
    """Gradients of x and of the four projections, once without a mask, then with some."""
    made = cases(make, MULTI_HEAD, random, TWO, masked=True)
    loud, _ = layer.loud(make, MULTI_HEAD, random, 2)
    checks.gradients([made[0].under(None), *made, checks.largest_hidden(loud)], random)


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(make, random):
    """Scores of 1,000, float32 and float64, each device, train mode."""
    (case,) = cases(make, MULTI_HEAD, random, TWO[:1], masked=True)
    checks.manners(checks.masks_of_each_kind(case))
    checks.large_scores(layer.loud(make, MULTI_HEAD, random, 2))


@rubric.behaviour
def behaviour(make, random):
    """What misconceptions are told apart by: with and without a mask."""
    made = cases(make, MULTI_HEAD, random, TWO, masked=True)
    made.append(layer.loud(make, MULTI_HEAD, random, 2)[0])
    return [case.under(mask).call() for case in made for mask in (None, case.mask)]
