"""The references of the encoder's rubrics agree with torch's own layers, and with each other."""

import math

import pytest
import torch
from support.course import ROOT
from torch import nn

from nbjudge.rubric import loader

EXERCISES = ("positions", "layer_norm", "feed_forward", "block", "encoder")
RUBRIC = {name: loader.load(f"encoder/{name}", ROOT)[0] for name in EXERCISES}
REFERENCE = {name: rubric.reference for name, rubric in RUBRIC.items()}
SIZES = [(6, 3, 10), (1, 1, 1), (8, 2, 3), (4, 4, 4)]  # embed_dim, num_heads, hidden_dim


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


def filled(module, random):
    """Return a module in float64 whose parameters are random."""
    module = module.double().requires_grad_(False)
    for parameter in module.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=random, dtype=torch.float64))
    return module


def normal(random, *size):
    return torch.randn(*size, generator=random, dtype=torch.float64)


def torchs(block, size):
    """Return torch's own pre-norm layer with the parameters of a block."""
    embed_dim, num_heads, hidden_dim = size
    layer = nn.TransformerEncoderLayer(
        embed_dim, num_heads, hidden_dim, dropout=0, batch_first=True, norm_first=True
    ).double()
    layer.self_attn.load_state_dict(block.attention.state_dict())
    layer.norm1.load_state_dict(block.norm1.state_dict())
    layer.norm2.load_state_dict(block.norm2.state_dict())
    layer.linear1.load_state_dict(block.feed_forward.linear1.state_dict())
    layer.linear2.load_state_dict(block.feed_forward.linear2.state_dict())
    return layer  # in train mode: in eval mode without gradients torch takes another path


def close(found, wanted, tolerance=1e-9):
    torch.testing.assert_close(found, wanted, rtol=tolerance, atol=tolerance)


def mask_of(random, batch, seq):
    mask = torch.rand(batch, seq, generator=random) < 0.5
    mask[:, torch.randint(seq, (), generator=random)] = True
    return mask


@pytest.mark.parametrize(("seq_len", "embed_dim"), [(1, 2), (7, 6), (1000, 4)])
def test_positions_are_sines_and_cosines_one_by_one(seq_len, embed_dim):
    table = REFERENCE["positions"](seq_len, embed_dim)
    for position in range(0, seq_len, 7):
        for column in range(embed_dim):
            angle = position / 10000 ** (column // 2 * 2 / embed_dim)
            wanted = math.cos(angle) if column % 2 else math.sin(angle)
            assert table[position, column].item() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("eps", [1e-5, 0.3])
@pytest.mark.parametrize("width", [1, 5])
def test_the_norm_is_torchs(width, eps, random):
    norm = filled(REFERENCE["layer_norm"](width, eps), random)
    x = normal(random, 2, 3, width)
    close(norm(x), nn.functional.layer_norm(x, (width,), norm.weight, norm.bias, eps))


def test_the_feed_forward_network_is_torchs(random):
    layer = filled(REFERENCE["feed_forward"](4, 7), random)
    x = normal(random, 2, 3, 4)
    close(layer(x), nn.Sequential(layer.linear1, nn.ReLU(), layer.linear2)(x))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("masked", [False, True])
def test_a_block_is_torchs_pre_norm_layer(size, masked, random):
    block = filled(REFERENCE["block"](*size), random)
    x = normal(random, 3, 5, size[0])
    mask = mask_of(random, 3, 5) if masked else None
    output, weights = block(x, mask)
    hidden = None if mask is None else ~mask
    wanted = torchs(block, size)(x, src_key_padding_mask=hidden)
    real = torch.ones(3, 5, dtype=torch.bool) if mask is None else mask
    close(output[real], wanted[real])
    normed = block.norm1(x)
    _, maps = block.attention(
        normed, normed, normed, key_padding_mask=hidden, average_attn_weights=False
    )
    close(weights, maps)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.int64, torch.bool])
def test_a_mask_of_any_dtype_is_the_same(kind, random):
    block = filled(REFERENCE["block"](6, 3, 4), random)
    x, mask = normal(random, 2, 5, 6), mask_of(random, 2, 5)
    close(block(x, mask.to(kind)), block(x, mask))


@pytest.mark.parametrize("masked", [False, True])
def test_the_encoder_is_torchs_layers_in_a_row(masked, random):
    size = (6, 3, 10)
    encoder = filled(REFERENCE["encoder"](9, *size, 3), random)
    tokens = torch.randint(9, (2, 5), generator=random)
    mask = mask_of(random, 2, 5) if masked else None
    output, weights = encoder(tokens, mask)
    x = encoder.embedding(tokens) + REFERENCE["positions"](5, 6).double()
    for block in encoder.blocks:
        x = torchs(block, size)(x, src_key_padding_mask=None if mask is None else ~mask)
    real = torch.ones(2, 5, dtype=torch.bool) if mask is None else mask
    close(output[real], encoder.norm(x)[real].detach(), 1e-5)  # this table is float32
    assert [tuple(one.shape) for one in weights] == [(2, 3, 5, 5)] * 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_reference_has_full_marks_with_each_seed(exercise):
    for seed in range(3):
        marks, fault = RUBRIC[exercise].mark(REFERENCE[exercise], seed)
        assert ([mark.criterion for mark in marks if not mark.met], fault) == ([], "")
