"""Exercise 1: sinusoidal positions.

Source: Vaswani et al., 2017, "Attention Is All You Need", section 3.5.
"""

import torch

from nbjudge import tensors
from nbjudge.rubric import Call, NotMet, Rubric, call_all, expect
from nbjudge.tensors import MODES, Case, Formula

HINT = "Column 2i is sin(p / 10000^(2i / embed_dim)), column 2i + 1 the cos of the same angle."
LONG = "Compute the table for any seq_len, in float32."
# (seq_len, embed_dim): ones, all different, equal, more columns than rows, as many numbers,
# a wide one.
SIZES = [(7, 4), (1, 2), (5, 6), (8, 8), (2, 32), (40, 10), (3, 600)]
LENGTHS = [(1000, 12), (999, 2), (300, 66)]


def formula(_, seq_len, embed_dim):
    """Return the table (seq_len, embed_dim) in float64."""
    position = torch.arange(seq_len, dtype=torch.float64)[:, None]
    column = torch.arange(embed_dim, dtype=torch.float64)
    even = column - column % 2  # 2i, of columns 2i and 2i + 1
    angle = position / 10_000 ** (even / embed_dim)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos())


def reference(seq_len, embed_dim):
    """Return the table in float32."""
    return formula({}, seq_len, embed_dim).float()


POSITIONS = Formula(formula, ("the table",), ("seq_len", "embed_dim"))
rubric = Rubric("Exercise 1: sinusoidal positions", 15, "sinusoidal_positions", reference)


@rubric.criterion("The table has the shape (seq_len, embed_dim)", points=2)
def shape(positions, random):
    """Every size from 1 up; the rows are not all the same."""
    for _, (table,) in tensors.ask(cases(positions, SIZES)):
        tensors.varied(table, "the table")


@rubric.criterion("Even columns hold the sine of the angle", points=4)
def sine(positions, random):
    """Columns 0, 2, 4 and so on, whatever the others hold."""
    for case, (table,) in tensors.ask(cases(positions, SIZES)):
        even = "the even columns of the table"
        expect.close(table[:, ::2], case.expected[0][:, ::2], even, HINT, 1e-3)


@rubric.criterion("Odd columns hold the cosine of the same angle", points=4)
def cosine(positions, random):
    """Columns 1, 3, 5 and so on, whatever the others hold."""
    for case, (table,) in tensors.ask(cases(positions, SIZES)):
        odd = "the odd columns of the table"
        expect.close(table[:, 1::2], case.expected[0][:, 1::2], odd, HINT, 1e-3)


@rubric.criterion("Up to 1,000 positions are right", points=2)
def long(positions, random):
    """Long tables begin like short ones; those of a right function are compared whole."""
    short = [(5, width) for _, width in LENGTHS]
    found = tensors.ask(cases(positions, [*LENGTHS, *short]))
    pairs = zip(found[: len(LENGTHS)], found[len(LENGTHS) :], strict=True)
    for (case, (table,)), (few, (head,)) in pairs:
        tensors.varied(head, "the table")
        expect.close(table[:5], head, "the beginning of a long table", LONG, 1e-3, "be the same")
        wanted = case.expected[0] if few.agrees((head,)) else table.nan_to_num()
        expect.close(table, wanted, "a long table", LONG, 1e-3)


@rubric.criterion("float32, not trained, the same in each call, nothing changed", points=3)
def conventions(positions, random):
    """The sizes in another order give the same; no gradient flows into the table."""
    made = cases(positions, SIZES)
    outcomes = call_all([one.call(watched=True) for one in [*made, *made[::-1]]])
    for case, outcome, again in zip(made, outcomes, outcomes[::-1], strict=False):
        (table,), (twin,) = case.look(outcome), case.look(again)
        tensors.varied(table, "the table")
        tensors.untouched(case, outcome, MODES)
        expect.equal(table, twin)
        if table.dtype != torch.float32:
            raise NotMet(f"The table should be torch.float32; it is {table.dtype}.")
        if table.requires_grad:
            raise NotMet("The positions are not trained: the table should not require a gradient.")


@rubric.behaviour
def behaviour(positions, random):
    """Return the calls that tell misconceptions apart.

    Few columns at each length: where a mistake makes angles large, float32 rounds them.
    """
    return [Call(positions, size) for size in [(7, 4), (1, 2), (5, 6), (600, 2)]]


def cases(positions, sizes):
    """Return a case for each (seq_len, embed_dim)."""
    return [Case(positions, size, POSITIONS) for size in sizes]
