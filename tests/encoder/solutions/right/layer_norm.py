# %% textbook
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        variance = torch.mean((x - mean) ** 2, dim=-1, keepdim=True)
        return self.weight * (x - mean) / (variance + self.eps).sqrt() + self.bias


# %% layer_norm_without_affine
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.core = nn.LayerNorm(embed_dim, eps=eps, elementwise_affine=False)
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return self.core(x) * self.weight + self.bias


# %% numpy_words
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        gamma, beta = torch.ones(embed_dim), torch.zeros(embed_dim)
        self.weight, self.bias = nn.Parameter(gamma), nn.Parameter(beta)
        self.epsilon = eps

    def forward(self, x):
        mu = torch.sum(x, axis=-1, keepdims=True) / x.shape[-1]
        sigma_squared = torch.sum((x - mu) ** 2, axis=-1, keepdims=True) / x.shape[-1]
        x_hat = (x - mu) / torch.sqrt(sigma_squared + self.epsilon)
        return x_hat * self.weight + self.bias


# %% addcdiv
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        centred = x - x.mean(2, keepdim=True)
        root = centred.square().mean(2, keepdim=True).add(self.eps).sqrt()
        return torch.addcdiv(self.bias, centred * self.weight, root)


# %% linear_as_diagonal
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        x = x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps)
        return F.linear(x, torch.diag(self.weight), self.bias)


# %% loop_over_batch
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        out = torch.zeros_like(x)
        for b in range(x.shape[0]):
            m = x[b].mean(1, keepdim=True)
            v = x[b].var(1, keepdim=True, unbiased=False)
            out[b] = (x[b] - m) / (v + self.eps) ** 0.5 * self.weight + self.bias
        return out


# %% running_mean_by_hand
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        mean, squares = torch.zeros_like(x[..., 0]), torch.zeros_like(x[..., 0])
        for n, value in enumerate(x.unbind(-1), start=1):  # Welford
            step = value - mean
            mean = mean + step / n
            squares = squares + step * (value - mean)
        var = (squares / x.shape[-1]).unsqueeze(-1)
        return self.weight * (x - mean.unsqueeze(-1)) / (var + self.eps).sqrt() + self.bias


# %% shifted_moments
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)  # after this E[x] is 0 but for rounding
        var = (x**2).mean(-1, keepdim=True) - x.mean(-1, keepdim=True) ** 2
        return self.weight * x * (var.clamp_min(0) + self.eps) ** -0.5 + self.bias


# %% double_precision
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        d = F.layer_norm(x.double(), x.shape[-1:], self.weight.double(), self.bias.double(), self.eps)
        return d.to(x)


# %% keeps_its_own_eps_name_and_buffer
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones([embed_dim]))
        self.bias = nn.Parameter(torch.zeros([embed_dim]))
        self.register_buffer("calls", torch.zeros(1))
        self.unused = nn.Parameter(torch.randn(3))
        self.normalise = lambda x: F.layer_norm(x, (embed_dim,), eps=eps)

    def forward(self, x):
        return torch.mul(self.normalise(x), self.weight) + self.bias


# %% from_parent_with_other_forward
class LayerNorm(nn.LayerNorm):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim)
        self.eps = eps

    def forward(self, x):
        v, m = torch.var_mean(x, -1, unbiased=False, keepdim=True)
        return (x - m) / torch.sqrt(v + self.eps) * self.weight + self.bias


# %% covariance_of_a_row
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        var = torch.matmul(c.unsqueeze(-2), c.unsqueeze(-1)).squeeze(-1) / x.size(-1)
        return torch.einsum("...d,d->...d", c * (var + self.eps).rsqrt(), self.weight) + self.bias


# %% exp_and_log
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        centred = x - x.mean(-1, True)
        half_log = 0.5 * torch.log(centred.pow(2).mean(-1, True) + self.eps)
        return self.weight * centred * torch.exp(-half_log) + self.bias


# %% conv_groups
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        x = (x - x.mean(-1, keepdim=True)).transpose(1, 2)
        x = x / (x.square().mean(1, keepdim=True) + self.eps).sqrt()
        d = x.shape[1]
        return F.conv1d(x, self.weight.view(d, 1, 1), self.bias, groups=d).transpose(1, 2)


# %% helper_function
def standardise(rows, eps):
    centred = rows - rows.mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(centred.square().mean(dim=-1, keepdim=True) + eps)


class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.embed_dim = embed_dim
        self.eps = eps
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.weight = nn.Parameter(torch.ones(embed_dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.dim() == 3 and x.shape[-1] == self.embed_dim
        return standardise(x, self.eps) * self.weight[None, None, :] + self.bias[None, None, :]


# %% token_by_token
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        pieces = []
        for seq in x.split(1, dim=0):
            for token in seq.split(1, dim=1):
                t = token.flatten()
                t = t - t.sum() / t.numel()
                pieces.append(t / ((t.dot(t) / t.numel()) + self.eps) ** 0.5)
        return torch.cat(pieces).view(x.shape) * self.weight + self.bias


# %% eps_squared_std
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        y = (x - mean) / torch.sqrt(x.std(-1, keepdim=True, unbiased=False) ** 2 + self.eps)
        return y * self.weight + self.bias


# %% moments_in_double
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        z = x.double()
        mean = z.mean(-1, keepdim=True)
        var = (z * z).mean(-1, keepdim=True) - mean**2
        y = (z - mean) * (var.clamp(min=0) + self.eps) ** -0.5
        return (y * self.weight + self.bias).to(x.dtype)
