"""The dtypes of tensors that travel, by the names that stand for them."""

import torch

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool,
        torch.uint8,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex64,
        torch.complex128,
    )
}
# The usual dtypes, for a quick way: numpy() takes them as they are. NumPy lacks bfloat16, and a
# complex tensor may be a lazy conjugate of its memory.
OF_NUMPY = {torch.bool, torch.int64, torch.float32, torch.float64}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
