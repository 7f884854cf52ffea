# %% slices_of_a_table
import torch

def sinusoidal_positions(seq_len, embed_dim):
    positions = torch.zeros(seq_len, embed_dim)
    position = torch.arange(seq_len, dtype=torch.float32).unsqueeze(1)
    divisor = 10000 ** (torch.arange(0, embed_dim, 2, dtype=torch.float32) / embed_dim)
    positions[:, 0::2] = torch.sin(position / divisor)
    positions[:, 1::2] = torch.cos(position / divisor)
    return positions

# %% exp_of_a_logarithm
import math
import torch

def sinusoidal_positions(seq_len, embed_dim):
    pe = torch.zeros(seq_len, embed_dim)
    position = torch.arange(0, seq_len).float().unsqueeze(1)
    div_term = torch.exp(torch.arange(0, embed_dim, 2).float() * (-math.log(10000.0) / embed_dim))
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return pe

# %% two_loops
import math
import torch

def sinusoidal_positions(seq_len, embed_dim):
    positions = torch.zeros(seq_len, embed_dim)
    for p in range(seq_len):
        for i in range(embed_dim // 2):
            angle = p / 10000 ** (2 * i / embed_dim)
            positions[p, 2 * i] = math.sin(angle)
            positions[p, 2 * i + 1] = math.cos(angle)
    return positions

# %% list_of_lists
import math
import torch

def sinusoidal_positions(seq_len, embed_dim):
    def value(p, j):
        angle = p / 10000 ** ((j - j % 2) / embed_dim)
        return math.cos(angle) if j % 2 else math.sin(angle)
    return torch.tensor([[value(p, j) for j in range(embed_dim)] for p in range(seq_len)])

# %% stack_and_flatten
import torch

def sinusoidal_positions(seq_len, embed_dim):
    i = torch.arange(embed_dim // 2)
    angles = torch.outer(torch.arange(seq_len).float(), 10000.0 ** (-2 * i / embed_dim))
    return torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(start_dim=1)

# %% stack_and_reshape
import torch

def sinusoidal_positions(seq_len, embed_dim):
    freqs = torch.pow(10000.0, -torch.arange(0, embed_dim, 2) / embed_dim)
    angles = torch.einsum("p,i->pi", torch.arange(seq_len, dtype=freqs.dtype), freqs)
    both = torch.stack([torch.sin(angles), torch.cos(angles)], dim=2)
    return both.reshape(seq_len, embed_dim)

# %% numpy_then_float32
import numpy as np
import torch

def sinusoidal_positions(seq_len, embed_dim):
    p = np.arange(seq_len)[:, np.newaxis]
    j = np.arange(embed_dim)[np.newaxis, :]
    angles = p / np.power(10000, (2 * (j // 2)) / np.float32(embed_dim))
    angles[:, 0::2] = np.sin(angles[:, 0::2])
    angles[:, 1::2] = np.cos(angles[:, 1::2])
    return torch.tensor(angles, dtype=torch.float32)

# %% from_numpy
import numpy as np
import torch

def sinusoidal_positions(seq_len, embed_dim):
    table = np.empty((seq_len, embed_dim), dtype=np.float32)
    angles = np.outer(np.arange(seq_len), 1 / 10000 ** (np.arange(0, embed_dim, 2) / embed_dim))
    table[:, ::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return torch.from_numpy(table)

# %% float64_inside
import torch

def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len, dtype=torch.float64)[:, None]
    power = torch.arange(0, embed_dim, 2, dtype=torch.float64) / embed_dim
    angle = position / 10000**power
    table = torch.empty(seq_len, embed_dim, dtype=torch.float64)
    table[:, 0::2] = angle.sin()
    table[:, 1::2] = angle.cos()
    return table.float()

# %% complex_numbers
import torch

def sinusoidal_positions(seq_len, embed_dim):
    angles = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    turning = torch.polar(torch.ones_like(angles), angles)  # cos + i sin
    return torch.view_as_real(turning).flip(-1).reshape(seq_len, embed_dim)

# %% powers_of_one_turn
import torch

def sinusoidal_positions(seq_len, embed_dim):
    # Each position turns the one before it by the same angle.
    step = 1.0 / 10000 ** (torch.arange(0, embed_dim, 2, dtype=torch.float64) / embed_dim)
    turn = torch.exp(1j * step)
    rows, now = [], torch.ones_like(turn)
    for _ in range(seq_len):
        rows.append(torch.stack([now.imag, now.real], -1).flatten())
        now = now * turn
    return torch.stack(rows).float()

# %% cosine_as_a_shifted_sine
import math
import torch

def sinusoidal_positions(seq_len, embed_dim):
    column = torch.arange(embed_dim)
    even = column - column % 2
    angle = torch.arange(seq_len)[:, None] / 10000.0 ** (even / embed_dim)
    return torch.sin(angle.double() + (column % 2) * math.pi / 2).float()

# %% where_the_column_is_odd
import torch

def sinusoidal_positions(seq_len, embed_dim):
    col = torch.arange(embed_dim)
    angle = torch.arange(seq_len).view(-1, 1) / torch.tensor(10000.0).pow(2 * (col // 2) / embed_dim)
    return torch.where(col % 2 == 0, angle.sin(), angle.cos())

# %% column_by_column
import torch

def sinusoidal_positions(seq_len, embed_dim):
    p = torch.arange(seq_len, dtype=torch.float)
    columns = []
    for i in range(0, embed_dim, 2):
        angle = p / (10000 ** (i / embed_dim))
        columns.append(torch.sin(angle))
        columns.append(torch.cos(angle))
    return torch.stack(columns, dim=1)

# %% row_by_row
import torch

def sinusoidal_positions(seq_len, embed_dim):
    frequencies = 10000.0 ** (-torch.arange(0.0, embed_dim, 2.0) / embed_dim)
    out = torch.zeros((seq_len, embed_dim))
    for pos in range(seq_len):
        out[pos, ::2] = torch.sin(pos * frequencies)
        out[pos, 1::2] = torch.cos(pos * frequencies)
    return out

# %% cached_table
from functools import lru_cache
import torch

@lru_cache(maxsize=None)
def frequencies(embed_dim):
    return torch.exp2(-torch.arange(0, embed_dim, 2) / embed_dim * torch.log2(torch.tensor(1e4)))

def sinusoidal_positions(seq_len, embed_dim):
    angles = torch.arange(seq_len).unsqueeze(-1) * frequencies(embed_dim)
    out = angles.new_empty(seq_len, embed_dim)
    out[:, 0::2], out[:, 1::2] = angles.sin(), angles.cos()
    return out

# %% table_that_grows
import torch

TABLES = {}

def sinusoidal_positions(seq_len, embed_dim):
    known = TABLES.get(embed_dim)
    if known is None or len(known) < seq_len:
        p = torch.arange(max(seq_len, 64)).float()[:, None]
        w = 10000 ** (torch.arange(0, embed_dim, 2).float() / embed_dim)
        TABLES[embed_dim] = known = torch.stack(((p / w).sin(), (p / w).cos()), 2).view(len(p), -1)
    return known[:seq_len].clone()

# %% without_gradient_from_a_module
import torch
import torch.nn as nn

class Table(nn.Module):
    def __init__(self, seq_len, embed_dim):
        super().__init__()
        pe = torch.zeros(seq_len, embed_dim)
        angle = torch.arange(seq_len).float()[:, None] * torch.pow(
            10000, -torch.arange(0, embed_dim, 2).float() / embed_dim)
        pe[:, 0::2], pe[:, 1::2] = angle.sin(), angle.cos()
        self.register_buffer("pe", pe)

def sinusoidal_positions(seq_len, embed_dim):
    return Table(seq_len, embed_dim).pe

# %% frozen_embedding
import torch
from torch import nn

def sinusoidal_positions(seq_len, embed_dim):
    angles = torch.arange(seq_len).float()[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    table = torch.cat([angles.sin(), angles.cos()], dim=1)
    order = torch.arange(embed_dim).view(2, -1).T.flatten()
    embedding = nn.Embedding.from_pretrained(table[:, order], freeze=True)
    return embedding(torch.arange(seq_len))

# %% halves_permuted
import torch

@torch.no_grad()
def sinusoidal_positions(seq_len, embed_dim):
    half = embed_dim // 2
    i = torch.arange(half).float()
    angles = torch.arange(seq_len).float().reshape(-1, 1) @ (1e4 ** (-i / half)).reshape(1, -1)
    return torch.cat((angles.sin(), angles.cos()), 1).unflatten(1, (2, half)).transpose(1, 2).flatten(1)

# %% repeat_interleave
import torch

def sinusoidal_positions(seq_len, embed_dim):
    scale = 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    angles = (torch.arange(seq_len)[:, None] / scale).repeat_interleave(2, dim=-1)
    angles[:, 0::2].sin_()
    angles[:, 1::2].cos_()
    return angles

# %% index_put_and_meshgrid
import torch

def sinusoidal_positions(seq_len, embed_dim):
    p, i = torch.meshgrid(torch.arange(seq_len), torch.arange(embed_dim // 2), indexing="ij")
    angle = p * torch.exp(-torch.log(torch.tensor(10000.0)) * 2 * i / embed_dim)
    result = torch.zeros(seq_len, embed_dim)
    result[p, 2 * i] = angle.sin()
    result[p, 2 * i + 1] = angle.cos()
    return result

# %% one_line
import torch

sinusoidal_positions = lambda seq_len, embed_dim: torch.stack([f(torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)) for f in (torch.sin, torch.cos)], -1).view(seq_len, embed_dim)

# %% logspace
import torch

def sinusoidal_positions(seq_len, embed_dim):
    half = embed_dim // 2
    exponents = torch.linspace(0, -4 * (half - 1) / half, half)
    angles = torch.arange(seq_len).float().unsqueeze(1).mul(10.0**exponents)
    return torch.view_as_real(torch.complex(angles.sin(), angles.cos())).flatten(1)

# %% parameter_without_gradient
import torch

def sinusoidal_positions(seq_len, embed_dim):
    pe = torch.nn.Parameter(torch.zeros(seq_len, embed_dim), requires_grad=False)
    pos = torch.arange(seq_len).float()
    for i in range(0, embed_dim, 2):
        pe[:, i] = torch.sin(pos / 10000 ** (i / embed_dim))
        pe[:, i + 1] = torch.cos(pos / 10000 ** (i / embed_dim))
    return pe.data
