"""The references of the rubrics have the properties of attention, and agree with torch's own."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.course import ROOT
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from nbjudge.rubric import loader

EXERCISES = ("dot_product", "scaled", "self_attention", "multi_head", "causal_mask")
REFERENCE = {name: loader.load(f"attention/{name}", ROOT)[0].reference for name in EXERCISES}
SINGLE = ("dot_product", "scaled")  # attend(query, keys, values); the first takes no mask
LAYERS = ("self_attention", "multi_head")  # layer(x, mask)

SIZES = st.integers(1, 6)
RANDOM = st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))
property_of = settings(deadline=None, max_examples=40)


def normal(random, *size):
    return torch.randn(*size, generator=random, dtype=torch.float64)


def mask_of(random, *size):
    """Return a bool mask with at least one visible key a row."""
    visible = torch.rand(*size, generator=random) < 0.5
    visible[..., torch.randint(size[-1], (), generator=random)] = True
    return visible


def permutation(random, size):
    return torch.randperm(size, generator=random)


@st.composite
def attention(draw, exercise):
    """Draw (attend, its arguments in float64) of exercise 1 or 2: query, keys, values, a mask."""
    batch, seq, hidden = draw(SIZES), draw(SIZES), draw(SIZES)
    random = draw(RANDOM)
    query, keys, values = (
        normal(random, *size) for size in [(batch, hidden), *[(batch, seq, hidden)] * 2]
    )
    masked = exercise != "dot_product" and draw(st.booleans())
    mask = mask_of(random, batch, seq) if masked else None
    return REFERENCE[exercise], random, query, keys, values, mask


@st.composite
def self_attention(draw, exercise):
    """Draw (layer, x, a mask) of exercise 3 or 4 in float64."""
    heads = draw(st.integers(1, 4)) if exercise == "multi_head" else 1
    batch, seq, embed_dim = draw(SIZES), draw(SIZES), heads * draw(st.integers(1, 3))
    random = draw(RANDOM)
    sizes = (embed_dim, heads) if exercise == "multi_head" else (embed_dim,)
    layer = REFERENCE[exercise](*sizes).double().requires_grad_(False)
    for parameter in layer.parameters():
        parameter.copy_(normal(random, *parameter.shape))
    mask = mask_of(random, batch, seq, seq) if draw(st.booleans()) else None
    return layer, random, normal(random, batch, seq, embed_dim), mask


def close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-9)


each_single = pytest.mark.parametrize("exercise", SINGLE)
each_layer = pytest.mark.parametrize("exercise", LAYERS)


@each_single
@property_of
@given(st.data())
def test_rows_of_weights_sum_to_one_and_hidden_keys_have_none(exercise, data):
    attend, _, *args, mask = data.draw(attention(exercise))
    _, weights = attend(*args, mask)
    close(weights.sum(-1), torch.ones_like(weights[:, 0]))
    assert (weights >= 0).all()
    assert mask is None or not weights[~mask].any()


@each_layer
@property_of
@given(st.data())
def test_rows_of_a_layers_weights_sum_to_one_and_hidden_positions_have_none(exercise, data):
    layer, _, x, mask = data.draw(self_attention(exercise))
    _, weights = layer(x, mask)
    close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    assert (weights >= 0).all()
    if mask is not None:
        hidden = ~mask if weights.dim() == 3 else ~mask[:, None].expand_as(weights)
        assert not weights[hidden].any()


@each_single
@property_of
@given(st.data())
def test_a_vector_added_to_all_keys_of_a_row_changes_nothing(exercise, data):
    attend, random, query, keys, values, mask = data.draw(attention(exercise))
    shift = normal(random, len(keys), 1, keys.shape[-1])
    close(attend(query, keys + shift, values, mask), attend(query, keys, values, mask))


@property_of
@given(self_attention("multi_head"))
def test_a_bias_of_the_keys_changes_nothing(drawn):
    layer, _, x, mask = drawn
    before = layer(x, mask)
    layer.W_k.bias += 1
    close(layer(x, mask), before)


@each_single
@property_of
@given(st.data())
def test_keys_and_values_in_another_order_permute_the_weights_only(exercise, data):
    attend, random, query, keys, values, mask = data.draw(attention(exercise))
    order = permutation(random, keys.shape[1])
    output, weights = attend(query, keys, values, mask)
    moved = mask if mask is None else mask[:, order]
    close(attend(query, keys[:, order], values[:, order], moved), (output, weights[:, order]))


@each_layer
@property_of
@given(st.data())
def test_positions_in_another_order_permute_the_outputs(exercise, data):
    layer, random, x, mask = data.draw(self_attention(exercise))
    order = permutation(random, x.shape[1])
    output, weights = layer(x, mask)
    moved = mask if mask is None else mask[:, order][:, :, order]
    close(layer(x[:, order], moved), (output[:, order], weights[..., order, :][..., order]))


@each_layer
@property_of
@given(st.data())
def test_under_the_causal_mask_no_output_depends_on_later_positions(exercise, data):
    layer, random, x, _ = data.draw(self_attention(exercise))
    batch, seq, _ = x.shape
    mask = REFERENCE["causal_mask"](seq).expand(batch, seq, seq)
    first_later = data.draw(st.integers(1, seq))
    changed = x.clone()
    changed[:, first_later:] = normal(random, *x[:, first_later:].shape)
    earlier = [
        (output[:, :first_later], weights[..., :first_later, :])
        for output, weights in (layer(x, mask), layer(changed, mask))
    ]
    close(*earlier)
    assert not layer(x, mask)[1].triu(1).any()


@property_of
@given(st.integers(1, 40))
def test_the_causal_mask_is_torchs(seq_len):
    close(REFERENCE["causal_mask"](seq_len), torch.ones(seq_len, seq_len).tril().bool())


@property_of
@given(attention("dot_product"))
def test_exercise_1_is_torchs_attention_at_scale_1(drawn):
    attend, _, query, keys, values, _ = drawn
    output = scaled_dot_product_attention(query[:, None], keys, values, scale=1.0)
    close(attend(query, keys, values)[0], output[:, 0])


@property_of
@given(attention("scaled"))
def test_exercise_2_is_torchs_attention(drawn):
    attend, _, query, keys, values, mask = drawn
    visible = mask if mask is None else mask[:, None]
    output = scaled_dot_product_attention(query[:, None], keys, values, visible)
    close(attend(query, keys, values, mask)[0], output[:, 0])


@property_of
@given(self_attention("self_attention"))
def test_exercise_3_is_torchs_attention_of_projections(drawn):
    layer, _, x, mask = drawn
    projected = (linear(x) for linear in (layer.W_q, layer.W_k, layer.W_v))
    close(layer(x, mask)[0], scaled_dot_product_attention(*projected, mask))


@property_of
@given(self_attention("multi_head"))
def test_exercise_4_is_torchs_multi_head_attention_under_its_projections(drawn):
    layer, _, x, mask = drawn
    projections = layer.W_q, layer.W_k, layer.W_v
    torchs = nn.MultiheadAttention(
        x.shape[-1], layer.num_heads, batch_first=True, dtype=torch.float64
    ).requires_grad_(False)
    torchs.in_proj_weight.copy_(torch.cat([linear.weight for linear in projections]))
    torchs.in_proj_bias.copy_(torch.cat([linear.bias for linear in projections]))
    torchs.out_proj.load_state_dict(layer.W_o.state_dict())
    hidden = None if mask is None else ~mask.repeat_interleave(layer.num_heads, dim=0)
    close(layer(x, mask), torchs(x, x, x, attn_mask=hidden, average_attn_weights=False))
