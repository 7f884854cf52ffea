# %% mean_and_var
import torch
import torch.nn as nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = x.var(dim=-1, keepdim=True, unbiased=False)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias

# %% functional
import torch
import torch.nn as nn
import torch.nn.functional as F

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)

# %% subclass_of_torch
import torch.nn as nn

class LayerNorm(nn.LayerNorm):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim, eps=eps)

# %% inner_norm_with_shared_parameters
import torch.nn as nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.inner = nn.LayerNorm(embed_dim, eps)
        self.weight = self.inner.weight
        self.bias = self.inner.bias

    def forward(self, x):
        return self.inner(x)

# %% squared_differences
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.embed_dim, self.eps = embed_dim, eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        centered = x - x.sum(-1, keepdim=True) / self.embed_dim
        variance = (centered ** 2).sum(-1, keepdim=True) / self.embed_dim
        return centered / (variance + self.eps) ** 0.5 * self.weight + self.bias

# %% rsqrt
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.register_parameter("weight", nn.Parameter(torch.full((embed_dim,), 1.0)))
        self.register_parameter("bias", nn.Parameter(torch.full((embed_dim,), 0.0)))

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        return torch.addcmul(self.bias, self.weight, x * (x.square().mean(-1, keepdim=True) + self.eps).rsqrt())

# %% var_mean
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        var, mean = torch.var_mean(x, dim=2, correction=0, keepdim=True)
        normed = (x - mean).div(var.add(self.eps).sqrt())
        return normed.mul(self.weight).add(self.bias)

# %% unbiased_corrected_by_hand
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        n = x.shape[-1]
        if n == 1:
            var = torch.zeros_like(x)
        else:
            var = x.var(-1, keepdim=True) * (n - 1) / n
        return (x - x.mean(-1, keepdim=True)) / (var + self.eps).sqrt() * self.weight + self.bias

# %% float64_inside
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        y = x.to(torch.float64)
        y = y - y.mean(-1, keepdim=True)
        y = y / torch.sqrt(y.pow(2).mean(-1, keepdim=True) + self.eps)
        return (y * self.weight + self.bias).to(x.dtype)

# %% two_moments_in_float64
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        exact = x.double()
        mean = exact.mean(-1, keepdim=True)
        var = ((exact ** 2).mean(-1, keepdim=True) - mean ** 2).clamp(min=0)
        out = (exact - mean) / (var + self.eps).sqrt()
        return out.to(x.dtype) * self.weight + self.bias

# %% row_by_row
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def one(self, row):
        mean = row.mean()
        var = ((row - mean) ** 2).mean()
        return (row - mean) / torch.sqrt(var + self.eps) * self.weight + self.bias

    def forward(self, x):
        return torch.stack([torch.stack([self.one(token) for token in seq]) for seq in x])

# %% einsum_means
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.d = embed_dim
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        mean = torch.einsum("bsd->bs", x)[..., None] / self.d
        c = x - mean
        var = torch.einsum("bsd,bsd->bs", c, c).unsqueeze(-1) / self.d
        return torch.einsum("bsd,d->bsd", c / torch.sqrt(var + self.eps), self.weight) + self.bias

# %% centring_matrix
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        d = x.size(-1)
        centre = torch.eye(d, dtype=torch.float64, device=x.device) - 1 / d
        centred = (x.double() @ centre).to(x.dtype)
        size = centred.norm(dim=-1, keepdim=True).square() / x.size(-1)
        return centred / (size + self.eps).sqrt() * self.weight + self.bias

# %% permuted
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        rows = x.permute(2, 0, 1)
        rows = rows - rows.mean(0)
        rows = rows / (rows.pow(2).mean(0) + self.eps).sqrt()
        return (rows * self.weight[:, None, None] + self.bias[:, None, None]).permute(1, 2, 0)

# %% flattened
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        b, s, d = x.shape
        flat = x.reshape(b * s, d)
        mu = flat.mean(1).view(-1, 1)
        sigma2 = flat.var(1, correction=0).view(-1, 1)
        return ((flat - mu) * torch.rsqrt(sigma2 + self.eps) * self.weight + self.bias).view(b, s, d)

# %% in_place_on_its_own
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(embed_dim))
        self.bias = nn.Parameter(torch.empty(embed_dim))
        self.eps = eps
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, x):
        out = x.clone()
        out -= x.mean(-1, keepdim=True)
        scale = ((x - x.mean(-1, keepdim=True)) ** 2).mean(-1, keepdim=True)
        scale += self.eps
        out = out / scale.sqrt()
        return out * self.weight + self.bias

# %% std_squared
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.register_buffer("eps", torch.tensor(eps, dtype=torch.float64))
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        mean = torch.mean(x, -1, True)
        distance = x - mean
        return (self.weight * distance / torch.sqrt((distance * distance).mean(-1, True) + self.eps) + self.bias).type_as(x)

# %% native_layer_norm
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.shape, self.eps = [embed_dim], eps
        for name, value in (("bias", 0.0), ("weight", 1.0)):
            setattr(self, name, nn.Parameter(torch.full(self.shape, value)))

    def forward(self, x):
        result, mean, rstd = torch.native_layer_norm(x, self.shape, self.weight, self.bias, self.eps)
        return result

# %% kept_on_self
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        self.mean = x.mean(-1, keepdim=True)
        self.var = torch.mean((x - self.mean) ** 2, dim=-1, keepdim=True)
        self.normalised = (x - self.mean) / torch.sqrt(self.var + self.eps)
        return self.weight * self.normalised + self.bias

# %% parameter_dict_and_properties
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, normal):
        return normal * self.weight + self.bias

class LayerNorm(Scale):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim)
        self.eps = float(eps)

    def forward(self, x):
        x = x - x.mean(-1, keepdim=True)
        return super().forward(x / (x.pow(2).mean(-1, keepdim=True) + self.eps).pow(0.5))

# %% twice_centred
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super(LayerNorm, self).__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim), requires_grad=True)
        self.bias = nn.Parameter(torch.zeros(embed_dim), requires_grad=True)

    def forward(self, x):
        """Centre twice: the second mean takes away what rounding left."""
        for _ in range(2):
            x = x - x.mean(dim=-1, keepdim=True)
        std = torch.sqrt(torch.mean(x * x, dim=-1, keepdim=True) + self.eps)
        return self.weight * (x / std) + self.bias

# %% vmap
import torch
from torch import nn

class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        def norm(row):
            c = row - row.mean()
            return c / ((c @ c) / row.shape[0] + self.eps).sqrt()
        return torch.vmap(torch.vmap(norm))(x) * self.weight + self.bias
