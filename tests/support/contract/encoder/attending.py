"""Blocks and encoders under parameters of ours: (output, weights) against a formula in float64.

Padding may have any finite output, and any finite row of weights of its own.
"""

import torch
from support.contract.clauses import demand, twice
from support.contract.encoder.layers import close, written

NO_WEIGHT = 1e-12


def agrees(layer, ours, formula, x, mask, tolerance, gradients=None):
    """Compare layer(x, mask) with formula(x, ours, visible): values, dtype, state, gradients.

    `mask` may be None. The formula returns the output and one tensor of weights for each block.
    """
    named = written(layer, ours)
    given = x.clone().requires_grad_(gradients is not None and x.is_floating_point())
    masks = () if mask is None else (mask.clone(),)
    result, again = twice(lambda: layer(given, *masks))
    with torch.no_grad():
        without, _ = twice(lambda: layer(given, *masks))
    changed = not torch.equal(given.detach(), x) or any(not torch.equal(m, mask) for m in masks)
    demand(not changed, "4: an argument was changed")
    exact = {name: value.double().clone().requires_grad_() for name, value in ours.items()}
    exact_x = x.double().clone() if x.is_floating_point() else x
    exact_x.requires_grad_(given.requires_grad)
    visible = torch.ones(x.shape[:2], dtype=torch.bool) if mask is None else mask != 0
    wanted = formula(exact_x, exact, visible)
    found, repeated, plain = (_flat(one, wanted) for one in (result, again, without))
    dtype = next(iter(ours.values())).dtype
    for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
        demand(one.shape == other.shape, "2: another shape")
        demand(one.dtype == dtype, "3: another dtype")
        demand(one.isfinite().all(), "2: not finite")
        if number:
            hidden = one.detach().abs() * ~visible[:, None, None, :] * visible[:, None, :, None]
            demand(hidden.max() <= NO_WEIGHT, "2: padding has a weight")
    found, repeated, plain, wanted = (
        _kept(one, visible) for one in (found, repeated, plain, wanted)
    )
    for one, two, three, right in zip(found, repeated, plain, wanted, strict=True):
        demand(close(one, right, tolerance), "2: another value")
        demand(close(two, one, 1e-6), "4: equal calls differ")
        demand(close(three, right, tolerance), "2: another value without gradients")
    for name, value in ours.items():
        demand(torch.equal(named[name].detach(), value), "4: a parameter was changed")
    if gradients is not None:
        inputs = ([given], [exact_x]) if given.requires_grad else ([], [])
        leaves = [*inputs[0], *named.values()], [*inputs[1], *exact.values()]
        _gradients(found, wanted, leaves, gradients)


def _gradients(found, wanted, leaves, tolerance):
    demand(found[0].requires_grad, "3: not differentiable")
    random = torch.Generator().manual_seed(1)
    along = [torch.randn(one.shape, generator=random, dtype=torch.float64) for one in wanted]
    grads = []
    for results, of in zip((found, wanted), leaves, strict=True):
        total = sum((one * a.to(one.dtype)).sum() for one, a in zip(results, along, strict=True))
        grads.append(torch.autograd.grad(total, of, allow_unused=True))
    for one, other in zip(*grads, strict=True):
        other = torch.zeros(()) if other is None else other
        demand(close(torch.zeros_like(other) if one is None else one, other, tolerance),
               "3: another gradient")  # fmt: skip


def _flat(result, wanted):
    """Return output and weights in one list; of a block the weights are one tensor."""
    try:
        output, weights = result
    except (TypeError, ValueError):
        demand(False, "2: not two results")
    flat = [output, weights] if isinstance(weights, torch.Tensor) else [output, *weights]
    demand(all(isinstance(one, torch.Tensor) for one in flat), "2: no tensor")
    demand(len(flat) == len(wanted), "2: another number of weights")
    return flat


def _kept(results, visible):
    """Return the results with zeros where padding may have anything."""
    output, *weights = results
    rows = visible[:, None, :, None]
    return [output * visible[:, :, None], *(one * rows for one in weights)]


def masks(random, batch, seq, few=False):
    """Yield None, and masks in each dtype, in one if `few`; the last one hides nothing.

    Each row has a real token.
    """
    yield None
    for dtype in (torch.bool,) if few else (torch.float32, torch.float64, torch.int64, torch.bool):
        mask = torch.rand(batch, seq, generator=random) < 0.5
        mask[torch.arange(batch), torch.randint(seq, (batch,), generator=random)] = True
        yield mask.to(dtype)
    yield torch.ones(batch, seq, dtype=torch.bool)
