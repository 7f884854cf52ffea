"""Attention with steps that can be replaced one by one: what misconceptions are made of.

A misconception is right but for one step, so that only that step decides what it loses and whether
a submission behaves like it. `attend` takes its steps as arguments (exercises 1 and 2); a subclass
of `Layer` or `OneHead` overrides them (exercises 3 and 4).
"""

import torch
from torch import nn


def product(query, keys):
    """Return query · keys: (batch, hidden), (batch, seq, hidden) -> (batch, seq)."""
    return torch.einsum("bh,bsh->bs", query, keys)


def root(scores, query, keys):
    """Scale by the square root of the size of a query vector."""
    return scores / query.shape[-1] ** 0.5


def minus_infinity(scores, mask):
    """Hide what the mask hides."""
    return scores.masked_fill(mask == 0, -torch.inf)


def softmax(scores):
    """Return one distribution for each row."""
    return torch.softmax(scores, dim=-1)


def weighted_sum(weights, values):
    """Return the output: (batch, seq), (batch, seq, hidden) -> (batch, hidden)."""
    return torch.einsum("bs,bsh->bh", weights, values)


def attend(
    query,
    keys,
    values,
    mask=None,
    *,
    score=product,
    scale=None,
    hide=minus_infinity,
    normalise=softmax,
    after=None,
    mix=weighted_sum,
):
    """Attend by the given steps: score, scale, hide, normalise, after, mix.

    query (batch, hidden), keys and values (batch, seq, hidden), mask (batch, seq). `after` changes
    the weights under a mask, once they are normalised. Without `scale` the scores are not scaled.
    """
    scores = score(query, keys)
    if scale is not None:
        scores = scale(scores, query, keys)
    if mask is not None:
        scores = hide(scores, mask)
    weights = normalise(scores)
    if mask is not None and after is not None:
        weights = after(weights, mask)
    return mix(weights, values), weights


class Layer(nn.Module):
    """A right layer of several heads, with W_o; subclasses replace a step.

    How the projections are stored is one step, `make`, and how they are used is `by`: forms of the
    bank replace these two, see `rubrics/attention/forms/`.
    """

    names = ("W_q", "W_k", "W_v", "W_o")
    bias = True

    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, embed_dim // num_heads
        self.make(embed_dim)

    def make(self, embed_dim):
        """Make the projections."""
        for name in self.names:
            setattr(self, name, nn.Linear(embed_dim, embed_dim, bias=self.bias))

    def by(self, name, x):
        """Project x by the projection of this name."""
        return getattr(self, name)(x)

    def forward(self, x, mask=None):
        """Return output and weights."""
        query, key, value = (self.split(part) for part in self.project(x))
        scores = self.scaled(self.compared(query, key))  # (batch, heads, seq, seq)
        if mask is not None:
            scores = self.hide(scores, self.spread(mask))
        weights = self.normalise(scores)
        if mask is not None:
            weights = self.after(weights, self.spread(mask))
        output = self.finish(self.join(self.mix(weights, value)), x)
        return self.returned(output, weights, scores)

    def project(self, x):
        """Return query, key, value, each (batch, seq, embed_dim)."""
        return self.by("W_q", x), self.by("W_k", x), self.by("W_v", x)

    def split(self, part):
        """(batch, seq, embed_dim) -> (batch, heads, seq, head_dim)."""
        return part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def compared(self, query, key):
        """Return the scores before they are scaled."""
        return query @ key.mT

    def scaled(self, scores):
        """Divide by the root of head_dim."""
        return scores / self.head_dim**0.5

    def spread(self, mask):
        """(batch, seq, seq) -> (batch, 1, seq, seq)."""
        return mask[:, None]

    def hide(self, scores, mask):
        """Hide what the mask hides."""
        return minus_infinity(scores, mask)

    def normalise(self, scores):
        """Return one distribution for each row."""
        return softmax(scores)

    def after(self, weights, mask):
        """Change the weights under a mask, once they are normalised."""
        return weights

    def mix(self, weights, value):
        """Return each head's output, (batch, heads, seq, head_dim)."""
        return weights @ value

    def join(self, heads):
        """(batch, heads, seq, head_dim) -> (batch, seq, embed_dim)."""
        return heads.transpose(1, 2).flatten(-2)

    def finish(self, joined, x):
        """Return the output."""
        return self.by("W_o", joined)

    def returned(self, output, weights, scores):
        """Return what the layer returns; weights and scores are (batch, heads, seq, seq)."""
        return output, self.shown(weights)

    def shown(self, weights):
        """Return weights or scores in the shape in which they are returned."""
        return weights


class OneHead(Layer):
    """A right layer of one head, without W_o and without bias."""

    names = ("W_q", "W_k", "W_v")
    bias = False

    def __init__(self, embed_dim):
        super().__init__(embed_dim, 1)

    def finish(self, joined, x):
        """Return the output."""
        return joined

    def shown(self, weights):
        """Return weights without an axis for heads."""
        return weights.squeeze(1)


def mixed_into(right, mistakes, wrong, loses):
    """Register each mistake, a class with a step and its sentence `told`, mixed into a layer."""
    for mistake in mistakes:
        made = type(mistake.__name__, (mistake, right), {"__module__": mistake.__module__})
        wrong(mistake.told, loses)(made)
