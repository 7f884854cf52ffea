# %% additive_float_mask_1e9
import math
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
        batch_size = x.size(0)
        query = self.W_q(x).view(batch_size, -1, self.num_heads, self.head_dim).permute(0, 2, 1, 3)
        key = self.W_k(x).view(batch_size, -1, self.num_heads, self.head_dim).permute(0, 2, 1, 3)
        value = self.W_v(x).view(batch_size, -1, self.num_heads, self.head_dim).permute(0, 2, 1, 3)
        scores = torch.matmul(query, key.permute(0, 1, 3, 2)) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores + (1.0 - mask.float()).unsqueeze(1) * -1e9
        attn = nn.Softmax(dim=-1)(scores)
        context = torch.matmul(attn, value)
        context = context.permute(0, 2, 1, 3).contiguous().view(batch_size, -1, self.embed_dim)
        return self.W_o(context), attn


# %% all_python_loops
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
        B, S, E = x.shape
        H, D = self.num_heads, self.head_dim
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        outs, atts = [], []
        for b in range(B):
            o_h, a_h = [], []
            for h in range(H):
                q = Q[b, :, h * D:(h + 1) * D]
                k = K[b, :, h * D:(h + 1) * D]
                v = V[b, :, h * D:(h + 1) * D]
                s = torch.mm(q, k.t()) / np.sqrt(D)
                if mask is not None:
                    s[mask[b] == 0] = float('-inf')
                a = torch.softmax(s, dim=1)
                o_h.append(torch.mm(a, v))
                a_h.append(a)
            outs.append(torch.cat(o_h, dim=1))
            atts.append(torch.stack(a_h))
        return self.W_o(torch.stack(outs)), torch.stack(atts)


# %% autograd_function_core
class Core(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, hidden):
        scale = q.size(-1) ** -0.5
        s = q.matmul(k.transpose(-1, -2)) * scale
        if hidden is not None:
            s.masked_fill_(hidden, float('-inf'))
        p = s.softmax(-1)
        ctx.save_for_backward(q, k, v, p)
        return p.matmul(v), p

    @staticmethod
    def backward(ctx, go, gp):
        q, k, v, p = ctx.saved_tensors
        scale = q.size(-1) ** -0.5
        g = go.matmul(v.transpose(-1, -2)) + gp
        ds = (g - (g * p).sum(-1, keepdim=True)) * p * scale
        return ds.matmul(k), ds.transpose(-1, -2).matmul(q), p.transpose(-1, -2).matmul(go), None

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
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        hidden = None if mask is None else (mask == 0).unsqueeze(1)
        o, w = Core.apply(q, k, v, hidden)
        return self.W_o(o.transpose(1, 2).reshape(b, s, e)), w


# %% bias_removed_after
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        for lin in (self.W_q, self.W_k, self.W_v, self.W_o):
            lin.register_parameter('bias', None)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = Q @ K.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = sc.softmax(-1)
        return self.W_o((a @ V).transpose(1, 2).reshape(b, s, e)), a


# %% block_diagonal_mask_trick
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
        # keep the full width, choose the coordinates of a head by a 0/1 selector
        b, s, e = x.shape
        sel = torch.eye(self.num_heads, dtype=x.dtype, device=x.device).repeat_interleave(self.head_dim, dim=1)   # (h, e)
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s_ = torch.einsum('bie,he,bje->bhij', Q, sel, K) / self.head_dim ** 0.5
        if mask is not None:
            s_ = s_.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = s_.softmax(-1)
        o = torch.einsum('bhij,bje,he->bie', a, V, sel)
        return self.W_o(o), a


# %% broadcast_multiply_sum
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
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = (q.unsqueeze(3) * k.unsqueeze(2)).sum(-1) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = F.softmax(sc, -1)
        o = (a.unsqueeze(-1) * v.unsqueeze(2)).sum(3)
        return self.W_o(o.transpose(1, 2).reshape(b, s, e)), a


# %% chunk_heads_zip
def one_head(q, k, v, mask=None):
    s = q @ k.transpose(1, 2) / q.size(-1) ** 0.5
    if mask is not None:
        s = s.masked_fill(~mask.bool(), float('-inf'))
    w = s.softmax(dim=-1)
    return w @ v, w

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
        qs = self.W_q(x).chunk(self.num_heads, dim=-1)
        ks = self.W_k(x).chunk(self.num_heads, dim=-1)
        vs = self.W_v(x).chunk(self.num_heads, dim=-1)
        res = [one_head(q, k, v, mask) for q, k, v in zip(qs, ks, vs)]
        out = self.W_o(torch.cat([r[0] for r in res], -1))
        return out, torch.stack([r[1] for r in res], 1)


# %% classic_view_transpose
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
        Q = Q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        K = K.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        V = V.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(-2, -1))
        scores = scores / (self.head_dim ** 0.5)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        attention_weights = F.softmax(scores, dim=-1)
        attended = torch.matmul(attention_weights, V)
        attended = attended.transpose(1, 2).contiguous().view(batch_size, seq_len, embed_dim)
        output = self.W_o(attended)
        return output, attention_weights


# %% dataclass_return
from dataclasses import dataclass

@dataclass
class MHAOutput:
    output: torch.Tensor
    weights: torch.Tensor
    def __iter__(self):
        return iter([self.output, self.weights])

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
        b, s, e = x.shape
        Q, K, V = (f(x).unflatten(2, (self.num_heads, self.head_dim)).movedim(2, 1) for f in [self.W_q, self.W_k, self.W_v])
        scores = Q.matmul(K.mT).div(self.head_dim ** 0.5)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(-3).eq(0), float('-inf'))
        weights = scores.softmax(-1)
        return MHAOutput(self.W_o(weights.matmul(V).movedim(1, 2).flatten(2)), weights)


# %% deepcopy_clones_annotated
import copy, math

def clones(module, N):
    "Produce N identical layers."
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])

def attention(query, key, value, mask=None, dropout=None):
    "Compute 'Scaled Dot Product Attention'"
    d_k = query.size(-1)
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    p_attn = scores.softmax(dim=-1)
    if dropout is not None:
        p_attn = dropout(p_attn)
    return torch.matmul(p_attn, value), p_attn

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = clones(nn.Linear(embed_dim, embed_dim), 4)
        self.attn = None

    def forward(self, x, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(1)     # the same mask for all h heads
        nbatches = x.size(0)
        query, key, value = [
            lin(t).view(nbatches, -1, self.num_heads, self.head_dim).transpose(1, 2)
            for lin, t in zip((self.W_q, self.W_k, self.W_v), (x, x, x))
        ]
        y, attn = attention(query, key, value, mask=mask)
        y = y.transpose(1, 2).contiguous().view(nbatches, -1, self.num_heads * self.head_dim)
        return self.W_o(y), attn


# %% default_heads_kwargs
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads=8, **unused):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None, **kwargs):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = Q @ K.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = sc.softmax(-1)
        return self.W_o((a @ V).transpose(1, 2).reshape(b, s, e)), a


# %% einsum_no_transpose
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
        N, L, E = x.shape
        q = self.W_q(x).reshape(N, L, self.num_heads, self.head_dim)
        k = self.W_k(x).reshape(N, L, self.num_heads, self.head_dim)
        v = self.W_v(x).reshape(N, L, self.num_heads, self.head_dim)
        energy = torch.einsum("nqhd,nkhd->nhqk", [q, k]) / np.sqrt(self.head_dim)
        if mask is not None:
            energy = energy.masked_fill(mask[:, None] == 0, -1e20)
        attention = torch.softmax(energy, dim=3)
        out = torch.einsum("nhql,nlhd->nqhd", [attention, v]).reshape(N, L, E)
        return self.W_o(out), attention


# %% f_sdpa_identity
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
        b, s, e = x.shape
        q, k, v = (p(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for p in (self.W_q, self.W_k, self.W_v))
        if mask is not None:
            mask = (mask > 0).unsqueeze(1).expand(b, self.num_heads, s, s)
        eye = torch.eye(s, dtype=x.dtype, device=x.device).expand(b, self.num_heads, s, s)
        weights = F.scaled_dot_product_attention(q, k, eye, attn_mask=mask)
        return self.W_o((weights @ v).transpose(1, 2).flatten(start_dim=2)), weights


# %% f_sdpa_with_weights
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
        b, s, e = x.shape
        shape = (b, s, self.num_heads, self.head_dim)
        q, k, v = (p(x).view(shape).transpose(1, 2) for p in (self.W_q, self.W_k, self.W_v))
        m = None if mask is None else mask.bool().unsqueeze(1)
        out = F.scaled_dot_product_attention(q, k, v, attn_mask=m)
        scores = q @ k.mT / self.head_dim ** 0.5
        if m is not None:
            scores = scores.masked_fill(~m, float('-inf'))
        weights = scores.softmax(-1)
        return self.W_o(out.transpose(1, 2).flatten(2)), weights


# %% finfo_min_expand
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
        b, s, e = x.shape
        heads = (b, s, self.num_heads, self.head_dim)
        q = self.W_q(x).reshape(heads).transpose(1, 2)
        k = self.W_k(x).reshape(heads).permute(0, 2, 3, 1)
        v = self.W_v(x).reshape(heads).transpose(1, 2)
        scores = torch.matmul(q, k).div(self.head_dim ** 0.5)
        if mask is not None:
            scores = scores.masked_fill((mask != 1).unsqueeze(1).expand_as(scores), torch.finfo(scores.dtype).min)
        p = torch.softmax(scores, -1)
        return self.W_o(torch.matmul(p, v).transpose(1, 2).reshape(b, s, e)), p


# %% flash_chunks
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
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in [self.W_q, self.W_k, self.W_v])
        rows_w, rows_o = [], []
        for start in range(0, s, 2):
            q = Q[:, :, start:start + 2]
            sc = q @ K.mT / self.head_dim ** 0.5
            if mask is not None:
                sc = sc.masked_fill(mask[:, None, start:start + 2] == 0, float('-inf'))
            a = sc.softmax(-1)
            rows_w.append(a)
            rows_o.append(a @ V)
        attn = torch.cat(rows_w, dim=2)
        out = torch.cat(rows_o, dim=2)
        return self.W_o(out.transpose(1, 2).reshape(b, s, e)), attn


# %% generator_prints
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
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in [self.W_q, self.W_k, self.W_v])
        print("after split", Q.shape)
        scores = Q @ K.transpose(-2, -1) / self.head_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        print("weights", weights.shape)
        yield self.W_o((weights @ V).transpose(1, 2).reshape(b, s, e))
        yield weights


# %% heads_folded_in_batch
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
        b, s, e = x.shape
        h, d = self.num_heads, self.head_dim
        fold = lambda t: t.view(b, s, h, d).permute(0, 2, 1, 3).reshape(b * h, s, d)
        q, k, v = fold(self.W_q(x)), fold(self.W_k(x)), fold(self.W_v(x))
        scores = torch.bmm(q, k.transpose(1, 2)) / d ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask.repeat_interleave(h, dim=0) == 0, float('-inf'))
        w = torch.softmax(scores, dim=-1)
        o = torch.bmm(w, v).view(b, h, s, d).permute(0, 2, 1, 3).reshape(b, s, e)
        return self.W_o(o), w.view(b, h, s, s)


# %% heads_outer_fold_cat
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
        B = x.size(0)
        # (h*B, S, d): head is the slow index
        Q_ = torch.cat(torch.split(self.W_q(x), self.head_dim, dim=2), dim=0)
        K_ = torch.cat(torch.split(self.W_k(x), self.head_dim, dim=2), dim=0)
        V_ = torch.cat(torch.split(self.W_v(x), self.head_dim, dim=2), dim=0)
        scores = Q_.bmm(K_.transpose(1, 2)) / self.head_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask.repeat(self.num_heads, 1, 1) == 0, float('-inf'))
        A = torch.softmax(scores, 2)
        O = torch.cat(A.bmm(V_).split(B, 0), 2)
        A = torch.stack(A.split(B, 0), dim=1)
        return self.W_o(O), A


# %% helper_module_core
class AttentionCore(nn.Module):
    """softmax(q k / sqrt(d)) v, for any number of leading dims"""
    def forward(self, q, k, v, mask=None):
        s = torch.matmul(q, k.transpose(-2, -1)) / q.shape[-1] ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        p = torch.softmax(s, dim=-1)
        return torch.matmul(p, v), p

class SplitHeads(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.h = h
    def forward(self, t):
        return t.unflatten(-1, (self.h, t.size(-1) // self.h)).transpose(1, 2)

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)
        self.split = SplitHeads(num_heads)
        self.core = AttentionCore()

    def forward(self, x, mask=None):
        q, k, v = self.split(self.W_q(x)), self.split(self.W_k(x)), self.split(self.W_v(x))
        o, p = self.core(q, k, v, None if mask is None else mask.unsqueeze(1))
        return self.W_o(o.transpose(1, 2).flatten(-2)), p


# %% index_select_heads
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
        b, s, e = x.shape
        cols = torch.arange(e, device=x.device).view(self.num_heads, self.head_dim)
        Q = self.W_q(x)[:, :, cols].permute(0, 2, 1, 3)
        K = self.W_k(x)[:, :, cols].permute(0, 2, 1, 3)
        V = self.W_v(x)[:, :, cols].permute(0, 2, 1, 3)
        scores = torch.matmul(Q, K.transpose(2, 3)) / (self.head_dim ** 0.5)
        if mask is not None:
            hide = mask.unsqueeze(1) == 0
            scores = scores.masked_fill(hide, float('-inf'))
        A = F.softmax(scores, dim=-1)
        out = torch.cat([h.squeeze(1) for h in torch.matmul(A, V).split(1, dim=1)], dim=-1)
        return self.W_o(out), A


# %% jit_script_helper
from typing import Optional

@torch.jit.script
def mh_core(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: Optional[torch.Tensor], h: int):
    b, s, e = q.shape
    d = e // h
    q = q.reshape(b, s, h, d).transpose(1, 2)
    k = k.reshape(b, s, h, d).transpose(1, 2)
    v = v.reshape(b, s, h, d).transpose(1, 2)
    sc = torch.matmul(q, k.transpose(2, 3)) / float(d) ** 0.5
    if mask is not None:
        sc = sc.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
    w = torch.softmax(sc, dim=-1)
    return torch.matmul(w, v).transpose(1, 2).reshape(b, s, e), w

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
        out, w = mh_core(self.W_q(x), self.W_k(x), self.W_v(x), mask, self.num_heads)
        return self.W_o(out), w


# %% linear_subclass_init
class MyLinear(nn.Linear):
    def reset_parameters(self):
        nn.init.xavier_uniform_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = [MyLinear(embed_dim, embed_dim) for _ in range(4)]

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = Q @ K.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = sc.softmax(-1)
        return self.W_o((a @ V).transpose(1, 2).reshape(b, s, e)), a


# %% list_return_asserts
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
        """
        x: (batch, seq, embed)
        mask: (batch, seq, seq), 1 visible / 0 not visible
        """
        b, s, e = x.shape
        assert e == self.embed_dim
        if mask is not None:
            assert mask.shape == (b, s, s)
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in [self.W_q, self.W_k, self.W_v])
        assert Q.shape == (b, self.num_heads, s, self.head_dim)
        scores = Q @ K.transpose(-2, -1) / self.head_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(torch.unsqueeze(mask, dim=1) == False, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        attended = (weights @ V).transpose(1, 2)
        attended = attended.reshape(b, s, self.num_heads * self.head_dim)
        return [self.W_o(attended), weights]


# %% log_softmax_exp_prescaled
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
        b, s, e = x.size()
        q = self.W_q(x) * self.head_dim ** -0.5
        q, k, v = [t.reshape(b, s, self.num_heads, -1).swapaxes(1, 2) for t in (q, self.W_k(x), self.W_v(x))]
        logits = q @ k.swapaxes(-1, -2)
        if mask is not None:
            logits = logits + torch.log(mask.to(logits.dtype)).unsqueeze(1)
        w = F.log_softmax(logits, dim=-1).exp()
        return self.W_o((w @ v).swapaxes(1, 2).reshape(b, s, e)), w


# %% logsumexp_heads_last
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
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.num_heads, self.head_dim) for f in (self.W_q, self.W_k, self.W_v))
        sc = torch.einsum('bihd,bjhd->bijh', q, k) / self.head_dim ** 0.5      # heads at the end
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(-1) == 0, float('-inf'))
        a = torch.softmax(sc, dim=2)
        o = torch.einsum('bijh,bjhd->bihd', a, v).flatten(2)
        return self.W_o(o), a.permute(0, 3, 1, 2)


# %% loop_over_heads_slices
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
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        heads = []
        weights = []
        for h in range(self.num_heads):
            a = h * self.head_dim
            b = a + self.head_dim
            s = torch.bmm(Q[:, :, a:b], K[:, :, a:b].transpose(1, 2)) / self.head_dim ** 0.5
            if mask is not None:
                s = s.masked_fill(mask == 0, float('-inf'))
            w = F.softmax(s, dim=-1)
            heads.append(torch.bmm(w, V[:, :, a:b]))
            weights.append(w)
        output = self.W_o(torch.cat(heads, dim=-1))
        return output, torch.stack(weights, dim=1)


# %% manual_softmax_amax
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
        b, s, e = x.shape
        Q = self.W_q(x).view(b, -1, self.num_heads, self.head_dim).transpose(1, 2)
        K = self.W_k(x).view(b, -1, self.num_heads, self.head_dim).transpose(1, 2)
        V = self.W_v(x).view(b, -1, self.num_heads, self.head_dim).transpose(1, 2)
        scores = torch.matmul(Q, K.transpose(2, 3)) / torch.sqrt(torch.tensor(self.head_dim, dtype=torch.float32))
        if mask is not None:
            scores = scores.masked_fill(mask.view(b, 1, s, s) == 0 if mask.is_contiguous() else mask.unsqueeze(1) == 0, float('-inf'))
        scores = scores - scores.amax(dim=-1, keepdim=True).detach()
        e_s = scores.exp()
        w = e_s / e_s.sum(dim=-1, keepdim=True)
        out = torch.matmul(w, V).transpose(1, 2).reshape(b, s, e)
        return self.W_o(out), w


# %% mask_dims_flexible
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
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in [self.W_q, self.W_k, self.W_v])
        scores = Q @ K.transpose(-2, -1) / self.head_dim ** 0.5
        if mask is not None:
            if mask.dim() == 2:
                mask = mask.unsqueeze(0).unsqueeze(0)
            elif mask.dim() == 3:
                mask = mask.unsqueeze(1)
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = torch.softmax(scores, dim=-1)
        out = (weights @ V).transpose(1, 2).reshape(b, s, e)
        return self.W_o(out), weights


# %% mask_repeat_heads
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
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in [self.W_q, self.W_k, self.W_v])
        scores = Q @ K.transpose(-2, -1) / self.head_dim ** 0.5
        if mask is not None:
            m = mask.unsqueeze(1).repeat(1, self.num_heads, 1, 1)
            scores[m == 0] = -1e9
        weights = torch.softmax(scores, dim=-1)
        out = (weights @ V).transpose(1, 2).reshape(b, s, e)
        return self.W_o(out), weights


# %% mask_stack_heads_where
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
        b, s, e = x.shape
        if mask is None:
            mask = torch.ones(b, s, s, dtype=torch.bool, device=x.device)
        M = torch.stack([mask.bool()] * self.num_heads, dim=1)
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in [self.W_q, self.W_k, self.W_v])
        scores = torch.matmul(Q, K.transpose(-2, -1)) / self.head_dim ** 0.5
        scores = torch.where(M, scores, torch.full_like(scores, float('-inf')))
        weights = torch.softmax(scores, dim=-1)
        out = torch.matmul(weights, V).permute(0, 2, 1, 3).flatten(2, 3)
        return self.W_o(out), weights


# %% mha_forward_functional
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
        b, s, e = x.shape
        y = x.transpose(0, 1)
        hidden = None
        if mask is not None:
            hidden = torch.repeat_interleave(mask == 0, self.num_heads, dim=0)
        out, w = F.multi_head_attention_forward(
            y, y, y, e, self.num_heads, None,
            torch.cat([self.W_q.bias, self.W_k.bias, self.W_v.bias]), None, None, False, 0.0,
            self.W_o.weight, self.W_o.bias, training=self.training, need_weights=True,
            attn_mask=hidden, use_separate_proj_weight=True,
            q_proj_weight=self.W_q.weight, k_proj_weight=self.W_k.weight, v_proj_weight=self.W_v.weight,
            average_attn_weights=False)
        return out.transpose(0, 1), w


# %% mha_forward_inproj_cat
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
        y = x.permute(1, 0, 2)
        W = torch.cat((self.W_q.weight, self.W_k.weight, self.W_v.weight), 0)
        bias = None
        if mask is not None:
            bias = torch.zeros(mask.shape, dtype=x.dtype, device=x.device).masked_fill(mask == 0, float('-inf'))
            bias = bias.repeat_interleave(self.num_heads, 0)
        out, att = F.multi_head_attention_forward(
            query=y, key=y, value=y, embed_dim_to_check=self.embed_dim, num_heads=self.num_heads,
            in_proj_weight=W, in_proj_bias=None, bias_k=None, bias_v=None, add_zero_attn=False,
            dropout_p=0., out_proj_weight=self.W_o.weight, out_proj_bias=self.W_o.bias,
            training=False, need_weights=True, attn_mask=bias, average_attn_weights=False)
        return out.permute(1, 0, 2), att


# %% mixture_linear_parameter
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim) * 0.02)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=True)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        f = lambda t: t.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        Q, K, V = f(self.W_q(x)), f(self.W_k(x)), f(x @ self.W_v)
        sc = Q @ K.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = F.softmax(sc, dim=-1)
        return self.W_o((a @ V).transpose(1, 2).reshape(b, s, e)), a


# %% nested_class_and_static
class MultiHeadAttention(nn.Module):
    @staticmethod
    def _softmax(z):
        z = z - z.max(-1, keepdim=True).values
        z = torch.exp(z)
        return z / z.sum(-1, keepdim=True)

    @classmethod
    def _heads(cls, t, h):
        return torch.stack(torch.tensor_split(t, h, dim=-1), dim=1)

    def __init__(self, embed_dim, num_heads):
        nn.Module.__init__(self)
        assert embed_dim % num_heads == 0
        self.config = {'embed_dim': embed_dim, 'num_heads': num_heads}
        self.W_q = nn.Linear(embed_dim, embed_dim, False)
        self.W_k = nn.Linear(embed_dim, embed_dim, False)
        self.W_v = nn.Linear(embed_dim, embed_dim, False)
        self.W_o = nn.Linear(embed_dim, embed_dim, False)

    def forward(self, x, mask=None):
        h = self.config['num_heads']
        q, k, v = self._heads(self.W_q(x), h), self._heads(self.W_k(x), h), self._heads(self.W_v(x), h)
        z = torch.matmul(q, k.transpose(-1, -2)) / (self.config['embed_dim'] // h) ** 0.5
        if mask is not None:
            z = z.masked_fill(mask.unsqueeze(1) == 0, -1e9)
        a = self._softmax(z)
        y = torch.cat(torch.unbind(torch.matmul(a, v), dim=1), dim=-1)
        return self.W_o(y), a


# %% output_buffer_fill
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
        b, s, e = x.shape
        d = self.head_dim
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        context = torch.zeros_like(V)
        attn = x.new_zeros(b, self.num_heads, s, s)
        for h in range(self.num_heads):
            lo, hi = h * d, (h + 1) * d
            sc = torch.bmm(Q[:, :, lo:hi], K[:, :, lo:hi].transpose(1, 2)) / d ** 0.5
            if mask is not None:
                sc = sc.masked_fill(mask == 0, -1e9)
            w = F.softmax(sc, dim=-1)
            attn[:, h] = w
            context[:, :, lo:hi] = torch.bmm(w, V[:, :, lo:hi])
        return self.W_o(context), attn


# %% parameter_extra_bias_free_names
class MultiHeadAttention(nn.Module):
    # weights are Parameters, the output has no bias
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.head_dim = embed_dim // num_heads
        def P():
            w = torch.empty(embed_dim, embed_dim)
            nn.init.orthogonal_(w)
            return nn.Parameter(w)
        self.W_q = P()
        self.W_k = P()
        self.W_v = P()
        self.W_o = P()

    def forward(self, x, mask=None):
        b, s, e = x.shape
        W = torch.stack([self.W_q, self.W_k, self.W_v])              # (3, e, e)
        qkv = (x.unsqueeze(0) @ W.unsqueeze(1))                       # (3, b, s, e)
        qkv = qkv.view(3, b, s, self.num_heads, self.head_dim).transpose(2, 3)
        q, k, v = qkv
        a = (q * self.head_dim ** -0.5) @ k.mT
        if mask is not None:
            a = a + torch.zeros_like(a).masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = a.softmax(-1)
        y = (a @ v).transpose(1, 2).reshape(b, s, e)
        return y.matmul(self.W_o), a


# %% parameters_einsum_in_out_heads
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)
        self.W_o = nn.Parameter(torch.randn(embed_dim, embed_dim) * embed_dim ** -0.5)

    def forward(self, x, mask=None):
        e, h, d = self.embed_dim, self.num_heads, self.head_dim
        q = torch.einsum('bse,ehd->bhsd', x, self.W_q.view(e, h, d))
        k = torch.einsum('bse,ehd->bhsd', x, self.W_k.view(e, h, d))
        v = torch.einsum('bse,ehd->bhsd', x, self.W_v.view(e, h, d))
        a = torch.einsum('bhid,bhjd->bhij', q, k) / d ** 0.5
        if mask is not None:
            a = a.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = a.softmax(-1)
        o = torch.einsum('bhij,bhjd->bhid', a, v)
        return torch.einsum('bhid,hdf->bif', o, self.W_o.view(h, d, e)), a


# %% parameters_f_linear_xavier
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        if embed_dim % num_heads != 0:
            raise ValueError("embed_dim must be divisible by num_heads")
        self.num_heads, self.head_dim = num_heads, embed_dim // num_heads
        for n in ("W_q", "W_k", "W_v", "W_o"):
            self.register_parameter(n, nn.Parameter(nn.init.xavier_uniform_(torch.empty(embed_dim, embed_dim))))

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = [F.linear(x, W).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for W in (self.W_q, self.W_k, self.W_v)]
        S = torch.matmul(Q, K.transpose(2, 3)) / self.head_dim ** 0.5
        if mask is not None:
            S = S.masked_fill(mask.unsqueeze(1) == 0, -1e9)
        A = torch.softmax(S, dim=-1)
        O = torch.matmul(A, V).transpose(1, 2).reshape(b, s, e)
        return F.linear(O, self.W_o), A


# %% parameters_mixed_orientation
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super(MultiHeadAttention, self).__init__()
        self.num_heads = num_heads
        self.head_dim = int(embed_dim / num_heads)
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim))
        self.W_o = nn.Parameter(torch.empty(embed_dim, embed_dim))
        for p in [self.W_q, self.W_k, self.W_v, self.W_o]:
            nn.init.normal_(p, std=0.1)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        q = torch.einsum('bsi,io->bso', x, self.W_q)
        k = torch.einsum('bsi,oi->bso', x, self.W_k)
        v = torch.einsum('bsi,io->bso', x, self.W_v)
        q, k, v = [t.reshape(b, s, self.num_heads, self.head_dim) for t in (q, k, v)]
        w = torch.einsum('bihd,bjhd->bhij', q, k) * self.head_dim ** -0.5
        if mask is not None:
            w = w.masked_fill(mask[:, None].bool().logical_not(), float('-inf'))
        w = w.softmax(dim=-1)
        o = torch.einsum('bhij,bjhd->bihd', w, v).reshape(b, s, e)
        return torch.einsum('bsi,oi->bso', o, self.W_o), w


# %% parameters_x_at_w
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        assert embed_dim % num_heads == 0
        self.h = num_heads
        self.d = embed_dim // num_heads
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)
        self.W_o = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim ** 0.5)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = [(x @ W).view(b, s, self.h, self.d).transpose(1, 2) for W in (self.W_q, self.W_k, self.W_v)]
        S = Q @ K.transpose(2, 3) / self.d ** 0.5
        if mask is not None:
            S = S.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        A = S.softmax(-1)
        return (A @ V).transpose(1, 2).reshape(b, s, e) @ self.W_o, A


# %% python_recursion_heads
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def _run(self, q, k, v, mask, left):
        if left == 0:
            return [], []
        d = self.head_dim
        s = q[..., :d] @ k[..., :d].mT / d ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        w = torch.softmax(s, dim=-1)
        outs, ws = self._run(q[..., d:], k[..., d:], v[..., d:], mask, left - 1)
        return [w @ v[..., :d]] + outs, [w] + ws

    def forward(self, x, mask=None):
        outs, ws = self._run(self.W_q(x), self.W_k(x), self.W_v(x), mask, self.num_heads)
        return self.W_o(torch.cat(outs, dim=-1)), torch.stack(ws, dim=1)


# %% qkv_cat_activations
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
        b, s, _ = x.shape
        all_ = torch.stack([self.W_q(x), self.W_k(x), self.W_v(x)])
        all_ = all_.view(3, b, s, self.num_heads, self.head_dim).movedim(3, 2)
        q, k, v = all_.unbind(0)
        scores = torch.einsum('bhid,bhjd->bhij', q, k) * self.head_dim ** -0.5
        if mask is not None:
            scores = torch.where(mask.unsqueeze(1) == 0, float('-inf'), scores)
        a = scores.softmax(-1)
        o = torch.einsum('bhij,bhjd->bihd', a, v).reshape(b, s, -1)
        return self.W_o(o), a


# %% qkv_cat_single_matmul
import math
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
        b, s, e = x.shape
        W = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight], 0)
        qkv = F.linear(x, W).view(b, s, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        if mask is not None:
            att = att.masked_fill(mask[:, None, :, :] == 0, float('-inf'))
        att = F.softmax(att, dim=-1)
        y = att @ v
        y = y.transpose(1, 2).contiguous().view(b, s, e)
        return self.W_o(y), att


# %% quarter_scale_inplace_mask
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
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        r = self.head_dim ** 0.25
        Q = (self.W_q(x) / r).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        K = (self.W_k(x) / r).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        V = self.W_v(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2)
        scores = Q.matmul(K.transpose(-1, -2))
        if mask is not None:
            scores.masked_fill_(mask.unsqueeze(1) == 0, float('-inf'))
        weights = scores.softmax(dim=-1)
        attended = weights.matmul(V).transpose(1, 2).flatten(-2)
        return self.W_o(attended), weights


# %% reshape_permute_nobias_1e9
import math

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
        b, s, e = x.shape
        def split(t):
            return t.reshape(b, s, self.num_heads, self.head_dim).permute(0, 2, 1, 3)
        Q, K, V = split(self.W_q(x)), split(self.W_k(x)), split(self.W_v(x))
        scores = Q @ K.permute(0, 1, 3, 2) / math.sqrt(self.head_dim)
        if mask is not None:
            mask = mask.unsqueeze(1)
            scores = scores.masked_fill(mask == 0, -1e9)
        w = torch.softmax(scores, dim=-1)
        out = (w @ V).permute(0, 2, 1, 3).reshape(b, s, e)
        return self.W_o(out), w


# %% return_flag
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None, need_weights=True):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = Q @ K.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = sc.softmax(-1)
        out = self.W_o((a @ V).transpose(1, 2).reshape(b, s, e))
        return (out, a) if need_weights else (out, None)


# %% scale_buffer_dropout_zero
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        self.register_buffer("scale", torch.tensor(self.head_dim ** 0.5, dtype=torch.float64), persistent=False)
        self.dropout = nn.Dropout(dropout)
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = Q @ K.transpose(-1, -2) / self.scale
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = self.dropout(self.softmax(sc))
        return self.W_o((a @ V).transpose(1, 2).reshape(b, s, e)), a


# %% sdpa_causal_detect
from torch.nn.attention import sdpa_kernel, SDPBackend

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        see = None
        if mask is not None:
            see = mask.to(torch.bool)[:, None]
        with sdpa_kernel(SDPBackend.MATH):
            # values and the identity side by side: output and weights from the same call
            eye = torch.eye(s, dtype=V.dtype, device=V.device).expand(b, self.num_heads, s, s)
            both = F.scaled_dot_product_attention(Q, K, torch.cat([V, eye], dim=-1), attn_mask=see)
        out, a = both.split([self.head_dim, s], dim=-1)
        return self.W_o(out.transpose(1, 2).flatten(2)), a


# %% self_attention_per_head_helper
def scaled_dot_product_attention_batched(query, keys, values, mask=None):
    # exercise 2 for every query position: (N, d), (N, s, d), (N, s, d), (N, s)
    scores = torch.einsum('nd,nsd->ns', query, keys) / query.size(-1) ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    w = torch.softmax(scores, dim=-1)
    return torch.einsum('ns,nsd->nd', w, values), w

class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        d = self.head_dim
        outs, ws = [], []
        for h in range(self.num_heads):
            part = slice(h * d, h * d + d)
            o_rows, w_rows = [], []
            for i in range(x.shape[1]):
                m = None if mask is None else mask[:, i]
                o, w = scaled_dot_product_attention_batched(Q[:, i, part], K[:, :, part], V[:, :, part], m)
                o_rows.append(o)
                w_rows.append(w)
            outs.append(torch.stack(o_rows, 1))
            ws.append(torch.stack(w_rows, 1))
        return self.W_o(torch.cat(outs, -1)), torch.stack(ws, 1)


# %% split_heads_method
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
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def split_heads(self, t):
        b, s, _ = t.size()
        return t.view(b, s, self.num_heads, self.head_dim).transpose(1, 2)

    def combine_heads(self, t):
        b, h, s, d = t.size()
        return t.transpose(1, 2).contiguous().view(b, s, h * d)

    def scaled_dot_product_attention(self, Q, K, V, mask=None):
        scores = torch.matmul(Q, K.transpose(-2, -1)) / np.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e9)
        probs = torch.softmax(scores, dim=-1)
        return torch.matmul(probs, V), probs

    def forward(self, x, mask=None):
        Q = self.split_heads(self.W_q(x))
        K = self.split_heads(self.W_k(x))
        V = self.split_heads(self.W_v(x))
        out, probs = self.scaled_dot_product_attention(Q, K, V, mask)
        return self.W_o(self.combine_heads(out)), probs


# %% subclass_of_own_base
class _Base(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)

class MultiHeadAttention(_Base):
    def __init__(self, embed_dim, num_heads):
        super().__init__(embed_dim)
        self.num_heads = num_heads
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    head_dim = property(lambda self: self.embed_dim // self.num_heads)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        a = q @ k.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            a = a.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = a.softmax(-1)
        return self.W_o((a @ v).transpose(1, 2).reshape(b, s, e)), a


# %% sum_of_head_outputs
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
        # Concat(heads) Wo = sum_h head_h Wo_h
        d = self.head_dim
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        total = 0
        ws = []
        for h in range(self.num_heads):
            sl = slice(h * d, (h + 1) * d)
            s = Q[..., sl] @ K[..., sl].transpose(1, 2) / d ** 0.5
            if mask is not None:
                s = s.masked_fill(mask == 0, -1e9)
            w = s.softmax(-1)
            ws.append(w)
            total = total + F.linear(w @ V[..., sl], self.W_o.weight[:, sl])
        return total, torch.stack(ws, 1)


# %% typed_full
from typing import Optional, Tuple
import math

class MultiHeadAttention(nn.Module):
    """Multi-head attention as in "Attention is all you need"."""

    def __init__(self, embed_dim: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=bias)
        self.attn_weights: Optional[torch.Tensor] = None

    def forward(self, x: torch.Tensor, mask: Optional[torch.Tensor] = None) -> Tuple[torch.Tensor, torch.Tensor]:
        b, s, e = x.shape
        q, k, v = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        scores: torch.Tensor = torch.matmul(q, k.transpose(-2, -1)) * (1 / math.sqrt(self.head_dim))
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        weights = scores.softmax(dim=-1)
        self.attn_weights = weights.detach()
        return self.W_o(torch.matmul(weights, v).transpose(1, 2).reshape(b, s, e)), weights


# %% vmap_over_heads
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
        b, s, e = x.shape
        sp = lambda t: t.view(b, s, self.num_heads, self.head_dim)
        def attend(q, k, v):
            sc = q @ k.transpose(-2, -1) / self.head_dim ** 0.5
            if mask is not None:
                sc = sc.masked_fill(mask == 0, float('-inf'))
            a = torch.softmax(sc, dim=-1)
            return a @ v, a
        o, a = torch.vmap(attend, in_dims=2, out_dims=(2, 1))(sp(self.W_q(x)), sp(self.W_k(x)), sp(self.W_v(x)))
        return self.W_o(o.reshape(b, s, e)), a


# %% weight_reshaped_einsum
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
        h, d, e = self.num_heads, self.head_dim, self.embed_dim
        Wq = self.W_q.weight.view(h, d, e)
        Wk = self.W_k.weight.view(h, d, e)
        Wv = self.W_v.weight.view(h, d, e)
        Wo = self.W_o.weight.view(e, h, d)
        q = torch.einsum('bse,hde->bhsd', x, Wq)
        k = torch.einsum('bse,hde->bhsd', x, Wk)
        v = torch.einsum('bse,hde->bhsd', x, Wv)
        s = torch.einsum('bhid,bhjd->bhij', q, k) / d ** 0.5
        if mask is not None:
            s = s.masked_fill(mask.unsqueeze(1).logical_not(), float('-inf'))
        a = torch.softmax(s, -1)
        o = torch.einsum('bhij,bhjd->bhid', a, v)
        return torch.einsum('bhid,ehd->bie', o, Wo), a


# %% weights_sliced_per_head
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

    def head(self, x, i, mask):
        rows = torch.arange(i * self.head_dim, (i + 1) * self.head_dim, device=x.device)
        q = F.linear(x, self.W_q.weight[rows])
        k = F.linear(x, self.W_k.weight[rows])
        v = F.linear(x, self.W_v.weight[rows])
        s = torch.baddbmm(torch.zeros((), dtype=x.dtype, device=x.device), q, k.transpose(1, 2), beta=0, alpha=self.head_dim ** -0.5)
        if mask is not None:
            s = s.masked_fill(mask < 0.5, float('-inf'))
        w = torch.softmax(s, dim=-1)
        return w @ v, w

    def forward(self, x, mask=None):
        outs, ws = zip(*[self.head(x, i, mask) for i in range(self.num_heads)])
        return self.W_o(torch.cat(outs, dim=2)), torch.stack(ws, dim=1)


# %% zero_init_wo
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)
        nn.init.zeros_(self.W_o.weight)
        nn.init.zeros_(self.W_o.bias)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        Q, K, V = (f(x).view(b, s, self.num_heads, self.head_dim).transpose(1, 2) for f in (self.W_q, self.W_k, self.W_v))
        sc = Q @ K.transpose(-1, -2) / self.head_dim ** 0.5
        if mask is not None:
            sc = sc.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        a = sc.softmax(-1)
        return self.W_o((a @ V).transpose(1, 2).reshape(b, s, e)), a
