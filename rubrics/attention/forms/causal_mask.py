# %% another_layout
def create_causal_mask(seq_len):
    made = Wrong(seq_len)
    return made.t().contiguous().t() if made.dim() == 2 else made


# %% other_argument
create_causal_mask = lambda n: Wrong(n)
