"""Misconceptions of exercise 1."""

import math

import torch
from torch import nn

from ..positions import conventions, cosine, long, rubric, shape, sine

wrong = rubric.misconception
EXPONENT = "column 2i and column 2i + 1 divide by 10000^(2i / embed_dim)."
TURNS = "column 2i should be the sine, and column 2i + 1 the cosine of the same angle."


def columns(embed_dim):
    """Return 2i of each pair of columns, (embed_dim / 2,)."""
    return torch.arange(0, embed_dim, 2, dtype=torch.float32)


def numbers(seq_len):
    """Return the positions as a column, (seq_len, 1)."""
    return torch.arange(seq_len, dtype=torch.float32)[:, None]


def turns(seq_len, embed_dim, position=numbers, exponent=None, base=10000.0, second=None):
    """Return the table; a misconception gives one step of its own.

    `exponent` is that of each pair of columns, `second` that of the cosines where it is another.
    """
    first = columns(embed_dim) / embed_dim if exponent is None else exponent
    pair = [
        wave(position(seq_len) / base**power)
        for wave, power in ((torch.sin, first), (torch.cos, first if second is None else second))
    ]
    return torch.stack(pair, dim=-1).flatten(1)


@wrong("Your positions begin with 1; the first position is 0.", sine)
def from_one(seq_len, embed_dim):
    return turns(seq_len, embed_dim, lambda n: numbers(n) + 1)


@wrong(f"Your sines stand in the first half and your cosines in the second; {TURNS}", sine)
def halves(seq_len, embed_dim):
    table = turns(seq_len, embed_dim)
    return torch.cat([table[:, ::2], table[:, 1::2]], dim=1)


@wrong(f"Your cosines have angles of their own: 10000^((2i + 1) / embed_dim); {EXPONENT}", cosine)
def cosine_of_its_own(seq_len, embed_dim):
    return turns(seq_len, embed_dim, second=(columns(embed_dim) + 1) / embed_dim)


@wrong(f"Your exponent is i / embed_dim, half of what it should be; {EXPONENT}", sine)
def half_exponent(seq_len, embed_dim):
    return turns(seq_len, embed_dim, exponent=columns(embed_dim) / 2 / embed_dim)


@wrong(f"Your exponent is 4i / embed_dim, twice what it should be; {EXPONENT}", sine)
def double_exponent(seq_len, embed_dim):
    return turns(seq_len, embed_dim, exponent=2 * columns(embed_dim) / embed_dim)


@wrong(f"Your exponent is twice the number of the column, / embed_dim; {EXPONENT}", sine)
def double_column(seq_len, embed_dim):
    even = columns(embed_dim)
    powers = {"exponent": 2 * even / embed_dim, "second": 2 * (even + 1) / embed_dim}
    return turns(seq_len, embed_dim, **powers)


@wrong(f"All your columns turn equally fast: the exponent is always 0; {EXPONENT}", sine)
def one_frequency(seq_len, embed_dim):
    return turns(seq_len, embed_dim, exponent=columns(embed_dim) / embed_dim // 2)


@wrong(
    f"Your exponents end at 1, as if divided by embed_dim - 2 in place of embed_dim; {EXPONENT}",
    sine,
)
def ends_at_one(seq_len, embed_dim):
    return turns(seq_len, embed_dim, exponent=columns(embed_dim) / max(embed_dim - 2, 1))


@wrong(f"Your angles grow from column to column, and should shrink: {EXPONENT}", sine)
def multiplied(seq_len, embed_dim):
    return turns(seq_len, embed_dim, exponent=-columns(embed_dim) / embed_dim)


@wrong("The base of your powers is 1000; it should be 10000.", sine)
def base_1000(seq_len, embed_dim):
    return turns(seq_len, embed_dim, base=1000.0)


@wrong(
    "Your powers are those of e^4, about 55, as if log10 were the natural logarithm; their base "
    "should be 10000.",
    sine,
)
def common_logarithm(seq_len, embed_dim):
    return turns(seq_len, embed_dim, base=math.exp(4.0))


@wrong("Your fastest column is the last pair; the first pair of columns should be.", sine)
def slow_first(seq_len, embed_dim):
    return turns(seq_len, embed_dim, exponent=columns(embed_dim).flip(0) / embed_dim)


@wrong(f"You take the sine in every column; {TURNS}", cosine)
def sine_twice(seq_len, embed_dim):
    table = turns(seq_len, embed_dim)
    table[:, 1::2] = table[:, ::2]
    return table


@wrong(f"You take the cosine in every column; {TURNS}", sine)
def cosine_twice(seq_len, embed_dim):
    table = turns(seq_len, embed_dim)
    table[:, ::2] = table[:, 1::2]
    return table


@wrong(f"Sine and cosine have changed places; {TURNS}", sine)
def cosine_first(seq_len, embed_dim):
    return turns(seq_len, embed_dim).unflatten(1, (-1, 2)).flip(-1).flatten(1)


@wrong(f"Your odd columns are 0; {TURNS}", cosine)
def sines_alone(seq_len, embed_dim):
    table = turns(seq_len, embed_dim)
    table[:, 1::2] = 0
    return table


@wrong(f"Your table holds the angles themselves; {TURNS}", sine)
def angles(seq_len, embed_dim):
    angle = numbers(seq_len) / 10000 ** (columns(embed_dim) / embed_dim)
    return angle.repeat_interleave(2, dim=1)


@wrong("Your angles are rounded down to whole numbers; divide with /, not with //.", sine)
def whole_angles(seq_len, embed_dim):
    angle = numbers(seq_len) // 10000 ** (columns(embed_dim) / embed_dim)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@wrong(
    "Your angles depend on seq_len; a position should have the same row in a long table and in a "
    "short one.",
    sine,
)
def share_of_length(seq_len, embed_dim):
    return turns(seq_len, embed_dim, lambda n: numbers(n) / n)


@wrong("Position and column have changed places: the angle is p / 10000^(2i / embed_dim).", sine)
def places_changed(seq_len, embed_dim):
    angle = columns(embed_dim) / 2 / 10000 ** (2 * numbers(seq_len) / embed_dim)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@wrong("Your values are multiplied by √embed_dim; leave sine and cosine as they are.", sine)
def scaled(seq_len, embed_dim):
    return turns(seq_len, embed_dim) * embed_dim**0.5


@wrong("The row of position 0 is all 0 in your table; its cosines should be 1.", cosine)
def first_row_empty(seq_len, embed_dim):
    table = turns(seq_len, embed_dim)
    table[0] = 0
    return table


@wrong("All your values are 0; each should follow from its position and column.", sine)
def zeros(seq_len, embed_dim):
    return torch.zeros(seq_len, embed_dim)


@wrong("Your table is turned: return (seq_len, embed_dim), one row a position.", shape)
def turned(seq_len, embed_dim):
    return turns(seq_len, embed_dim).T


@wrong("Your table has an axis for the batch; return (seq_len, embed_dim) alone.", shape)
def batch_first(seq_len, embed_dim):
    return turns(seq_len, embed_dim)[None]


@wrong(
    "Your table has an axis for the batch, in the middle; return (seq_len, embed_dim) alone.",
    shape,
)
def batch_second(seq_len, embed_dim):
    return turns(seq_len, embed_dim)[:, None]


@wrong("A table of one position loses its first axis; return (1, embed_dim).", shape)
def squeezed(seq_len, embed_dim):
    return turns(seq_len, embed_dim).squeeze()


def cut(length):
    """Register a table that ends at a length of its own."""

    def table(seq_len, embed_dim):
        return turns(length, embed_dim)[:seq_len]

    table.__name__ = f"cut_at_{length}"
    wrong("Your table ends at a fixed length; it should have seq_len positions.", long)(table)


for length in (100, 128, 256, 500, 512):
    cut(length)


@wrong("Your table repeats itself from position 256 on; no two positions should be equal.", long)
def repeated(seq_len, embed_dim):
    return turns(seq_len, embed_dim, lambda n: numbers(n) % 256)


@wrong("Your angles are too rough for later positions; compute them in float32.", long)
def rough(seq_len, embed_dim):
    return turns(seq_len, embed_dim, lambda n: numbers(n).bfloat16().float())


@wrong("Your table is float64; return float32.", conventions)
def double(seq_len, embed_dim):
    return turns(seq_len, embed_dim).double()


@wrong("Your table is trained, since it requires a gradient; return fixed numbers.", conventions)
def trained(seq_len, embed_dim):
    return nn.Parameter(turns(seq_len, embed_dim))


@wrong("Your code sets the seed of torch's random numbers; nothing here is random.", conventions)
def seeded(seq_len, embed_dim):
    torch.manual_seed(0)
    return turns(seq_len, embed_dim)
