"""What blocks and encoders return: an output, and weights of which padding has none.

Padding may have any finite output, and any finite row of weights of its own.
"""

import torch
from support.contract.clauses import demand

NO_WEIGHT = 1e-12


def comparing(mask):
    """Return what compares results of a layer that got this mask (batch, seq), or None.

    What is wanted is a list: the output, and one tensor of weights for each block.
    """

    def compared(result, wanted, dtype):
        found = _flat(result, wanted)
        visible = visible_of(mask, wanted[0])
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            demand(one.shape == other.shape, "2: another shape")
            demand(one.dtype == dtype, "3: another dtype")
            demand(one.isfinite().all(), "2: not finite")
            if number:
                hidden = one.detach().abs() * ~visible[:, None, None, :] * visible[:, None, :, None]
                demand(hidden.max() <= NO_WEIGHT, "2: padding has a weight")
        return _kept(found, visible), _kept(wanted, visible)

    return compared


def visible_of(mask, like):
    """Return which of the tokens of `like` (batch, seq, ...) are real (batch, seq)."""
    return torch.ones(like.shape[:2], dtype=torch.bool) if mask is None else mask != 0


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


def given(random, x, few=False):
    """Yield x (batch, seq, ...) with None, and with a mask in each dtype, in one if `few`.

    Each row of a mask has a real token. The last one hides nothing.
    """
    batch, seq = x.shape[:2]
    yield x, None
    for dtype in (torch.bool,) if few else (torch.float32, torch.float64, torch.int64, torch.bool):
        mask = torch.rand(batch, seq, generator=random) < 0.5
        mask[torch.arange(batch), torch.randint(seq, (batch,), generator=random)] = True
        yield x, mask.to(dtype)
    yield x, torch.ones(batch, seq, dtype=torch.bool)
