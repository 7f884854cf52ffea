# %% functional_relu
import torch.nn as nn
import torch.nn.functional as F

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))

# %% relu_module
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super(FeedForward, self).__init__()
        self.linear1 = nn.Linear(in_features=embed_dim, out_features=hidden_dim, bias=True)
        self.relu = nn.ReLU(inplace=True)
        self.linear2 = nn.Linear(in_features=hidden_dim, out_features=embed_dim, bias=True)

    def forward(self, x):
        out = self.linear1(x)
        out = self.relu(out)
        out = self.linear2(out)
        return out

# %% clamp
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        hidden = torch.clamp(self.linear1(x), min=0)
        return self.linear2(hidden)

# %% where
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(embed_dim, hidden_dim), nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(torch.where(h > 0, h, torch.zeros_like(h)))

# %% times_whether_positive
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = self.linear1(x)
        return self.linear2(h * (h > 0))

# %% functional_linear
import torch.nn as nn
import torch.nn.functional as F

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.linear(x, self.linear1.weight, self.linear1.bias).relu()
        return F.linear(h, self.linear2.weight, self.linear2.bias)

# %% matrices
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = x @ self.linear1.weight.T + self.linear1.bias
        h = (h + h.abs()) / 2
        return h @ self.linear2.weight.mT + self.linear2.bias

# %% einsum
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = torch.einsum("bsd,hd->bsh", x, self.linear1.weight) + self.linear1.bias
        return torch.einsum("bsh,dh->bsd", torch.relu(h), self.linear2.weight) + self.linear2.bias

# %% sequential_with_aliases
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(embed_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, embed_dim)
        )
        self.linear1 = self.net[0]
        self.linear2 = self.net[2]

    def forward(self, x):
        return self.net(x)

# %% sequential_of_named_layers
from collections import OrderedDict
import torch.nn as nn

class FeedForward(nn.Sequential):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            activation=nn.ReLU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

# %% sequential_made_afterwards
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.layers = nn.Sequential(self.linear1, nn.ReLU(), self.linear2)

    def forward(self, x):
        return self.layers(x)

# %% own_linear
import math
import torch
import torch.nn as nn

class Linear(nn.Module):
    def __init__(self, fan_in, fan_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(fan_out, fan_in) / math.sqrt(fan_in))
        self.bias = nn.Parameter(torch.zeros(fan_out))

    def forward(self, x):
        return x @ self.weight.transpose(0, 1) + self.bias

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = Linear(embed_dim, hidden_dim)
        self.linear2 = Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x).clamp_min(0))

# %% own_start_values
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        for linear in (self.linear1, self.linear2):
            nn.init.xavier_uniform_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, x):
        return self.linear2(torch.maximum(self.linear1(x), torch.zeros(1, dtype=x.dtype, device=x.device)))

# %% position_by_position
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        outputs = []
        for t in range(x.shape[1]):
            outputs.append(self.linear2(torch.relu(self.linear1(x[:, t]))))
        return torch.stack(outputs, dim=1)

# %% flattened
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        b, s, d = x.size()
        rows = x.reshape(-1, d)
        rows = torch.addmm(self.linear1.bias, rows, self.linear1.weight.t())
        rows = torch.addmm(self.linear2.bias, rows.relu(), self.linear2.weight.t())
        return rows.reshape(b, s, d)

# %% neuron_by_neuron
import torch
import torch.nn as nn

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        out = self.linear2.bias.expand_as(x)
        for w, b, column in zip(self.linear1.weight, self.linear1.bias, self.linear2.weight.T):
            out = out + torch.relu((x * w).sum(-1, keepdim=True) + b) * column
        return out

# %% convolution_of_width_one
import torch.nn as nn
import torch.nn.functional as F

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.conv1d(x.transpose(1, 2), self.linear1.weight[:, :, None], self.linear1.bias)
        y = F.conv1d(F.relu(h), self.linear2.weight[:, :, None], self.linear2.bias)
        return y.transpose(1, 2)

# %% added_by_name
import torch.nn as nn
import torch

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.dims = embed_dim, hidden_dim
        self.add_module("linear1", nn.Linear(*self.dims))
        self.add_module("linear2", nn.Linear(*self.dims[::-1]))

    def forward(self, x):
        for name, after in (("linear1", torch.relu), ("linear2", nn.Identity())):
            x = after(getattr(self, name)(x))
        return x

# %% dropout_of_zero
import torch.nn as nn
import torch.nn.functional as F

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim, dropout=0.0):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.dropout = nn.Dropout(dropout)
        self.activation = F.relu

    def forward(self, x):
        return self.dropout(self.linear2(self.dropout(self.activation(self.linear1(x)))))

# %% float64_inside
import torch.nn as nn
import torch.nn.functional as F

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        w1, b1, w2, b2 = (p.double() for p in self.parameters())
        return F.linear(F.relu(F.linear(x.double(), w1, b1)), w2, b2).to(x.dtype)

# %% threshold_in_place_on_its_own
import torch.nn as nn
import torch.nn.functional as F

class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear2 = nn.Linear(hidden_dim, embed_dim)
        self.linear1 = nn.Linear(embed_dim, hidden_dim)

    def forward(self, x):
        self.hidden = F.threshold(self.linear1(x), 0, 0)
        return self.linear2(self.hidden)
