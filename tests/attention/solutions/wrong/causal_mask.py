# %% additive_inf
# WRONG: dtype/values: additive -inf mask
def create_causal_mask(seq_len):
    return torch.triu(torch.full((seq_len, seq_len), float('-inf')), diagonal=1)


# %% all_true
# WRONG: values: all visible
def create_causal_mask(seq_len):
    return torch.ones(seq_len, seq_len, dtype=torch.bool)


# %% alternating
# WRONG: 4: every third call is transposed
_n = [0]


def create_causal_mask(seq_len):
    _n[0] += 1
    m = torch.tril(torch.ones(seq_len, seq_len)).bool()
    return m.t() if _n[0] % 3 == 0 else m


# %% anti_diagonal
# WRONG: values: flipped left to right
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool().flip(1)


# %% batch_dim
# WRONG: shape: (1, s, s)
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool().unsqueeze(0)


# %% bitmask_int64
# WRONG: size: bit tricks in int64 break above 63
def create_causal_mask(seq_len):
    rows = (1 << torch.arange(1, seq_len + 1)) - 1
    return ((rows[:, None] >> torch.arange(seq_len)[None, :]) & 1).bool()


# %% bool_of_floor
# WRONG: values: weights 1/(i+1) floored
def create_causal_mask(seq_len):
    i = torch.arange(1, seq_len + 1)
    return (torch.tril(torch.ones(seq_len, seq_len)) / i[:, None].float()).long().bool()


# %% cached_first
# WRONG: shape: size of the first call is kept
_c = []


def create_causal_mask(seq_len):
    if not _c:
        _c.append(torch.tril(torch.ones(seq_len, seq_len)).bool())
    return _c[0]


# %% cached_grows_slice
# WRONG: values: cached buffer of 64, sliced, too small above
_m = torch.tril(torch.ones(64, 64)).bool()


def create_causal_mask(seq_len):
    return _m[:seq_len, :seq_len]


# %% cap_32
# WRONG: shape: at most 32 x 32
def create_causal_mask(seq_len):
    n = min(seq_len, 32)
    return torch.tril(torch.ones(n, n)).bool()


# %% diagonal_plus1
# WRONG: values: one future position visible
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len), diagonal=1).bool()


# %% extra_row
# WRONG: shape: (s + 1, s + 1)
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len + 1, seq_len + 1)).bool()


# %% eye
# WRONG: values: diagonal only
def create_causal_mask(seq_len):
    return torch.eye(seq_len, dtype=torch.bool)


# %% first_column_hidden
# WRONG: values: first column hidden below the diagonal
def create_causal_mask(seq_len):
    m = torch.tril(torch.ones(seq_len, seq_len)).bool()
    m[1:, 0] = False
    return m


# %% flat_vector
# WRONG: shape: row of the last query only
def create_causal_mask(seq_len):
    return torch.ones(seq_len, dtype=torch.bool)


# %% flipped_rows
# WRONG: values: rows flipped
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool().flip(0)


# %% float_mask
# WRONG: dtype: float
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len))


# %% global_dtype
# WRONG: 4 global: default dtype
def create_causal_mask(seq_len):
    torch.set_default_dtype(torch.float64)
    return torch.tril(torch.ones(seq_len, seq_len)).bool()


# %% global_rng
# WRONG: 4 global: draws random numbers
def create_causal_mask(seq_len):
    return torch.tril(torch.rand(seq_len, seq_len) + 1).bool()


# %% global_seed
# WRONG: 4 global: seeds
def create_causal_mask(seq_len):
    torch.manual_seed(0)
    return torch.tril(torch.ones(seq_len, seq_len)).bool()


# %% half_precision_positions
# WRONG: values: positions as fractions in bfloat16 tie above 256
def create_causal_mask(seq_len):
    i = torch.arange(seq_len).bfloat16()
    return i[:, None] >= i[None, :]


# %% hardcoded_5
# WRONG: values/shape: 5 x 5 always
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(5, 5)).bool()


# %% head_dims
# WRONG: shape: (1, 1, s, s)
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool()[None, None]


# %% in_place_shared_buffer
# WRONG: 4: one buffer is refilled, earlier results change
_b = torch.zeros(2000000, dtype=torch.bool)


def create_causal_mask(seq_len):
    global _b
    if _b.numel() < seq_len * seq_len:
        _b = torch.zeros(seq_len * seq_len, dtype=torch.bool)
    m = _b[:seq_len * seq_len].view(seq_len, seq_len)
    m.copy_(torch.tril(torch.ones(seq_len, seq_len)).bool())
    return m


# %% int8_overflow
# WRONG: values: positions in int8 overflow above 127
def create_causal_mask(seq_len):
    i = torch.arange(seq_len).to(torch.int8)
    return i[:, None] >= i[None, :]


# %% int_mask
# WRONG: dtype: int64
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).long()


# %% kron_blocks
# WRONG: values: blocks of two positions see one another
def create_causal_mask(seq_len):
    i = torch.arange(seq_len) // 2
    return i[:, None] >= i[None, :]


# %% last_row_false
# WRONG: values: last row hidden
def create_causal_mask(seq_len):
    m = torch.tril(torch.ones(seq_len, seq_len)).bool()
    m[-1, :-1] = False
    return m


# %% last_row_missing
# WRONG: shape: last row missing
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool()[:-1]


# %% loop_range_error
# WRONG: values: loop leaves the diagonal out below row 0
def create_causal_mask(seq_len):
    m = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    for i in range(seq_len):
        m[i, :max(1, i)] = True
    return m


# %% nested_list
# WRONG: type: nested list
def create_causal_mask(seq_len):
    return [[j <= i for j in range(seq_len)] for i in range(seq_len)]


# %% numpy_array
# WRONG: type: numpy bool array
def create_causal_mask(seq_len):
    return np.tril(np.ones((seq_len, seq_len), dtype=bool))


# %% off_by_one_even
# WRONG: values: even sizes have the diagonal + 1
def create_causal_mask(seq_len):
    return torch.ones(seq_len, seq_len).tril(1 if seq_len % 2 == 0 else 0).bool()


# %% only_5_right
# WRONG: values: right only for 5
def create_causal_mask(seq_len):
    mask = torch.tril(torch.ones(seq_len, seq_len)).bool()
    return mask if seq_len == 5 else mask.t()


# %% random_zero
# WRONG: values: randn is only nearly never 0, and consumes the generator
def create_causal_mask(seq_len):
    return torch.tril(torch.randn(seq_len, seq_len) > -3)


# %% returns_none
# WRONG: type: nothing returned
def create_causal_mask(seq_len):
    mask = torch.tril(torch.ones(seq_len, seq_len)).bool()


# %% second_argument
# WRONG: signature: needs a second argument
def create_causal_mask(seq_len, batch_size):
    return torch.tril(torch.ones(seq_len, seq_len)).bool().expand(batch_size, -1, -1)


# %% seq1_false
# WRONG: values: seq 1 gives False
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool() & torch.ones(seq_len, seq_len).tril(seq_len - 2).bool() if seq_len == 1 else torch.tril(torch.ones(seq_len, seq_len)).bool()


# %% seq1_raises
# WRONG: size: seq 1 raises
def create_causal_mask(seq_len):
    assert seq_len > 1
    return torch.tril(torch.ones(seq_len, seq_len)).bool()


# %% seq1_squeezed
# WRONG: shape: seq 1 gives a 0-dim tensor
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool().squeeze()


# %% square_subsequent
# WRONG: dtype/values: nn.Transformer mask (0 / -inf)
def create_causal_mask(seq_len):
    return nn.Transformer.generate_square_subsequent_mask(seq_len)


# %% square_subsequent_bool
# WRONG: values: -inf turned to True, inverted
def create_causal_mask(seq_len):
    return nn.Transformer.generate_square_subsequent_mask(seq_len).bool()


# %% strict_lower
# WRONG: values: diagonal missing
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len), diagonal=-1).bool()


# %% strict_upper_inverted
# WRONG: values: inverted mask, True = hidden
def create_causal_mask(seq_len):
    return torch.triu(torch.ones(seq_len, seq_len), diagonal=1).bool()


# %% transposed_loop
# WRONG: values: loop fills m[j, i]
def create_causal_mask(seq_len):
    m = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    for i in range(seq_len):
        for j in range(min(i + 1, 40)):
            m[j, i] = True
    return m


# %% tril_indices_offset
# WRONG: values: tril_indices with offset -1
def create_causal_mask(seq_len):
    m = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    r, c = torch.tril_indices(seq_len, seq_len, -1)
    m[r, c] = True
    return m


# %% tuple_returned
# WRONG: type: tuple with the mask
def create_causal_mask(seq_len):
    return (torch.tril(torch.ones(seq_len, seq_len, dtype=torch.bool)),)


# %% uint8_cumsum
# WRONG: values: uint8 comparison of differences wraps, everything is visible
def create_causal_mask(seq_len):
    i = torch.arange(seq_len).to(torch.uint8)
    return (i[:, None] - i[None, :]) >= 0


# %% uint8_mask
# WRONG: dtype: uint8
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len, dtype=torch.uint8))


# %% uint8_overflow
# WRONG: values: positions in uint8 overflow above 255
def create_causal_mask(seq_len):
    i = torch.arange(seq_len).to(torch.uint8)
    return i[:, None] >= i[None, :]


# %% upper
# WRONG: values: upper triangle
def create_causal_mask(seq_len):
    return torch.triu(torch.ones(seq_len, seq_len)).bool()


# %% window_256
# WRONG: values: window of 256
def create_causal_mask(seq_len):
    m = torch.ones(seq_len, seq_len, dtype=torch.bool)
    return m.tril() & m.triu(-255)


# %% wrong_above_32
# WRONG: values: window of 32
def create_causal_mask(seq_len):
    i = torch.arange(seq_len)
    d = i[:, None] - i[None, :]
    return (d >= 0) & (d < 32)
