"""Hidden inputs, drawn from the generator of a criterion.

Sizes are up to the author: take some in which all axes differ, and some with ones, so that a wrong
axis or order gives another result. Large inputs are multiples of one vector of signs, so that each
of their products is known.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

MASK_DTYPES = (torch.float32, torch.float64, torch.int64, torch.bool)
# Factors of the vector of signs: two largest, equal (TIED) or nearly so (NEAR); the next ones far
# below; one opposite.
TIED = (0.5, 1.0, -1.0, 1.0, 0.2)
NEAR = (0.5, 1.0, -1.0, 0.9985, 0.2)


def settings() -> Iterator[tuple[torch.device, torch.dtype]]:
    """Yield each device there is (the CPU, and CUDA if present) with float32 and float64."""
    for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
        for dtype in (torch.float32, torch.float64):
            yield torch.device(device), dtype


def normal(random: torch.Generator, *size: int) -> Tensor:
    """Return standard normal float32 values."""
    return torch.randn(*size, generator=random)


def repeat_rows(rows: Tensor) -> None:
    """Make two rows of (batch, seq, width) equal and the last one zero, in place.

    Code that takes a row of zeros for padding is wrong, and so is code that tells equal rows apart.
    """
    if rows.shape[1] > 2:
        rows[:, 0] = rows[:, 1]
        rows[:, -1] = 0


def mask(random: torch.Generator, *size: int) -> Tensor:
    """Return a bool mask of `size`: each row has a True, and a False if it has two values."""
    keys = size[-1]
    visible = torch.rand(*size, generator=random) < 0.5
    chosen = torch.randint(keys, size[:-1], generator=random).unsqueeze(-1)
    visible = visible.scatter(-1, (chosen + 1) % keys, False)
    return visible.scatter(-1, chosen, True)


def one_visible(random: torch.Generator, *size: int) -> Tensor:
    """Return a bool mask of `size` with exactly one True a row."""
    chosen = torch.randint(size[-1], size[:-1], generator=random).unsqueeze(-1)
    return torch.zeros(*size, dtype=torch.bool).scatter(-1, chosen, True)


def masks(random: torch.Generator, *size: int) -> Iterator[Tensor]:
    """Yield masks of `size`: one of each dtype; then one True a row, one False a row, all True.

    A row of a single value is True in each of them.
    """
    for dtype in MASK_DTYPES:
        yield mask(random, *size).to(dtype)
    one = one_visible(random, *size)
    yield one
    yield 1 - one.long() if size[-1] > 1 else one.long()
    yield torch.ones(*size)


def multiples(
    random: torch.Generator, batch: int, hidden: int, factors: tuple[float, ...]
) -> tuple[Tensor, Tensor]:
    """Return vectors (batch, 5, hidden), multiples of a row of signs, and that row (batch, hidden).

    `factors` are `TIED` or `NEAR`. Products of `TIED` multiples are equal or far apart, so that the
    softmax of large scores is the same at any scale. `NEAR` ones show code that cuts large scores.
    """
    signs = torch.randint(0, 2, (batch, hidden), generator=random) * 2.0 - 1.0
    shuffled = torch.tensor(factors)[torch.randperm(len(factors), generator=random)]
    rows = torch.stack([shuffled.roll(row) for row in range(batch)])  # (batch, 5), no two alike
    return rows[..., None] * signs[:, None, :], signs


def directions(random: torch.Generator, *shapes: tuple[int, ...]) -> tuple[Tensor, ...]:
    """Return a random direction for each result, along which gradients are taken."""
    return tuple(normal(random, *shape) for shape in shapes)
