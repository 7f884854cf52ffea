# %% three_lines
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        hidden = self.linear1(x)
        activated = torch.relu(hidden)
        return self.linear2(activated)


# %% relu_method_in_place
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).relu_())


# %% list_of_modules_too
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        layers = nn.ModuleList([nn.Linear(embed_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, embed_dim)])
        self.linear1, _, self.linear2 = layers
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


# %% module_dict
class FeedForward(nn.ModuleDict):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__({"linear1": nn.Linear(embed_dim, hidden_dim), "linear2": nn.Linear(hidden_dim, embed_dim)})

    def forward(self, x):
        return self["linear2"](F.relu(self["linear1"](x)))


# %% max_with_zero
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(torch.max(h, torch.zeros_like(h)))


# %% masked_fill
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h.masked_fill(h < 0, 0.0))


# %% index_assignment
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h[h < 0] = 0
        return self.linear2(h)


# %% tensordot
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = torch.tensordot(x, self.linear1.weight, dims=([2], [1])) + self.linear1.bias
        return torch.tensordot(h.clip(min=0), self.linear2.weight, dims=([2], [1])) + self.linear2.bias


# %% batched_matmul
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        b = x.shape[0]
        w1 = self.linear1.weight.T.expand(b, -1, -1)
        w2 = self.linear2.weight.T.expand(b, -1, -1)
        h = torch.baddbmm(self.linear1.bias.view(1, 1, -1), x, w1).relu()
        return torch.baddbmm(self.linear2.bias.view(1, 1, -1), h, w2)


# %% over_batch_and_sequence
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def token(self, t):
        return self.linear2(torch.relu(self.linear1(t)))

    def forward(self, x):
        return torch.stack([torch.stack([self.token(t) for t in row]) for row in x])


# %% vmapped
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        def one(t):
            h = self.linear1.weight @ t + self.linear1.bias
            return self.linear2.weight @ torch.relu(h) + self.linear2.bias

        return torch.vmap(torch.vmap(one))(x)


# %% subclassed_linear
class Layer(nn.Linear):
    """nn.Linear with an activation behind it."""

    def __init__(self, n, m, activation):
        super().__init__(n, m)
        self.activation = activation

    def forward(self, x):
        return self.activation(super().forward(x))


class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = Layer(embed_dim, hidden_dim, torch.relu)
        self.linear2 = Layer(hidden_dim, embed_dim, lambda y: y)

    def forward(self, x):
        return self.linear2(self.linear1(x))


# %% parameters_in_a_holder
class Holder(nn.Module):
    def __init__(self, rows, columns):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.zeros(rows, columns)))
        self.register_parameter("bias", nn.Parameter(torch.zeros(rows)))


class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = Holder(hidden_dim, embed_dim)
        self.linear2 = Holder(embed_dim, hidden_dim)

    def forward(self, x):
        for holder in (self.linear1, self.linear2):
            x = F.linear(x if holder is self.linear1 else F.relu(x), holder.weight, holder.bias)
        return x


# %% bilinear_sign
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        nn.init.kaiming_normal_(self.linear1.weight, nonlinearity="relu")
        nn.init.normal_(self.linear2.bias, std=0.02)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h * torch.heaviside(h, torch.zeros((), dtype=h.dtype, device=h.device)).detach())


# %% split_hidden
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        half = max(1, self.linear1.out_features // 2)
        result = self.linear2.bias
        pieces = zip(self.linear1.weight.split(half), self.linear1.bias.split(half), self.linear2.weight.split(half, 1))
        for w1, b1, w2 in pieces:
            result = result + torch.relu(x @ w1.T + b1) @ w2.T
        return result


# %% extra_parts_unused
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim, activation="relu"):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.scale = nn.Parameter(torch.ones(hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)
        self.register_buffer("seen", torch.zeros(()))
        self.act = getattr(F, activation)

    def forward(self, x):
        return self.linear2(self.act(self.linear1(x)))
