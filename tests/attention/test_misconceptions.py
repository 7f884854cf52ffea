"""What the rubrics of this assignment know of a mistake, they tell; of half a mistake, nothing."""

import math

import torch
from support.course import ROOT
from torch import nn
from torch.nn import functional

from nbjudge.rubric import loader


def told(exercise, solution):
    rubric, _ = loader.load(f"attention/{exercise}", ROOT)
    assert not all(mark.met for mark in rubric.mark(solution, seed=0)[0])
    return str(rubric.diagnose(solution))


def attend(query, keys, values, mask=None, ignored=()):
    scores = torch.einsum("bd,bsd->bs", query, keys) / query.shape[-1] ** 0.5
    if mask is not None and mask.dtype not in ignored:
        scores = scores.masked_fill(mask == 0, -torch.inf)
    weights = functional.softmax(scores, dim=-1)
    return torch.einsum("bs,bsd->bd", weights, values), weights


class OneHead(nn.Module):
    """Self-attention with a scale of its own."""

    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q, self.W_k, self.W_v = (
            nn.Linear(embed_dim, embed_dim, bias=False) for _ in range(3)
        )

    def forward(self, x, mask=None):
        scores = self.W_q(x) @ self.W_k(x).mT / self.scale()
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ self.W_v(x), weights


class Heads(nn.Module):
    """Multi-head attention divided by `root(head_dim)`."""

    root = staticmethod(math.sqrt)

    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, embed_dim // num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(embed_dim, embed_dim) for _ in range(4))

    def forward(self, x, mask=None):
        query, key, value = (
            linear(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for linear in (self.W_q, self.W_k, self.W_v)
        )
        scores = query @ key.mT / self.root(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None] == 0, -torch.inf)
        weights = scores.softmax(-1)
        return self.W_o((weights @ value).transpose(1, 2).flatten(-2)), weights


def test_a_mask_that_is_ignored_is_named_but_not_where_only_bool_masks_are():
    kinds = torch.float32, torch.float64, torch.int64, torch.bool
    ignores_all, ignores_bool = (
        lambda *args, ignored=ignored: attend(*args, ignored=ignored)
        for ignored in (kinds, (torch.bool,))
    )
    assert "mask has no effect" in told("scaled", ignores_all)
    assert told("scaled", ignores_bool) == ""


def test_a_missing_scale_is_named_but_not_where_it_is_missing_in_eval_mode_only():
    class Unscaled(OneHead):
        def scale(self):
            return 1

    class ScaledInTraining(OneHead):
        def scale(self):
            return self.embed_dim**0.5 if self.training else 1

    class UnscaledInTraining(OneHead):
        def scale(self):
            return 1 if self.training else self.embed_dim**0.5

    assert "not scaled" in told("self_attention", Unscaled)
    assert told("self_attention", ScaledInTraining) == ""
    assert told("self_attention", UnscaledInTraining) == ""


def test_a_root_that_is_cut_to_an_integer_is_no_missing_root():
    class Unscaled(Heads):
        root = staticmethod(lambda head_dim: 1)

    class Cut(Heads):
        root = staticmethod(lambda head_dim: int(math.sqrt(head_dim)))

    assert "not scaled" in told("multi_head", Unscaled)
    assert told("multi_head", Cut) == ""
