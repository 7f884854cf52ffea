# %% tril_ones_then_bool
import torch

def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool()

# %% tril_method_compare
import torch

def create_causal_mask(seq_len):
    mask = torch.ones((seq_len, seq_len)).tril(diagonal=0) == 1
    return mask

# %% arange_compare
import torch

def create_causal_mask(seq_len):
    pos = torch.arange(seq_len)
    # query i (rows) may look at key j (columns) when j <= i
    return pos[None, :] <= pos[:, None]

# %% triu_logical_not
import torch

def create_causal_mask(seq_len):
    future = torch.triu(torch.ones(seq_len, seq_len, dtype=torch.bool), diagonal=1)
    return ~future

# %% triu_equals_zero
import torch

def create_causal_mask(seq_len):
    mask = torch.triu(torch.ones(seq_len, seq_len), diagonal=1)
    mask = mask == 0
    return mask

# %% numpy_tril_from_numpy
import numpy as np
import torch

def create_causal_mask(seq_len):
    return torch.from_numpy(np.tril(np.ones((seq_len, seq_len), dtype=bool)))

# %% list_comprehension
import torch

def create_causal_mask(seq_len):
    return torch.tensor([[j <= i for j in range(seq_len)] for i in range(seq_len)])

# %% double_loop
import torch

def create_causal_mask(seq_len):
    """
    Create a causal (lower-triangular) mask.
    """
    mask = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    for i in range(seq_len):
        for j in range(seq_len):
            if j <= i:
                mask[i, j] = True
    return mask

# %% row_slices
import torch

def create_causal_mask(seq_len):
    mask = torch.full((seq_len, seq_len), False)
    for i in range(seq_len):
        mask[i, :i + 1] = True
    return mask

# %% cumsum_of_identity
import torch

def create_causal_mask(seq_len):
    # a one on the diagonal stays on for all rows below it
    return torch.eye(seq_len, dtype=torch.int64).cumsum(dim=0) > 0

# %% tril_indices
import torch

def create_causal_mask(seq_len):
    mask = torch.zeros((seq_len, seq_len), dtype=torch.bool)
    rows, cols = torch.tril_indices(seq_len, seq_len)
    mask[rows, cols] = True
    return mask

# %% meshgrid
import torch

def create_causal_mask(seq_len):
    i, j = torch.meshgrid(torch.arange(seq_len), torch.arange(seq_len), indexing="ij")
    return i.ge(j)

# %% nested_function_stack_rows
import torch

def create_causal_mask(seq_len):
    def row(i):
        seen = torch.ones(i + 1, dtype=torch.bool)
        unseen = torch.zeros(seq_len - i - 1, dtype=torch.bool)
        return torch.cat([seen, unseen])

    return torch.stack([row(i) for i in range(seq_len)], dim=0)

# %% minus_inf_matrix_isfinite
import torch

def create_causal_mask(seq_len):
    # the additive mask first: 0 where allowed, -inf in the future
    additive = torch.full((seq_len, seq_len), float("-inf")).triu(1)
    return torch.isfinite(additive)

# %% transformer_square_subsequent_mask
import torch
import torch.nn as nn

def create_causal_mask(seq_len):
    return nn.Transformer.generate_square_subsequent_mask(seq_len) == 0

# %% logical_not_of_gt_unsqueeze
import torch

def create_causal_mask(seq_len: int) -> torch.Tensor:
    query_position = torch.arange(seq_len).unsqueeze(1).expand(seq_len, seq_len)
    key_position = torch.arange(seq_len).unsqueeze(0).expand(seq_len, seq_len)
    mask = torch.logical_not(torch.gt(key_position, query_position)).to(dtype=torch.bool)
    return mask.contiguous()
