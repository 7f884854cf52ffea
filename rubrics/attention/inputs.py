"""Hidden inputs: their sizes are chosen so that a wrong axis, root or order can't look right."""

from collections.abc import Iterator

import torch
from torch import Tensor

# (batch, seq, hidden): ones, all different, seq above and below hidden, hidden no power of two
SIZES = [(1, 1, 1), (1, 5, 3), (2, 1, 4), (3, 7, 5), (2, 4, 11), (2, 33, 6)]
MASK_DTYPES = (torch.float32, torch.int64, torch.bool)


def settings() -> Iterator[tuple[torch.device, torch.dtype]]:
    """Yield each device there is (the CPU, and CUDA if present) with each dtype."""
    for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
        for dtype in (torch.float64, torch.float32):
            yield torch.device(device), dtype


def normal(random: torch.Generator, *size: int) -> Tensor:
    """Return standard normal float64 values."""
    return torch.randn(*size, generator=random, dtype=torch.float64)


def query_keys_values(random: torch.Generator, batch: int, seq: int, hidden: int) -> list[Tensor]:
    """Return query (batch, hidden), keys and values (batch, seq, hidden)."""
    return [
        normal(random, batch, hidden),
        normal(random, batch, seq, hidden),
        normal(random, batch, seq, hidden),
    ]


def mask(random: torch.Generator, *size: int) -> Tensor:
    """Return a bool mask with at least one visible and, where it can be, one hidden key a row."""
    keys = size[-1]
    visible = torch.rand(*size, generator=random) < 0.5
    chosen = torch.randint(keys, size[:-1], generator=random).unsqueeze(-1)
    visible = visible.scatter(-1, (chosen + 1) % keys, False)
    return visible.scatter(-1, chosen, True)


def masks(random: torch.Generator, *size: int) -> Iterator[Tensor]:
    """Yield a mask and an all-visible one in each dtype that a mask may have."""
    for dtype in MASK_DTYPES:
        yield mask(random, *size).to(dtype)
        yield torch.ones(*size).to(dtype)


def gradients(results, directions, of) -> tuple[Tensor | None, ...]:
    """Return the gradients of the sum of results · directions with respect to each of `of`."""
    total = sum(
        (result * direction).sum() for result, direction in zip(results, directions, strict=True)
    )
    return torch.autograd.grad(total, of, allow_unused=True)


def large(first: Tensor, second: Tensor, biggest: float = 900.0) -> tuple[Tensor, Tensor]:
    """Scale two tensors alike so that the largest of their products `first @ second^T` is big."""
    peak = (first @ second.transpose(-2, -1)).abs().max().item()
    factor = (biggest / peak) ** 0.5
    return first * factor, second * factor
