# %% other_start_values
class FeedForward(Wrong):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__(embed_dim, hidden_dim)
        for parameter in self.parameters():
            nn.init.constant_(parameter, 0.1)


# %% aliases_in_a_sequential
class FeedForward(Wrong):
    def make(self, embed_dim, hidden_dim):
        super().make(embed_dim, hidden_dim)
        self.net = nn.Sequential(self.linear1, nn.ReLU(), self.linear2)


# %% own_linear, not NoBias, NamesChanged, Frozen, Narrow
class Linear(nn.Module):
    def __init__(self, size, out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out, size))
        self.bias = nn.Parameter(torch.randn(out))

    def forward(self, x):
        return x @ self.weight.T + self.bias


class FeedForward(Wrong):
    def make(self, embed_dim, hidden_dim):
        self.linear1, self.linear2 = Linear(embed_dim, hidden_dim), Linear(hidden_dim, embed_dim)


# %% second_layer_made_first, not NoBias, NamesChanged, Frozen, Narrow
class FeedForward(Wrong):
    def make(self, embed_dim, hidden_dim):
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.linear1 = nn.Linear(embed_dim, hidden_dim)


# %% more_parameters
class FeedForward(Wrong):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__(embed_dim, hidden_dim)
        self.norm = nn.LayerNorm(embed_dim)
        self.scale = nn.Parameter(torch.ones(hidden_dim))


# %% inside_another_module
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.inner = Wrong(embed_dim, hidden_dim)
        self.linear1, self.linear2 = self.inner.linear1, self.inner.linear2

    def forward(self, x):
        return self.inner(x)


# %% float64_inside
class FeedForward(Wrong):
    def activation(self, hidden):
        return super().activation(hidden.double()).to(hidden.dtype)
