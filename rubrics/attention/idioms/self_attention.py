# %% einsum
import torch
import torch.nn as nn

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = torch.einsum("bid,bjd->bij", q, k) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        weights = scores.softmax(-1)
        return torch.einsum("bij,bjd->bid", weights, v), weights

# %% nn_parameter_x_at_w
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        # y = x W, so W is (in, out)
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)

    def forward(self, x, mask=None):
        Q = x @ self.W_q
        K = x @ self.W_k
        V = x @ self.W_v
        scores = Q @ K.transpose(-2, -1) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        attention_weights = F.softmax(scores, dim=-1)
        return attention_weights @ V, attention_weights

# %% nn_parameter_x_at_w_t
import math
import torch
from torch import nn

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim))
        self.reset_parameters()

    def reset_parameters(self):
        for p in self.parameters():
            nn.init.kaiming_uniform_(p, a=math.sqrt(5))

    def forward(self, x, mask=None):
        q = torch.matmul(x, self.W_q.t())
        k = torch.matmul(x, self.W_k.t())
        v = torch.matmul(x, self.W_v.t())
        s = torch.matmul(q, k.mT).div(math.sqrt(x.size(-1)))
        if mask is not None:
            s = s.masked_fill(mask.logical_not(), -math.inf)
        a = torch.softmax(s, dim=2)
        return torch.matmul(a, v), a

# %% torch_sdpa_identity_for_weights
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        q = self.W_q(x)
        k = self.W_k(x)
        v = self.W_v(x)
        if mask is not None:
            mask = mask.to(torch.bool)
        # torch's attention does not return its weights; attending to the identity does
        eye = torch.eye(x.size(1), dtype=x.dtype, device=x.device).unsqueeze(0).expand(x.size(0), -1, -1)
        attention_weights = F.scaled_dot_product_attention(q, k, eye, attn_mask=mask)
        output = torch.bmm(attention_weights, v)
        return output, attention_weights

# %% torch_sdpa_output_and_own_weights
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        m = None if mask is None else (mask != 0)
        output = F.scaled_dot_product_attention(Q, K, V, attn_mask=m)
        scores = (Q @ K.transpose(1, 2)) * self.embed_dim ** -0.5
        if m is not None:
            scores = scores.masked_fill(~m, float("-inf"))
        return output, F.softmax(scores, dim=-1)

# %% mask_added_as_large_negative
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.scale = np.sqrt(embed_dim)
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.permute(0, 2, 1)) / self.scale
        if mask is not None:
            scores = scores + (1 - mask.to(scores.dtype)) * (-1e9)
        attention_weights = F.softmax(scores, dim=-1)
        output = torch.bmm(attention_weights, V)
        return output, attention_weights

# %% custom_xavier_init_torch_where
import torch
import torch.nn as nn

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        for name in ("W_q", "W_k", "W_v"):
            layer = nn.Linear(embed_dim, embed_dim, bias=False)
            nn.init.xavier_uniform_(layer.weight)
            setattr(self, name, layer)

    def forward(self, x, mask=None):
        query, key, value = (getattr(self, n)(x) for n in ("W_q", "W_k", "W_v"))
        logits = torch.matmul(query, key.transpose(-1, -2))
        logits = logits / torch.sqrt(torch.tensor(self.embed_dim, dtype=x.dtype, device=x.device))
        if mask is not None:
            logits = torch.where(mask.bool(), logits, logits.new_tensor(-1e9))
        weights = torch.softmax(logits, dim=-1)
        return torch.matmul(weights, value), weights

# %% loops_over_batch_and_queries
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        batch_size, seq_len, embed_dim = x.shape
        outputs, weights = [], []
        for b in range(batch_size):
            q = self.W_q(x[b])
            k = self.W_k(x[b])
            v = self.W_v(x[b])
            out_rows, w_rows = [], []
            for i in range(seq_len):
                s = torch.mv(k, q[i]) / (embed_dim ** 0.5)
                if mask is not None:
                    s = s.masked_fill(mask[b, i] == 0, float("-inf"))
                w = F.softmax(s, dim=0)
                w_rows.append(w)
                out_rows.append(w @ v)
            outputs.append(torch.stack(out_rows))
            weights.append(torch.stack(w_rows))
        return torch.stack(outputs), torch.stack(weights)

# %% F_multi_head_attention_forward_one_head
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        xt = x.transpose(0, 1)   # torch wants (seq, batch, embed)
        identity = torch.eye(self.embed_dim, dtype=x.dtype, device=x.device)
        out, w = F.multi_head_attention_forward(
            xt, xt, xt, self.embed_dim, 1,
            in_proj_weight=None, in_proj_bias=None, bias_k=None, bias_v=None,
            add_zero_attn=False, dropout_p=0.0,
            out_proj_weight=identity, out_proj_bias=None,
            training=self.training, need_weights=True,
            attn_mask=None if mask is None else (mask == 0),
            use_separate_proj_weight=True,
            q_proj_weight=self.W_q.weight, k_proj_weight=self.W_k.weight, v_proj_weight=self.W_v.weight,
            average_attn_weights=False,
        )
        return out.transpose(0, 1), w[:, 0]

# %% baddbmm_with_bias
import torch
import torch.nn as nn

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        bias = x.new_zeros(B, S, S)
        if mask is not None:
            bias = bias.masked_fill(mask == 0, torch.finfo(x.dtype).min)
        scores = torch.baddbmm(bias, self.W_q(x), self.W_k(x).transpose(1, 2), alpha=E ** -0.5)
        attn = torch.softmax(scores, -1)
        return attn.bmm(self.W_v(x)), attn

# %% fused_projection_chunk
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        # one big product instead of three
        W = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight], dim=0)
        Q, K, V = F.linear(x, W).chunk(3, dim=-1)
        scores = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        attention_weights = F.log_softmax(scores, dim=-1).exp()
        return torch.bmm(attention_weights, V), attention_weights

# %% masked_then_renormalised_with_stable_softmax
import torch
import torch.nn as nn

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    @staticmethod
    def masked_softmax(scores, mask):
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -float("inf"))
        scores = scores - scores.amax(dim=-1, keepdim=True)
        e = scores.exp()
        if mask is not None:
            e = e * mask.to(e.dtype)
        return e / e.sum(dim=-1, keepdim=True)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = Q.matmul(K.transpose(1, 2)) / self.embed_dim ** 0.5
        attention_weights = self.masked_softmax(scores, mask)
        return attention_weights.matmul(V), attention_weights

# %% base_class_and_linear_subclass
import torch
import torch.nn as nn
import torch.nn.functional as F

class Projection(nn.Linear):
    def __init__(self, dim):
        super().__init__(dim, dim, bias=False)

class AttentionBase(nn.Module):
    def attend(self, q, k, v, mask):
        s = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float("-inf"))
        w = F.softmax(s, dim=-1)
        return w @ v, w

class SelfAttention(AttentionBase):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = Projection(embed_dim)
        self.W_k = Projection(embed_dim)
        self.W_v = Projection(embed_dim)

    def forward(self, x, mask=None):
        return self.attend(self.W_q(x), self.W_k(x), self.W_v(x), mask)

# %% register_parameter_f_linear
import torch
import torch.nn as nn
import torch.nn.functional as F

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        for n in ["W_q", "W_k", "W_v"]:
            self.register_parameter(n, nn.Parameter(nn.init.xavier_normal_(torch.empty(embed_dim, embed_dim))))
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x, mask=None):
        Q = F.linear(x, self.W_q)
        K = F.linear(x, self.W_k)
        V = F.linear(x, self.W_v)
        scores = torch.einsum('bqe,bke->bqk', Q / self.embed_dim ** 0.5, K)
        if mask is not None:
            scores = scores + mask.to(scores.dtype).log()
        A = self.softmax(scores)
        return torch.einsum('bqk,bke->bqe', A, V), A

# %% named_tuple_with_scale_buffer
from collections import namedtuple
import torch
import torch.nn as nn
import torch.nn.functional as F

SelfAttentionOutput = namedtuple("SelfAttentionOutput", "output attention_weights")

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.register_buffer("dim", torch.tensor(embed_dim), persistent=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2)) / self.dim.to(x.dtype).sqrt()
        if mask is not None:
            scores[mask == 0] = float("-inf")
        attention_weights = F.softmax(scores, dim=-1)
        return SelfAttentionOutput(torch.bmm(attention_weights, V), attention_weights)

# %% broadcasting_sum_returns_list
import torch
import torch.nn as nn

class SelfAttention(nn.Module):

    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q, self.W_k, self.W_v = [nn.Linear(embed_dim, embed_dim, bias=False) for _ in range(3)]

    def forward(self, x, mask=None):
        def softmax(z):
            z = torch.exp(z - torch.logsumexp(z, dim=-1, keepdim=True))
            return z

        q = self.W_q(x)[:, :, None, :]      # (batch, query, 1, embed)
        k = self.W_k(x)[:, None, :, :]      # (batch, 1, key, embed)
        v = self.W_v(x)[:, None, :, :]
        s = (q * k).sum(dim=-1) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask < 1, -1e30)
        w = softmax(s)
        out = (w[..., None] * v).sum(dim=2)
        return [out, w]
