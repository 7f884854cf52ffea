# %% counts_from_one_in_a_loop: from_one
def sinusoidal_positions(seq_len, embed_dim):
    table = torch.zeros(seq_len, embed_dim)
    for p in range(1, seq_len + 1):
        for i in range(0, embed_dim, 2):
            table[p - 1, i] = math.sin(p / 10000 ** (i / embed_dim))
            table[p - 1, i + 1] = math.cos(p / 10000 ** (i / embed_dim))
    return table


# %% concatenated_halves: halves
def sinusoidal_positions(seq_len, embed_dim):
    half = embed_dim // 2
    frequencies = torch.exp(-math.log(10000) * torch.arange(half) / half)
    angles = torch.arange(seq_len).float()[:, None] * frequencies
    return torch.cat((angles.sin(), angles.cos()), dim=-1)


# %% exponent_of_every_column: cosine_of_its_own
def sinusoidal_positions(seq_len, embed_dim):
    angles = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(embed_dim) / embed_dim)
    angles[:, ::2] = angles[:, ::2].sin()
    angles[:, 1::2] = angles[:, 1::2].cos()
    return angles


# %% forgets_the_two: half_exponent
def sinusoidal_positions(seq_len, embed_dim):
    positions = torch.zeros(seq_len, embed_dim)
    for i in range(embed_dim // 2):
        angle = torch.arange(seq_len) / 10000 ** (i / embed_dim)
        positions[:, 2 * i], positions[:, 2 * i + 1] = angle.sin(), angle.cos()
    return positions


# %% two_times_two_i: double_exponent
def sinusoidal_positions(seq_len, embed_dim):
    i2 = torch.arange(0, embed_dim, 2)
    angle = torch.outer(torch.arange(seq_len).float(), 1 / 10000 ** (2 * i2 / embed_dim))
    return torch.stack((angle.sin(), angle.cos()), -1).view(seq_len, embed_dim)


# %% integer_division: one_frequency
def sinusoidal_positions(seq_len, embed_dim):
    out = torch.zeros(seq_len, embed_dim)
    for p in range(seq_len):
        for i in range(embed_dim // 2):
            out[p, 2 * i] = math.sin(p / 10000 ** (2 * i // embed_dim))
            out[p, 2 * i + 1] = math.cos(p / 10000 ** (2 * i // embed_dim))
    return out


# %% sine_for_all: sine_twice
def sinusoidal_positions(seq_len, embed_dim):
    column = torch.arange(embed_dim)
    return torch.sin(torch.arange(seq_len)[:, None] / 10000 ** (2 * (column // 2) / embed_dim))


# %% cosine_at_even: cosine_first
def sinusoidal_positions(seq_len, embed_dim):
    z = torch.exp(1j * torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim))
    return torch.view_as_real(z).flatten(1)


# %% plus_in_the_exponent: multiplied
def sinusoidal_positions(seq_len, embed_dim):
    pe = torch.zeros(seq_len, embed_dim)
    angle = torch.arange(seq_len)[:, None] * 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    pe[:, 0::2], pe[:, 1::2] = angle.sin(), angle.cos()
    return pe


# %% numpy_log10: common_logarithm
def sinusoidal_positions(seq_len, embed_dim):
    rate = np.exp(-np.log10(10000) * np.arange(0, embed_dim, 2) / embed_dim)
    angle = np.arange(seq_len)[:, None] * rate
    return torch.tensor(np.stack([np.sin(angle), np.cos(angle)], -1).reshape(seq_len, -1)).float()


# %% a_thousand: base_1000
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(seq_len)[:, None] * 1000 ** (-torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([wave(angle) for wave in (torch.sin, torch.cos)], 2).flatten(1)


# %% odd_columns_forgotten: sines_alone
def sinusoidal_positions(seq_len, embed_dim):
    table = torch.zeros(seq_len, embed_dim)
    for i in range(0, embed_dim, 2):
        table[:, i] = torch.sin(torch.arange(seq_len) / 10000 ** (i / embed_dim))
    return table


# %% unsqueezed: batch_first
def sinusoidal_positions(seq_len, embed_dim):
    pe = torch.zeros(1, seq_len, embed_dim)
    angle = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    pe[0, :, 0::2], pe[0, :, 1::2] = angle.sin(), angle.cos()
    return pe


# %% numpy_default: double
def sinusoidal_positions(seq_len, embed_dim):
    angle = np.arange(seq_len)[:, None] / 10000 ** (np.arange(0, embed_dim, 2) / embed_dim)
    return torch.from_numpy(np.stack([np.sin(angle), np.cos(angle)], -1).reshape(seq_len, -1))


# %% scaled_as_in_the_paper: scaled
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return math.sqrt(embed_dim) * torch.stack([angle.sin(), angle.cos()], -1).flatten(1)


# %% two_mistakes
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(1, seq_len + 1)[:, None] / 1000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.cat([angle.sin(), angle.cos()], -1)


# %% another_base
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(seq_len)[:, None] / 8000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)


# %% right_but_trained
def sinusoidal_positions(seq_len, embed_dim):
    angle = torch.arange(seq_len)[:, None] / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return nn.Parameter(torch.stack([angle.sin(), angle.cos()], -1).flatten(1))
