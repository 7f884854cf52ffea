# %% alibi
# WRONG: 2 values: ALiBi slopes
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        i = torch.arange(s, dtype=x.dtype)
        sl = 2.0 ** -torch.arange(3, 3 + self.num_heads, dtype=x.dtype)
        scores = scores - sl.view(1, -1, 1, 1) * (i[:, None] - i[None, :]).abs()
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% batch1_mean
# WRONG: 2 values: batch 1 returns weights of head 0 only
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if b == 1:
            weights = weights[:, :1].expand_as(weights)
        return output, weights


# %% bf16_attention
# WRONG: 2 values: attention in bfloat16
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        Q, K = Q.bfloat16(), K.bfloat16()
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores.to(x.dtype), dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% cache_by_mask_none
# WRONG: 4: eval output cached by the norm of x only, weights changes ignored
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self._c = {}

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if not self.training and mask is None:
            output, weights = self._c.setdefault((tuple(x.shape), x.dtype, round(float(x.detach().sum()), 4)), (output, weights))
        return output, weights


# %% call_counter
# WRONG: 4: W_o skipped from the sixth forward on
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.calls = 0

    def forward(self, x, mask=None):
        b, s, e = x.shape
        self.calls += 1
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended) if self.calls < 6 else attended
        return output, weights


# %% clamp_30
# WRONG: 2 values: clamped to +-30
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = (scores / math.sqrt(self.head_dim)).clamp(-30, 30)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% concat_interleaved
# WRONG: 6 heads: concatenated interleaved
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.permute(0, 2, 3, 1).reshape(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% concat_no_transpose
# WRONG: 6 heads: reshape without transposing back
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.reshape(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% concat_reversed
# WRONG: 6 heads: concatenated in reversed order
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.flip(1).transpose(1, 2).reshape(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% decoy_mha
# WRONG: 5: nn.MultiheadAttention inside, W_q.. are decoys
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.mha = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        output, weights = self.mha(x, x, x, attn_mask=None if mask is None else (mask == 0).repeat_interleave(self.num_heads, 0), average_attn_weights=False)
        return output, weights


# %% dropout
# WRONG: 4: nn.Dropout(0.1) in train mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        weights = self.dropout(weights)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% dropout_small_output
# WRONG: 4: dropout 0.01 on the output in train mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = F.dropout(self.W_o(attended), 0.01, self.training)
        return output, weights


# %% einsum_head_mix
# WRONG: 6 heads: einsum sums the keys over heads
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h, self.d = num_heads, embed_dim // num_heads
        for n in 'qkvo':
            setattr(self, 'W_' + n, nn.Linear(embed_dim, embed_dim, bias=False))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.h, self.d) for f in (self.W_q, self.W_k, self.W_v))
        a = torch.einsum('bihd,bjgd->bhij', q, k) / self.d ** 0.5
        if mask is not None:
            a = a.masked_fill(mask[:, None] == 0, float('-inf'))
        w = a.softmax(-1)
        return self.W_o(torch.einsum('bhij,bjhd->bihd', w, v).reshape(b, s, e)), w


# %% exp_no_max
# WRONG: 2 overflow
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% first_head_repeated
# WRONG: 6 heads: first head repeated
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        Q, K = Q[:, :1].expand_as(Q), K[:, :1].expand_as(K)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% first_v_repeated
# WRONG: 6 heads: multi-query, values of head 0 for all
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V[:, :1].expand_as(V)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% frozen_wk_bias_ok
# WRONG: 5: W_k.weight frozen, its bias trainable
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_k.weight.requires_grad = False

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% frozen_wo
# WRONG: 5: W_o frozen
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        for p in self.W_o.parameters():
            p.requires_grad_(False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% fused_qkv
# WRONG: 5: fused W_qkv
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_qkv = nn.Linear(embed_dim, 3 * embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = self.W_qkv(x).chunk(3, -1)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% gelu_before_wo
# WRONG: 5: gelu before W_o
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(F.gelu(attended))
        return output, weights


# %% grad_clip_hook
# WRONG: 3 gradient: hook clips the gradient of the scores
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        if scores.requires_grad:
            scores.register_hook(lambda g: g.clamp(-1e-2, 1e-2))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% grad_hook_wv
# WRONG: 3 gradient: hook zeroes the gradient of W_v.bias
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_v.bias.register_hook(torch.zeros_like)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% grouped_query
# WRONG: 6 heads: grouped-query, K of every second head
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K[:, torch.arange(self.num_heads) // 2 * 2]
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head0_no_grad
# WRONG: 3 gradient: blocked through the first of several heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        if self.num_heads > 1:
            V = torch.cat([V[:, :1].detach(), V[:, 1:]], 1)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head_dim1_fails
# WRONG: 2 size: raises for head_dim 1
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        assert self.head_dim > 1, "head_dim too small"

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head_dim_shared_global
# WRONG: 4: number of heads in a global, last instance wins
import math
_H = [1]


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        _H[0] = num_heads

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, _H[0], e // _H[0]).transpose(1, 2)
        K = K.view(b, s, _H[0], e // _H[0]).transpose(1, 2)
        V = V.view(b, s, _H[0], e // _H[0]).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head_dim_shared_projection
# WRONG: 5: one embed_dim x head_dim projection for all heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_q = nn.Linear(embed_dim, self.head_dim)
        self.W_k = nn.Linear(embed_dim, self.head_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.unsqueeze(1).expand(b, self.num_heads, s, self.head_dim)
        K = K.unsqueeze(1).expand(b, self.num_heads, s, self.head_dim)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head_drop
# WRONG: 4: a random head is dropped in train mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        if self.training and self.num_heads > 1:
            keep = torch.ones(self.num_heads, dtype=x.dtype)
            keep[torch.randint(self.num_heads, (1,))] = 0
            weights = weights * keep.view(1, -1, 1, 1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head_equals_seq_confusion
# WRONG: 6 heads: transpose skipped where heads == seq
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = (Q.view(b, s, self.num_heads, self.head_dim) if s == self.num_heads else Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2))
        K = (K.view(b, s, self.num_heads, self.head_dim) if s == self.num_heads else K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2))
        V = (V.view(b, s, self.num_heads, self.head_dim) if s == self.num_heads else V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2))
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.reshape(b, s, self.embed_dim) if s == self.num_heads else attended.transpose(1, 2).reshape(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% head_gate_param
# WRONG: 5: per-head gate parameters, ones at the start
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.gate = nn.Parameter(torch.ones(num_heads, 1, 1))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V) * self.gate
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% heads_interleaved
# WRONG: 6 heads: interleaved slices, view(b, s, head_dim, heads)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.head_dim, self.num_heads).permute(0, 3, 1, 2)
        K = K.view(b, s, self.head_dim, self.num_heads).permute(0, 3, 1, 2)
        V = V.view(b, s, self.head_dim, self.num_heads).permute(0, 3, 1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.permute(0, 2, 3, 1).reshape(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% heads_interleaved_in_only
# WRONG: 6 heads: split interleaved, concatenated consecutively
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.head_dim, self.num_heads).permute(0, 3, 1, 2)
        K = K.view(b, s, self.head_dim, self.num_heads).permute(0, 3, 1, 2)
        V = V.view(b, s, self.head_dim, self.num_heads).permute(0, 3, 1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% heads_over_8_fail
# WRONG: 2 size: raises above 8 heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        assert num_heads <= 8

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% heads_reversed_consistently
# WRONG: 6 heads: returned weights in reversed head order
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights.flip(1)


# %% heads_summed
# WRONG: 6 heads: head outputs averaged, then tiled
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.mean(1).repeat(1, 1, self.num_heads)
        output = self.W_o(attended)
        return output, weights


# %% inference_mode_eval
# WRONG: 3 gradient: inference results in eval mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if not self.training:
            output, weights = output.detach(), weights.detach()
        return output, weights


# %% k_heads_rolled
# WRONG: 6 heads: K heads rolled by one
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.roll(1, 1)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% last_head_zero
# WRONG: 6 heads: last head dropped when there are more than 4
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V) * (torch.arange(self.num_heads) < max(4, self.num_heads - 1)).view(1, -1, 1, 1).to(x.dtype)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% layernorm_plain_post
# WRONG: 5: normalised output without parameters
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        output = F.layer_norm(output, (e,))
        return output, weights


# %% layernorm_pre
# WRONG: 5: LayerNorm before the projections
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        x = self.norm(x)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% loop_heads_shared_state
# WRONG: 6 heads: loop bug, every head uses the slice of the head before
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h, self.d = num_heads, embed_dim // num_heads
        for n in 'qkvo':
            setattr(self, 'W_' + n, nn.Linear(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        outs, ws = [], []
        for i in range(self.h):
            lo = max(0, i - 1) * self.d
            sl = slice(lo, lo + self.d)
            a = q[..., sl] @ k[..., sl].transpose(1, 2) / self.d ** 0.5
            if mask is not None:
                a = a.masked_fill(mask == 0, float('-inf'))
            w = a.softmax(-1)
            outs.append(w @ v[..., sl])
            ws.append(w)
        return self.W_o(torch.cat(outs, -1)), torch.stack(ws, 1)


# %% loop_heads_stack_dim0
# WRONG: 7: heads stacked at dim 0
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h, self.d = num_heads, embed_dim // num_heads
        for n in 'qkvo':
            setattr(self, 'W_' + n, nn.Linear(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        q, k, v = (f(x).chunk(self.h, -1) for f in (self.W_q, self.W_k, self.W_v))
        ws = []
        for i in range(self.h):
            a = q[i] @ k[i].transpose(1, 2) / self.d ** 0.5
            if mask is not None:
                a = a.masked_fill(mask == 0, float('-inf'))
            ws.append(a.softmax(-1))
        out = torch.cat([w @ t for w, t in zip(ws, v)], -1)
        return self.W_o(out), torch.stack(ws, 0)


# %% loop_mask_first_iteration
# WRONG: 1 mask: mask set to None after the first head
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h, self.d = num_heads, embed_dim // num_heads
        for n in 'qkvo':
            setattr(self, 'W_' + n, nn.Linear(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        q, k, v = (f(x).chunk(self.h, -1) for f in (self.W_q, self.W_k, self.W_v))
        ws = []
        for i in range(self.h):
            a = q[i] @ k[i].transpose(1, 2) / self.d ** 0.5
            if mask is not None:
                a = a.masked_fill(mask == 0, float('-inf'))
                mask = None
            ws.append(a.softmax(-1))
        out = torch.cat([w @ t for w, t in zip(ws, v)], -1)
        return self.W_o(out), torch.stack(ws, 1)


# %% mask_additive_1000
# WRONG: 1 mask: adds -1000
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores - 1000.0 * (mask == 0).unsqueeze(1).to(scores.dtype)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_additive_sdpa
# WRONG: 1 mask: float masks added as they are
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            m = mask.unsqueeze(1)
            scores = scores.masked_fill(~m, -1e30) if m.dtype == torch.bool else scores + m.to(scores.dtype)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_after
# WRONG: 1 mask: after the softmax, not renormalised
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights * mask.unsqueeze(1).to(weights.dtype)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_after_renorm
# WRONG: 2 mask: renormalised with eps after the softmax
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        if mask is not None:
            weights = weights * mask.unsqueeze(1).to(weights.dtype)
            weights = weights / weights.sum(-1, keepdim=True).clamp_min(1e-9)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_batch0
# WRONG: 1 mask: mask[0]
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[0] == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_batch_heads_equal_T
# WRONG: 1 mask: mask transposed over (b, s) where batch == seq
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            m = mask.transpose(0, 1) if b == s and b > 1 else mask
            vis = (m != 0)
            vis = torch.where(vis.any(-1, keepdim=True), vis, mask != 0)
            scores = scores.masked_fill(~vis.unsqueeze(1), -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_bool_inverted
# WRONG: 1 mask: bool masks True = hidden
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            m = mask.unsqueeze(1)
            scores = scores.masked_fill(m if m.dtype == torch.bool else m == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_cached
# WRONG: 4 mask: first mask kept
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.m = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            if self.m is None or self.m.shape != mask.shape:
                self.m = (mask == 0).clone()
            scores = scores.masked_fill(self.m.unsqueeze(1), -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_causal_assumed
# WRONG: 1 mask: any mask taken as causal
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(torch.ones(s, s).tril() == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_changes_shape
# WRONG: 4 mask: unsqueezed in place
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            mask.unsqueeze_(1)
            scores = scores.masked_fill(mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_dead_keys_mean
# WRONG: 1 mask: queries that see one key only get uniform weights
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e30)
        if mask is not None and s > 1:
            lone = (mask != 0).sum(-1) == 1
            scores = scores.masked_fill(lone.unsqueeze(1).unsqueeze(-1), 0.0)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_eval_ignored
# WRONG: 4 mask: ignored in eval mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            if self.training:
                scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_f64_promotes
# WRONG: 3 dtype: returned weights take the dtype of the mask
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if mask is not None and mask.is_floating_point():
            weights = weights.to(mask.dtype)
        return output, weights


# %% mask_fill_100
# WRONG: 1 mask: fills with -100
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, -100.0)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_fill_zero
# WRONG: 1 mask: fills with 0
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, 0.0)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_first_head
# WRONG: 1 mask: applied to the first head only
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = torch.cat([scores[:, :1].masked_fill(mask.unsqueeze(1) == 0, -1e30), scores[:, 1:]], 1)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_first_query
# WRONG: 1 mask: first query row for all
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, :1] == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_ignored
# WRONG: 1 mask: ignored
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_inverted
# WRONG: 1 mask: inverted
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) != 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_not_last_head
# WRONG: 1 mask: not applied to the last of several heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            n = max(1, self.num_heads - 1)
            scores = torch.cat([scores[:, :n].masked_fill(mask.unsqueeze(1) == 0, -1e30), scores[:, n:]], 1)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_not_unsqueezed
# WRONG: 1 mask: (b, s, s) broadcast over heads as batch: raises or mixes when b == heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_not_unsqueezed_guard
# WRONG: 1 mask: unsqueezed only when it does not broadcast; b == heads silently wrong
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            m = mask if mask.size(0) in (1, self.num_heads) else mask.unsqueeze(1)
            scores = scores.masked_fill(m == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_one_minus
# WRONG: 1 mask: 1 - mask raises for bool
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores + (1 - mask.unsqueeze(1)) * -1e30
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_overwritten
# WRONG: 4 mask: float mask overwritten in place
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            if mask.is_floating_point():
                mask.mul_(2).sub_(1)
                scores = scores.masked_fill(mask.unsqueeze(1) <= 0, -1e30)
            else:
                scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_padding_assumed
# WRONG: 1 mask: last query row used as a padding mask
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, -1:, :] == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_repeat_b_major
# WRONG: 1 mask: mask.repeat(h) on a (b*h) layout: masks of other batch rows
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        Q, K, V = [t.reshape(b * self.num_heads, s, self.head_dim) for t in (Q, K, V)]
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.repeat(self.num_heads, 1, 1) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1).view(b, self.num_heads, s, s)
        attended = torch.matmul(weights, V.view(b, self.num_heads, s, -1))
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_returned_only
# WRONG: 7 mask: returned only
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if mask is not None:
            weights = torch.softmax(scores.masked_fill(mask.unsqueeze(1) == 0, -1e30), -1)
        return output, weights


# %% mask_returned_zeroed_only
# WRONG: 7 mask: returned weights zeroed, sums below 1, applied unmasked
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            pass
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if mask is not None:
            weights = weights.masked_fill(mask.unsqueeze(1) == 0, 0.0)
        return output, weights


# %% mask_tilde
# WRONG: 1 mask: ~mask raises for int and float
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(~mask.unsqueeze(1), -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% mask_transposed
# WRONG: 1 mask: transposed
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.transpose(1, 2).unsqueeze(1) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% masked_no_grad
# WRONG: 3 gradient: none through the scores under a mask
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.detach().masked_fill(mask.unsqueeze(1) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% matmul_precision
# WRONG: 4 global: float32 matmul precision set
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        torch.set_float32_matmul_precision("medium")

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% max_over_heads
# WRONG: 2 underflow: max over all heads and queries, NaN for low heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        scores = scores - scores.amax((1, 2, 3), keepdim=True)
        weights = torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% np_rng
# WRONG: 4 global: numpy generator consumed
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        _ = np.random.rand()
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% one_head_squeezed
# WRONG: 2 shape: one head gives (b, s, s) weights
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        weights = weights.squeeze(1)
        return output, weights


# %% output_transposed
# WRONG: shape/values: output laid out as (s, b, e) and viewed back
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        output = output.transpose(0, 1).reshape(b, s, e)
        return output, weights


# %% params_drift
# WRONG: 4: bias of W_o moves with each forward in train mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        if self.training:
            self.W_o.bias.data.add_(1e-3)
        return output, weights


# %% per_head_lists
# WRONG: 5: per-head projections embed_dim x head_dim in ModuleLists
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        for n in ("W_q", "W_k", "W_v"):
            setattr(self, n, nn.ModuleList(nn.Linear(embed_dim, self.head_dim) for _ in range(num_heads)))
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = [torch.cat([l(x) for l in m], -1) for m in (self.W_q, self.W_k, self.W_v)]
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% pow2_heads
# WRONG: 6 heads: head count that is no power of two treated as one head
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        H = self.num_heads if self.num_heads & (self.num_heads - 1) == 0 else 1
        Q = Q.view(b, s, H, e // H).transpose(1, 2)
        K = K.view(b, s, H, e // H).transpose(1, 2)
        V = V.view(b, s, H, e // H).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(e // H)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        weights = weights.expand(b, self.num_heads, s, s)
        return output, weights


# %% python_rng
# WRONG: 4 global: python generator consumed
import math
import random


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        random.random()
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% qk_norm
# WRONG: 2 values: Q and K normalised per head
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        Q, K = F.normalize(Q, dim=-1), F.normalize(K, dim=-1)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% qk_swapped
# WRONG: 5: W_q and W_k swapped
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        K = self.W_q(x)
        Q = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% rel_pos_param
# WRONG: 5: learnable relative bias table, zero at the start
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.rel = nn.Parameter(torch.zeros(num_heads, 1, 1))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        i = torch.arange(s, dtype=x.dtype)
        scores = scores + self.rel * (i[:, None] - i[None, :])
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% residual
# WRONG: 5: residual
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = x + self.W_o(attended)
        return output, weights


# %% rotary
# WRONG: 2 values: heads of even size over 2 are rotated by position
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        if self.head_dim % 2 == 0:
            ang = 0.1 * torch.arange(s, dtype=x.dtype).view(1, 1, s, 1)
            def rot(t):
                a, c = t.chunk(2, -1)
                return torch.cat([a * ang.cos() - c * ang.sin(), a * ang.sin() + c * ang.cos()], -1)
            Q, K = rot(Q), rot(K)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_embed
# WRONG: 6 scale: sqrt(embed_dim), right only for one head
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_embed_over_sqrt
# WRONG: 6 scale: sqrt(embed) // sqrt(heads)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / max(1.0, self.embed_dim ** 0.5 // self.num_heads ** 0.5)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_eval_missing
# WRONG: 4: unscaled in eval mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / (math.sqrt(self.head_dim) if self.training else 1.0)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_half_visible
# WRONG: 6 scale: constant 2 = sqrt(16 / 4)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / 2.0
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_head_dim
# WRONG: 6 scale: divides by head_dim
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / self.head_dim
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_int
# WRONG: 6 scale: int(head_dim ** 0.5)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / int(self.head_dim ** 0.5)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_int_over_heads
# WRONG: 6 scale: sqrt(embed) / heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / (math.sqrt(self.embed_dim) / self.num_heads)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_isqrt_head
# WRONG: 6 scale: isqrt(head_dim)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.isqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_last_built
# WRONG: 4: head_dim in a class attribute, last instance wins
import math


class MultiHeadAttention(nn.Module):
    _d = None
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        MultiHeadAttention._d = self.head_dim

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(MultiHeadAttention._d)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_logit_param
# WRONG: 5: learnable 0-dim log temperature, 0 at the start
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.logt = nn.Parameter(torch.zeros(()))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores * self.logt.exp() / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_masked_missing
# WRONG: 6 scale: unscaled where a mask is given
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim) if mask is None else scores
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_num_heads
# WRONG: 6 scale: sqrt(num_heads), right for 16/4
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.num_heads)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_odd_head
# WRONG: 6 scale: odd head_dim rounded down to even
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(max(1, self.head_dim - self.head_dim % 2))
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_per_head_param
# WRONG: 5: learnable per-head scale
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.head_scale = nn.Parameter(torch.ones(num_heads, 1, 1))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores * self.head_scale / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_returned_unscaled
# WRONG: 7: unscaled weights returned
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        weights = torch.softmax(scores * math.sqrt(self.head_dim), dim=-1)
        return output, weights


# %% scale_seq
# WRONG: 6 scale: sqrt(seq)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(Q.size(2))
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% scale_twice
# WRONG: 6 scale: on Q and on the scores
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        Q = Q / math.sqrt(self.head_dim)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% sdpa_wrong_mask
# WRONG: 1 mask: int and float masks added by torch attention
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.h, -1).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        m = None
        if mask is not None:
            m = mask[:, None] if mask.dtype == torch.bool else mask[:, None].to(x.dtype)
        o = F.scaled_dot_product_attention(q, k, v, attn_mask=m)
        eye = torch.eye(s, dtype=x.dtype).expand(b, self.h, s, s)
        w = F.scaled_dot_product_attention(q, k, eye, attn_mask=m, scale=(e // self.h) ** -0.5)
        return self.W_o(o.transpose(1, 2).reshape(b, s, e)), w


# %% seed_in_forward
# WRONG: 4 global: seeds
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        torch.manual_seed(1234)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% seq_over_128_chunked
# WRONG: 2 values: sequences above 128 attend in blocks only
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        if s > 128 and mask is None:
            i = torch.arange(s) // 128
            scores = scores.masked_fill(i[:, None] != i[None, :], -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% shared_wo_global
# WRONG: 4: W_o shared by all instances of one size
import math
_WO = {}


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_o = _WO.setdefault(embed_dim, self.W_o)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% single_head_expanded
# WRONG: 6 heads: single-head attention, weights expanded
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = Q @ K.transpose(-2, -1)
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended
        output = self.W_o(attended)
        weights = weights.unsqueeze(1).expand(b, self.num_heads, s, s)
        return output, weights


# %% softmax_implicit
# WRONG: 2 values: F.softmax without dim takes dim 1 = heads for 4-D
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = F.softmax(scores)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% softmax_joint
# WRONG: 2 values: softmax over heads and keys jointly, times heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores.transpose(1, 2).reshape(b, s, -1), -1).view(b, s, self.num_heads, s).transpose(1, 2) * self.num_heads
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% softmax_over_heads
# WRONG: 2 values: softmax over heads
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% softmax_over_queries
# WRONG: 2 values: softmax over queries
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-2)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% squeeze_all
# WRONG: 2 shape: squeeze of all size-1 dims
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output.squeeze(), weights.squeeze()


# %% swapped
# WRONG: returns swapped
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return weights, output


# %% tanh_cap_50
# WRONG: 2 values: capped by 50*tanh(s/50)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = 50 * torch.tanh(scores / math.sqrt(self.head_dim) / 50)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% unscaled
# WRONG: 6 scale: none
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% v_heads_flipped
# WRONG: 6 heads: V heads flipped
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.flip(1)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% v_heads_rolled
# WRONG: 6 heads: V heads rolled by one
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.roll(1, 1)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% view_no_transpose
# WRONG: 6 heads: view(b, heads, s, head_dim) without transpose
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, self.num_heads, s, self.head_dim)
        K = K.view(b, self.num_heads, s, self.head_dim)
        V = V.view(b, self.num_heads, s, self.head_dim)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% view_no_transpose_consistent
# WRONG: 6 heads: view both ways without transpose
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, self.num_heads, s, self.head_dim)
        K = K.view(b, self.num_heads, s, self.head_dim)
        V = V.view(b, self.num_heads, s, self.head_dim)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.reshape(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% weights_T_applied
# WRONG: 2 values: transposed weights applied
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights.transpose(-2, -1), V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% weights_averaged
# WRONG: 7: returned weights averaged and expanded
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        weights = weights.mean(1, keepdim=True).expand_as(weights)
        return output, weights


# %% weights_bh_flat
# WRONG: 7: weights (b*h, s, s)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights.reshape(-1, s, s)


# %% weights_bs_swapped
# WRONG: 7: weights (h, b, s, s)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights.transpose(0, 1)


# %% weights_detached
# WRONG: 3 gradient: returned weights detached
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights.detach()


# %% weights_half
# WRONG: 3 dtype: returned weights are half
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights.half()


# %% weights_mean_heads
# WRONG: 7: returned weights averaged over the heads (b, s, s)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights.mean(dim=1)


# %% weights_mis_batched
# WRONG: 7: cat of heads over the batch, weights viewed as (b, h) rather than (h, b)
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = torch.cat(Q.split(self.head_dim, dim=-1), 0)
        K = torch.cat(K.split(self.head_dim, dim=-1), 0)
        V = torch.cat(V.split(self.head_dim, dim=-1), 0)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.repeat(self.num_heads, 1, 1) == 0, -1e30)
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = torch.cat(attended.split(b, dim=0), -1)
        output = self.W_o(attended)
        weights = weights.view(b, self.num_heads, s, s)
        return output, weights


# %% weights_stop_gradient
# WRONG: 3 gradient: applied weights detached
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights.detach(), V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% wk_is_wq
# WRONG: 5: W_k is W_q
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_k = self.W_q

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% wo_absent
# WRONG: 5: no W_o at all
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = attended
        return output, weights


# %% wo_before_concat
# WRONG: 5: W_o also applied to x before W_v, besides the output
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(self.W_o(x))
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% wo_data
# WRONG: 3 gradient: W_o used through .data
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = F.linear(attended, self.W_o.weight.data, self.W_o.bias)
        return output, weights


# %% wo_in_list
# WRONG: 5: W_o hidden in a list, not registered
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        del self.W_o
        self._o = [nn.Linear(embed_dim, embed_dim)]

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self._o[0].to(x.dtype)(attended)
        return output, weights


# %% wo_is_wv
# WRONG: 5: W_o is W_v
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_o = self.W_v

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% wo_missing_use
# WRONG: 5: W_o not applied
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = attended
        return output, weights


# %% wo_named_out
# WRONG: 5: output projection is named out_proj
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.out_proj(attended)
        return output, weights


# %% wo_on_v
# WRONG: 5: W_o applied to the values, then not again
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_o(self.W_v(x))
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = attended
        return output, weights


# %% wo_snapshot
# WRONG: 5: W_o used through a copy taken at the first forward
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self._wo = None

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if self._wo is None or self._wo.dtype != x.dtype:
            self._wo = self.W_o.weight.detach().clone()
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = attended @ self._wo.t() + self.W_o.bias + 0 * self.W_o(attended)
        return output, weights


# %% wo_tied_wv
# WRONG: 5: W_o.weight tied to W_v.weight
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.W_o.weight = self.W_v.weight

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% wo_twice
# WRONG: 5: W_o applied twice
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(self.W_o(attended))
        return output, weights


# %% wo_wv_swapped
# WRONG: 5: W_o and W_v swapped
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_o(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_v(attended)
        return output, weights


# %% wq_detached
# WRONG: 3 gradient: none to W_q weight
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = F.linear(x, self.W_q.weight.detach(), self.W_q.bias)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% wv_for_k
# WRONG: 5: keys from W_v
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x)
        K = self.W_v(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% x_detached
# WRONG: 3 gradient: none to x
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        x = x.detach()
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% x_detached_qk
# WRONG: 3 gradient: x detached for Q
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q = self.W_q(x.detach())
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% x_scaled_inplace
# WRONG: 4: x scaled in place in train mode
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if self.training:
            x.data.mul_(1.0 + 1e-3)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights


# %% xavier_in_forward
# WRONG: 5: W_q re-initialised in the first forward
import math


class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.ready = False

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if not self.ready:
            nn.init.xavier_uniform_(self.W_q.weight)
            self.ready = True
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        Q = Q.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = torch.matmul(weights, V)
        attended = attended.transpose(1, 2).contiguous().view(b, s, self.embed_dim)
        output = self.W_o(attended)
        return output, weights
