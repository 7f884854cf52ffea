# %% sequential_without_activation: NoActivation
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.linear1, self.linear2 = self.net
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x):
        return self.net(x)


# %% gelu_module: Gelu
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.activation = nn.GELU()

    def forward(self, x):
        return self.linear2(self.activation(self.linear1(x)))


# %% gelu_of_gpt: TanhGelu
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        h = 0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h**3)))
        return self.linear2(h)


# %% logistic: Sigmoid
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.linear1, self.linear2 = self.net
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x):
        return self.linear2(1 / (1 + torch.exp(-self.linear1(x))))


# %% leaky_by_where: Leaky
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(torch.where(h > 0, h, 0.01 * h))


# %% swish_by_hand: Silu
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.linear1, self.linear2 = self.net
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h * h.sigmoid())


# %% second_relu_by_clamp: SecondRelu
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp(min=0)).clamp(min=0)


# %% relu_behind_both: ReluLast
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.linear1, self.linear2 = self.net
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x):
        return self.net(x).relu()


# %% relu_in_front: ReluFirst
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.linear(self.linear1(F.relu(x)), self.linear2.weight, self.linear2.bias)


# %% with_residual: Residual
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        y = self.linear2(F.relu(self.linear1(x)))
        y += x
        return y


# %% norm_in_front: NormFirst
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        c = c / (c.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()
        return self.linear2(F.relu(self.linear1(c)))


# %% tied_matrices: Tied
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = torch.einsum('bsd,hd->bsh', x, self.linear1.weight) + self.linear1.bias
        return torch.einsum('bsh,hd->bsd', h.relu(), self.linear1.weight) + self.linear2.bias


# %% first_bias_forgotten: FirstBiasUnused
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.linear1, self.linear2 = self.net
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x):
        return self.linear2((x @ self.linear1.weight.T).relu())


# %% second_bias_forgotten: SecondBiasUnused
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear1(x).relu() @ self.linear2.weight.T


# %% hidden_layer_alone: HiddenReturned
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim))
        self.linear1, self.linear2 = self.net
        for p in self.parameters():
            nn.init.normal_(p)

    def forward(self, x):
        return torch.relu(self.net[0](x))


# %% rows_in_one_axis: Flattened
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x.view(-1, x.size(-1)))))


# %% mean_of_the_sequence: Averaged
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        y = self.linear2(F.relu(self.linear1(x)))
        return y.mean(dim=1, keepdim=True).repeat(1, x.shape[1], 1)


# %% float64_result: Double
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x))).to(torch.float64)


# %% tanh_of_half
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(torch.tanh(self.linear1(x) / 2))


# %% no_activation_and_residual
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return x + self.linear2(self.linear1(x))


# %% dropout
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.dropout(F.relu(self.linear1(x)), 0.2, True))
