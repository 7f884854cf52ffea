"""Exercise 1: sinusoidal positions."""

import torch
from support.contract.clauses import broken, demand, twice

SIZES = [(7, 6), (1, 2), (1, 8), (2, 2), (5, 4), (6, 6), (4, 12), (3, 50), (1000, 8), (600, 2)]
SIZES += [(999, 16), (40, 512), (2, 1024), (6, 8), (7, 6)]


def violation(solution):
    """Say which clause of the exercise's text `solution` breaks."""
    return broken(lambda: [_tried(solution, *size) for size in SIZES])


def _tried(solution, seq_len, embed_dim):
    first, second = twice(lambda: solution(seq_len, embed_dim))
    wanted = table(seq_len, embed_dim)
    for found in (first, second):
        demand(isinstance(found, torch.Tensor), "2: no tensor")
        demand(found.shape == wanted.shape, f"2: another shape of {seq_len}, {embed_dim}")
        demand(found.dtype == torch.float32, "3: another dtype")
        demand(not found.requires_grad, "3: the positions are trained")
        error = (found.double() - wanted).abs().max().item()
        demand(error <= 1e-3, f"2: another value of {seq_len}, {embed_dim}")
    demand(torch.equal(first, second), "4: equal calls differ")


def table(seq_len, embed_dim):
    """Return the positions (seq_len, embed_dim) in float64."""
    column = torch.arange(embed_dim, dtype=torch.float64)
    even = column - column % 2
    angle = torch.arange(seq_len, dtype=torch.float64)[:, None] / 10000 ** (even / embed_dim)
    return torch.where(column % 2 == 0, angle.sin(), angle.cos())
