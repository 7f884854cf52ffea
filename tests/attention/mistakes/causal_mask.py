# %% triu_of_floats: upper
def create_causal_mask(seq_len):
    return torch.triu(torch.ones((seq_len, seq_len)))


# %% loops_diagonal_missing: without_diagonal
def create_causal_mask(seq_len):
    m = torch.zeros(seq_len, seq_len).bool()
    for i in range(seq_len):
        for j in range(i):
            m[i, j] = True
    return m


# %% off_by_one: one_ahead
def create_causal_mask(n):
    i = torch.arange(n)
    return i.view(1, -1) <= i.view(-1, 1) + 1


# %% tril_of_ones: lower_float32
def create_causal_mask(seq_len):
    mask = torch.tril(torch.ones(seq_len, seq_len))
    return mask


# %% tril_of_numpy_doubles: lower_float32
def create_causal_mask(seq_len):
    return torch.from_numpy(np.tril(np.ones((seq_len, seq_len))))


# %% tril_long: lower_int64
def create_causal_mask(seq_len):
    return torch.ones(seq_len, seq_len, dtype=torch.long).tril()


# %% hidden_as_ones: hidden_is_true
def create_causal_mask(seq_len):
    return torch.triu(torch.ones(seq_len, seq_len, dtype=torch.int64), diagonal=1)


# %% in_a_batch: with_batch
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(1, seq_len, seq_len)).bool()


# %% subsequent: additive
def create_causal_mask(seq_len):
    return nn.Transformer.generate_square_subsequent_mask(seq_len)


# %% of_the_notebook: five
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(5, 5)) > 0


# %% one_more: one_too_large
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len + 1, seq_len + 1)) == 1


# %% last_two_hidden
def create_causal_mask(seq_len):
    m = torch.tril(torch.ones(seq_len, seq_len)).bool()
    m[-2:] = False
    return m


# %% a_list
def create_causal_mask(seq_len):
    return torch.tril(torch.ones(seq_len, seq_len)).bool().tolist()
