"""Layers under parameters of ours: values and gradients against a formula in float64."""

import torch
from support.contract.clauses import demand, twice


def made(make, *sizes, **options):
    """Return a layer of the student's class; making it may draw random numbers only."""
    layer, _ = twice(lambda: make(*sizes, **options))
    demand(isinstance(layer, torch.nn.Module), "2: no nn.Module")
    return layer


def parameters(layer, shapes):
    """Return the parameters that the text names, {name: shape}, checked."""
    known = dict(layer.named_parameters(remove_duplicate=False))
    for name, shape in shapes.items():
        demand(name in known, f"5: {name} is no registered parameter")
        demand(known[name].shape == shape, f"5: {name} has another shape")
        demand(known[name].requires_grad, f"5: {name} is not trainable")
    demand(len({known[name].data_ptr() for name in shapes}) == len(shapes), "5: not distinct")
    return {name: known[name] for name in shapes}


def written(layer, ours):
    """Write our values into a layer's parameters in place; return them as the layer holds them."""
    named = parameters(layer, {name: value.shape for name, value in ours.items()})
    with torch.no_grad():
        for name, value in ours.items():
            named[name].copy_(value)
    return named


def agrees(layer, ours, formula, x, tolerance, gradients=None):
    """Compare layer(x) with formula(x, ours) in float64: value, dtype, state, gradients.

    `tolerance` is that of values, a share of the largest value where it is above 1, and
    `gradients` that of gradients, which are left out without it.
    """
    named = written(layer, ours)
    given = x.clone().requires_grad_(gradients is not None)
    result, again = twice(lambda: layer(given))
    demand(torch.equal(given.detach(), x), "4: an argument was changed")
    with torch.no_grad():
        without, _ = twice(lambda: layer(given))
    demand(torch.equal(given.detach(), x), "4: an argument was changed without gradients")
    exact = {name: value.double().requires_grad_() for name, value in ours.items()}
    input_ = x.double().requires_grad_()
    wanted = formula(input_, exact)
    demand(isinstance(result, torch.Tensor), "2: no tensor")
    demand(result.shape == wanted.shape, "2: another shape")
    demand(result.dtype == x.dtype, "3: another dtype")
    demand(close(result, wanted, tolerance), "2: another value")
    demand(close(again, result, 1e-6), "4: equal calls differ")
    demand(close(without, wanted, tolerance), "2: another value without gradients")
    for name, value in ours.items():
        demand(torch.equal(named[name].detach(), value), "4: a parameter was changed")
    if gradients is None:
        return
    demand(result.requires_grad, "3: not differentiable")
    along = torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).to(x.dtype)
    leaves = [given, *named.values()]
    found = torch.autograd.grad(result, leaves, along, allow_unused=True)
    right = torch.autograd.grad(wanted, [input_, *exact.values()], along.double())
    for one, other in zip(found, right, strict=True):
        one = torch.zeros_like(other) if one is None else one
        demand(close(one, other, gradients), "3: another gradient")


def close(found, wanted, tolerance):
    """Return whether values are near, as a share of the largest one where that is above 1."""
    # Written so that NaN is not close.
    bound = tolerance * max(1.0, wanted.detach().abs().max().item())
    return bool(((found.detach() - wanted.detach()).abs() <= bound).all())
