"""Exercise 4: multi-head attention.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.2.
"""

from functools import partial

import torch
from torch import nn

from nbjudge import expect
from nbjudge.rubric import Rubric

from . import inputs, layer
from .weights import check_distribution, check_masking, check_output

NAMES = ("W_q", "W_k", "W_v", "W_o")
HINT = "Check: heads are slices of head_dim features; each is scaled by sqrt(head_dim)."
# (batch, seq, embed_dim, num_heads): heads and head_dim differ, heads of 1, head_dim of 1
SIZES = [(1, 1, 1, 1), (2, 5, 6, 1), (3, 4, 6, 2), (2, 7, 6, 3), (1, 3, 5, 5), (2, 11, 20, 4)]


def split(x, projection, num_heads):
    """Project x (batch, seq, embed_dim) and split it: (batch, heads, seq, head_dim)."""
    matrix, bias = projection
    return (x @ matrix + bias).unflatten(-1, (num_heads, -1)).transpose(1, 2)


def scores(x, projections, num_heads):
    """Return the scaled scores (batch, heads, seq, seq)."""
    query, key = (split(x, projections[name], num_heads) for name in ("W_q", "W_k"))
    return torch.einsum("bhqd,bhkd->bhqk", query, key) / query.shape[-1] ** 0.5


def mix(weights, x, projections, num_heads):
    """Return the output (batch, seq, embed_dim) that weights (batch, heads, seq, seq) give."""
    value = split(x, projections["W_v"], num_heads)
    heads = torch.einsum("bhqk,bhkd->bqhd", weights, value).flatten(-2)  # (batch, seq, embed_dim)
    matrix, bias = projections["W_o"]
    return heads @ matrix + bias


def attention(x, projections, mask=None, *, num_heads):
    """Return output (batch, seq, embed_dim) and weights (batch, heads, seq, seq)."""
    logits = scores(x, projections, num_heads)
    if mask is not None:
        logits = logits.masked_fill(mask[:, None] == 0, -torch.inf)
    weights = torch.softmax(logits, dim=-1)
    return mix(weights, x, projections, num_heads), weights


class Reference(nn.Module):
    """A right layer, on which a criterion is tried when it fails on the student's."""

    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in NAMES:
            setattr(self, name, nn.Linear(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        """Return output and weights."""
        loaded = {n: (getattr(self, n).weight.T, getattr(self, n).bias) for n in NAMES}
        return attention(x, loaded, mask, num_heads=self.num_heads)


rubric = Rubric("Exercise 4: multi-head attention", 30, "MultiHeadAttention", Reference)


def cases(make, random, sizes=SIZES):
    """Yield the student's layer with projections of ours, an input, heads and a description."""
    for batch, seq, embed_dim, num_heads in sizes:
        student = make(embed_dim, num_heads)
        ours = layer.Projections(student, NAMES, embed_dim, random, bias=True)
        x = inputs.normal(random, batch, seq, embed_dim)
        ours.orient(student, partial(attention, num_heads=num_heads), x)
        described = f"batch_size={batch}, seq_len={seq}, embed_dim={embed_dim}, {num_heads=}"
        yield student, ours, x, num_heads, described


def call(student, x, num_heads, sizes, *mask):
    """Call the student's layer; check the kind and shape of both results."""
    batch, seq, _ = x.shape
    return layer.call(student, x, sizes, (batch, num_heads, seq, seq), *mask)


@rubric.criterion("W_q, W_k, W_v and W_o are distinct, trainable projections", points=4)
def projections(make, random):
    """Registered under their names, square, trainable, not shared; a bias is free."""
    layer.check_projections(make(6, 2), NAMES, 6, bias_is_free=True)


@rubric.criterion("Each head's weights follow from its own slice of Q and K", points=7)
def weights(make, random):
    """Weights under projections of ours, where swapped heads and width can't coincide."""
    for student, ours, x, heads, sizes in cases(make, random):
        _, weights = call(student, x, heads, sizes)
        expected = attention(x, ours.loaded, num_heads=heads)[1]
        expect.close(weights, expected, "attention_weights", HINT)


@rubric.criterion(
    "The heads mix V by their weights, in order, and W_o projects the result", points=8
)
def steps(make, random):
    """The steps of the formula one by one, whatever the scale."""
    for student, ours, x, heads, sizes in cases(make, random):
        output, weights = call(student, x, heads, sizes)
        check_distribution(weights, scores(x, ours.loaded, heads))
        check_output(output, mix(weights.double(), x, ours.loaded, heads))


@rubric.criterion("Hidden positions get weight 0 in every head, for every kind of mask", points=5)
def masks(make, random):
    """Float, int and bool masks, a different one for each batch row and query."""
    for student, ours, x, heads, sizes in cases(make, random):
        batch, seq, _ = x.shape
        _, unmasked = call(student, x, heads, sizes)
        check_distribution(unmasked, scores(x, ours.loaded, heads))
        for mask in inputs.masks(random, batch, seq, seq):
            output, weights = call(student, x, heads, sizes, mask)
            check_masking(weights, unmasked, mask[:, None].expand_as(weights))
            check_output(output, mix(weights.double(), x, ours.loaded, heads))


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(make, random):
    """Gradients of x and of the four projections, once without and once with a mask."""
    for student, ours, x, heads, _ in cases(make, random, [(2, 5, 6, 2)]):
        reference = partial(attention, num_heads=heads)
        for mask in ([], [inputs.mask(random, 2, 5, 5)]):
            layer.check_gradients(student, ours, reference, x, (2, heads, 5, 5), random, *mask)


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(make, random):
    """Large scores, float32 and float64, each device, train mode."""
    for student, ours, x, heads, sizes in cases(make, random, [(2, 5, 6, 3), (3, 4, 6, 2)]):
        _, weights = call(student, x, heads, sizes)
        check_distribution(weights, scores(x, ours.loaded, heads))
        reference = partial(attention, num_heads=heads)
        layer.check_large_scores(student, ours, reference, x, tuple(weights.shape))
        layer.check_manners(student, x, random)
