"""What exercises 1 and 2 share: one query per batch row, called as attend(query, keys, values)."""

import torch

from nbjudge.tensors import inputs

from .cases import Case, Steps

# (batch, seq, hidden): ones, all different, seq above and below hidden, powers of two or not, long,
# wide. Different sizes, so that a softmax over a wrong axis has another shape or another sum.
SIZES = [(3, 7, 5), (1, 1, 1), (1, 5, 3), (2, 1, 4), (2, 4, 11), (4, 4, 4)]
SIZES += [(1, 600, 3), (33, 2, 96)]
FEW = [(3, 7, 5), (4, 4, 4), (1, 1, 1), (1, 40, 3), (2, 5, 9)]
TWO = [FEW[0], FEW[-1]]
NAMES = ("the attention output", "the attention weights")


def formula(scaled):
    """Return the formula for query (batch, hidden), keys and values (batch, seq, hidden)."""

    def scores(_, query, keys, values):
        products = torch.einsum("bh,bsh->bs", query, keys)  # (batch, seq)
        return products / query.shape[-1] ** 0.5 if scaled else products

    def mix(weights, values, _):
        return torch.einsum("bs,bsh->bh", weights, values)  # (batch, hidden)

    steps = Steps(scores, lambda _, query, keys, values: values, mix, ("query", "keys", "values"))
    return steps.formula(*NAMES)


UNSCALED, SCALED = formula(scaled=False), formula(scaled=True)


def reference(how):
    """Return a right implementation of formula `how`, as attend(query, keys, values, mask)."""
    return lambda query, keys, values, mask=None: how.native({}, query, keys, values, mask)


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
        if 0 < number == len(sizes) - 1:
            values = keys
        made.append(Case(attend, (query, keys, values), how).under(mask))
    return made


def large(attend, how, random):
    """Return two cases whose scores reach 1,000 in size, of `TIED` and of `NEAR` inputs.

    In the second batch row they reach 100: code that subtracts one largest score from all rows is
    wrong there.
    """
    return tuple(_large(attend, how, random, factors) for factors in (inputs.TIED, inputs.NEAR))


def _large(attend, how, random, factors):
    batch, hidden = 2, 4
    keys, signs = inputs.multiples(random, batch, hidden, factors)
    size = 1000 / hidden**0.5 if how is SCALED else 1000 / hidden
    query = size * torch.tensor([[1.0], [0.1]]) * signs
    values = inputs.normal(random, *keys.shape)
    return Case(attend, (query, keys, values, torch.ones(keys.shape[:2])), how)
