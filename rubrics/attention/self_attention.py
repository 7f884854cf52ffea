"""Exercise 3: one head of self-attention with learnable projections and no bias.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.1, equation 1.
"""

import torch
from torch import nn

from nbjudge import expect
from nbjudge.rubric import Rubric

from . import inputs, layer
from .weights import check_distribution, check_masking, check_output

NAMES = ("W_q", "W_k", "W_v")
HINT = "Check: Q, K, V from W_q, W_k, W_v; scores Q @ K^T / sqrt(embed_dim); softmax over the keys."
# (batch, seq, embed_dim)
SIZES = [(1, 1, 1), (1, 5, 3), (3, 1, 4), (2, 7, 5), (2, 4, 11), (1, 33, 6)]


def scores(x, projections):
    """Return the scaled scores (batch, seq, seq) for x (batch, seq, embed_dim)."""
    query, key = (x @ projections[name][0] for name in ("W_q", "W_k"))
    return torch.einsum("bqe,bke->bqk", query, key) / x.shape[-1] ** 0.5


def mix(weights, x, projections):
    """Return the output (batch, seq, embed_dim) that weights (batch, seq, seq) give."""
    return torch.einsum("bqk,bke->bqe", weights, x @ projections["W_v"][0])


def attention(x, projections, mask=None):
    """Attend within x (batch, seq, embed_dim); return output like x, weights (batch, seq, seq)."""
    logits = scores(x, projections)
    if mask is not None:
        logits = logits.masked_fill(mask == 0, -torch.inf)
    weights = torch.softmax(logits, dim=-1)
    return mix(weights, x, projections), weights


class Reference(nn.Module):
    """A right layer, on which a criterion is tried when it fails on the student's."""

    def __init__(self, embed_dim):
        super().__init__()
        for name in NAMES:
            setattr(self, name, nn.Linear(embed_dim, embed_dim, bias=False))

    def forward(self, x, mask=None):
        """Return output and weights."""
        return attention(x, {n: (getattr(self, n).weight.T, 0.0) for n in NAMES}, mask)


rubric = Rubric("Exercise 3: self-attention layer", 30, "SelfAttention", Reference)


def cases(make, random, sizes=SIZES):
    """Yield the student's layer with projections of ours, an input and a description."""
    for batch, seq, embed_dim in sizes:
        student = make(embed_dim)
        projections = layer.Projections(student, NAMES, embed_dim, random)
        x = inputs.normal(random, batch, seq, embed_dim)
        projections.orient(student, attention, x)
        yield student, projections, x, f"batch_size={batch}, seq_len={seq}, embed_dim={embed_dim}"


@rubric.criterion("W_q, W_k and W_v are distinct, trainable projections without bias", points=5)
def projections(make, random):
    """Registered under their names, square, trainable, not shared, no bias."""
    layer.check_projections(make(6), NAMES, 6, bias_is_free=False)


@rubric.criterion("The attention weights follow from W_q and W_k", points=7)
def weights(make, random):
    """Weights under projections of ours, on sizes where another scale or axis can't coincide."""
    for student, ours, x, sizes in cases(make, random):
        batch, seq, _ = x.shape
        _, weights = layer.call(student, x, sizes, (batch, seq, seq))
        expect.close(weights, attention(x, ours.loaded)[1], "attention_weights", HINT)


@rubric.criterion("Weights grow with the scores, and the output is their mix of V", points=7)
def steps(make, random):
    """The steps of the formula one by one, whatever the scale."""
    for student, ours, x, sizes in cases(make, random):
        batch, seq, _ = x.shape
        output, weights = layer.call(student, x, sizes, (batch, seq, seq))
        check_distribution(weights, scores(x, ours.loaded))
        check_output(output, mix(weights.double(), x, ours.loaded))


@rubric.criterion(
    "Hidden positions get weight 0 and no influence, for every kind of mask", points=5
)
def masks(make, random):
    """Float, int and bool masks, a different one for each batch row and query."""
    for student, ours, x, sizes in cases(make, random):
        batch, seq, _ = x.shape
        _, unmasked = layer.call(student, x, sizes, (batch, seq, seq))
        check_distribution(unmasked, scores(x, ours.loaded))
        for mask in inputs.masks(random, batch, seq, seq):
            output, weights = layer.call(student, x, sizes, (batch, seq, seq), mask)
            check_masking(weights, unmasked, mask)
            check_output(output, mix(weights.double(), x, ours.loaded))


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(make, random):
    """Gradients of x, W_q, W_k and W_v, once without and once with a mask."""
    for student, ours, x, _ in cases(make, random, [(2, 5, 3)]):
        for mask in ([], [inputs.mask(random, 2, 5, 5)]):
            layer.check_gradients(student, ours, attention, x, (2, 5, 5), random, *mask)


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(make, random):
    """Large scores, float32 and float64, each device, train mode, a second instance."""
    for student, ours, x, sizes in cases(make, random, [(2, 5, 3), (2, 6, 4)]):
        batch, seq, _ = x.shape
        check_distribution(
            layer.call(student, x, sizes, (batch, seq, seq))[1], scores(x, ours.loaded)
        )
        layer.check_large_scores(student, ours, attention, x, (batch, seq, seq))
        layer.check_manners(student, x, random)
