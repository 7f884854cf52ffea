"""Misconceptions of the bonus."""

import torch

from ..causal_mask import boolean, rubric, values

wrong = rubric.misconception
RULE = "True stands where the key is not later than the query: the lower triangle and the diagonal."


def ones(seq_len):
    """Return a mask that shows everything."""
    return torch.ones(seq_len, seq_len, dtype=torch.bool)


@wrong(f"Your mask is the upper triangle, so it shows the future; {RULE}", values)
def upper(seq_len):
    return ones(seq_len).triu()


@wrong(f"Your mask is True where a position is hidden; {RULE}", values)
def hidden_is_true(seq_len):
    return ones(seq_len).triu(1)


@wrong(f"Your mask leaves out the diagonal, so a position does not see itself; {RULE}", values)
def without_diagonal(seq_len):
    return ones(seq_len).tril(-1)


@wrong(f"Your mask shows one position of the future; {RULE}", values)
def one_ahead(seq_len):
    return ones(seq_len).tril(1)


@wrong(f"Your mask shows everything; {RULE}", values)
def everything(seq_len):
    return ones(seq_len)


@wrong(f"Your mask shows nothing; {RULE}", values)
def nothing(seq_len):
    return ~ones(seq_len)


@wrong(f"Your mask shows each position itself only; {RULE}", values)
def diagonal(seq_len):
    return torch.eye(seq_len, dtype=torch.bool)


@wrong(f"Your mask is the lower triangle from the other corner; {RULE}", values)
def flipped(seq_len):
    return ones(seq_len).tril().flip(-1)


@wrong(f"Your mask shows the last position and itself, not all earlier ones; {RULE}", values)
def band(seq_len):
    return ones(seq_len).tril().triu(-1)


@wrong("Your mask is made for 5 positions, whatever seq_len is.", values)
def five(seq_len):
    return ones(5).tril()


@wrong("Your mask has the right values as numbers; it should be of dtype torch.bool.", boolean)
def numbers(seq_len):
    return torch.ones(seq_len, seq_len).tril()


@wrong("Your mask has the right values as integers; it should be of dtype torch.bool.", boolean)
def integers(seq_len):
    return ones(seq_len).tril().int()


@wrong("Your mask holds 0 and -inf, to be added to scores; it should be True and False.", values)
def additive(seq_len):
    return torch.zeros(seq_len, seq_len).masked_fill(~ones(seq_len).tril(), -torch.inf)
