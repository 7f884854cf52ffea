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


def single(result, wanted, dtype):
    """Return the one tensor that a layer gives, and the one that is wanted, each in a list."""
    demand(isinstance(result, torch.Tensor), "2: no tensor")
    demand(result.shape == wanted.shape, "2: another shape")
    demand(result.dtype == dtype, "3: another dtype")
    return [result], [wanted]


def agrees(layer, ours, formula, args, tolerance, gradients=None, compared=single):
    """Compare layer(*args) with formula(*args, ours) in float64: value, dtype, state, gradients.

    Of `args` the first may be real; the others are masks, and a layer is not given a mask of None.
    `compared(result, wanted, dtype)` checks the form of a result, and returns the tensors of both
    that are compared. `tolerance` is that of values, a share of the largest value where it is above
    1, and `gradients` that of gradients, which are left out without it.
    """
    named = written(layer, ours)
    dtype = next(iter(ours.values())).dtype
    passed = [one for one in args if one is not None]
    x, *masks = (one.clone() for one in passed)
    x.requires_grad_(gradients is not None and x.is_floating_point())
    result, again = twice(lambda: layer(x, *masks))
    _untouched((x, *masks), passed, "4: an argument was changed")
    with torch.no_grad():
        without, _ = twice(lambda: layer(x, *masks))
    _untouched((x, *masks), passed, "4: an argument was changed without gradients")
    exact = {name: value.double().clone().requires_grad_() for name, value in ours.items()}
    exact_x = args[0].double().clone() if x.is_floating_point() else args[0]
    wanted = formula(exact_x.requires_grad_(x.requires_grad), *args[1:], exact)
    found, right = compared(result, wanted, dtype)
    repeated, plain = (compared(one, wanted, dtype)[0] for one in (again, without))
    for one, two, three, other in zip(found, repeated, plain, right, strict=True):
        demand(close(one, other, tolerance), "2: another value")
        demand(close(two, one, 1e-6), "4: equal calls differ")
        demand(close(three, other, tolerance), "2: another value without gradients")
    for name, value in ours.items():
        demand(torch.equal(named[name].detach(), value), "4: a parameter was changed")
    if gradients is not None:
        own, others = ([x], [exact_x]) if x.requires_grad else ([], [])
        leaves = [*own, *named.values()], [*others, *exact.values()]
        _gradients(found, right, leaves, gradients)


def _untouched(args, before, clause):
    demand(all(map(torch.equal, (one.detach() for one in args), before)), clause)


def _gradients(found, wanted, leaves, tolerance):
    demand(found[0].requires_grad, "3: not differentiable")
    random = torch.Generator().manual_seed(1)
    along = [torch.randn(one.shape, generator=random).double() for one in wanted]
    of_both = []
    for results, of in zip((found, wanted), leaves, strict=True):
        total = sum((one * a.to(one.dtype)).sum() for one, a in zip(results, along, strict=True))
        of_both.append(torch.autograd.grad(total, of, allow_unused=True))
    for one, other in zip(*of_both, strict=True):
        other = torch.zeros(()) if other is None else other
        one = torch.zeros_like(other) if one is None else one
        demand(close(one, other, tolerance), "3: another gradient")


def close(found, wanted, tolerance):
    """Return whether values are near, as a share of the largest one where that is above 1."""
    # Written so that NaN is not close.
    bound = tolerance * max(1.0, wanted.detach().abs().max().item())
    return bool(((found.detach() - wanted.detach()).abs() <= bound).all())
