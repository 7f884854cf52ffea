"""Exercise 4: multi-head attention.

Source of the formula: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.2.
"""

import torch
from nbjudge import expect
from nbjudge.rubric import Rubric
from torch import nn

from . import inputs, layer

NAMES = ("W_q", "W_k", "W_v", "W_o")
HINT = "Check: heads are slices of head_dim features; each is scaled by sqrt(head_dim)."
OUTPUT_HINT = "Check: bring heads and head_dim side by side (transpose), then reshape, then W_o."
MASK_HINT = "The mask (batch, seq, seq) needs an axis for the heads: mask.unsqueeze(1)."
# (batch, seq, embed_dim, num_heads): heads and head_dim differ, heads of 1, head_dim of 1
SIZES = [(1, 1, 1, 1), (2, 5, 6, 1), (3, 4, 6, 2), (2, 7, 6, 3), (1, 3, 5, 5), (2, 11, 20, 4)]


def attention(x, projections, mask=None, *, num_heads):
    """Return output (batch, seq, embed_dim) and weights (batch, heads, seq, seq)."""
    batch, seq, embed_dim = x.shape
    query, key, value = (
        (x @ matrix + bias).unflatten(-1, (num_heads, -1))  # (batch, seq, heads, head_dim)
        for matrix, bias in (projections[name] for name in NAMES[:3])
    )
    scores = torch.einsum("bqhd,bkhd->bhqk", query, key) / (embed_dim // num_heads) ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask[:, None] == 0, -torch.inf)
    weights = torch.softmax(scores, dim=-1)
    heads = torch.einsum("bhqk,bkhd->bqhd", weights, value).flatten(-2)  # (batch, seq, embed_dim)
    matrix, bias = projections["W_o"]
    return heads @ matrix + bias, weights


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
    """Yield layer, projections of ours, the reference for its heads, an input, a description."""
    for batch, seq, embed_dim, num_heads in sizes:
        student = make(embed_dim, num_heads)
        ours = layer.Projections(student, NAMES, embed_dim, random, bias=True)

        def reference(x, loaded, mask=None, num_heads=num_heads):
            return attention(x, loaded, mask, num_heads=num_heads)

        x = inputs.normal(random, batch, seq, embed_dim)
        ours.orient(student, reference, x)
        described = f"batch_size={batch}, seq_len={seq}, embed_dim={embed_dim}, {num_heads=}"
        yield student, ours, reference, x, (batch, num_heads, seq, seq), described


@rubric.criterion("W_q, W_k, W_v and W_o are distinct, trainable projections", points=4)
def projections(make, random):
    """Registered under their names, square, trainable, not shared; a bias is free."""
    layer.check_projections(make(6, 2), NAMES, 6, bias_is_free=True)


@rubric.criterion("Each head's weights follow from its own slice of Q and K", points=7)
def weights(make, random):
    """Weights under projections of ours, where swapped heads and width can't coincide."""
    for student, ours, reference, x, shape, sizes in cases(make, random):
        _, weights = layer.call(student, x, sizes, shape)
        expect.close(weights, reference(x, ours.loaded)[1], "attention_weights", HINT)


@rubric.criterion("The heads are concatenated in order and projected by W_o", points=8)
def output(make, random):
    """The output under projections of ours."""
    for student, ours, reference, x, shape, sizes in cases(make, random):
        output, _ = layer.call(student, x, sizes, shape)
        expect.close(output, reference(x, ours.loaded)[0], "the output", OUTPUT_HINT)


@rubric.criterion("Hidden positions get weight 0 in every head, for every kind of mask", points=5)
def masks(make, random):
    """Float, int and bool masks, a different one for each batch row and query."""
    for student, ours, reference, x, shape, sizes in cases(make, random):
        batch, seq, _ = x.shape
        for dtype in inputs.MASK_DTYPES:
            mask = inputs.mask(random, batch, seq, seq).to(dtype)
            results = layer.call(student, x, f"{sizes}, a {dtype} mask", shape, mask)
            for actual, wanted, what in zip(
                results, reference(x, ours.loaded, mask), ("output", "weights"), strict=True
            ):
                expect.close(actual, wanted, f"with a {dtype} mask, the {what}", MASK_HINT)


@rubric.criterion("Gradients reach the input and all projections", points=3)
def gradients(make, random):
    """Gradients of x and of the four projections, once without and once with a mask."""
    for student, ours, reference, x, shape, _ in cases(make, random, [(2, 5, 6, 2)]):
        layer.check_gradients(student, ours, reference, x, shape, random)
        mask = inputs.mask(random, 2, 5, 5)
        layer.check_gradients(student, ours, reference, x, shape, random, mask)


@rubric.criterion("Large scores stay finite; dtype, device and arguments are kept", points=3)
def manners(make, random):
    """Large scores, float32 and float64, each device, train mode."""
    for student, ours, reference, x, shape, _ in cases(make, random, [(2, 5, 6, 3), (3, 4, 6, 2)]):
        layer.check_large_scores(student, ours, reference, x, shape)
        layer.check_manners(student, ours, reference, x)
        mask = inputs.mask(random, x.shape[0], x.shape[1], x.shape[1])
        layer.check_manners(student.double(), ours, reference, x, mask)
