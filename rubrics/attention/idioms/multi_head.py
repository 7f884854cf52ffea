# %% einsum
import torch
import torch.nn as nn

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, _ = x.shape
        q = self.W_q(x).view(b, s, self.num_heads, self.head_dim)
        k = self.W_k(x).view(b, s, self.num_heads, self.head_dim)
        v = self.W_v(x).view(b, s, self.num_heads, self.head_dim)
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / self.head_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask[:, None] == 0, float("-inf"))
        w = scores.softmax(dim=-1)
        out = torch.einsum("bhqk,bkhd->bqhd", w, v).reshape(b, s, self.embed_dim)
        return self.W_o(out), w

# %% heads_in_a_loop
import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super(MultiHeadAttention, self).__init__()
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        head_outputs = []
        head_weights = []
        for h in range(self.num_heads):
            lo, hi = h * self.head_dim, (h + 1) * self.head_dim
            q, k, v = Q[:, :, lo:hi], K[:, :, lo:hi], V[:, :, lo:hi]
            s = torch.bmm(q, k.transpose(1, 2)) / math.sqrt(self.head_dim)
            if mask is not None:
                s = s.masked_fill(mask == 0, float("-inf"))
            a = F.softmax(s, dim=-1)
            head_weights.append(a)
            head_outputs.append(torch.bmm(a, v))
        output = self.W_o(torch.cat(head_outputs, dim=-1))
        return output, torch.stack(head_weights, dim=1)

# %% chunk_and_cat
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        if embed_dim % num_heads != 0:
            raise ValueError("embed_dim must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        # (heads, batch, seq, head_dim)
        Q, K, V = (torch.stack(w(x).chunk(self.num_heads, dim=-1)) for w in (self.W_q, self.W_k, self.W_v))
        scores = Q @ K.transpose(-2, -1) * self.head_dim ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask.bool(), float("-inf"))   # broadcasts over the heads
        weights = F.softmax(scores, dim=-1)
        attended = torch.cat((weights @ V).unbind(0), dim=-1)
        return self.W_o(attended), weights.transpose(0, 1)

# %% split_with_zip
import torch
from torch import nn

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def one_head(self, q, k, v, mask):
        scores = torch.matmul(q, k.mT) / self.head_dim ** 0.5
        if mask is not None:
            scores = torch.where(mask.bool(), scores, torch.full_like(scores, -1e9))
        w = torch.softmax(scores, dim=-1)
        return torch.matmul(w, v), w

    def forward(self, x, mask=None):
        qs = torch.split(self.W_q(x), self.head_dim, dim=2)
        ks = torch.split(self.W_k(x), self.head_dim, dim=2)
        vs = torch.split(self.W_v(x), self.head_dim, dim=2)
        results = [self.one_head(q, k, v, mask) for q, k, v in zip(qs, ks, vs)]
        outs, ws = zip(*results)
        return self.W_o(torch.cat(outs, 2)), torch.stack(ws, 1)

# %% permute_flatten
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super(MultiHeadAttention, self).__init__()
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def split_heads(self, t):
        return t.unflatten(-1, (self.num_heads, self.head_dim)).permute(0, 2, 1, 3)

    def merge_heads(self, t):
        return t.permute(0, 2, 1, 3).flatten(2)

    def forward(self, x, mask=None):
        Q = self.split_heads(self.W_q(x))
        K = self.split_heads(self.W_k(x))
        V = self.split_heads(self.W_v(x))
        scores = torch.matmul(Q, K.permute(0, 1, 3, 2)) / (self.head_dim ** 0.5)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1).eq(0), torch.finfo(scores.dtype).min)
        attention_weights = F.softmax(scores, dim=-1)
        return self.W_o(self.merge_heads(torch.matmul(attention_weights, V))), attention_weights

# %% F_multi_head_attention_forward
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        x = x.transpose(0, 1)
        if mask is not None:
            # torch: True means hidden, one mask per (batch, head)
            mask = (mask == 0).repeat_interleave(self.num_heads, dim=0)
        out, w = F.multi_head_attention_forward(
            x, x, x, self.embed_dim, self.num_heads,
            None, torch.cat([self.W_q.bias, self.W_k.bias, self.W_v.bias]),
            None, None, False, 0.0,
            self.W_o.weight, self.W_o.bias,
            training=self.training, need_weights=True, attn_mask=mask,
            use_separate_proj_weight=True,
            q_proj_weight=self.W_q.weight, k_proj_weight=self.W_k.weight, v_proj_weight=self.W_v.weight,
            average_attn_weights=False)
        return out.transpose(0, 1), w

# %% torch_sdpa
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.h = num_heads
        self.d = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        q, k, v = [w(x).reshape(b, s, self.h, self.d).transpose(1, 2) for w in (self.W_q, self.W_k, self.W_v)]
        m = mask.bool().unsqueeze(1) if mask is not None else None
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=m)
        # torch keeps the weights to itself, so compute them once more
        scores = q @ k.transpose(2, 3) / self.d ** 0.5
        if m is not None:
            scores = scores.masked_fill(~m, float("-inf"))
        return self.W_o(heads.transpose(1, 2).reshape(b, s, e)), scores.softmax(-1)

# %% bmm_batch_times_heads_merged
import torch
import torch.nn as nn
import torch.nn.functional as F

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
        B, S, E = x.shape
        H, D = self.num_heads, self.head_dim

        def fold(t):
            # (B, S, E) -> (B*H, S, D)
            return t.view(B, S, H, D).transpose(1, 2).contiguous().view(B * H, S, D)

        q, k, v = fold(self.W_q(x)), fold(self.W_k(x)), fold(self.W_v(x))
        bias = torch.zeros(B * H, S, S, dtype=x.dtype, device=x.device)
        if mask is not None:
            hidden = (mask == 0).unsqueeze(1).expand(B, H, S, S).reshape(B * H, S, S)
            bias = bias.masked_fill(hidden, float("-inf"))
        scores = torch.baddbmm(bias, q, k.transpose(1, 2), beta=1, alpha=D ** -0.5)
        w = F.softmax(scores, dim=2)
        out = torch.bmm(w, v).view(B, H, S, D).transpose(1, 2).contiguous().view(B, S, E)
        return self.W_o(out), w.view(B, H, S, S)

# %% nn_parameter_x_at_w
import torch
import torch.nn as nn

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        def make():
            return nn.Parameter(nn.init.xavier_uniform_(torch.empty(embed_dim, embed_dim)))
        self.W_q = make()
        self.W_k = make()
        self.W_v = make()
        self.W_o = make()

    def forward(self, x, mask=None):
        B, S, E = x.shape
        Q = (x @ self.W_q).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        K = (x @ self.W_k).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        V = (x @ self.W_v).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = Q @ K.transpose(-2, -1) / self.head_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask.view(B, 1, S, S) == 0, -1e9)
        A = torch.softmax(scores, dim=-1)
        return (A @ V).transpose(1, 2).reshape(B, S, E) @ self.W_o, A

# %% nn_parameter_x_at_w_t
import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super(MultiHeadAttention, self).__init__()
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        bound = 1 / math.sqrt(embed_dim)
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-bound, bound))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-bound, bound))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-bound, bound))
        self.W_o = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-bound, bound))

    def forward(self, x, mask=None):
        B, S, E = x.shape
        shape = (B, S, self.num_heads, self.head_dim)
        q = (x @ self.W_q.T).reshape(shape).movedim(2, 1)
        k = (x @ self.W_k.T).reshape(shape).movedim(2, 1)
        v = (x @ self.W_v.T).reshape(shape).movedim(2, 1)
        logits = torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(self.head_dim)
        if mask is not None:
            logits = logits + (1.0 - mask.to(logits.dtype)).unsqueeze(1) * -1e9
        w = F.softmax(logits, dim=-1)
        out = torch.einsum("bhij,bhjd->bihd", w, v).reshape(B, S, E)
        return out @ self.W_o.T, w

# %% nn_parameter_mixed_orientation
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        # the three input projections are plain matrices, the last one is a layer
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        q, k, v = [torch.matmul(x, w).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
                   for w in (self.W_q, self.W_k, self.W_v)]
        scores = torch.matmul(q, k.transpose(2, 3)) / self.head_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        attention_weights = F.softmax(scores, dim=-1)
        attended = torch.matmul(attention_weights, v).transpose(1, 2).contiguous().view(b, s, e)
        return self.W_o(attended), attention_weights

# %% manual_softmax_minus_max_output_summed_per_head
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        output = self.W_o.bias
        all_weights = []
        for h in range(self.num_heads):
            sl = slice(h * self.head_dim, (h + 1) * self.head_dim)
            s = Q[..., sl] @ K[..., sl].transpose(1, 2) / self.head_dim ** 0.5
            if mask is not None:
                s = s.masked_fill(mask == 0, float("-inf"))
            e = torch.exp(s - s.max(dim=-1, keepdim=True)[0])
            w = e / e.sum(-1, keepdim=True)
            all_weights.append(w)
            # concat then project == sum of each head times its own columns of W_o
            output = output + F.linear(w @ V[..., sl], self.W_o.weight[:, sl])
        return output, torch.stack(all_weights, dim=1)

# %% fused_qkv_permute_unbind
import torch
import torch.nn as nn
import torch.nn.functional as F

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
        for layer in (self.W_q, self.W_k, self.W_v, self.W_o):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x, mask=None):
        B, S, _ = x.shape
        weight = torch.cat((self.W_q.weight, self.W_k.weight, self.W_v.weight))
        bias = torch.cat((self.W_q.bias, self.W_k.bias, self.W_v.bias))
        qkv = F.linear(x, weight, bias).reshape(B, S, 3, self.num_heads, self.head_dim)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        attn = (q * self.head_dim ** -0.5) @ k.transpose(-2, -1)
        if mask is not None:
            attn = attn + mask.to(attn.dtype).log().unsqueeze(1)
        attn = F.log_softmax(attn, dim=-1).exp()
        out = (attn @ v).transpose(1, 2).reshape(B, S, -1)
        return self.W_o(out), attn

# %% loops_over_batch_and_heads_preallocated
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super(MultiHeadAttention, self).__init__()
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        batch_size, seq_len, embed_dim = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        attention_weights = torch.zeros(batch_size, self.num_heads, seq_len, seq_len, dtype=x.dtype, device=x.device)
        attended = torch.zeros(batch_size, seq_len, embed_dim, dtype=x.dtype, device=x.device)
        for b in range(batch_size):
            for h in range(self.num_heads):
                start = h * self.head_dim
                end = start + self.head_dim
                q = Q[b, :, start:end]
                k = K[b, :, start:end]
                v = V[b, :, start:end]
                scores = torch.mm(q, k.t()) / self.head_dim ** 0.5
                if mask is not None:
                    scores = scores.masked_fill(mask[b] == 0, float("-inf"))
                w = F.softmax(scores, dim=1)
                attention_weights[b, h] = w
                attended[b, :, start:end] = torch.mm(w, v)
        output = self.W_o(attended)
        return output, attention_weights

# %% helper_function_named_tuple
import math
from typing import NamedTuple
import torch
import torch.nn as nn
import torch.nn.functional as F

class MHAOutput(NamedTuple):
    output: torch.Tensor
    attention_weights: torch.Tensor

def attend(q, k, v, mask=None):
    """Attention on the last two dimensions."""
    scores = q.matmul(k.transpose(-2, -1)).div(math.sqrt(q.size(-1)))
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    weights = F.softmax(scores, dim=-1)
    return weights.matmul(v), weights

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int) -> None:
        super().__init__()
        assert embed_dim % num_heads == 0
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def _heads(self, t: torch.Tensor) -> torch.Tensor:
        b, s, _ = t.shape
        return t.view(b, s, self.num_heads, -1).swapaxes(1, 2)

    def forward(self, x, mask=None):
        m = None if mask is None else mask.to(torch.bool)[:, None, :, :]
        heads, weights = attend(self._heads(self.W_q(x)), self._heads(self.W_k(x)), self._heads(self.W_v(x)), m)
        joined = heads.swapaxes(1, 2).flatten(start_dim=2)
        return MHAOutput(self.W_o(joined), weights)

# %% float32_root_tensor_returns_list
import torch
import torch.nn as nn
import torch.nn.functional as F

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.size()
        q = self.W_q(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(q, k.transpose(-1, -2)) / torch.sqrt(torch.tensor(self.head_dim, dtype=torch.float32))
        if mask is not None:
            mask4 = mask.unsqueeze(1).repeat(1, self.num_heads, 1, 1)
            scores.masked_fill_(mask4 == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        z = torch.matmul(w, v).permute(0, 2, 1, 3).contiguous().view(b, s, e)
        return [self.W_o(z), w]
