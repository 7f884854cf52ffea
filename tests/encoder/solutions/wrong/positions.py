# %% negative_angle
# WRONG: sine of -p
def sinusoidal_positions(seq_len, embed_dim):
    a = -torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% counted_from_the_end
# WRONG: the last position is 0
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len).flip(0)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% degrees
# WRONG: angles taken for degrees
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.deg2rad(torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim))
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% two_pi
# WRONG: turns in place of radians
import math


def sinusoidal_positions(seq_len, embed_dim):
    a = 2 * math.pi * torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% exponent_i_plus_one
# WRONG: i counts from 1
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(2, embed_dim + 2, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% cosine_next_exponent
# WRONG: cosine with the exponent of the next pair
def sinusoidal_positions(seq_len, embed_dim):
    table = torch.zeros(seq_len, embed_dim)
    p = torch.arange(seq_len).float()
    for i in range(0, embed_dim, 2):
        table[:, i] = torch.sin(p / 10000 ** (i / embed_dim))
        table[:, i + 1] = torch.cos(p / 10000 ** (2 * (i + 1) / embed_dim))
    return table


# %% forgets_two
# WRONG: 10000 ** i / embed_dim, precedence
def sinusoidal_positions(seq_len, embed_dim):
    i = torch.arange(0, embed_dim, 2).float()
    a = torch.arange(seq_len)[:, None] / (10000**i / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% integer_exponent
# WRONG: // in the exponent
def sinusoidal_positions(seq_len, embed_dim):
    table = torch.zeros(seq_len, embed_dim)
    for p in range(seq_len):
        for i in range(0, embed_dim, 2):
            a = torch.tensor(p / 10000 ** (i // embed_dim))
            table[p, i], table[p, i + 1] = a.sin(), a.cos()
    return table


# %% cosine_before_sine
# WRONG: columns swapped
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    t = torch.zeros(seq_len, embed_dim)
    t[:, 0::2] = torch.cos(a)
    t[:, 1::2] = torch.sin(a)
    return t


# %% concatenated
# WRONG: halves
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.cat([a.sin(), a.cos()], -1)


# %% halves_reshaped
# WRONG: concatenated, then viewed as pairs
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], 0).reshape(seq_len, embed_dim)


# %% stacked_in_the_middle
# WRONG: stack along dim 1
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], 1).reshape(seq_len, embed_dim)


# %% base_ten_million
# WRONG: 1e5
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 1e5 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% base_nearly
# WRONG: 9999 ** , off by 2e-2 at late positions only
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 9000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% half_precision
# WRONG: float16 angles
def sinusoidal_positions(seq_len, embed_dim):
    a = (torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)).half()
    return torch.stack([a.float().sin(), a.float().cos()], -1).flatten(1)


# %% half_result
# WRONG: float16 table
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1).half()


# %% numpy_float64
# WRONG: float64 table
import numpy as np


def sinusoidal_positions(seq_len, embed_dim):
    a = np.arange(seq_len)[:, None] / 10000 ** (np.arange(0, embed_dim, 2) / embed_dim)
    return torch.from_numpy(np.stack([np.sin(a), np.cos(a)], -1).reshape(seq_len, embed_dim))


# %% numpy_array
# WRONG: no tensor
import numpy as np


def sinusoidal_positions(seq_len, embed_dim):
    a = np.arange(seq_len)[:, None] / 10000 ** (np.arange(0, embed_dim, 2) / embed_dim)
    return np.stack([np.sin(a), np.cos(a)], -1).reshape(seq_len, embed_dim).astype(np.float32)


# %% list_of_rows
# WRONG: a list
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return list(torch.stack([a.sin(), a.cos()], -1).flatten(1))


# %% batch_axis
# WRONG: a leading axis of 1
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1).unsqueeze(0)


# %% transposed
# WRONG: (embed_dim, seq_len)
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1).transpose(0, 1)


# %% one_row_more
# WRONG: seq_len + 1 rows
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len + 1)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% only_square
# WRONG: arange(embed_dim) for the positions, raises elsewhere
def sinusoidal_positions(seq_len, embed_dim):
    table = torch.zeros(seq_len, embed_dim)
    a = torch.arange(embed_dim)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    table[:, 0::2], table[:, 1::2] = a.sin(), a.cos()
    return table


# %% max_500
# WRONG: positions from 500 on are those of 499
def sinusoidal_positions(seq_len, embed_dim):
    p = torch.arange(seq_len).clamp(max=499)
    a = p[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% uint8_positions
# WRONG: wraps at 256
def sinusoidal_positions(seq_len, embed_dim):
    p = torch.arange(seq_len).to(torch.uint8)
    a = p[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% table_of_100
# WRONG: 100 positions at most
_A = None


def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(100)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)[:seq_len]


# %% requires_grad
# WRONG: trainable
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1).requires_grad_()


# %% trainable_scale
# WRONG: a gradient reaches a parameter
_SCALE = nn.Parameter(torch.ones(1))


def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return _SCALE * torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% learned
# WRONG: an embedding
def sinusoidal_positions(seq_len, embed_dim):
    return nn.Embedding(seq_len, embed_dim).weight


# %% noise
# WRONG: random numbers added
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1) + 0.01 * torch.randn(seq_len, embed_dim)


# %% dropout
# WRONG: dropout on the table
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return F.dropout(torch.stack([a.sin(), a.cos()], -1).flatten(1), 0.1)


# %% seeds
# WRONG: sets the seed
def sinusoidal_positions(seq_len, embed_dim):
    torch.manual_seed(42)
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% default_dtype
# WRONG: changes the default dtype
def sinusoidal_positions(seq_len, embed_dim):
    torch.set_default_dtype(torch.float64)
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1).float()


# %% grad_mode
# WRONG: switches gradients off
def sinusoidal_positions(seq_len, embed_dim):
    torch.set_grad_enabled(False)
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% counts_its_calls
# WRONG: equal calls differ
_CALLS = [0]


def sinusoidal_positions(seq_len, embed_dim):
    _CALLS[0] += 1
    a = (torch.arange(seq_len)[:, None] + _CALLS[0] - 1) / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% offset_by_last
# WRONG: cached by width alone, of the first length asked for
_KNOWN = {}


def sinusoidal_positions(seq_len, embed_dim):
    if embed_dim not in _KNOWN:
        a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
        _KNOWN[embed_dim] = torch.stack([a.sin(), a.cos()], -1).flatten(1)
    return _KNOWN[embed_dim][:seq_len]


# %% normalised_rows
# WRONG: rows of length 1
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return F.normalize(torch.stack([a.sin(), a.cos()], -1).flatten(1), dim=-1)


# %% odd_columns_shifted
# WRONG: the cosines one pair too late
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([a.sin(), a.cos().roll(1, -1)], -1).flatten(1)


# %% log_precedence
# WRONG: the angle divided by 2i / embed_dim * 10000
def sinusoidal_positions(seq_len, embed_dim):
    i = torch.arange(0, embed_dim, 2)
    a = torch.arange(seq_len)[:, None] / (10000 * (i / embed_dim) + 1)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% returns_nothing
# WRONG: no return
def sinusoidal_positions(seq_len, embed_dim):
    a = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    positions = torch.stack([a.sin(), a.cos()], -1).flatten(1)


# %% cached_by_size
# WRONG: a table kept for seq_len * embed_dim is taken for one of another shape
_seen = {}


def sinusoidal_positions(seq_len, embed_dim):
    if seq_len * embed_dim in _seen:
        return _seen[seq_len * embed_dim].view(seq_len, embed_dim)
    p = torch.arange(seq_len, dtype=torch.float32).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2, dtype=torch.float32)
    angle = p / 10000 ** (i / embed_dim)
    out = torch.zeros(seq_len, embed_dim)
    out[:, 0::2] = torch.sin(angle)
    out[:, 1::2] = torch.cos(angle)
    _seen[seq_len * embed_dim] = out
    return out


# %% wide_only_512
# WRONG: columns from 512 on are 0
def sinusoidal_positions(seq_len, embed_dim):
    p = torch.arange(seq_len, dtype=torch.float32).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2, dtype=torch.float32)
    angle = p / 10000 ** (i / embed_dim)
    out = torch.zeros(seq_len, embed_dim)
    out[:, 0::2] = torch.sin(angle)
    out[:, 1::2] = torch.cos(angle)
    out[:, 512:] = 0
    return out
