"""The oracle of each exercise says which clause of an exercise's text breaks, and of what."""

import math

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from support.contract import violation
from support.corpora import SIDES, defined, texts, usual_settings
from support.sampling import sample
from torch import nn

NUMBER = 5  # of each side and exercise
POSITIONS = """
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
"""
LAYER_NORM = """
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        root = (centred.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return self.weight * (centred / root) + self.bias
"""
FEED_FORWARD = """
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))
"""
BLOCK = """
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(embed_dim), nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = nn.Sequential()
        self.feed_forward.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.feed_forward.relu = nn.ReLU()
        self.feed_forward.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x, mask=None):
        hidden = None if mask is None else mask == 0
        normed = self.norm1(x)
        mixed, weights = self.attention(
            normed, normed, normed, key_padding_mask=hidden, average_attn_weights=False
        )
        x = x + mixed
        return x + self.feed_forward(self.norm2(x)), weights
"""
ENCODER = (
    BLOCK
    + POSITIONS
    + """
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[1:]).to(x)
        found = []
        for block in self.blocks:
            x, weights = block(x, mask)
            found.append(weights)
        return self.norm(x), found
"""
)
NAMES = {
    BLOCK: ("encoder/block", "EncoderBlock"),
    ENCODER: ("encoder/encoder", "Encoder"),
    POSITIONS: ("encoder/positions", "sinusoidal_positions"),
    LAYER_NORM: ("encoder/layer_norm", "LayerNorm"),
    FEED_FORWARD: ("encoder/feed_forward", "FeedForward"),
}
VERDICTS = [
    # source, what is replaced, by what, the clause that breaks; "" if none does
    (POSITIONS, "", "", ""),
    (POSITIONS, "angle.sin()", "angle.double().sin().float()", ""),
    (POSITIONS, "10000", "1000", "2: another value"),
    (POSITIONS, "arange(seq_len)", "arange(seq_len).clamp(max=500)", "2: another value of 1000"),
    (POSITIONS, "dim=-1", "dim=0", "2: another shape"),
    (POSITIONS, "flatten(1)", "flatten(1).double()", "3: another dtype"),
    (POSITIONS, "flatten(1)", "flatten(1).requires_grad_()", "3: the positions are trained"),
    (POSITIONS, "flatten(1)", "flatten(1) + 0 * torch.rand(1)", ""),
    (POSITIONS, "    return", "    torch.set_grad_enabled(False)\n    return", "4: something"),
    (POSITIONS, "    return", "    __import__('random').seed(1)\n    return", "4: the seed"),
    (LAYER_NORM, "", "", ""),
    (LAYER_NORM, "self.weight * (centred / root)", "(self.weight * centred) / root", ""),
    (LAYER_NORM, "x.mean(-1", "x.mean(1", "2: another value"),
    (LAYER_NORM, "+ self.eps).sqrt()", ").sqrt() + self.eps", "2: another value"),
    (LAYER_NORM, "+ self.eps).sqrt()", "+ 1e-5).sqrt()", "2: another value"),
    (LAYER_NORM, "centred.square().mean(-1, keepdim=True)",
     "x.square().mean(-1, keepdim=True) - x.mean(-1, keepdim=True) ** 2", "2: another value"),
    (LAYER_NORM, "/ root)", "/ root.detach())", "3: another gradient"),
    (LAYER_NORM, "torch.ones(embed_dim)", "torch.ones(1)", "5: weight has another shape"),
    (LAYER_NORM, "torch.ones", "torch.zeros", "5: weight does not start"),
    (LAYER_NORM, "nn.Parameter(torch.zeros(embed_dim))", "torch.zeros(embed_dim)", "5: bias is"),
    (LAYER_NORM, "centred = x -", "centred = x.data.mul_(2) -", "4: an argument"),
    (LAYER_NORM, "centred =", "torch.set_grad_enabled(True); centred =", "4: something global"),
    (LAYER_NORM, "+ self.bias", "+ self.bias * torch.is_grad_enabled()", "2: another value"),
    (FEED_FORWARD, "", "", ""),
    (FEED_FORWARD, "F.relu(self.linear1(x))", "self.linear1(x).clamp(min=0)", ""),
    (FEED_FORWARD, "F.relu(self.linear1(x))", "self.linear1(x)", "2: another value"),
    (FEED_FORWARD, "F.relu(", "F.relu6(", "2: another value"),
    (FEED_FORWARD, "F.relu(self.linear1(x))", "F.relu(self.linear1(x.detach()))", "3: another"),
    (FEED_FORWARD, "hidden_dim, embed_dim)", "hidden_dim, embed_dim, bias=False)", "5: linear2"),
    (FEED_FORWARD, "super().__init__()", "super().__init__(); torch.manual_seed(1)", "4: the seed"),
    (FEED_FORWARD, "F.relu(self.linear1(x))",
     "F.dropout(F.relu(self.linear1(x)), 0.1, self.training)", "2: another value"),
    (BLOCK, "", "", ""),
    (BLOCK, "normed, normed, normed", "normed, normed.clone(), normed", ""),
    (BLOCK, "x = x + mixed", "x = normed + mixed", "2: another value"),
    (BLOCK, "mask == 0", "mask != 0", "2: padding has a weight"),
    (BLOCK, "mask == 0", "torch.zeros_like(mask).bool()", "2: padding has a weight"),
    (BLOCK, "hidden = None", "x = x.detach(); hidden = None", "3: another gradient"),
    (BLOCK, "average_attn_weights=False", "average_attn_weights=True", "2: another shape"),
    (BLOCK, "hidden = None", "mask is None or mask.zero_(); hidden = None", "4: an argument"),
    (BLOCK, "self.norm1, self.norm2 = nn.LayerNorm(embed_dim), nn.LayerNorm(embed_dim)",
     "self.norm1 = self.norm2 = nn.LayerNorm(embed_dim)", "5: not distinct"),
    (ENCODER, "", "", ""),
    (ENCODER, "block(x, mask)", "block(x)", "2: padding has a weight"),
    (ENCODER, "found.append(weights)", "found = [weights]", "2: another number of weights"),
    (ENCODER, "self.norm(x)", "x", "2: another value"),
    (ENCODER, "self.norm = nn.LayerNorm(embed_dim)", "self.norm = nn.LayerNorm(embed_dim, 1e-12)",
     "2: another value"),
    (ENCODER, "nn.ModuleList(", "list(", "5: no registered blocks"),
    (ENCODER, "self.embedding(tokens)", "self.embedding(tokens).detach()", "3: another gradient"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def settings():
    """Put back what wrong solutions change."""
    yield
    usual_settings()


@pytest.mark.parametrize(("source", "old", "new", "clause"), VERDICTS)
def test_the_oracle_says_which_clause_breaks(source, old, new, clause):
    path, name = NAMES[source]
    assert old in source
    names = {"torch": torch, "nn": nn, "F": F, "math": math}
    exec(source.replace(old, new), names)
    found = violation(path, names[name])
    assert found.startswith(clause) if clause else found == ""


@pytest.mark.parametrize(("side", "path", "solution"), [
    (side, *NAMES[source])
    for source in NAMES
    for side in SIDES
    # Blocks and encoders are right with wrong parts of earlier exercises, too.
    if side == "wrong" or source not in (BLOCK, ENCODER)
])  # fmt: skip
def test_the_oracle_agrees_with_the_hands_that_wrote_the_solutions(side, path, solution):
    found = {}
    for name, text in sample(texts(side, path).items(), NUMBER):
        usual_settings()
        found[name] = violation(path, defined(path, name, text).get(solution))
    assert {name: bool(clause) for name, clause in found.items()} == dict.fromkeys(
        found, side == "wrong"
    )
