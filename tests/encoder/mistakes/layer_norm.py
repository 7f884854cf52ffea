# %% batch_axis: OverBatch
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.register_parameter('bias', nn.Parameter(torch.zeros((embed_dim,))))
        self.register_parameter('weight', nn.Parameter(torch.ones((embed_dim,))))
        self.epsilon = eps
        self.extra = nn.Linear(embed_dim, 2)

    def forward(self, x):
        rows = x.transpose(0, 2)
        rows = (rows - rows.mean(-1, True)) / (rows.var(-1, correction=0, keepdim=True) + self.epsilon).sqrt()
        return rows.transpose(0, 2) * self.weight + self.bias


# %% sequence_axis: OverSequence
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        rows = F.layer_norm(x.mT, x.shape[1:2], eps=self.eps).mT
        return rows * self.weight + self.bias


# %% all_of_a_sequence: OverTwoAxes
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return F.layer_norm(x, x.shape[1:], eps=self.eps) * self.weight + self.bias


# %% as_batch_norm: OverBatchAndSequence
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        flat = x.flatten(0, 1)
        flat = F.batch_norm(flat, None, None, training=True, eps=self.eps)
        return flat.view_as(x) * self.weight + self.bias


# %% torch_var: Unbiased
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.register_parameter('bias', nn.Parameter(torch.zeros((embed_dim,))))
        self.register_parameter('weight', nn.Parameter(torch.ones((embed_dim,))))
        self.epsilon = eps
        self.extra = nn.Linear(embed_dim, 2)

    def forward(self, x):
        return torch.addcmul(self.bias, self.weight, (x - x.mean(-1, keepdim=True)) * (x.var(-1, keepdim=True) + self.epsilon).rsqrt())


# %% torch_std
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        mean, std = x.mean(-1, keepdim=True), x.std(-1, keepdim=True)
        return self.weight * (x - mean) / (std + self.eps) + self.bias


# %% annotated_without_bessel: EpsOutside
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        std, mean = torch.std_mean(x, -1, unbiased=False, keepdim=True)
        return self.weight * (x - mean) / (std + self.eps) + self.bias


# %% root_mean_square: RootMeanSquare
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.register_parameter('bias', nn.Parameter(torch.zeros((embed_dim,))))
        self.register_parameter('weight', nn.Parameter(torch.ones((embed_dim,))))
        self.epsilon = eps
        self.extra = nn.Linear(embed_dim, 2)

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight + self.bias


# %% only_centred: CentredAlone
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return self.weight * (x - torch.einsum('bsd->bs', x)[..., None] / x.shape[-1]) + self.bias


# %% var_for_std: NoRoot
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        v, m = torch.var_mean(x, -1, correction=0, keepdim=True)
        return (x - m) / (v + self.eps) * self.weight + self.bias


# %% eps_forgotten: NoEps
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        return c / c.square().mean(-1, keepdim=True).sqrt() * self.weight + self.bias


# %% library_default_eps: EpsFixed
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.register_parameter('bias', nn.Parameter(torch.zeros((embed_dim,))))
        self.register_parameter('weight', nn.Parameter(torch.ones((embed_dim,))))
        self.epsilon = eps
        self.extra = nn.Linear(embed_dim, 2)

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias)


# %% weight_and_bias_swapped: Swapped
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return self.weight + self.bias * F.layer_norm(x, self.weight.shape, eps=self.eps)


# %% bias_inside: BiasFirst
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return (F.layer_norm(x, self.weight.shape, eps=self.eps) + self.bias) * self.weight


# %% weight_forgotten: WeightUnused
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, None, self.bias, self.eps)


# %% bias_forgotten: BiasUnused
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.register_parameter('bias', nn.Parameter(torch.zeros((embed_dim,))))
        self.register_parameter('weight', nn.Parameter(torch.ones((embed_dim,))))
        self.epsilon = eps
        self.extra = nn.Linear(embed_dim, 2)

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, None, self.epsilon)


# %% neither_used: Unused
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return F.layer_norm(x, (x.shape[-1],), eps=self.eps)


# %% float64_result: Double
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return F.layer_norm(x.double(), self.weight.shape, self.weight.double(), self.bias.double(), self.eps)


# %% no_mean_and_unbiased
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return self.weight * x / (x.var(-1, keepdim=True) + self.eps).sqrt() + self.bias


# %% tanh_in_place_of_it
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return self.weight * torch.tanh(x) + self.bias
