# %% an_object
class Positions:
    def __call__(self, seq_len, embed_dim):
        return Wrong(seq_len, embed_dim)


sinusoidal_positions = Positions()


# %% a_module
class Positions(nn.Module):
    def forward(self, seq_len, embed_dim):
        return Wrong(seq_len, embed_dim)


sinusoidal_positions = Positions()


# %% turned_in_memory
def sinusoidal_positions(seq_len, embed_dim):
    table = Wrong(seq_len, embed_dim)
    return table.T.contiguous().T if table.dim() == 2 else table


# %% remembered
from functools import lru_cache


@lru_cache(None)
def table(seq_len, embed_dim):
    return Wrong(seq_len, embed_dim)


def sinusoidal_positions(seq_len, embed_dim):
    return table(seq_len, embed_dim)


# %% frozen_parameter, not trained
def sinusoidal_positions(seq_len, embed_dim):
    return nn.Parameter(Wrong(seq_len, embed_dim), requires_grad=False)


# %% from_a_buffer
class Table(nn.Module):
    def __init__(self, table):
        super().__init__()
        self.register_buffer("table", table.detach())


def sinusoidal_positions(seq_len, embed_dim):
    return Table(Wrong(seq_len, embed_dim)).table


# %% rounded_otherwise
def sinusoidal_positions(seq_len, embed_dim):
    return Wrong(seq_len, embed_dim) * (1 + 1e-6)
