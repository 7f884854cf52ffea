"""What exercises 1 and 2 share: one query per batch row, called as attend(query, keys, values)."""

from dataclasses import replace

import torch

from . import inputs
from .cases import Case, Formula

# (batch, seq, hidden): ones, all different, seq above and below hidden, powers of two or not, long,
# wide. Different sizes, so that a softmax over a wrong axis has another shape or another sum.
SIZES = [(3, 7, 5), (1, 1, 1), (1, 5, 3), (2, 1, 4), (2, 4, 11), (4, 4, 4)]
SIZES += [(1, 600, 3), (33, 2, 96)]
FEW = [(3, 7, 5), (4, 4, 4), (1, 1, 1), (1, 40, 3), (2, 5, 9)]
TWO = [FEW[0], FEW[-1]]
NAMES = ("the attention output", "the attention weights")


def formula(scaled):
    """Return the formula for query (batch, hidden), keys and values (batch, seq, hidden)."""

    def scores(args, _):
        query, keys, _ = args
        products = torch.einsum("bh,bsh->bs", query, keys)  # (batch, seq)
        return products / query.shape[-1] ** 0.5 if scaled else products

    def values(args, _):
        return args[2]

    def mix(weights, values, _):
        return torch.einsum("bs,bsh->bh", weights, values)  # (batch, hidden)

    return Formula(scores, values, mix, NAMES)


UNSCALED, SCALED = formula(scaled=False), formula(scaled=True)


def reference(how):
    """Return a right implementation of formula `how`, as attend(query, keys, values, mask)."""

    def attend(query, keys, values, mask=None):
        return Case(attend, (query, keys, values), "", how, mask=mask).native()

    return attend


def cases(attend, how, random, sizes=SIZES, masked=False):
    """Return a case for each (batch, seq, hidden) of `sizes`.

    In every other case some keys are equal, or zero. In the last of several cases keys and values
    are one tensor. `masked` gives each case a mask (batch, seq).
    """
    made = []
    for number, (batch, seq, hidden) in enumerate(sizes):
        query = inputs.normal(random, batch, hidden)
        keys, values = (inputs.normal(random, batch, seq, hidden) for _ in range(2))
        mask = inputs.mask(random, batch, seq) if masked else None
        if number % 2:
            inputs.repeat_rows(keys)
            if masked:
                mask[:, -1] = True
        made.append(Case(attend, (query, keys, values), f"hidden_dim={hidden}", how, mask=mask))
    if len(made) > 1:
        query, keys, _ = made[-1].args
        made[-1] = replace(made[-1], args=(query, keys, keys))
    return made


def loud(attend, how, random):
    """Return two cases whose scores reach 1,000 in size, of `TIED` and of `NEAR` inputs.

    In the second batch row they reach 100: code that subtracts one largest score from all rows is
    wrong there.
    """
    return tuple(_loud(attend, how, random, factors) for factors in (inputs.TIED, inputs.NEAR))


def _loud(attend, how, random, factors):
    batch, hidden = 2, 4
    keys, signs = inputs.multiples(random, batch, hidden, factors)
    size = 1000 / hidden**0.5 if how is SCALED else 1000 / hidden
    query = size * torch.tensor([[1.0], [0.1]]) * signs
    values = inputs.normal(random, *keys.shape)
    mask = torch.ones(keys.shape[:2])
    return Case(attend, (query, keys, values), f"hidden_dim={hidden}", how, mask=mask)
