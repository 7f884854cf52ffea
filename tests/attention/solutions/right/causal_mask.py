# %% arange_compare
def create_causal_mask(seq_len):
    i = torch.arange(seq_len).unsqueeze(1)   # query
    j = torch.arange(seq_len).unsqueeze(0)   # key
    return j <= i


# %% arange_ge_none
def create_causal_mask(seq_len):
    pos = torch.arange(seq_len)
    return torch.ge(pos[:, None], pos[None, :])


# %% bucketize_diagonal
def create_causal_mask(seq_len):
    lengths = torch.arange(1, seq_len + 1)
    # like the length mask of padded batches
    return torch.arange(seq_len).expand(seq_len, seq_len) < lengths.unsqueeze(-1)


# %% callable_object
class CausalMaskMaker:
    def __call__(self, seq_len):
        return torch.tril(torch.ones(seq_len, seq_len, dtype=torch.long)).to(dtype=torch.bool)

create_causal_mask = CausalMaskMaker()


# %% cat_rows
def create_causal_mask(seq_len):
    lines = []
    for i in range(seq_len):
        line = torch.cat([torch.ones(1, i + 1), torch.zeros(1, seq_len - i - 1)], dim=1)
        lines.append(line)
    mask = torch.cat(lines, dim=0).bool()
    return mask


# %% clamp_relative
def create_causal_mask(seq_len):
    rel = torch.arange(1, seq_len + 1).view(-1, 1) - torch.arange(seq_len).view(1, -1)
    return rel.clamp(min=0, max=1).bool()


# %% cummax_identity
def create_causal_mask(seq_len):
    values, _ = torch.cummax(torch.eye(seq_len), dim=0)
    return values.type(torch.BoolTensor)


# %% cumsum_eye
def create_causal_mask(seq_len):
    return torch.eye(seq_len).cumsum(dim=0) > 0


# %% cumsum_eye_method
def create_causal_mask(seq_len):
    eye = torch.eye(seq_len, dtype=torch.long)
    visible = eye.cumsum(0)
    return visible.bool()


# %% extra_default_argument
def create_causal_mask(seq_len, device='cpu'):
    return torch.tril(torch.ones(seq_len, seq_len, device=device)).bool()


# %% fromfunction_numpy
def create_causal_mask(seq_len):
    return torch.as_tensor(np.fromfunction(lambda i, j: i >= j, (seq_len, seq_len)))


# %% isfinite_transformer
def create_causal_mask(seq_len):
    return torch.isfinite(nn.Transformer.generate_square_subsequent_mask(seq_len))


# %% lambda_one_line
create_causal_mask = lambda seq_len: torch.ones(seq_len, seq_len, dtype=torch.bool).tril()


# %% less_equal_outer_numpy
def create_causal_mask(seq_len):
    p = np.arange(seq_len)
    return torch.from_numpy(np.greater_equal.outer(p, p))


# %% list_comprehension
def create_causal_mask(seq_len):
    return torch.tensor([[col <= row for col in range(seq_len)] for row in range(seq_len)], dtype=torch.bool)


# %% list_multiply
def create_causal_mask(seq_len):
    return torch.BoolTensor([[True] * (i + 1) + [False] * (seq_len - i - 1) for i in range(seq_len)])


# %% logical_not_triu
def create_causal_mask(seq_len):
    return torch.logical_not(torch.ones(seq_len, seq_len).triu(1))


# %% loop_columns
def create_causal_mask(seq_len):
    m = torch.zeros(seq_len, seq_len, dtype=torch.uint8)
    for col in range(seq_len):
        m[col:, col] = 1
    return m.type(torch.bool)


# %% loop_double_fill
def create_causal_mask(seq_len):
    mask = torch.zeros((seq_len, seq_len))
    for i in range(seq_len):
        for j in range(i + 1):
            mask[i][j] = 1
    mask = mask.to(torch.bool)
    return mask


# %% loop_hide_future
def create_causal_mask(seq_len):
    mask = torch.full((seq_len, seq_len), True)
    for t in range(seq_len - 1):
        mask[t, t+1:] = False      # can not see the future
    return mask


# %% loop_slices
def create_causal_mask(seq_len):
    mask = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    for t in range(seq_len):
        mask[t, :t + 1] = True
    return mask


# %% masked_fill_style
def create_causal_mask(seq_len):
    t = torch.arange(seq_len)
    distance = t.reshape(-1, 1) - t.reshape(1, -1)
    mask = torch.ones(seq_len, seq_len, dtype=torch.bool).masked_fill(distance < 0, False)
    return mask


# %% meshgrid_ij
def create_causal_mask(seq_len):
    rows, cols = torch.meshgrid(torch.arange(seq_len), torch.arange(seq_len), indexing='ij')
    mask = rows >= cols
    return mask


# %% minus_inf_filled
def create_causal_mask(seq_len):
    scores = torch.full((seq_len, seq_len), float('-inf'))
    scores = torch.triu(scores, diagonal=1)
    # 0 where we can look, -inf where we cannot
    return scores == 0


# %% nested_python_list
def create_causal_mask(seq_len):
    rows = []
    for i in range(seq_len):
        row = []
        for j in range(seq_len):
            if j <= i:
                row.append(True)
            else:
                row.append(False)
        rows.append(row)
    return torch.tensor(rows)


# %% numpy_tri
def create_causal_mask(seq_len):
    return torch.from_numpy(np.tri(seq_len, dtype=bool))


# %% numpy_tril
def create_causal_mask(seq_len):
    arr = np.tril(np.ones((seq_len, seq_len)))
    mask = torch.tensor(arr, dtype=torch.bool)
    return mask


# %% numpy_triu_inverted
def create_causal_mask(seq_len):
    mask = np.triu(np.ones((1, seq_len, seq_len)), k=1).astype('uint8')
    return (torch.from_numpy(mask) == 0).squeeze(0)


# %% outer_le
def create_causal_mask(seq_len):
    a = torch.arange(seq_len).view(1, -1).repeat(seq_len, 1)
    return torch.le(a, a.t())


# %% pad_rows_stack
def create_causal_mask(seq_len):
    rows = []
    for i in range(1, seq_len + 1):
        ones = torch.ones(i, dtype=torch.int)
        rows.append(F.pad(ones, (0, seq_len - i), value=0))
    return torch.stack(rows) != 0


# %% print_inside
def create_causal_mask(seq_len):
    mask = torch.tril(torch.ones(seq_len, seq_len))
    mask = mask.bool()
    print("mask shape:", mask.shape)
    return mask


# %% recursion
def create_causal_mask(seq_len):
    if seq_len == 1:
        return torch.ones(1, 1, dtype=torch.bool)
    small = create_causal_mask(seq_len - 1)
    big = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    big[:-1, :-1] = small
    big[-1] = True
    return big


# %% transformer_generate_square
def create_causal_mask(seq_len):
    m = nn.Transformer.generate_square_subsequent_mask(seq_len)
    return m == 0


# %% tril_dtype_bool
def create_causal_mask(seq_len):
    """
    Create a causal (lower-triangular) mask.
    """
    mask = torch.tril(torch.ones((seq_len, seq_len), dtype=torch.bool))
    return mask


# %% tril_eq_one
def create_causal_mask(seq_len):
    mask = torch.tril(torch.ones(seq_len, seq_len)) == 1
    return mask


# %% tril_indices
def create_causal_mask(seq_len):
    idx = torch.tril_indices(seq_len, seq_len)
    mask = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    mask[idx[0], idx[1]] = True
    return mask


# %% tril_inplace
def create_causal_mask(seq_len):
    mask = torch.ones(seq_len, seq_len)
    mask.tril_()
    return mask > 0.5


# %% tril_ones_bool
def create_causal_mask(seq_len):
    # Lower triangle of ones
    mask = torch.tril(torch.ones(seq_len, seq_len)).bool()
    return mask


# %% triu_bool_tilde
def create_causal_mask(seq_len):
    future = torch.triu(torch.ones(seq_len, seq_len, dtype=torch.bool), diagonal=1)
    return ~future


# %% triu_indices_offset
def create_causal_mask(seq_len):
    r, c = torch.triu_indices(seq_len, seq_len, offset=1)
    mask = torch.ones(seq_len, seq_len).bool()
    mask[r, c] = False
    return mask


# %% triu_inverted
def create_causal_mask(seq_len):
    upper = torch.triu(torch.ones(seq_len, seq_len), diagonal=1)
    mask = upper == 0
    return mask


# %% triu_transposed
def create_causal_mask(seq_len):
    return torch.ones(seq_len, seq_len).triu().T.bool()


# %% typed_with_assert
def create_causal_mask(seq_len: int) -> torch.Tensor:
    """Causal mask. True = can attend."""
    assert seq_len >= 1
    mask: torch.Tensor = torch.tril(torch.ones(seq_len, seq_len, dtype=torch.int32)).bool()
    assert mask.shape == (seq_len, seq_len)
    return mask


# %% unfold_toeplitz
def create_causal_mask(seq_len):
    # a Toeplitz matrix: the band  1...1 0...0 read through a sliding window
    base = torch.cat([torch.ones(seq_len, dtype=torch.bool), torch.zeros(seq_len - 1, dtype=torch.bool)])
    return base.unfold(0, seq_len, 1).flip(0).clone()


# %% vmap_rows
def create_causal_mask(seq_len):
    pos = torch.arange(seq_len)
    return torch.vmap(lambda i: pos <= i)(pos)


# %% where_sub
def create_causal_mask(seq_len):
    i = torch.arange(seq_len, dtype=torch.float32)
    return torch.where(i[:, None] - i[None, :] >= 0, torch.tensor(True), torch.tensor(False))
