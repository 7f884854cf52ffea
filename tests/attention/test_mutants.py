"""The mutator makes the edits that students make, and the oracle tells right ones from wrong."""

import ast
import functools

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from support.contract import violation
from torch import nn

from nbjudge.mutation.mutants import mutants

FUNCTION = """
def scaled_dot_product_attention(query, keys, values, mask=None):
    '''Attention.'''
    d_k = query.shape[-1]
    scores = torch.einsum("bd,bsd->bs", query, keys) / d_k**0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf"))
    weights = F.softmax(scores, dim=-1)
    return (weights.unsqueeze(1) @ values).squeeze(1), weights
"""
LAYER = """
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.scale = embed_dim**-0.5
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim))
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        scores = x @ self.W_q @ self.W_k(x).transpose(1, 2) * self.scale
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        weights = F.softmax(scores, dim=-1)
        return weights @ self.W_v(x), weights
"""
CAUSAL = """
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len, dtype=torch.bool), 0 if seq_len else 1)
"""


def made(text, name):
    names = {"torch": torch, "nn": nn, "F": F}
    exec(text, names)
    return names[name]


@functools.cache
def every(source):
    return [ast.unparse(ast.parse(one.text)) for one in mutants(source)]


FILL = 'scores.masked_fill(mask == 0, float("-inf"))'
RELATIVE = "torch.where(mask == 0, scores.amin(-1, True) - {}, scores)"
SWAPPED = "return (weights, (weights.unsqueeze(1) @ values).squeeze(1))"
EDITS = [
    (FUNCTION, "keys) / d_k ** 0.5", "keys) * d_k ** 0.5"),
    (FUNCTION, " / d_k ** 0.5", ""),
    (FUNCTION, "** 0.5", "** 1.0"),
    (FUNCTION, "shape[-1]", "shape[-2]"),
    (FUNCTION, "dim=-1", "dim=0"),
    (FUNCTION, "->bs", "->sb"),
    (FUNCTION, "query, keys) /", "keys, query) /"),
    (FUNCTION, "query, keys) /", "query, values) /"),
    (FUNCTION, "query, keys) /", "query, keys.detach()) /"),
    (FUNCTION, "mask is not None", "mask is None"),
    (FUNCTION, "if mask is not None", "if True"),
    (FUNCTION, "mask == 0", "mask != 0"),
    (FUNCTION, "-inf", "inf"),
    (FUNCTION, "scores = scores.masked_fill(mask == 0, float('-inf'))", "pass"),
    (FUNCTION, "F.softmax(scores, dim=-1)", "scores"),
    (FUNCTION, "F.softmax(scores, dim=-1)", "F.softmax(scores)"),
    (FUNCTION, "F.softmax(", "F.log_softmax("),
    (FUNCTION, "weights.unsqueeze(1)", "weights"),
    (FUNCTION, "return ((weights.unsqueeze(1) @ values).squeeze(1), weights)", SWAPPED),
    (LAYER, "bias=False", "bias=True"),
    (LAYER, "self.W_k(x)", "self.W_v(x)"),
    (LAYER, "self.W_v(x), weights", "x, weights"),
    (LAYER, "-1e9", "1e9"),
    (CAUSAL, "tril", "triu"),
    (CAUSAL, "ones", "zeros"),
    (CAUSAL, "0 if seq_len else 1", "0 if not seq_len else 1"),
]  # fmt: skip


NAMES = {
    FUNCTION: ("attention/scaled", "scaled_dot_product_attention"),
    LAYER: ("attention/self_attention", "SelfAttention"),
    CAUSAL: ("attention/causal_mask", "create_causal_mask"),
}
VERDICTS = [
    # source, what is replaced, by what, the clause of the contract that breaks; "" if none does
    (FUNCTION, "", "", ""),
    (FUNCTION, "mask == 0", "mask <= 0", ""),
    (FUNCTION, 'float("-inf")', "-1e9", ""),
    (FUNCTION, "/ d_k**0.5", "/ d_k", "2: another value"),
    (FUNCTION, "mask == 0", "mask == 1", "2: another value"),
    (FUNCTION, 'float("-inf")', "-20.0", "1: a hidden position"),
    (FUNCTION, 'float("-inf")', "-100.0", "2: another value"),
    (FUNCTION, FILL, RELATIVE.format(60), ""),
    (FUNCTION, FILL, RELATIVE.format(20), "1: a hidden position"),
    (FUNCTION, "mask == 0", "~mask", "2: raises"),
    (FUNCTION, "weights.unsqueeze(1)", "weights.detach().unsqueeze(1)", "3: "),
    (FUNCTION, "query, keys)", "query.detach().mul_(2), keys)", "4: an argument"),
    (FUNCTION, "= F.softmax(scores", "= F.softmax(scores.float()", "2: raises"),
    (FUNCTION, "/ d_k**0.5", "/ d_k**0.5; scores = scores.where(scores != 0, -torch.inf)", "2: "),
    (FUNCTION, ", weights", "", "7: not two results"),
    (FUNCTION, "dim=-1)", "dim=-1) + 0 * torch.rand(1)", "4: something global"),
    (LAYER, "", "", ""),
    (LAYER, "x @ self.W_q", "x @ self.W_q.T", ""),
    (LAYER, "torch.randn(embed", "torch.zeros(embed", ""),
    (LAYER, "bias=False", "bias=True", "5: a bias"),
    (LAYER, "x @ self.W_q", "x @ self.W_q.detach()", "3: "),
    (LAYER, "nn.Parameter(torch.randn(embed_dim, embed_dim))", "torch.eye(embed_dim)", "5: W_q is"),
    (
        LAYER,
        "self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)",
        "self.W_v = self.W_k",
        "5: not",
    ),
    (LAYER, "-1e9", "-1e9 * self.training", "2: another value"),
    (
        LAYER,
        "softmax(scores, dim=-1)",
        "dropout(F.softmax(scores, -1), 0.1, self.training)",
        "4: something global",
    ),
    (
        LAYER,
        "softmax(scores, dim=-1)",
        "dropout(F.softmax(scores, -1), 0.1, not self.training)",
        "4: something global",
    ),
    (CAUSAL, "", "", ""),
    (CAUSAL, "dtype=torch.bool", "dtype=torch.int64", "bonus: the mask is not bool"),
    (CAUSAL, "else 1)", "else 2)", ""),
    (CAUSAL, "0 if seq_len", "0 if seq_len < 50", "bonus: the mask of 100"),
]


@pytest.mark.parametrize(("source", "old", "new"), EDITS)
def test_an_edit_is_made(source, old, new):
    text = ast.unparse(ast.parse(source))
    old = old.replace("1e9", "1000000000.0")
    new = new.replace("1e9", "1000000000.0")
    assert old in text
    assert text.replace(old, new, 1) in every(source)


def test_no_edit_is_made_twice_and_none_changes_nothing():
    texts = [ast.unparse(ast.parse(LAYER)), *every(LAYER)]
    assert len(texts) == len(set(texts)) > 100


@pytest.mark.parametrize(("source", "old", "new", "clause"), VERDICTS)
def test_the_oracle_says_which_clause_breaks(source, old, new, clause):
    path, name = NAMES[source]
    assert old in source
    found = violation(path, made(source.replace(old, new), name))
    assert found.startswith(clause) if clause else found == ""
