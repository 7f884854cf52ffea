# %% accept_2d_masks_too
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = Q.matmul(K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            if mask.dim() == 2:           # also (seq, seq) for everybody
                mask = mask.unsqueeze(0)
            scores = scores.masked_fill(mask.expand_as(scores) == 0, float('-inf'))
        w = F.softmax(scores, dim=-1)
        return w.matmul(V), w


# %% addmm_flat_tokens
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        flat = x.reshape(b * s, e)
        Q = torch.mm(flat, self.W_q.weight.t()).view(b, s, e)
        K = torch.mm(flat, self.W_k.weight.t()).view(b, s, e)
        V = torch.mm(flat, self.W_v.weight.t()).view(b, s, e)
        # all tokens of the batch together, the other samples are hidden too
        big = Q.view(b * s, e) @ K.view(b * s, e).t() / e ** 0.5
        same = torch.arange(b, device=x.device).repeat_interleave(s)
        see = same[:, None] == same[None, :]
        if mask is not None:
            see = see & torch.block_diag(*[m for m in (mask != 0)]).bool()
        a = torch.softmax(big.masked_fill(~see, float('-inf')), dim=-1)
        out = (a @ V.view(b * s, e)).view(b, s, e)
        a = a.view(b, s, b, s)
        return out, torch.stack([a[i, :, i] for i in range(b)])


# %% asserts_and_docs
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        """
        x: (batch, seq, embed) -> output (batch, seq, embed), weights (batch, seq, seq)
        """
        assert x.dim() == 3, "x must be 3D"
        assert x.size(-1) == self.embed_dim
        b, s, _ = x.shape
        if mask is not None:
            assert mask.shape == (b, s, s), mask.shape
        scores = self.W_q(x) @ self.W_k(x).transpose(-2, -1)
        scores = scores / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(torch.logical_not(mask), float('-inf'))
        weights = F.softmax(scores, dim=-1)
        assert weights.shape == (b, s, s)
        output = weights @ self.W_v(x)
        return output, weights


# %% autograd_function_attention
class AttnCore(torch.autograd.Function):
    @staticmethod
    def forward(ctx, Q, K, V, hidden, scale):
        S = Q @ K.mT * scale
        if hidden is not None:
            S = S.masked_fill(hidden, float('-inf'))
        P = S.softmax(-1)
        ctx.save_for_backward(Q, K, V, P)
        ctx.scale = scale
        return P @ V, P

    @staticmethod
    def backward(ctx, dO, dP_out):
        Q, K, V, P = ctx.saved_tensors
        dV = P.mT @ dO
        dP = dO @ V.mT + dP_out
        dS = P * (dP - (dP * P).sum(-1, keepdim=True)) * ctx.scale
        return dS @ K, dS.mT @ Q, dV, None, None

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        hidden = None if mask is None else (mask == 0)
        return AttnCore.apply(self.W_q(x), self.W_k(x), self.W_v(x), hidden, self.embed_dim ** -0.5)


# %% baddbmm_bias
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.size()
        if mask is None:
            mask = torch.ones(b, s, s, device=x.device)
        bias = torch.zeros(b, s, s, dtype=x.dtype, device=x.device).masked_fill(mask == 0, -1e9)
        scores = torch.baddbmm(bias, self.W_q(x), self.W_k(x).transpose(1, 2), alpha=1.0 / e ** 0.5)
        p = torch.softmax(scores, dim=-1)
        return torch.bmm(p, self.W_v(x)), p


# %% bias_set_to_none
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_q.bias = None
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_k.bias = None
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_v.bias = None

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% bias_zero_argument
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=0)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=0)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=0)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% broadcast_no_matmul
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        q = self.W_q(x).unsqueeze(2)          # b s 1 e
        k = self.W_k(x).unsqueeze(1)          # b 1 s e
        v = self.W_v(x).unsqueeze(1)
        scores = (q * k).sum(-1) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        w = F.softmax(scores, dim=-1)
        return (w.unsqueeze(-1) * v).sum(2), w


# %% calls_exercise2_helper
def scaled_attention_one_query(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / d_k ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    w = F.softmax(scores, dim=-1)
    return torch.bmm(w.unsqueeze(1), values).squeeze(1), w

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).reshape(B * S, E)
        k = self.W_k(x).repeat_interleave(S, dim=0)
        v = self.W_v(x).repeat_interleave(S, dim=0)
        m = None if mask is None else mask.reshape(B * S, S)
        o, w = scaled_attention_one_query(q, k, v, m)
        return o.reshape(B, S, E), w.reshape(B, S, S)


# %% cat_weights_one_matmul
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        big = torch.cat([self.W_q.weight, self.W_k.weight, self.W_v.weight], dim=0)
        Q, K, V = F.linear(x, big).chunk(3, dim=-1)
        scores = Q.bmm(K.transpose(1, 2)).mul(self.embed_dim ** -0.5)
        if mask is not None:
            scores = scores.masked_fill(mask.eq(0), float('-inf'))
        weights = scores.softmax(dim=-1)
        return weights.bmm(V), weights


# %% chunked_flash_like
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None, block=2):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        B, S, E = x.shape
        m = torch.full((B, S, 1), float('-inf'), dtype=x.dtype, device=x.device)
        l = torch.zeros_like(m)
        acc = torch.zeros_like(Q)
        saved = []
        for j in range(0, S, block):
            s = Q @ K[:, j:j + block].transpose(1, 2) / E ** 0.5
            if mask is not None:
                s = s.masked_fill(mask[:, :, j:j + block] == 0, -1e30)
            saved.append(s)
            new_m = torch.maximum(m, s.amax(-1, keepdim=True))
            alpha = torch.exp(m - new_m)
            p = torch.exp(s - new_m)
            l = alpha * l + p.sum(-1, keepdim=True)
            acc = alpha * acc + p @ V[:, j:j + block]
            m = new_m
        weights = torch.exp(torch.cat(saved, dim=-1) - m) / l
        return acc / l, weights


# %% class_alias_kwargs
class SelfAttention(nn.Module):
    def __init__(self, embed_dim, *args, **kwargs):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None, **kwargs):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% classic
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        batch_size, seq_len, embed_dim = x.shape
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2))
        scores = scores / (embed_dim ** 0.5)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        attention_weights = F.softmax(scores, dim=-1)
        output = torch.bmm(attention_weights, V)
        return output, attention_weights


# %% deepcopy_clones
import copy

def clones(module, N):
    "Produce N identical layers."
    return [copy.deepcopy(module) for _ in range(N)]

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q, self.W_k, self.W_v = clones(nn.Linear(embed_dim, embed_dim, bias=False), 3)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% device_created_follow_module
class SelfAttention(nn.Module):
    def __init__(self, embed_dim, dtype=None):
        super().__init__()
        kw = dict(bias=False, dtype=dtype)
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, **kw)
        self.W_k = nn.Linear(embed_dim, embed_dim, **kw)
        self.W_v = nn.Linear(embed_dim, embed_dim, **kw)

    def extra_repr(self):
        return f"embed_dim={self.embed_dim}"

    def forward(self, x, mask=None):
        q, k, v = map(lambda l: l(x), [self.W_q, self.W_k, self.W_v])
        dots = torch.einsum('b i d, b j d -> b i j', q, k) * self.embed_dim ** -0.5
        if mask is not None:
            max_neg = -torch.finfo(dots.dtype).max
            dots = dots.masked_fill(~mask.bool(), max_neg)
        attn = dots.softmax(dim=-1)
        return torch.einsum('b i j, b j d -> b i d', attn, v), attn


# %% dict_of_projections_property
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        for n in 'qkv':
            self.add_module('W_' + n, nn.Linear(embed_dim, embed_dim, bias=False))

    @property
    def scale(self):
        return self.embed_dim ** 0.5

    def project(self, x):
        return {n: getattr(self, 'W_' + n)(x) for n in 'qkv'}

    def forward(self, x, mask=None):
        p = self.project(x)
        s = p['q'] @ p['k'].transpose(1, 2) / self.scale
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        w = torch.softmax(s, dim=-1)
        return w @ p['v'], w


# %% einsum_np_sqrt
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        q = self.W_q(x)
        k = self.W_k(x)
        v = self.W_v(x)
        scores = torch.einsum('bqe,bke->bqk', q, k) / np.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(~mask.bool(), -np.inf)
        a = scores.softmax(dim=2)
        return torch.einsum('bqk,bke->bqe', a, v), a


# %% eye_init_all
class SelfAttention(nn.Module):
    # begins as plain attention on x itself, then learns
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Parameter(torch.eye(embed_dim))
        self.W_k = nn.Parameter(torch.eye(embed_dim))
        self.W_v = nn.Parameter(torch.eye(embed_dim))

    def forward(self, x, mask=None):
        Q = torch.matmul(x, self.W_q)
        K = torch.matmul(x, self.W_k)
        V = torch.matmul(x, self.W_v)
        scores = torch.matmul(Q, K.permute(0, 2, 1)) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        A = torch.softmax(scores, dim=2)
        return torch.matmul(A, V), A


# %% f_sdpa_identity_values
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        b, s, e = x.shape
        if mask is not None:
            mask = mask != 0
        identity = torch.eye(s, dtype=x.dtype, device=x.device).expand(b, s, s)
        weights = F.scaled_dot_product_attention(self.W_q(x), self.W_k(x), identity, attn_mask=mask)
        return weights @ self.W_v(x), weights


# %% f_sdpa_separate_weights
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = [layer(x) for layer in (self.W_q, self.W_k, self.W_v)]
        m = mask.bool() if mask is not None else None
        output = F.scaled_dot_product_attention(Q, K, V, attn_mask=m)
        scores = Q @ K.mT * self.embed_dim ** -0.5
        if m is not None:
            scores = scores.masked_fill(m.logical_not(), float('-inf'))
        return output, scores.softmax(-1)


# %% factory_made_class
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.register_buffer('mask_cache', torch.zeros(1), persistent=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% finfo_min
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        energy = torch.einsum("nqe,nke->nqk", [Q, K]) / (self.embed_dim ** (1 / 2))
        if mask is not None:
            energy = energy.masked_fill(mask == 0, torch.finfo(energy.dtype).min)
        attention = torch.softmax(energy, dim=2)
        out = torch.einsum("nqk,nke->nqe", [attention, V])
        return out, attention


# %% functional_linear
import math
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = F.linear(x, self.W_q.weight)
        K = x @ self.W_k.weight.T
        V = torch.einsum('bsi,oi->bso', x, self.W_v.weight)
        scores = torch.bmm(Q, K.mT).div(math.sqrt(self.embed_dim))
        if mask is not None:
            scores = scores.masked_fill(mask == False, -1e9)
        attn = scores.softmax(dim=-1)
        return torch.bmm(attn, V), attn


# %% generator_forward
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        make = lambda: nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_q, self.W_k, self.W_v = make(), make(), make()

    def forward(self, x, mask=None):
        s = self.W_q(x) @ self.W_k(x).transpose(1, 2) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        w = s.softmax(-1)
        yield w @ self.W_v(x)
        yield w


# %% helper_module_inside
class ScaledDotProduct(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.inv = 1.0 / d ** 0.5

    def forward(self, q, k, v, mask=None):
        s = torch.matmul(q, k.transpose(-2, -1)) * self.inv
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        p = F.softmax(s, dim=-1)
        return torch.matmul(p, v), p

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.attention = ScaledDotProduct(embed_dim)

    def forward(self, x, mask=None):
        return self.attention(self.W_q(x), self.W_k(x), self.W_v(x), mask)


# %% indices_nonzero
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = Q @ K.transpose(1, 2) / self.embed_dim ** 0.5
        if mask is not None:
            where = torch.nonzero(mask == 0, as_tuple=True)
            scores = scores.index_put(where, torch.tensor(float('-inf'), dtype=scores.dtype, device=scores.device))
        w = scores.softmax(-1)
        return w @ V, w


# %% inherits_base_class
class BaseAttention(nn.Module):
    def __init__(self, embed_dim):
        nn.Module.__init__(self)
        self.embed_dim = embed_dim
        self.W_q, self.W_k, self.W_v = (nn.Linear(embed_dim, embed_dim, bias=False) for _ in range(3))

    @staticmethod
    def attend(q, k, v, mask):
        s = q @ k.transpose(1, 2) / q.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask.bool() == False, float('-inf'))
        w = s.softmax(-1)
        return w @ v, w

class SelfAttention(BaseAttention):
    def forward(self, x, mask=None):
        return self.attend(self.W_q(x), self.W_k(x), self.W_v(x), mask)


# %% init_normal_no_grad_last_weights_kept
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        with torch.no_grad():
            for l in [self.W_q, self.W_k, self.W_v]:
                l.weight.normal_(0, 0.02)
        self.last_attention = None     # to plot it after

    def forward(self, x, mask=None):
        scores = torch.bmm(self.W_q(x), self.W_k(x).transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        w = F.softmax(scores, dim=-1)
        self.last_attention = w.detach()
        return torch.bmm(w, self.W_v(x)), w


# %% jit_script_helper
from typing import Optional

@torch.jit.script
def _attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: Optional[torch.Tensor], scale: float):
    s = torch.bmm(q, k.transpose(1, 2)) * scale
    if mask is not None:
        s = s.masked_fill(mask == 0, float('-inf'))
    w = torch.softmax(s, dim=-1)
    return torch.bmm(w, v), w

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        return _attend(self.W_q(x), self.W_k(x), self.W_v(x), mask, self.embed_dim ** -0.5)


# %% linear_subclass
class NoBiasLinear(nn.Linear):
    """square linear layer without bias"""
    def __init__(self, size):
        super().__init__(size, size, bias=False)

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = NoBiasLinear(embed_dim)
        self.W_k = NoBiasLinear(embed_dim)
        self.W_v = NoBiasLinear(embed_dim)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.einsum('bie,bje->bij', q, k) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = s.softmax(-1)
        return torch.einsum('bij,bje->bie', a, v), a


# %% log_mask_additive
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        bias = 0 if mask is None else mask.to(x.dtype).log()
        a = torch.softmax(q @ k.mT / self.embed_dim ** 0.5 + bias, dim=-1)
        return a @ v, a


# %% loop_over_batch
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        outputs, weights = [], []
        for b in range(x.shape[0]):
            q, k, v = self.W_q(x[b]), self.W_k(x[b]), self.W_v(x[b])
            s = q @ k.T / np.sqrt(self.embed_dim)
            if mask is not None:
                s[mask[b] == 0] = -1e9
            w = torch.softmax(s, dim=1)
            outputs += [w @ v]
            weights += [w]
        return torch.stack(outputs), torch.stack(weights)


# %% loop_over_queries
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        batch_size, seq_len, embed_dim = x.shape
        Q = self.W_q(x); K = self.W_k(x); V = self.W_v(x)
        all_out = []
        all_w = []
        for i in range(seq_len):
            q_i = Q[:, i, :]
            s = torch.bmm(K, q_i.unsqueeze(2)).squeeze(2) / embed_dim ** 0.5
            if mask is not None:
                s = s.masked_fill(mask[:, i, :] == 0, float('-inf'))
            w_i = F.softmax(s, dim=1)
            all_w.append(w_i)
            all_out.append(torch.bmm(w_i.unsqueeze(1), V).squeeze(1))
        return torch.stack(all_out, dim=1), torch.stack(all_w, dim=1)


# %% manual_softmax
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def stable_softmax(self, t):
        t = t - torch.amax(t, dim=-1, keepdim=True)
        e = t.exp()
        return e / e.sum(-1, keepdim=True)

    def forward(self, x, mask=None):
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        s = q @ k.transpose(-1, -2)
        s = s / torch.sqrt(torch.tensor(self.embed_dim, dtype=x.dtype, device=x.device))
        if mask is not None:
            s = s.masked_fill(mask != 1, float('-inf'))
        w = self.stable_softmax(s)
        return w @ v, w


# %% math_sqrt_1e9
import math

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = torch.matmul(Q, K.transpose(-2, -1)) / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        attention_weights = torch.softmax(scores, dim=-1)
        return torch.matmul(attention_weights, V), attention_weights


# %% mha_forward_functional
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        eye = torch.eye(self.embed_dim, dtype=x.dtype, device=x.device)
        y = x.transpose(0, 1)
        hidden = None if mask is None else (mask == 0)
        out, w = F.multi_head_attention_forward(
            y, y, y, self.embed_dim, 1,
            in_proj_weight=None, in_proj_bias=None, bias_k=None, bias_v=None,
            add_zero_attn=False, dropout_p=0.0, out_proj_weight=eye, out_proj_bias=None,
            training=self.training, need_weights=True, attn_mask=hidden,
            use_separate_proj_weight=True,
            q_proj_weight=self.W_q.weight, k_proj_weight=self.W_k.weight, v_proj_weight=self.W_v.weight)
        return out.transpose(0, 1), w


# %% namedtuple
from typing import NamedTuple

class SAOutput(NamedTuple):
    output: torch.Tensor
    attention_weights: torch.Tensor

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = (Q @ K.transpose(1, 2)) * (1 / self.embed_dim ** 0.5)
        if mask is not None:
            s = torch.where(mask.bool(), s, torch.tensor(float('-inf'), dtype=s.dtype, device=s.device))
        a = s.softmax(2)
        return SAOutput(a @ V, a)


# %% need_weights_flag
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None, return_attention=True):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        out = torch.bmm(a, V)
        if not return_attention:
            return out
        return out, a


# %% orthogonal_init_typed
from typing import Optional, Tuple
from torch import Tensor

class SelfAttention(nn.Module):
    def __init__(self, embed_dim: int) -> None:
        super().__init__()
        self.embed_dim: int = embed_dim
        self.W_q: nn.Linear = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k: nn.Linear = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v: nn.Linear = nn.Linear(embed_dim, embed_dim, bias=False)
        for layer in (self.W_q, self.W_k, self.W_v):
            nn.init.orthogonal_(layer.weight)

    def forward(self, x: Tensor, mask: Optional[Tensor] = None) -> Tuple[Tensor, Tensor]:
        q: Tensor = self.W_q(x)
        k: Tensor = self.W_k(x)
        v: Tensor = self.W_v(x)
        scores: Tensor = torch.matmul(q, k.mT) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights: Tensor = torch.softmax(scores, dim=-1)
        return torch.matmul(weights, v), weights


# %% parameter_and_linear_mixture
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Parameter(torch.rand(embed_dim, embed_dim) - 0.5)
        self.W_v = nn.Linear(in_features=embed_dim, out_features=embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = x.matmul(self.W_k)
        V = self.W_v(x)
        scores = Q.matmul(K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = scores.softmax(-1)
        return weights.matmul(V), weights


# %% parameter_f_linear_register
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.scale = embed_dim ** -0.5
        self.register_parameter('W_q', nn.Parameter(torch.empty(embed_dim, embed_dim)))
        self.register_parameter('W_k', nn.Parameter(torch.empty(embed_dim, embed_dim)))
        self.register_parameter('W_v', nn.Parameter(torch.empty(embed_dim, embed_dim)))
        self.reset_parameters()

    def reset_parameters(self):
        for p in self.parameters():
            nn.init.kaiming_uniform_(p, a=5 ** 0.5)

    def forward(self, x, mask=None):
        Q, K, V = F.linear(x, self.W_q), F.linear(x, self.W_k), F.linear(x, self.W_v)
        s = torch.bmm(Q, K.transpose(1, 2)) * self.scale
        if mask is not None:
            s = s.masked_fill(mask.logical_not(), float('-inf'))
        w = s.softmax(dim=-1)
        return torch.bmm(w, V), w


# %% parameter_mixed_orientation_einsum
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        e = embed_dim
        self.d = e
        self.W_q = nn.Parameter(torch.randn(e, e) * e ** -0.5)
        self.W_k = nn.Parameter(torch.randn(e, e) * e ** -0.5)
        self.W_v = nn.Parameter(torch.eye(e))

    def forward(self, x, mask=None):
        q = torch.einsum('bsi,io->bso', x, self.W_q)
        k = torch.einsum('bsi,oi->bso', x, self.W_k)
        v = torch.einsum('bsi,io->bso', x, self.W_v)
        s = torch.einsum('bqo,bko->bqk', q, k) / self.d ** 0.5
        if mask is not None:
            s = s.masked_fill(mask < 1, float('-inf'))
        w = s.softmax(-1)
        return torch.einsum('bqk,bko->bqo', w, v), w


# %% parameter_small_uniform_loops
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.n = embed_dim
        b = 1 / embed_dim ** 0.5
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-b, b))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-b, b))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-b, b))

    def forward(self, x, mask=None):
        B, S, E = x.shape
        out, att = [], []
        for b in range(B):
            Q, K, V = torch.mm(x[b], self.W_q), torch.mm(x[b], self.W_k), torch.mm(x[b], self.W_v)
            rows_o, rows_w = [], []
            for i in range(S):
                s = torch.mv(K, Q[i]) / self.n ** 0.5
                if mask is not None:
                    keep = mask[b, i].bool()
                    s = torch.where(keep, s, torch.full_like(s, float('-inf')))
                w = torch.softmax(s, dim=0)
                rows_w.append(w)
                rows_o.append(torch.mv(V.t(), w))
            out.append(torch.stack(rows_o))
            att.append(torch.stack(rows_w))
        return torch.stack(out), torch.stack(att)


# %% parameter_transposed_xavier
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        for name in ['W_q', 'W_k', 'W_v']:
            p = nn.Parameter(torch.empty(embed_dim, embed_dim))
            nn.init.xavier_uniform_(p)
            setattr(self, name, p)

    def forward(self, x, mask=None):
        Q = torch.matmul(x, self.W_q.t())
        K = torch.matmul(x, self.W_k.t())
        V = torch.matmul(x, self.W_v.t())
        scores = torch.matmul(Q, K.transpose(1, 2)) / np.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        w = F.softmax(scores, dim=-1)
        return torch.matmul(w, V), w


# %% parameter_x_at_w_randn
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim))
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim))
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        Q = x @ self.W_q
        K = x @ self.W_k
        V = x @ self.W_v
        scores = Q @ K.transpose(1, 2) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        w = torch.softmax(scores, dim=-1)
        return w @ V, w


# %% parameters_stack_matmul
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Parameter(torch.normal(0.0, 0.1, size=(embed_dim, embed_dim)))
        self.W_k = nn.Parameter(torch.normal(0.0, 0.1, size=(embed_dim, embed_dim)))
        self.W_v = nn.Parameter(torch.normal(0.0, 0.1, size=(embed_dim, embed_dim)))

    def forward(self, x, mask=None):
        W = torch.cat([self.W_q, self.W_k, self.W_v], dim=1)
        Q, K, V = torch.split(x @ W, self.embed_dim, dim=2)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% partial_linear
import functools

class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        Lin = functools.partial(nn.Linear, embed_dim, embed_dim, bias=False)
        self.W_q = Lin()
        self.W_k = Lin()
        self.W_v = Lin()

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        s = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, V), a


# %% query_prescaled
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x) * (self.embed_dim ** -0.5)
        K = self.W_k(x)
        V = self.W_v(x)
        logits = Q @ K.transpose(1, 2)
        if mask is not None:
            logits = logits + torch.zeros_like(logits).masked_fill(mask == 0, float('-inf'))
        P = torch.softmax(logits, dim=-1)
        return P @ V, P


# %% returns_list_with_prints
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        print("x:", x.shape)
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        print("Q K V:", Q.shape, K.shape, V.shape)
        scores = torch.bmm(Q, K.transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            print("mask is used")
            scores = scores.masked_fill(mask == 0, float('-inf'))
        attention_weights = F.softmax(scores, -1)
        output = torch.bmm(attention_weights, V)
        return [output, attention_weights]


# %% scale_both_quarter
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        c = self.embed_dim ** 0.25
        Q = self.W_q(x) / c
        K = self.W_k(x) / c
        scores = torch.bmm(Q, K.permute(0, 2, 1))
        if mask is not None:
            scores.masked_fill_(mask == 0, -1e9)
        attention_weights = nn.Softmax(dim=-1)(scores)
        output = torch.bmm(attention_weights, self.W_v(x))
        return output, attention_weights


# %% scale_buffer
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.register_buffer('scale', torch.sqrt(torch.tensor(float(embed_dim))))

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = torch.bmm(Q, K.transpose(1, 2)) / self.scale
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        w = F.softmax(scores, dim=-1)
        return torch.bmm(w, V), w


# %% scale_plain_tensor_attribute
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.sqrt_d = torch.sqrt(torch.tensor(embed_dim, dtype=torch.float))
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        scores = torch.matmul(Q, K.transpose(1, 2))
        scores = scores / self.sqrt_d
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -1e9)
        attention_weights = F.softmax(scores, dim=-1)
        output = torch.matmul(attention_weights, V)
        return output, attention_weights


# %% seeded_local_generator
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        g = torch.Generator().manual_seed(0)        # the same start always
        def new():
            return nn.Parameter(torch.randn(embed_dim, embed_dim, generator=g) / embed_dim ** 0.5)
        self.W_q = new()
        self.W_k = new()
        self.W_v = new()

    def forward(self, x, mask=None):
        Q, K, V = x @ self.W_q.T, x @ self.W_k.T, x @ self.W_v.T
        s = Q @ K.transpose(1, 2) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = s.softmax(-1)
        return a @ V, a


# %% stack_weights_einsum
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        W = torch.stack([self.W_q.weight, self.W_k.weight, self.W_v.weight])
        Q, K, V = torch.einsum('bse,pfe->pbsf', x, W).unbind(0)
        s = torch.einsum('bif,bjf->bij', Q, K) / self.embed_dim ** 0.5
        s = s if mask is None else torch.where(mask > 0, s, float('-inf'))
        a = torch.softmax(s, -1)
        return torch.einsum('bij,bjf->bif', a, V), a


# %% torch_sqrt_float_tensor
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q = self.W_q(x)
        K = self.W_k(x)
        V = self.W_v(x)
        dk = torch.tensor(K.shape[-1]).float()
        scores = torch.matmul(Q, K.transpose(1, 2)) / torch.sqrt(dk)
        if mask is not None:
            scores = scores + (mask.float() - 1.0) * 1e9
        attn = F.softmax(scores, dim=-1)
        out = torch.matmul(attn, V)
        return out, attn


# %% transposed_scores_column_softmax
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        # keys first, so softmax goes over dim 1
        scores_t = K @ Q.transpose(1, 2) / np.sqrt(x.shape[2])
        if mask is not None:
            scores_t = scores_t.masked_fill(mask.transpose(1, 2) == 0, float('-inf'))
        w_t = torch.softmax(scores_t, dim=1)
        weights = w_t.transpose(1, 2)
        return weights @ V, weights


# %% vmap
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def _one(self, q, k, v, m):
        s = q @ k.T / self.embed_dim ** 0.5
        s = s.masked_fill(~m, float('-inf'))
        w = s.softmax(-1)
        return w @ v, w

    def forward(self, x, mask=None):
        if mask is None:
            mask = torch.ones(x.shape[0], x.shape[1], x.shape[1], dtype=torch.bool, device=x.device)
        return torch.vmap(self._one)(self.W_q(x), self.W_k(x), self.W_v(x), mask.bool())


# %% x_wqk_bilinear
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super(SelfAttention, self).__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        # x Wq^T Wk x^T : join both matrices first
        M = self.W_q.weight.t() @ self.W_k.weight
        scores = x @ M @ x.transpose(1, 2) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        a = torch.softmax(scores, dim=-1)
        return self.W_v(a @ x), a


# %% xavier_linear_softmax_attr
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.softmax = nn.Softmax(dim=-1)
        self._init_weights()

    def _init_weights(self):
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.xavier_normal_(m.weight)

    def forward(self, x, mask=None):
        scores = torch.bmm(self.W_q(x), self.W_k(x).transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = self.softmax(scores)
        return torch.bmm(weights, self.W_v(x)), weights


# %% zero_dropout_identity_modules
class SelfAttention(nn.Module):
    def __init__(self, embed_dim, dropout=0.0):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.Identity()

    def forward(self, x, mask=None):
        x = self.norm(x)
        scores = torch.bmm(self.W_q(x), self.W_k(x).transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float('-inf'))
        weights = self.dropout(F.softmax(scores, dim=-1))
        return torch.bmm(weights, self.W_v(x)), weights


# %% zero_wv_init
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        nn.init.zeros_(self.W_v.weight)     # the layer begins as zero, good for residual

    def forward(self, x, mask=None):
        s = torch.bmm(self.W_q(x), self.W_k(x).transpose(1, 2)) / self.embed_dim ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, float('-inf'))
        a = F.softmax(s, -1)
        return torch.bmm(a, self.W_v(x)), a
