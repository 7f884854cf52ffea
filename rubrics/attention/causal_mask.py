"""Bonus: the causal mask of autoregressive attention.

Source: Vaswani et al., 2017, "Attention Is All You Need", section 3.2.3, third use of attention.
"""

import torch

from nbjudge import expect
from nbjudge.rubric import Rubric

HINT = "Row i may attend to columns 0 to i: the lower triangle, diagonal included."


def reference(seq_len):
    """Return the bool mask (seq_len, seq_len): True where the key is not later than the query."""
    positions = torch.arange(seq_len)
    return positions[:, None] >= positions[None, :]


rubric = Rubric("Bonus: causal masking", 10, "create_causal_mask", reference, extra_credit=True)


def _mask(make, seq_len):
    mask = expect.tensor(make(seq_len), "the mask")
    expect.shape(mask, (seq_len, seq_len), "the mask", f"seq_len={seq_len}")
    if not torch.equal(mask.cpu().double(), reference(seq_len).double()):
        raise expect.NotMet(f"With seq_len={seq_len}, the mask is not causal. {HINT}")
    return mask


@rubric.criterion("A position attends to itself and to earlier positions only", points=6)
def values(make, random):
    """Sizes 1 to 5 and a longer one."""
    for seq_len in (1, 2, 3, 5, 17):
        _mask(make, seq_len)


@rubric.criterion("The mask is a boolean tensor", points=4)
def boolean(make, random):
    """True and False, as the docstring says; only a mask that is causal can earn this."""
    mask = _mask(make, 4)
    if mask.dtype != torch.bool:
        raise expect.NotMet(f"The mask should be torch.bool; it is {mask.dtype}.")
