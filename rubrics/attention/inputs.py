"""Hidden inputs: their sizes are chosen so that a wrong axis, root or order can't look right."""

from collections.abc import Iterator

import torch
from torch import Tensor

# (batch, seq, hidden): ones, all different, seq above and below hidden, hidden no power of two
SIZES = [(1, 1, 1), (1, 5, 3), (2, 1, 4), (3, 7, 5), (2, 4, 11), (2, 33, 6)]
MASK_DTYPES = (torch.float32, torch.int64, torch.bool)


def devices() -> Iterator[torch.device]:
    """Yield the CPU, and CUDA where there is one."""
    yield torch.device("cpu")
    if torch.cuda.is_available():
        yield torch.device("cuda")


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


def large(first: Tensor, second: Tensor, biggest: float = 900.0) -> tuple[Tensor, Tensor]:
    """Scale two tensors alike so that the largest of their products `first @ second^T` is big."""
    peak = (first @ second.transpose(-2, -1)).abs().max().item()
    factor = (biggest / peak) ** 0.5
    return first * factor, second * factor
