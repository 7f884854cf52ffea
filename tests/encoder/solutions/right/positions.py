# %% annotated_style
import math


def sinusoidal_positions(seq_len, embed_dim):
    pe = torch.zeros(seq_len, embed_dim)
    position = torch.arange(0, seq_len).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, embed_dim, 2) * -(math.log(10000.0) / embed_dim))
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)
    return pe


# %% broadcast_then_assign_odd
def sinusoidal_positions(seq_len, embed_dim):
    rates = [1 / 10000 ** (2 * (j // 2) / embed_dim) for j in range(embed_dim)]
    table = torch.arange(seq_len).reshape(seq_len, 1) * torch.tensor(rates)
    return torch.where(torch.arange(embed_dim) % 2 == 1, torch.cos(table), torch.sin(table))


# %% python_floats
from math import cos, sin


def sinusoidal_positions(seq_len, embed_dim):
    out = []
    for p in range(seq_len):
        row = []
        for k in range(embed_dim // 2):
            w = 10000.0 ** (-(2 * k) / embed_dim)
            row += [sin(p * w), cos(p * w)]
        out.append(row)
    return torch.FloatTensor(out)


# %% numpy_astype
import numpy as np


def sinusoidal_positions(seq_len, embed_dim):
    angle = np.arange(seq_len)[:, None] / np.power(10000.0, np.arange(0, embed_dim, 2)[None] / embed_dim)
    full = np.zeros((seq_len, embed_dim))
    full[:, 0::2] = np.sin(angle)
    full[:, 1::2] = np.cos(angle)
    return torch.from_numpy(full.astype("float32"))


# %% cumulative_product
def sinusoidal_positions(seq_len, embed_dim):
    n = embed_dim // 2
    ratio = torch.full((n,), 10000.0 ** (-2 / embed_dim), dtype=torch.float64)
    ratio[0] = 1.0
    freq = ratio.cumprod(0)
    angle = torch.outer(torch.arange(seq_len, dtype=torch.float64), freq)
    return torch.stack([angle.sin(), angle.cos()], 2).reshape(seq_len, embed_dim).to(torch.float32)


# %% rotation_matrices
def sinusoidal_positions(seq_len, embed_dim):
    w = 10000 ** (-torch.arange(0, embed_dim, 2).double() / embed_dim)
    c, s = w.cos(), w.sin()
    state = torch.stack([torch.zeros_like(w), torch.ones_like(w)], -1)  # sin 0, cos 0
    rows = []
    for _ in range(seq_len):
        rows.append(state.reshape(-1))
        a, b = state.unbind(-1)
        state = torch.stack([a * c + b * s, b * c - a * s], -1)
    return torch.stack(rows).float()


# %% imaginary_exponential
def sinusoidal_positions(seq_len, embed_dim):
    f = 10000 ** (-torch.arange(0, embed_dim, 2) / embed_dim)
    z = torch.exp(1j * torch.outer(torch.arange(seq_len).float(), f))
    return torch.stack((z.imag, z.real), dim=-1).view(seq_len, embed_dim)


# %% preallocated_with_out
def sinusoidal_positions(seq_len, embed_dim):
    result = torch.empty(seq_len, embed_dim // 2, 2)
    angle = torch.arange(seq_len)[:, None] * 10000.0 ** (-torch.arange(embed_dim // 2) / (embed_dim / 2))
    result[..., 0] = angle.sin()
    result[..., 1] = angle.cos()
    return result.flatten(1)


# %% scatter_columns
def sinusoidal_positions(seq_len, embed_dim):
    even = torch.arange(0, embed_dim, 2)
    angle = torch.arange(seq_len).float().unsqueeze(1) / torch.pow(10000, even / embed_dim)
    table = torch.zeros(seq_len, embed_dim)
    table.index_copy_(1, even, angle.sin())
    table.index_copy_(1, even + 1, angle.cos())
    return table


# %% transposed_build
def sinusoidal_positions(seq_len, embed_dim):
    table = torch.zeros(embed_dim, seq_len)
    for j in range(0, embed_dim, 2):
        a = torch.arange(seq_len) / 10000 ** (j / embed_dim)
        table[j], table[j + 1] = a.sin(), a.cos()
    return table.T


# %% dstack
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.linspace(0, seq_len - 1, seq_len)[:, None] / 1e4 ** torch.arange(0, 1, 2 / embed_dim)[: embed_dim // 2]
    return torch.dstack([torch.sin(angle), torch.cos(angle)]).reshape(angle.shape[0], -1)


# %% helper_class
class Sinusoid:
    def __init__(self, width):
        self.width = width

    def frequency(self, column):
        return 1.0 / 10000.0 ** ((column // 2) * 2.0 / self.width)

    def __call__(self, p, column):
        wave = torch.cos if column % 2 else torch.sin
        return wave(p * self.frequency(column))


def sinusoidal_positions(seq_len, embed_dim):
    one = Sinusoid(embed_dim)
    p = torch.arange(seq_len, dtype=torch.float32)
    return torch.hstack([one(p, column)[:, None] for column in range(embed_dim)])


# %% inference_free_clone
def sinusoidal_positions(seq_len, embed_dim):
    with torch.no_grad():
        pos = torch.arange(seq_len, dtype=torch.float32).view(-1, 1)
        i = torch.arange(embed_dim, dtype=torch.float32).view(1, -1)
        angle = pos / torch.pow(10000.0, 2 * torch.floor(i / 2) / embed_dim)
        angle[:, 0::2] = angle[:, 0::2].sin()
        angle[:, 1::2] = angle[:, 1::2].cos()
    return angle


# %% detached_parameter
def sinusoidal_positions(seq_len, embed_dim):
    scale = nn.Parameter(torch.tensor(10000.0))
    angle = torch.arange(seq_len)[:, None] / scale ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(-2).detach()


# %% memo_by_width
_FREQUENCIES = {}


def sinusoidal_positions(seq_len, embed_dim):
    if embed_dim not in _FREQUENCIES:
        _FREQUENCIES[embed_dim] = 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    a = torch.arange(seq_len).unsqueeze(1) / _FREQUENCIES[embed_dim]
    return torch.cat([a.sin().unsqueeze(2), a.cos().unsqueeze(2)], dim=2).view(seq_len, embed_dim)


# %% shift_by_quarter_turn
import math


def sinusoidal_positions(seq_len, embed_dim):
    column = torch.arange(embed_dim, dtype=torch.float64)
    quarter = (column % 2) * (math.pi / 2)
    angle = torch.arange(seq_len, dtype=torch.float64)[:, None] * 10000 ** (-(column - column % 2) / embed_dim)
    return (angle + quarter).sin().float()


# %% half_angle_kron
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(seq_len)[:, None] * torch.exp(torch.arange(0, embed_dim, 2) * (-9.210340371976184 / embed_dim))
    even, odd = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    return torch.kron(angle.sin(), even) + torch.kron(angle.cos(), odd)


# %% table_of_1000
def _table(seq_len, embed_dim):
    p = torch.arange(seq_len, dtype=torch.float32).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2, dtype=torch.float32)
    angle = p / 10000 ** (i / embed_dim)
    out = torch.zeros(seq_len, embed_dim)
    out[:, 0::2] = torch.sin(angle)
    out[:, 1::2] = torch.cos(angle)
    return out


def sinusoidal_positions(seq_len, embed_dim):
    return _table(1000, embed_dim)[:seq_len]
