"""Misconceptions of the bonus."""

import torch

from ..causal_mask import boolean, rubric, values

wrong = rubric.misconception
RULE = "True stands where the key is not later than the query: the lower triangle and the diagonal."
NUMBERS = "Your mask has the right values as numbers; it should be of dtype torch.bool."
INTEGERS = "Your mask has the right values as integers; it should be of dtype torch.bool."
AXES = "Your mask has more than two axes; its shape should be (seq_len, seq_len)."


def ones(seq_len):
    """Return a mask that shows everything."""
    return torch.ones(seq_len, seq_len, dtype=torch.bool)


def lower(seq_len):
    """Return the right mask."""
    return ones(seq_len).tril()


def in_any_dtype(sentence):
    """Register a mask with wrong values, which may be of another dtype, too."""

    def register(make):
        for dtype in (torch.bool, torch.float32, torch.int64):
            wrong(sentence, values)(in_dtype(make, dtype))
        return make

    return register


def in_dtype(make, dtype):
    """Return a function that makes the same mask in another dtype."""

    def made(seq_len):
        return make(seq_len).to(dtype)

    if dtype is not torch.bool:
        made.__name__ = f"{make.__name__}_{str(dtype).removeprefix('torch.')}"
    else:
        made.__name__ = make.__name__
    return made


@in_any_dtype(f"Your mask is the upper triangle, so it shows the future; {RULE}")
def upper(seq_len):
    return ones(seq_len).triu()


@in_any_dtype(f"Your mask is True, or 1, where a position is hidden; {RULE}")
def hidden_is_true(seq_len):
    return ones(seq_len).triu(1)


@in_any_dtype(f"Your mask leaves out the diagonal, so a position does not see itself; {RULE}")
def without_diagonal(seq_len):
    return ones(seq_len).tril(-1)


@in_any_dtype(f"Your mask shows one position of the future; {RULE}")
def one_ahead(seq_len):
    return ones(seq_len).tril(1)


@in_any_dtype(f"Your mask shows everything; {RULE}")
def everything(seq_len):
    return ones(seq_len)


@in_any_dtype(f"Your mask shows nothing; {RULE}")
def nothing(seq_len):
    return ~ones(seq_len)


@in_any_dtype(f"Your mask shows each position itself only; {RULE}")
def diagonal(seq_len):
    return torch.eye(seq_len, dtype=torch.bool)


@in_any_dtype(f"Your mask is the lower triangle from the other corner; {RULE}")
def flipped(seq_len):
    return lower(seq_len).flip(-1)


@in_any_dtype(f"Your mask is upside down, with its first row at the bottom; {RULE}")
def upside_down(seq_len):
    return lower(seq_len).flip(0)


@in_any_dtype(f"Your mask shows the last position and itself, not all earlier ones; {RULE}")
def band(seq_len):
    return lower(seq_len).triu(-1)


@in_any_dtype("Your mask is made for 5 positions, whatever seq_len is.")
def five(seq_len):
    return lower(5)


@in_any_dtype("Your mask has one row and one column too many; its shape is (seq_len, seq_len).")
def one_too_large(seq_len):
    return lower(seq_len + 1)


@in_any_dtype("Your mask has one row and one column too few; its shape is (seq_len, seq_len).")
def one_too_small(seq_len):
    return lower(seq_len - 1)


@in_any_dtype("Your mask is one row, that of the last position; it has a row for each position.")
def last_row(seq_len):
    return lower(seq_len)[-1]


@in_any_dtype(AXES)
def with_batch(seq_len):
    return lower(seq_len)[None]


@in_any_dtype(AXES)
def with_batch_and_heads(seq_len):
    return lower(seq_len)[None, None]


for number in (torch.float32, torch.float64, torch.float16):
    wrong(NUMBERS, boolean)(in_dtype(lower, number))
for integer in (torch.int32, torch.int64, torch.uint8, torch.int8, torch.int16):
    wrong(INTEGERS, boolean)(in_dtype(lower, integer))


@wrong("Your mask holds 0 and -inf, to be added to scores; it should be True and False.", values)
def additive(seq_len):
    return torch.zeros(seq_len, seq_len).masked_fill(~lower(seq_len), -torch.inf)


@wrong("Your mask holds 1 and -inf; it should be True and False.", values)
def ones_and_infinity(seq_len):
    return torch.ones(seq_len, seq_len).masked_fill(~lower(seq_len), -torch.inf)
