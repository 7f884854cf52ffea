"""Exercise 4: the pre-norm block."""

import torch
import torch.nn.functional as F  # noqa: N812
from support.contract.clauses import broken
from support.contract.encoder.attending import comparing, given, visible_of
from support.contract.encoder.layers import agrees, made, parameters

# (batch, seq, embed_dim, num_heads, hidden_dim)
SIZES = [(2, 5, 6, 3, 7), (2, 5, 6, 3, 7), (1, 1, 1, 1, 1), (3, 4, 5, 1, 4), (1, 600, 4, 2, 3)]
SIZES += [(4, 4, 4, 4, 4), (2, 3, 16, 2, 40)]


def violation(solution):
    """Say which clause of the exercise's text `solution` breaks."""
    return broken(lambda: [_tried(solution, index) for index in range(len(SIZES))])


def shapes(width, hidden):
    """Return the shapes of a block's parameters."""
    norms = {f"norm{n}.{name}": (width,) for n in (1, 2) for name in ("weight", "bias")}
    return norms | {
        "attention.in_proj_weight": (3 * width, width), "attention.in_proj_bias": (3 * width,),
        "attention.out_proj.weight": (width, width), "attention.out_proj.bias": (width,),
        "feed_forward.linear1.weight": (hidden, width), "feed_forward.linear1.bias": (hidden,),
        "feed_forward.linear2.weight": (width, hidden), "feed_forward.linear2.bias": (width,),
    }  # fmt: skip


def drawn(shapes, random):
    """Return values for parameters: matrices keep the variance of what they are multiplied with."""
    values = {name: torch.randn(shape, generator=random) for name, shape in shapes.items()}
    return {
        name: one / one.shape[-1] ** 0.5 if one.dim() > 1 else one for name, one in values.items()
    }


def block(x, named, visible, heads):
    """Return output and weights by torch's functions, in the dtype of x."""
    width = x.shape[-1]
    normed = F.layer_norm(x, (width,), named["norm1.weight"], named["norm1.bias"])
    packed = F.linear(normed, named["attention.in_proj_weight"], named["attention.in_proj_bias"])
    query, key, value = (
        one.unflatten(-1, (heads, -1)).transpose(1, 2) for one in packed.chunk(3, -1)
    )
    scores = query @ key.mT / (width // heads) ** 0.5
    weights = scores.masked_fill(~visible[:, None, None, :], -torch.inf).softmax(-1)
    mixed = (weights @ value).transpose(1, 2).flatten(2)
    x = x + F.linear(mixed, named["attention.out_proj.weight"], named["attention.out_proj.bias"])
    normed = F.layer_norm(x, (width,), named["norm2.weight"], named["norm2.bias"])
    first, second = (
        (named[f"feed_forward.linear{n}.weight"], named[f"feed_forward.linear{n}.bias"])
        for n in (1, 2)
    )
    return x + F.linear(F.relu(F.linear(normed, *first)), *second), weights


def _tried(make, index):
    batch, seq, width, heads, hidden = SIZES[index]
    random = torch.Generator().manual_seed(index)
    names = {"embed_dim": width, "num_heads": heads, "hidden_dim": hidden}
    layer = made(make, width, heads, hidden) if index else made(make, **names)
    parameters(layer, shapes(width, hidden))
    ours = drawn(shapes(width, hidden), random)
    x = 2 * torch.randn(batch, seq, width, generator=random) + 1

    def formula(x, mask, named):
        return list(block(x, named, visible_of(mask, x), heads))

    def agree(named, x, mask, *near):
        agrees(layer, named, formula, (x, mask), *near, compared=comparing(mask))

    for dtype in (torch.float32, torch.float64):
        layer, single = layer.to(dtype), dtype == torch.float32
        values = {name: value.to(dtype) for name, value in ours.items()}
        near = (1e-3, 1e-3) if single else (1e-6, 1e-5)
        for mode in (True, False):
            layer.train(mode)
            for args in given(random, x.to(dtype), few=index > 1):
                agree(values, *args, *near)
            agree(values, 0.003 * x.to(dtype), None, near[0])
    loud = values | {"attention.in_proj_weight": 40 * values["attention.in_proj_weight"]}
    for args in given(random, x.double(), few=index > 1):
        agree(loud, *args, 1e-6)
