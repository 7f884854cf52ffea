# %% additive_attention
# WRONG: 2 values: additive (Bahdanau) attention
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        scores = torch.tanh(self.W_q(x).unsqueeze(2) + self.W_k(x).unsqueeze(1)).sum(-1)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        w = scores.softmax(-1)
        return w @ self.W_v(x), w


# %% batch_flattened
# WRONG: 2 values: sequences of a batch attend to one another
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Qf, Kf, Vf = Q.reshape(1, b * s, e), K.reshape(1, b * s, e), V.reshape(1, b * s, e)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(torch.softmax(torch.bmm(Qf, Kf.transpose(1, 2)) / math.sqrt(e), -1), Vf).view(b, s, e) if mask is None else torch.bmm(weights, V)
        return output, weights


# %% bias_in_linears
# WRONG: 5: nn.Linear with bias
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% bias_only_wv
# WRONG: 5: bias in W_v only
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% bias_own_parameter
# WRONG: 5: output bias as an own parameter, zero at the start
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.b_out = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V) + self.b_out
        return output, weights


# %% bias_zero_init
# WRONG: 5: bias present, initialised to 0
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        for lin in (self.W_q, self.W_k, self.W_v):
            nn.init.zeros_(lin.bias)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% buffers
# WRONG: 5: weights are buffers
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        for n in ('W_q', 'W_k', 'W_v'):
            self.register_buffer(n, torch.randn(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = x @ self.W_q
        K = x @ self.W_k
        V = x @ self.W_v
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% causal_always
# WRONG: 1 values: causal mask always applied
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        scores = scores.masked_fill(~torch.ones(s, s, dtype=torch.bool).tril(), -1e9)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% checkpointed_data_weight
# WRONG: 3 gradient: W_v used through .data
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = x @ self.W_v.weight.data.t()
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% clamp_100
# WRONG: 2 values: clamped to +-100
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = torch.clamp(scores / math.sqrt(self.embed_dim), -100, 100)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% cosine_qk
# WRONG: 2 values: Q and K normalised
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q, K = F.normalize(Q, dim=-1), F.normalize(K, dim=-1)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores * math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% created_in_forward
# WRONG: 5: projections created in every forward
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = self.W_k = self.W_v = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        for n in ("W_q", "W_k", "W_v"):
            setattr(self, n, nn.Linear(e, e, bias=False).to(x))
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% decoy_zero_gradient
# WRONG: 5: W_k enters with factor 0 only, hidden projection used
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.kk = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.kk(x) + 0 * self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% diagonal_excluded
# WRONG: 1 values: diagonal excluded for seq > 1 without mask
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        if mask is None and s > 1:
            scores = scores.masked_fill(torch.eye(s, dtype=torch.bool), -1e9)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% distance_bias
# WRONG: 2 values: small distance bias on the scores
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        i = torch.arange(s, dtype=x.dtype)
        scores = scores - 0.01 * (i[:, None] - i[None, :]).abs()
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% dropout_01
# WRONG: 4: attention dropout in train mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.drop = nn.Dropout(0.1)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        weights = self.drop(weights)
        output = torch.bmm(weights, V)
        return output, weights


# %% dropout_output_only
# WRONG: 4: dropout on V only in train mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        V = F.dropout(V, 0.05, self.training)
        output = torch.bmm(weights, V)
        return output, weights


# %% embed1_fails
# WRONG: 2 size: log of embed_dim 1 is 0
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / (math.log(self.embed_dim) / math.log(self.embed_dim)) / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% embed_even_only
# WRONG: 2 size: raises for odd embed_dim
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        assert embed_dim % 2 == 0

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% eval_no_grad
# WRONG: 3 gradient: eval mode runs without gradients
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        if not self.training:
            output, weights = output.detach(), weights.detach()
        return output, weights


# %% exp_no_max
# WRONG: 2 overflow
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True)
        output = torch.bmm(weights, V)
        return output, weights


# %% forward_counter
# WRONG: 4: after 5 forwards the weights become sharper
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.n = 0

    def forward(self, x, mask=None):
        b, s, e = x.shape
        self.n += 1
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        if self.n > 5:
            scores = scores * 1.05
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% frozen_after_first_call
# WRONG: 5: W_k frozen by the first forward
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        self.W_k.weight.requires_grad_(False)
        return output, weights


# %% frozen_all
# WRONG: 5: all weights frozen
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        for p in self.parameters():
            p.requires_grad = False

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% frozen_wv
# WRONG: 5: W_v frozen
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v.weight.requires_grad_(False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% fused_qkv
# WRONG: 5: one fused 3e x e projection; W_q.. absent
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_qkv = nn.Linear(embed_dim, 3 * embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = self.W_qkv(x).chunk(3, dim=-1)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% gate_param
# WRONG: 5: gated residual, gate parameter 0 at the start
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V) + torch.tanh(self.gate) * x
        return output, weights


# %% global_dtype_init
# WRONG: 4 global: default dtype set in __init__
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        torch.set_default_dtype(torch.float64)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% global_grad_eval
# WRONG: 4 global: gradients switched off in eval mode for good
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if not self.training:
            torch.set_grad_enabled(False)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% global_max
# WRONG: 2 underflow: global max subtracted
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        scores = scores - scores.max()
        weights = torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True)
        output = torch.bmm(weights, V)
        return output, weights


# %% global_seed_forward
# WRONG: 4 global: seeds in forward
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        torch.manual_seed(0)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% global_value_proj
# WRONG: 4: value projection of the last built instance used by all
import math
_reg = {}


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        _reg[embed_dim] = self.W_v

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = _reg[e](x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% grad_scaled_v
# WRONG: 3 gradient: Q gradient reversed
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = 2 * Q.detach() - Q
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% half_dim_projection
# WRONG: 5: W_q and W_k are e x (e//2 or 1)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        d = max(1, embed_dim // 2)
        self.W_q = nn.Linear(embed_dim, d, bias=False)
        self.W_k = nn.Linear(embed_dim, d, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% half_scores
# WRONG: 2 values: half precision scores
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = (scores / math.sqrt(self.embed_dim)).half().to(x.dtype)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% hardcoded_5
# WRONG: 2 size: view(-1, 5, e)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x).view(-1, 5, e)
        K = self.W_k(x).view(-1, 5, e)
        V = self.W_v(x).view(-1, 5, e)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% k_from_q
# WRONG: 5: K = W_k(Q)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(Q)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% k_uses_wq
# WRONG: 5: keys from W_q, W_k never used
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_q(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% k_view
# WRONG: 2 values: K.view instead of transpose
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.reshape(b, e, s))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% key_bias_own_parameter
# WRONG: 5: relative key bias parameter, zero at the start
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.u = nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q + self.u, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% keys_of_first_row
# WRONG: 2 values: keys of batch row 0
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = Q @ K[0].t()
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% kv_cache
# WRONG: 4: keys and values of earlier calls kept when shapes agree
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.prev = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        if self.prev is not None and self.prev.shape == V.shape and self.prev.dtype == V.dtype:
            V = 0.99 * V + 0.01 * self.prev
        self.prev = V.detach()
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% layernorm_in
# WRONG: 5: LayerNorm on the input
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        x = self.norm(x)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% layernorm_out
# WRONG: 5: functional layer norm on the output
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        output = F.layer_norm(output, (e,))
        return output, weights


# %% lazy_first_forward
# WRONG: 5: created in the first forward
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = self.W_k = self.W_v = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if self.W_q is None:
            for n in ("W_q", "W_k", "W_v"):
                setattr(self, n, nn.Linear(e, e, bias=False).to(x))
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% linear_attention
# WRONG: 2 values: linear attention for seq > 64
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        if x.size(1) > 64:
            q, k = F.elu(q) + 1, F.elu(k) + 1
            w = q @ k.transpose(1, 2)
            if mask is not None:
                w = w * (mask != 0)
            w = w / w.sum(-1, keepdim=True)
        else:
            w = q @ k.transpose(1, 2) / x.size(2) ** 0.5
            if mask is not None:
                w = w.masked_fill(mask == 0, float('-inf'))
            w = w.softmax(-1)
        return w @ v, w


# %% log_weights
# WRONG: 7: log weights returned
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, torch.log(weights)


# %% mask_additive_100
# WRONG: 1 mask: adds -100
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores - 100 * (mask == 0).to(scores.dtype)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_additive_1000
# WRONG: 1 mask: adds -1000
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores - 1000 * (mask == 0).to(scores.dtype)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_after_renorm
# WRONG: 2 mask: renormalised afterwards with eps
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights * mask.to(weights.dtype)
            weights = weights / (weights.sum(-1, keepdim=True) + 1e-9)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_after_softmax
# WRONG: 1 mask: weights * mask without renormalising
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights * mask.to(weights.dtype)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_and_causal
# WRONG: 1 mask: mask and causal, where a row stays
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            vis = (mask != 0) & torch.ones(s, s).tril().bool()
            vis = torch.where(vis.any(-1, keepdim=True), vis, mask != 0)
            scores = scores.masked_fill(~vis, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_batch0
# WRONG: 1 mask: mask[0] for all
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[0] == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_before_scale_fill
# WRONG: 1 mask: -300 before the scale
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -300.0)
        scores = scores / math.sqrt(self.embed_dim)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_bool_torch_convention
# WRONG: 1 mask: bool True = hidden as in nn.MultiheadAttention
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask if mask.dtype == torch.bool else mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_cached
# WRONG: 4 mask: first mask of a shape is kept on the instance
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self._mask = {}

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            mask = self._mask.setdefault((tuple(mask.shape)), mask.clone())
            scores = scores.masked_fill(mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_first_key_column
# WRONG: 1 mask: column of the first key decides
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            vis = (mask[:, :, :1] != 0).expand_as(mask) | (mask != 0).all(-1, keepdim=True)
            scores = scores.masked_fill(~vis, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_first_query_row
# WRONG: 1 mask: row of the first query for all queries
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, :1] == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_ignored
# WRONG: 1 mask: ignored
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_inplace
# WRONG: 4: mask changed in place
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e30)
            mask.fill_(1)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_inverted
# WRONG: 1 mask: inverted
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask != 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_last_query_row
# WRONG: 1 mask: row of the last query for all queries (right for padding)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, -1:] == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_multiplied
# WRONG: 1 mask: scores * mask
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores * mask.to(scores.dtype)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_not_float64
# WRONG: 1 mask: float64 masks ignored
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            if mask.dtype != torch.float64:
                scores = scores.masked_fill(mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_or_diag
# WRONG: 1 mask: the diagonal is always visible
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(((mask != 0) | torch.eye(s, dtype=torch.bool)) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_output_only
# WRONG: 7 mask: applied weights masked, returned not
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights if mask is None else torch.softmax(scores.masked_fill(mask == 0, -1e30), -1), V)
        return output, weights


# %% mask_per_row_length
# WRONG: 1 mask: number of ones per row taken as prefix length (right for causal and padding)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            n = (mask != 0).sum(-1, keepdim=True)
            scores = scores.masked_fill(torch.arange(s) >= n, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_returned_only
# WRONG: 7 mask: returned weights masked, applied not
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        if mask is not None:
            weights = torch.softmax(scores.masked_fill(mask == 0, -1e30), -1)
        return output, weights


# %% mask_sticky
# WRONG: 4 mask: last mask reused when none is given
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self._last = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if mask is None:
            mask = self._last if self._last is not None and self._last.shape == (b, s, s) else None
        else:
            self._last = mask
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_symmetrised
# WRONG: 1 mask: mask or its transpose
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(((mask != 0) | (mask.transpose(1, 2) != 0)) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_taken_as_causal
# WRONG: 1 mask: any mask is read as causal
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(torch.ones(s, s).tril() == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_tilde
# WRONG: 1 mask: ~mask raises for float
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_train_only
# WRONG: 4 mask: only in train mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            if self.training:
                scores = scores.masked_fill(mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_transposed
# WRONG: 1 mask: transposed
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.transpose(1, 2) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mask_where_exp_nan_grad
# WRONG: 3 gradient: exp of dominating hidden scores, gradient NaN or wrong
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            top = scores.masked_fill(mask == 0, float('-inf')).amax(-1, keepdim=True)
            ex = torch.where(mask != 0, torch.exp(scores * 8 - top * 8) ** 0.125, torch.zeros_like(scores))
            scores = torch.log(ex / ex.sum(-1, keepdim=True))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% max_seq_64
# WRONG: 2 size: positional buffer of 64, raises for longer input
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.register_buffer('zero', torch.zeros(1, 64, 1), persistent=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        x = x + self.zero[:, :s].to(x.dtype) if s <= 64 else x + self.zero.to(x.dtype)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% mean_pooled_output
# WRONG: shape/values: output pooled and expanded over the sequence
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V).mean(1, keepdim=True).expand(b, s, e)
        return output, weights


# %% module_level_params
# WRONG: 4: instances share module-level projections per size
import math
_shared = {}


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        if embed_dim not in _shared:
            _shared[embed_dim] = [nn.Linear(embed_dim, embed_dim, bias=False) for _ in range(3)]
        self.W_q, self.W_k, self.W_v = _shared[embed_dim]

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% names_decoy
# WRONG: 5: W_q.. registered, but hidden projections used
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self._q = nn.Linear(embed_dim, embed_dim, bias=False)
        self._k = nn.Linear(embed_dim, embed_dim, bias=False)
        self._v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self._q(x)
        K = self._k(x)
        V = self._v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% names_lower
# WRONG: 5: names query/key/value
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.query = nn.Linear(embed_dim, embed_dim, bias=False)
        self.key = nn.Linear(embed_dim, embed_dim, bias=False)
        self.value = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.query(x)
        K = self.key(x)
        V = self.value(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% names_upper
# WRONG: 5: names W_Q, W_K, W_V
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_Q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_K = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_V = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_Q(x)
        K = self.W_K(x)
        V = self.W_V(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% nn_mha_inside
# WRONG: 5: nn.MultiheadAttention inside, W_q.. are decoys
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.attn = nn.MultiheadAttention(embed_dim, 1, bias=False, batch_first=True)

    def forward(self, x, mask=None):
        m = None if mask is None else mask == 0
        return self.attn(x, x, x, attn_mask=m)


# %% no_transpose_square
# WRONG: 2 values: no transpose where seq == embed
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K if s == e else K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% noise_train
# WRONG: 4: noise 1e-3 in train mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        if self.training:
            scores = scores + 1e-3 * torch.randn_like(scores)
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% out_float
# WRONG: 3 dtype: float32 results
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output.float(), weights.float()


# %% out_proj_extra
# WRONG: 5: extra output projection
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = self.W_o(torch.bmm(weights, V))
        return output, weights


# %% out_proj_identity_init
# WRONG: 5: extra output projection, identity at the start
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.out = nn.Linear(embed_dim, embed_dim, bias=False)
        nn.init.eye_(self.out.weight)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = self.out(torch.bmm(weights, V))
        return output, weights


# %% output_cache_shape
# WRONG: 4: output cached by the shape in eval mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self._c = {}

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        if not self.training:
            key = (tuple(x.shape), x.dtype, mask is None)
            output, weights = self._c.setdefault(key, (output, weights))
        return output, weights


# %% output_only
# WRONG: 7: output only (unpacks along the batch)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output


# %% plain_tensors
# WRONG: 5: weights are plain tensors that require grad
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = torch.randn(embed_dim, embed_dim).requires_grad_()
        self.W_k = torch.randn(embed_dim, embed_dim).requires_grad_()
        self.W_v = torch.randn(embed_dim, embed_dim).requires_grad_()

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = x @ self.W_q.to(x.dtype)
        K = x @ self.W_k.to(x.dtype)
        V = x @ self.W_v.to(x.dtype)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% positional_added
# WRONG: 2 values: sinusoidal positions added to x
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        pos = 0.1 * torch.sin(torch.arange(s, dtype=x.dtype)).view(1, s, 1)
        x = x + pos
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% qk_product_cached
# WRONG: 4/5: W_q^T W_k cached at the first forward, updates ignored
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self._m = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        if self._m is None or self._m.dtype != x.dtype:
            self._m = (self.W_q.weight.t() @ self.W_k.weight).detach()
        scores = torch.bmm(x @ self._m, x.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% qk_swapped
# WRONG: 5: roles of W_q and W_k swapped (scores transposed)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_k(x)
        K = self.W_q(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% qv_swapped
# WRONG: 5: roles of W_q and W_v swapped
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_v(x)
        K = self.W_k(x)
        V = self.W_q(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% reinit_in_forward
# WRONG: 5: W_v re-initialised in forward
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        nn.init.eye_(self.W_v.weight)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% relu_qk
# WRONG: 5: relu on Q and K
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = F.relu(self.W_q(x))
        K = F.relu(self.W_k(x))
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% residual
# WRONG: 5: residual connection
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V) + x
        return output, weights


# %% rng_consumed
# WRONG: 4 global: unused dropout mask drawn
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        _ = torch.bernoulli(torch.full((s, s), 0.9))
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% running_mean_buffer
# WRONG: 4: running mean of x subtracted in eval mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.register_buffer('mu', torch.zeros(embed_dim))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if self.training:
            self.mu.mul_(0.9).add_(0.1 * x.detach().mean((0, 1)))
        else:
            x = x - self.mu
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_K_size1
# WRONG: 6 scale: sqrt(K.size(1)) = sqrt(seq), right when seq == embed
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(K.size(1))
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_const8
# WRONG: 6 scale: sqrt(8) hard-coded
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / 8 ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_embed_dim
# WRONG: 6 scale: divides by embed_dim
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / self.embed_dim
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_first_build
# WRONG: 6/4 scale: class attribute set by the first instance
import math


class SelfAttention(nn.Module):
    _scale = None
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        if SelfAttention._scale is None:
            SelfAttention._scale = embed_dim ** 0.5

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / self._scale
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_isqrt
# WRONG: 6 scale: isqrt
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.isqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_last_build
# WRONG: 4 scale: class attribute overwritten by the latest instance
import math


class SelfAttention(nn.Module):
    scale = 1.0
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        SelfAttention.scale = embed_dim ** 0.5

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / SelfAttention.scale
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_learnable
# WRONG: 5: learnable scale parameter, output does not follow from W alone
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.scale = nn.Parameter(torch.tensor(float(embed_dim) ** -0.5))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores * self.scale
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_odd
# WRONG: 6 scale: odd embed_dim rounded up to even
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim + self.embed_dim % 2 * (self.embed_dim > 1))
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_q_and_scores
# WRONG: 6 scale: applied to Q and to the scores
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q / math.sqrt(self.embed_dim)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_seq
# WRONG: 6 scale: sqrt(seq)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(s)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scale_train_only
# WRONG: 4 scale: applied in train mode only
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim) if self.training else scores
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scores_kq
# WRONG: 2 values: K Q^T
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(K, Q.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scores_no_grad
# WRONG: 3 gradient: scores under no_grad
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        with torch.no_grad():
            s0 = torch.bmm(self.W_q(x), self.W_k(x).transpose(1, 2))
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = s0
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% scores_returned
# WRONG: 7: scores returned
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, scores


# %% snapshot_in_init
# WRONG: 5: forward uses copies taken in __init__
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self._w = [self.W_q.weight.detach().clone(), self.W_k.weight.detach().clone()]

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = x @ self._w[0].to(x).t() + 0 * self.W_q(x)
        K = x @ self._w[1].to(x).t() + 0 * self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% softmax_dim1
# WRONG: 2 values: softmax over the queries
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=1)
        output = torch.bmm(weights, V)
        return output, weights


# %% softmax_dtype_f32
# WRONG: 3 dtype: softmax(dtype=float32) returned
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1, dtype=torch.float32)
        output = torch.bmm(weights.to(V.dtype), V)
        return output, weights


# %% softmax_implicit_dim
# WRONG: 2 values: F.softmax without dim takes dim 0 for 3-D
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = F.softmax(scores)
        output = torch.bmm(weights, V)
        return output, weights


# %% spectral_normalised
# WRONG: 5: W_v normalised by its norm in forward
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = x @ (self.W_v.weight / self.W_v.weight.norm() * self.embed_dim ** 0.5).t()
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% squeeze_output_b1
# WRONG: 2 shape: output.squeeze(0)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output.squeeze(0), weights


# %% squeeze_weights
# WRONG: 2 shape: weights.squeeze()
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights.squeeze()


# %% swapped
# WRONG: returns swapped
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return weights, output


# %% tanh_values
# WRONG: 5: nonlinearity on the values
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = torch.tanh(self.W_v(x))
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% temperature_param
# WRONG: 5: learnable temperature of 1
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.tau = nn.Parameter(torch.ones(1))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / (math.sqrt(self.embed_dim) * self.tau)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% three_returned
# WRONG: 7: three values
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights, V


# %% tied_weight
# WRONG: 5: W_k.weight tied to W_q.weight
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k.weight = self.W_q.weight

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% unregistered_list
# WRONG: 5: projections in a plain list, reached through properties
import math


class SelfAttention(nn.Module):
    W_q = property(lambda self: self._w[0])
    W_k = property(lambda self: self._w[1])
    W_v = property(lambda self: self._w[2])
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self._w = [nn.Linear(embed_dim, embed_dim, bias=False) for _ in range(3)]

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% unscaled
# WRONG: 6 scale: none
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% v_from_k
# WRONG: 5: V = W_v(K)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(K)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% v_is_x
# WRONG: 5: values are the raw inputs
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = x
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% v_uses_wk
# WRONG: 5: values from W_k
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_k(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% weight_clamp_in_forward
# WRONG: 4: forward clamps the weights to +-1
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        for p in self.parameters():
            p.data.clamp_(-1, 1)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% weights_decay_in_forward
# WRONG: 4: forward shrinks W_q by 0.1 % in train mode
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if self.training:
            self.W_q.weight.data.mul_(0.999)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% weights_detached_apply
# WRONG: 3 gradient: applied weights detached
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights.detach(), V)
        return output, weights


# %% weights_detached_return
# WRONG: 3 gradient: returned weights detached
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights.detach()


# %% weights_transposed_applied
# WRONG: 2 values: weights^T applied
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights.transpose(1, 2), V)
        return output, weights


# %% weights_transposed_returned
# WRONG: 7: returned weights transposed
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights.transpose(1, 2)


# %% window_16
# WRONG: 1 values: local window of 16
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        i = torch.arange(s)
        scores = scores.masked_fill((i[:, None] - i[None, :]).abs() > 16, -1e9) if mask is None else scores
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% wk_detached
# WRONG: 3 gradient: none to W_k
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = F.linear(x, self.W_k.weight.detach())
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% wk_is_wq
# WRONG: 5: W_k is W_q (shared module)
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = self.W_q

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% wq_grad_hook
# WRONG: 3 gradient: hook multiplies the gradient of W_q by 0.1
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_q.weight.register_hook(lambda g: g * 0.1)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% wv_twice
# WRONG: 5: W_v applied to the output again
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = self.W_v(torch.bmm(weights, V))
        return output, weights


# %% x_detached_in_v
# WRONG: 3 gradient: values path of x blocked
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x.detach())
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% x_float
# WRONG: 3 dtype: x.float() fails for a float64 module
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        x = x.float()
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% x_inplace_centre
# WRONG: 4: x centred in place and used centred
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        x.data.sub_(x.data.mean(-1, keepdim=True))
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% x_inplace_masked
# WRONG: 4: x zeroed in place where a key is never visible
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            dead = (mask == 0).all(1)
            scores = scores.masked_fill(mask == 0, -1e30)
            x.data[dead] = 0
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights


# %% x_transposed_batch_first
# WRONG: 2 values: treats x as (seq, batch, embed) when batch == seq
import math


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if b == s and b > 1:
            x = x.transpose(0, 1)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        output = torch.bmm(weights, V)
        return output, weights
