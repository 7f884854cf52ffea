"""Exercise 3: the feed-forward layer."""

import torch
from support.contract.clauses import broken
from support.contract.encoder.layers import agrees, made, parameters

# (batch, seq, embed_dim, hidden_dim)
SIZES = [(2, 5, 6, 7), (2, 5, 6, 7), (1, 1, 1, 1), (3, 2, 1, 4), (1, 4, 7, 2), (4, 4, 4, 4)]
SIZES += [(3, 1, 8, 1), (5, 3, 3, 3), (1, 600, 5, 9), (2, 3, 16, 64)]


def violation(solution):
    """Say which clause of the exercise's text `solution` breaks."""
    return broken(lambda: [_tried(solution, index) for index in range(len(SIZES))])


def _tried(make, index):
    batch, seq, width, hidden = SIZES[index]
    random = torch.Generator().manual_seed(index)
    layer = made(make, width, hidden) if index else made(make, embed_dim=width, hidden_dim=hidden)
    shapes = {
        "linear1.weight": (hidden, width), "linear1.bias": (hidden,),
        "linear2.weight": (width, hidden), "linear2.bias": (width,),
    }  # fmt: skip
    parameters(layer, shapes)
    ours = {name: torch.randn(shape, generator=random) for name, shape in shapes.items()}
    x = torch.randn(batch, seq, width, generator=random)
    for dtype in (torch.float32, torch.float64):
        layer, single = layer.to(dtype), dtype == torch.float32
        values = {name: value.to(dtype) for name, value in ours.items()}
        for mode in (True, False):
            layer.train(mode)
            agrees(
                layer, values, _formula, (x.to(dtype),), *((1e-3, 1e-3) if single else (1e-6,) * 2)
            )
            loud = (x * 1000 / x.abs().max()).to(dtype)
            agrees(layer, values, _formula, (loud,), 1e-3 if single else 1e-6)


def _formula(x, named):
    hidden = torch.relu(x @ named["linear1.weight"].mT + named["linear1.bias"])
    return hidden @ named["linear2.weight"].mT + named["linear2.bias"]
