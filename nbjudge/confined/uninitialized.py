"""Memory that is reserved and never written: a tensor of it must not be right by luck.

`torch.empty(n)` holds what was in that memory before. That is zeros often enough: of twelve
processes, two gave full marks to a layer whose bias is `torch.empty` and should start as zeros.
glibc can fill what it reserves with a byte (`M_PERTURB` in mallopt(3)), in C and for all libraries.
Rejected: torch's `fill_uninitialized_memory`, which works in its deterministic mode only, and that
mode refuses operations; and functions of our own in the place of `torch.empty`, of which torch has
dozens.

Three kinds stay as they are: small NumPy arrays, which NumPy keeps and gives out again by itself;
CUDA's memory; and a C library other than glibc.
"""

import ctypes

_M_PERTURB = -6  # malloc.h
_FREED = 0x01  # what is reserved is filled with the complement, 0xFE: -1.7e38 as a float32


def fill_uninitialized() -> None:
    """Fill, from now on, all memory that this process reserves, so that it is not zeros."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_PERTURB, _FREED)
