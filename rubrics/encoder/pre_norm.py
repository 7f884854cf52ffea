"""The formula of a pre-norm block, and the shapes of its parameters.

x = x + attention(norm1(x)),  then  x = x + feed_forward(norm2(x))
"""

import torch

from nbjudge.tensors import Formula, earlier

from . import feed_forward, layer_norm

NAMES = ("the output", "the attention weights")


def shapes(embed_dim, num_heads, hidden_dim):
    """Return the shapes of the parameters, those of torch's own layers."""
    found = {
        "attention.in_proj_weight": (3 * embed_dim, embed_dim),
        "attention.in_proj_bias": (3 * embed_dim,),
        "attention.out_proj.weight": (embed_dim, embed_dim),
        "attention.out_proj.bias": (embed_dim,),
    }
    parts = {
        "norm1": layer_norm.shapes(embed_dim),
        "norm2": layer_norm.shapes(embed_dim),
        "feed_forward": feed_forward.shapes(embed_dim, hidden_dim),
    }
    return found | {f"{part}.{name}": one for part, of in parts.items() for name, one in of.items()}


def attention(parameters, x, mask, num_heads):
    """Return attention of x (batch, seq, embed_dim) to itself, and its weights, one map a head.

    `mask` (batch, seq) is 0 for padding, which gets no weight.
    """
    joined = x @ parameters["in_proj_weight"].mT + parameters["in_proj_bias"]
    # (batch, heads, seq, head_dim)
    query, key, value = (
        one.unflatten(-1, (num_heads, -1)).transpose(1, 2) for one in joined.chunk(3, dim=-1)
    )
    scores = query @ key.mT / query.shape[-1] ** 0.5  # (batch, heads, seq, seq)
    if mask is not None:
        scores = scores.masked_fill((mask == 0)[:, None, None, :], -torch.inf)
    weights = scores.softmax(-1)
    mixed = (weights @ value).transpose(1, 2).flatten(-2)  # (batch, seq, embed_dim)
    return mixed @ parameters["out_proj.weight"].mT + parameters["out_proj.bias"], weights


def block(parameters, x, mask, num_heads, own=None):
    """Return output and weights of a block.

    `own` holds functions that stand in place of the formula, by the name of the part.
    """
    part = {name: earlier.part_of(parameters, name) for name in ("norm1", "norm2", "feed_forward")}
    calls = {
        "norm1": lambda x: layer_norm.formula(part["norm1"], x),
        "norm2": lambda x: layer_norm.formula(part["norm2"], x),
        "feed_forward": lambda x: feed_forward.feed_forward(part["feed_forward"], x),
    } | (own or {})
    attended, weights = attention(
        earlier.part_of(parameters, "attention"), calls["norm1"](x), mask, num_heads
    )
    x = x + attended
    return x + calls["feed_forward"](calls["norm2"](x)), weights


def free(x, mask=None):
    """Return what is free: output and row of weights of padding."""
    if mask is None:
        return None, None
    hidden = mask == 0
    return hidden[:, :, None], hidden[:, None, :, None]


def formula(num_heads, own=None):
    """Return the formula of a block with so many heads; `own` is that of `block`."""

    def compute(parameters, x, mask=None):
        return block(parameters, x, mask, num_heads, own)

    return Formula(compute, NAMES, ("x", "mask"), masks=("mask",), free=free)
