"""Exercise 2: layer normalisation."""

import torch
from support.contract.clauses import broken, demand
from support.contract.encoder.layers import agrees, made, parameters

# (batch, seq, embed_dim, eps), an eps of None for the default
SIZES = [(2, 5, 6, None), (2, 5, 6, 0.3), (1, 1, 1, None), (3, 2, 1, 0.1), (1, 4, 7, 1e-3)]
SIZES += [(4, 4, 4, 2.0), (3, 1, 8, None), (5, 3, 3, 1e-5), (1, 600, 24, 0.05), (2, 3, 64, 1e-4)]


def violation(solution):
    """Say which clause of the exercise's text `solution` breaks."""
    return broken(lambda: [_tried(solution, index) for index in range(len(SIZES))])


def _tried(make, index):
    batch, seq, width, eps = SIZES[index]
    random = torch.Generator().manual_seed(index)
    layer = made(make, embed_dim=width) if eps is None else made(make, width, eps)
    other = made(make, width, 9.0)  # a layer of other eps beside it
    _starts(layer, width)
    formula = _formula(eps or 1e-5)
    ours = {name: torch.randn(width, generator=random) for name in ("weight", "bias")}
    normal = torch.randn(batch, seq, width, generator=random) * 2 + 1
    small = normal * 0.003
    loud = normal.sign() * 500 + 300 + 100 * torch.rand(normal.shape, generator=random)
    flat = (20 * torch.rand(batch, seq, 1, generator=random) - 10).expand(-1, -1, width)
    unit = ours | {"weight": ours["weight"].clamp(-1, 1)}
    far = 990 + 3 * torch.rand(normal.shape, generator=random)
    for dtype in (torch.float32, torch.float64):
        single = dtype == torch.float32
        layer, values, units = layer.to(dtype), _as(ours, dtype), _as(unit, dtype)
        tried = [(normal, 1e-3), (small, 1e-3), (loud, 1e-2)] + [(far, 1e-2)] * (width > 7)
        for mode in (True, False):
            layer.train(mode)
            for x, close in tried:
                gradients = None if x is loud or x is far else 1e-3 if single else 1e-5
                agrees(layer, values, formula, (x.to(dtype),), close if single else 1e-6, gradients)
            _flat(layer, units, flat.to(dtype).contiguous())
    demand(other.weight.eq(1).all() and other.bias.eq(0).all(), "5: layers share parameters")


def _as(ours, dtype):
    return {name: value.to(dtype) for name, value in ours.items()}


def _starts(layer, width):
    named = parameters(layer, {"weight": (width,), "bias": (width,)})
    demand(named["weight"].eq(1).all(), "5: weight does not start as ones")
    demand(named["bias"].eq(0).all(), "5: bias does not start as zeros")


def _flat(layer, ours, x):
    """Rows of equal values give the bias, and finite gradients."""
    given = x.clone().requires_grad_()
    result = layer(given)
    demand((result - ours["bias"]).abs().max() <= 1e-3, "2: rows of equal values")
    (found,) = torch.autograd.grad(result.sum(), given)
    demand(found.isfinite().all(), "2: rows of equal values have no finite gradient")


def _formula(eps):
    def formula(x, named):
        centred = x - x.mean(-1, keepdim=True)
        normal = centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt()
        return named["weight"] * normal + named["bias"]

    return formula
