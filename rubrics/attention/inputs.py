"""Hidden inputs: their sizes are chosen so that a wrong axis, root or order can't look right."""

from collections.abc import Iterator

import torch
from torch import Tensor

MASK_DTYPES = (torch.float32, torch.float64, torch.int64, torch.bool)
# Multiples of one vector: two at the top, equal or nearly so, the next far below, the opposite.
TIED = (0.5, 1.0, -1.0, 1.0, 0.2)
NEAR = (0.5, 1.0, -1.0, 0.9985, 0.2)


def settings() -> Iterator[tuple[torch.device, torch.dtype]]:
    """Yield each device there is (the CPU, and CUDA if present) with each dtype."""
    for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
        for dtype in (torch.float32, torch.float64):
            yield torch.device(device), dtype


def normal(random: torch.Generator, *size: int) -> Tensor:
    """Return standard normal float32 values."""
    return torch.randn(*size, generator=random)


def repeat_rows(rows: Tensor) -> None:
    """Make two rows of (batch, seq, width) equal and the last one zero, which is no padding."""
    if rows.shape[1] > 2:
        rows[:, 0] = rows[:, 1]
        rows[:, -1] = 0


def mask(random: torch.Generator, *size: int) -> Tensor:
    """Return a bool mask with at least one visible and, where it can be, one hidden key a row."""
    keys = size[-1]
    visible = torch.rand(*size, generator=random) < 0.5
    chosen = torch.randint(keys, size[:-1], generator=random).unsqueeze(-1)
    visible = visible.scatter(-1, (chosen + 1) % keys, False)
    return visible.scatter(-1, chosen, True)


def one_visible(random: torch.Generator, *size: int) -> Tensor:
    """Return a bool mask with exactly one visible key a row."""
    chosen = torch.randint(size[-1], size[:-1], generator=random).unsqueeze(-1)
    return torch.zeros(*size, dtype=torch.bool).scatter(-1, chosen, True)


def masks(random: torch.Generator, *size: int) -> Iterator[Tensor]:
    """Yield masks in each dtype that a mask may have; then one, all but one, and all visible."""
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

    Products of `TIED` multiples are far apart or equal, so that a softmax of large scores gives the
    same whatever the scale. `NEAR` ones tell apart what cuts large scores off.
    """
    signs = torch.randint(0, 2, (batch, hidden), generator=random) * 2.0 - 1.0
    factors = torch.tensor(factors)[torch.randperm(len(factors), generator=random)]
    rows = torch.stack([factors.roll(row) for row in range(batch)])  # (batch, 5), no two alike
    return rows[..., None] * signs[:, None, :], signs


def directions(random: torch.Generator, *shapes: tuple[int, ...]) -> tuple[Tensor, ...]:
    """Return a random direction for each result, along which gradients are taken."""
    return tuple(normal(random, *shape) for shape in shapes)
