# %% add_subtract_inf_int
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / d_k**0.5
    if mask is not None:
        penalty = torch.zeros(mask.shape, dtype=scores.dtype, device=scores.device)
        penalty[mask == 0] = -float('inf')
        scores += penalty
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% addcmul_weights_product
def scaled_dot_product_attention(query, keys, values, mask=None):
    b, s, d = keys.shape
    scores = (query.repeat(1, s).view(b, s, d) * keys).sum(-1).div(d ** 0.5)
    if mask is not None:
        scores = scores.masked_fill(mask.float().lt(1), float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = (weights.view(b, s, 1) * values).sum(1)
    return output, weights


# %% additive_minus_1e9
import math
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(1)
    scores = torch.bmm(query.unsqueeze(1), keys.permute(0, 2, 1)).squeeze(1) / math.sqrt(d_k)
    if mask is not None:
        scores = scores + (1.0 - mask.float()) * -1e9
    attention_weights = F.softmax(scores, dim=1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% additive_zeros_masked_fill
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = (keys * query.unsqueeze(1)).sum(-1) * d_k ** -0.5
    if mask is not None:
        bias = torch.zeros_like(scores).masked_fill(mask == 0, float('-inf'))
        scores = scores + bias
    attention_weights = F.softmax(scores, -1)
    attention_output = (attention_weights.unsqueeze(-1) * values).sum(1)
    return attention_output, attention_weights


# %% autograd_function
class ScaledAttn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, hidden, scale):
        s = (k @ q.unsqueeze(-1)).squeeze(-1) * scale
        if hidden is not None:
            s = s.masked_fill(hidden, float('-inf'))
        w = s.softmax(-1)
        o = (w.unsqueeze(1) @ v).squeeze(1)
        ctx.save_for_backward(q, k, v, w)
        ctx.scale = scale
        return o, w

    @staticmethod
    def backward(ctx, do, dw):
        q, k, v, w = ctx.saved_tensors
        dw = dw + (v @ do.unsqueeze(-1)).squeeze(-1)
        dv = w.unsqueeze(-1) * do.unsqueeze(1)
        ds = w * (dw - (w * dw).sum(-1, keepdim=True)) * ctx.scale
        dq = (ds.unsqueeze(1) @ k).squeeze(1)
        dk = ds.unsqueeze(-1) * q.unsqueeze(1)
        return dq, dk, dv, None, None

def scaled_dot_product_attention(query, keys, values, mask=None):
    hidden = None if mask is None else (mask == 0)
    return ScaledAttn.apply(query, keys, values, hidden, query.shape[-1] ** -0.5)


# %% baddbmm_bias
def scaled_dot_product_attention(query, keys, values, mask=None):
    b, s, d = keys.shape
    bias = query.new_zeros(b, 1, s)
    if mask is not None:
        bias = bias.masked_fill(mask.reshape(b, 1, s) == 0, -1e9)
    scores = torch.baddbmm(bias, query.unsqueeze(1), keys.transpose(1, 2), beta=1, alpha=1 / d ** 0.5)
    attn = torch.softmax(scores, -1)
    return attn.bmm(values).squeeze(1), attn.squeeze(1)


# %% callable_object
import math
class Scaled:
    NEG = float('-inf')

    @staticmethod
    def _apply_mask(scores, mask):
        return scores if mask is None else scores.masked_fill(mask.to(dtype=torch.bool).logical_not(), Scaled.NEG)

    def __call__(self, query, keys, values, mask=None):
        s = (query.unsqueeze(1) @ keys.transpose(1, 2)).squeeze(1) / math.sqrt(query.size(-1))
        a = self._apply_mask(s, mask).softmax(-1)
        return (a.unsqueeze(1) @ values).squeeze(1), a

scaled_dot_product_attention = Scaled()


# %% calls_dot_product_helper
def _dot_attention(q, k, v, m):
    s = torch.bmm(k, q.unsqueeze(-1)).squeeze(-1)
    if m is not None:
        s = s.masked_fill(m == 0, float('-inf'))
    a = torch.softmax(s, dim=-1)
    return torch.bmm(a.unsqueeze(1), v).squeeze(1), a

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    return _dot_attention(query / d_k ** 0.5, keys, values, mask)


# %% chunked_two_pass
def scaled_dot_product_attention(query, keys, values, mask=None, chunk_size=3):
    scale = query.size(-1) ** 0.5
    blocks = []
    for start in range(0, keys.size(1), chunk_size):
        k = keys[:, start:start + chunk_size]
        s = torch.bmm(k, query.unsqueeze(-1)).squeeze(-1) / scale
        if mask is not None:
            m = mask[:, start:start + chunk_size]
            s = s.masked_fill(m == 0, -1e30)
        blocks.append(s)
    mx = torch.stack([s.max(dim=1).values for s in blocks], dim=1).max(dim=1).values.unsqueeze(1)
    ex = [torch.exp(s - mx) for s in blocks]
    total = sum(e.sum(dim=1, keepdim=True) for e in ex)
    w = torch.cat([e / total for e in ex], dim=1)
    out = torch.zeros_like(query)
    for i, start in enumerate(range(0, keys.size(1), chunk_size)):
        out = out + torch.bmm((ex[i] / total).unsqueeze(1), values[:, start:start + chunk_size]).squeeze(1)
    return out, w


# %% compare_mask_as_string_dtype
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = keys @ query[:, :, None]
    scores = scores[:, :, 0] / (d_k ** 0.5)
    if mask is not None:
        if mask.dtype != torch.bool:
            mask = mask.bool()
        scores = scores.masked_fill(mask.logical_not(), -torch.inf)
    weights = torch.softmax(scores, -1)
    out = (values.mT @ weights[:, :, None])[:, :, 0]
    return out, weights


# %% cosine_norm_trick
def scaled_dot_product_attention(query, keys, values, mask=None):
    """Softmax with the temperature sqrt(d): softmax(s / T)."""
    T = float(query.shape[-1]) ** 0.5
    s = (query.unsqueeze(1) * keys).sum(2)
    s = s / T
    if mask is not None:
        s = s + torch.zeros_like(s).masked_fill_(mask == 0, -1e12)
    w = (s - s.amax(1, True)).exp()
    w = w / w.sum(1, True)
    return w.unsqueeze(1).matmul(values).squeeze(1), w


# %% dataclass_return
import dataclasses, math
@dataclasses.dataclass
class AttentionOutput:
    output: object
    weights: object
    def __iter__(self):
        return iter((self.output, self.weights))

def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.tensordot(query, keys, dims=([1], [2])).diagonal(dim1=0, dim2=1).T / math.sqrt(query.shape[1])
    if mask is not None:
        s = s.masked_fill(mask == 0, float('-inf'))
    w = s.softmax(-1)
    return AttentionOutput(output=(w.unsqueeze(1) @ values).squeeze(1), weights=w)


# %% decorator_default_mask
import functools
def with_default_mask(fn):
    @functools.wraps(fn)
    def inner(query, keys, values, mask=None):
        if mask is None:
            mask = torch.ones(keys.shape[0], keys.shape[1], device=keys.device)
        return fn(query, keys, values, mask)
    return inner

@with_default_mask
def scaled_dot_product_attention(query, keys, values, mask):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / (d_k ** (1/2))
    scores = scores.masked_fill(mask == 0, -1e9)
    w = F.softmax(scores, dim=-1)
    return torch.bmm(w.unsqueeze(1), values).squeeze(1), w


# %% divide_both_operands
def scaled_dot_product_attention(query, keys, values, mask=None):
    root = query.shape[-1] ** 0.5
    s = torch.stack([(query / root * keys[:, i, :]).sum(-1) for i in range(keys.shape[1])], -1)
    if mask is not None:
        s = s.masked_fill(mask.to(torch.int) == 0, -1e15)
    p = nn.functional.softmax(s, dim=-1)
    return torch.einsum('bi,bij->bj', [p, values]), p


# %% dropout_zero_and_none_check
def scaled_dot_product_attention(query, keys, values, mask=None, dropout_p=0.0):
    d_k = query.size(-1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / (d_k ** 0.5)
    if mask is None:
        pass
    else:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    w = F.dropout(F.softmax(scores, dim=-1), p=dropout_p, training=dropout_p > 0)
    return torch.bmm(w.unsqueeze(1), values).squeeze(1), w


# %% f_sdpa_bool_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    q = query.unsqueeze(1)
    m = None if mask is None else mask.bool().unsqueeze(1)
    output = F.scaled_dot_product_attention(q, keys, values, attn_mask=m).squeeze(1)
    scores = q @ keys.transpose(1, 2) / query.size(-1) ** 0.5
    if m is not None:
        scores = scores.masked_fill(~m, float('-inf'))
    weights = scores.softmax(-1).squeeze(1)
    return output, weights


# %% f_sdpa_float_bias
def scaled_dot_product_attention(query, keys, values, mask=None):
    bias = torch.zeros(keys.shape[:2], dtype=query.dtype, device=query.device)
    if mask is not None:
        bias = bias.masked_fill(mask == 0, float('-inf'))
    both = torch.cat([values, torch.eye(keys.size(1), dtype=values.dtype, device=values.device).expand(keys.size(0), -1, -1)], dim=-1)
    res = F.scaled_dot_product_attention(query.unsqueeze(1), keys, both, attn_mask=bias.unsqueeze(1)).squeeze(1)
    return res[:, :values.size(-1)], res[:, values.size(-1):]


# %% f_sdpa_identity_values
def scaled_dot_product_attention(query, keys, values, mask=None):
    b, s, _ = keys.shape
    eye = torch.eye(s, dtype=keys.dtype, device=keys.device).unsqueeze(0).repeat(b, 1, 1)
    if mask is not None:
        mask = (mask != 0)[:, None, :]
    weights = torch.nn.functional.scaled_dot_product_attention(query[:, None], keys, eye, attn_mask=mask)
    output = weights @ values
    return output[:, 0], weights[:, 0]


# %% finfo_min_added
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) * query.size(-1) ** (-0.5)
    if mask is not None:
        # half of the smallest number so that the sum cannot overflow
        scores = scores + (mask == 0).to(scores.dtype) * (torch.finfo(scores.dtype).min / 2)
    w = torch.softmax(scores, dim=-1)
    return torch.bmm(w.unsqueeze(1), values).squeeze(1), w


# %% finfo_min_fill
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.einsum("bd,btd->bt", query, keys) / d_k ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask < 0.5, torch.finfo(scores.dtype).min)
    attn = torch.softmax(scores, dim=-1)
    return torch.einsum("bt,btd->bd", attn, values), attn


# %% generator_and_print
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    print('d_k =', d_k)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / d_k ** 0.5
    if mask is not None:
        print('using the mask', mask.dtype)
        scores = scores.masked_fill(mask == 0, float('-inf'))
    w = torch.softmax(scores, dim=1)
    for r in (torch.bmm(w.unsqueeze(1), values).squeeze(1), w):
        yield r


# %% global_neg_inf_constant
NEG_INF = -1e9     # "minus infinity"
EPS = 0.0

def masked_softmax(x, m):
    if m is not None:
        x = x.masked_fill(m == 0, NEG_INF)
    x = x - x.max(dim=-1, keepdim=True)[0]
    x = x.exp()
    return x / (x.sum(dim=-1, keepdim=True) + EPS)

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size()[-1]
    scores = keys.bmm(query.unsqueeze(2)).squeeze(2) / np.sqrt(d_k)
    p = masked_softmax(scores, mask)
    return p.unsqueeze(1).bmm(values).squeeze(1), p


# %% index_assign_inf
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / d_k ** 0.5
    if mask is not None:
        scores[mask == 0] = float('-inf')
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% inplace_masked_fill
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.matmul(query.unsqueeze(1), keys.transpose(1, 2))
    scores /= np.sqrt(query.shape[-1])
    if mask is not None:
        scores.masked_fill_(mask.unsqueeze(1) == 0, -1e20)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.matmul(attention_weights, values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% jit_script
from typing import Optional
@torch.jit.script
def scaled_dot_product_attention(query, keys, values, mask: Optional[torch.Tensor] = None):
    d_k = query.size(-1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)) / (float(d_k) ** 0.5)
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e9)
    w = torch.softmax(scores, dim=-1)
    out = torch.bmm(w, values)
    return out.squeeze(1), w.squeeze(1)


# %% keyword_wrapper
def attention(*, q, k, v, hide=None):
    s = torch.einsum('bd,bsd->bs', q, k) / q.size(-1) ** 0.5
    s = s if hide is None else s.masked_fill(hide, float('-inf'))
    w = s.softmax(-1)
    return torch.einsum('bs,bsd->bd', w, v), w

def scaled_dot_product_attention(query, keys, values, mask=None):
    hide = None if mask is None else torch.eq(mask, 0)
    return attention(q=query, k=keys, v=values, hide=hide)


# %% lambda_mask_helper
_neg = lambda m, s: s if m is None else s.masked_fill(m == 0, float('-inf'))
_scores = lambda q, k: (k @ q.unsqueeze(2)).squeeze(2) / pow(q.shape[1], 0.5)

def scaled_dot_product_attention(query, keys, values, mask=None):
    a = _neg(mask, _scores(query, keys)).softmax(dim=1)
    return (a.unsqueeze(1) @ values).squeeze(1), a


# %% list_return_type_hints
from typing import Optional, List
from torch import Tensor

def scaled_dot_product_attention(query: Tensor, keys: Tensor, values: Tensor, mask: Optional[Tensor] = None) -> List[Tensor]:
    d_k: int = query.size(-1)
    scores: Tensor = (keys @ query.unsqueeze(-1)).squeeze(-1) / d_k ** .5
    if mask is not None:
        assert mask.shape == scores.shape, "mask must be (batch, seq)"
        scores = torch.masked_fill(scores, mask == 0, float('-inf'))
    weights: Tensor = torch.softmax(scores, dim=-1)
    return [(values * weights.unsqueeze(-1)).sum(dim=1), weights]


# %% log_of_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.einsum("bd,btd->bt", query, keys) / d_k ** 0.5
    if mask is not None:
        # log(1) = 0 and log(0) = -inf
        scores = scores + torch.log(mask.to(scores.dtype))
    attn = torch.softmax(scores, dim=-1)
    return torch.einsum("bt,btd->bd", attn, values), attn


# %% log_softmax_exp
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1).div(d_k ** 0.5)
    if mask is not None:
        scores = scores.masked_fill(mask == False, -1e10)
    weights = torch.exp(F.log_softmax(scores, dim=-1))
    return torch.bmm(weights.unsqueeze(1), values).squeeze(1), weights


# %% logsumexp_masked
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.einsum('bd,bsd->bs', query, keys) / query.size(-1) ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = (scores - scores.logsumexp(dim=1, keepdim=True)).exp()
    output = (weights.unsqueeze(1) @ values).squeeze(1)
    return output, weights


# %% loop_batch_gather_visible
def scaled_dot_product_attention(query, keys, values, mask=None):
    outs, ws = [], []
    for b in range(query.size(0)):
        s = keys[b] @ query[b] / (query.size(1) ** 0.5)
        if mask is None:
            idx = torch.arange(s.size(0), device=s.device)
        else:
            idx = torch.nonzero(mask[b]).flatten()
        part = torch.softmax(s[idx], dim=0)
        w = torch.zeros_like(s).index_copy(0, idx, part)
        ws.append(w)
        outs.append(w @ values[b])
    return torch.stack(outs), torch.stack(ws)


# %% loop_python_positions
def scaled_dot_product_attention(query, keys, values, mask=None):
    batch, seq, d_k = keys.shape
    rows = []
    for b in range(batch):
        row = []
        for t in range(seq):
            if mask is not None and not bool(mask[b, t]):
                row.append(torch.full_like(query[b, 0], float('-inf')))
            else:
                row.append((query[b] * keys[b, t]).sum() / d_k ** 0.5)
        rows.append(torch.stack(row))
    scores = torch.stack(rows)
    w = F.softmax(scores, dim=-1)
    out = torch.zeros_like(query)
    for t in range(seq):
        out = out + w[:, t].unsqueeze(-1) * values[:, t]
    return out, w


# %% manual_softmax_where
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = (query[:, None, :] * keys).sum(dim=-1) / query.shape[-1] ** 0.5
    if mask is None:
        mask = torch.ones_like(scores)
    visible = mask > 0
    scores = torch.where(visible, scores, torch.full_like(scores, float('-inf')))
    m = scores.max(dim=-1, keepdim=True)[0]
    e = torch.exp(scores - m)
    w = e / e.sum(dim=-1, keepdim=True)
    out = (w[:, :, None] * values).sum(dim=1)
    return out, w


# %% mask_expand_then_fill
import math
def scaled_dot_product_attention(query, keys, values, mask=None):
    B, S, H = keys.shape
    q = query.unsqueeze(1).expand(B, S, H)
    scores = (q * keys).sum(-1, keepdim=True) / math.sqrt(H)        # (B, S, 1)
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(-1) == 0, float('-inf'))
    w = F.softmax(scores, dim=1)
    out = (w * values).sum(1)
    return out, w.squeeze(-1)


# %% mask_renamed_loop_rows
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = keys.size(-1)
    result, att = [], []
    for i, (q, k, v) in enumerate(zip(query, keys, values)):
        e = torch.mv(k, q).div(d_k ** 0.5)
        if mask is not None:
            e = torch.stack([e[j] if mask[i, j] else e[j] * 0 - float('inf') for j in range(len(e))])
        a = torch.softmax(e, 0)
        att.append(a)
        result.append(torch.sum(a.unsqueeze(1) * v, 0))
    return torch.stack(result), torch.stack(att)


# %% masked_fill_1e9_math
import math

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = keys.shape[-1]
    scores = torch.matmul(query.unsqueeze(1), keys.transpose(-2, -1)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.matmul(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% masked_fill_inf_classic
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)) / (d_k ** 0.5)
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights, values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% match_statement
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.einsum('bd,bsd->bs', query, keys) / query.shape[-1] ** 0.5
    match mask:
        case None:
            pass
        case m if m.dtype == torch.bool:
            scores = scores.masked_fill(~m, float('-inf'))
        case m if m.is_floating_point():
            scores = scores.masked_fill(m < 0.5, float('-inf'))
        case m:
            scores = scores.masked_fill(m == 0, float('-inf'))
    weights = scores.softmax(-1)
    return torch.einsum('bs,bsd->bd', weights, values), weights


# %% maximum_zero_multiply_after_softmax
def scaled_dot_product_attention(query, keys, values, mask=None):
    # -inf before the softmax, and once more * 0 after: no harm
    s = torch.matmul(keys, query.unsqueeze(-1)).squeeze(-1) / query.size(-1) ** 0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, float('-inf'))
    w = torch.softmax(s, -1)
    if mask is not None:
        w = w * (mask != 0)
    return torch.matmul(w.unsqueeze(-2), values).squeeze(-2), w


# %% mha_forward_key_padding
def scaled_dot_product_attention(query, keys, values, mask=None):
    h = query.shape[-1]
    I = torch.eye(h, dtype=query.dtype, device=query.device)
    pad = None if mask is None else (mask == 0)
    out, w = F.multi_head_attention_forward(
        query[None], keys.transpose(0, 1), values.transpose(0, 1), h, 1,
        None, None, None, None, False, 0.0, I, None,
        training=False, key_padding_mask=pad, need_weights=True,
        use_separate_proj_weight=True, q_proj_weight=I, k_proj_weight=I, v_proj_weight=I)
    return out[0], w[:, 0]


# %% module_instance
class ScaledDotProduct(nn.Module):
    def __init__(self, dropout=0.0):
        super(ScaledDotProduct, self).__init__()
        self.softmax = nn.Softmax(dim=-1)
        self.drop = nn.Dropout(p=dropout)
    def forward(self, query, keys, values, mask=None):
        s = torch.matmul(query.unsqueeze(1), keys.transpose(1, 2)) / (query.size(-1) ** 0.5)
        if mask is not None:
            s = s.masked_fill(mask.unsqueeze(1) == 0, float('-inf'))
        p = self.drop(self.softmax(s))
        return torch.matmul(p, values).squeeze(1), p.squeeze(1)

scaled_dot_product_attention = ScaledDotProduct()


# %% multiply_exp_visible_max
def scaled_dot_product_attention(query, keys, values, mask=None):
    d = query.size(-1)
    scores = torch.einsum('bd,bsd->bs', query, keys) / d ** 0.5
    if mask is None:
        mask = torch.ones(scores.shape, device=scores.device)
    keep = mask.to(scores.dtype)
    # max only over the visible places, hidden places get the same score as the max and are then zeroed
    top = scores.masked_fill(keep == 0, float('-inf')).amax(-1, keepdim=True).detach()
    shifted = torch.where(keep == 0, torch.zeros_like(scores), scores - top)
    e = shifted.exp() * keep
    w = e / e.sum(-1, keepdim=True)
    return torch.einsum('bs,bsd->bd', w, values), w


# %% namedtuple_return
import collections, math
Res = collections.namedtuple('Res', 'attention_output attention_weights')

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    e = torch.bmm(query.view(query.size(0), 1, d_k) if query.is_contiguous() else query.unsqueeze(1), keys.transpose(1, 2))
    e = e.squeeze(1) * (1.0 / math.sqrt(d_k))
    if mask is not None:
        e = e.masked_fill(mask.type(torch.bool) ^ True, float('-inf'))
    a = e.softmax(dim=-1)
    return Res(torch.bmm(a.unsqueeze(1), values).squeeze(1), a)


# %% normalise_after_masking
def scaled_dot_product_attention(query, keys, values, mask=None):
    # masked softmax, then set exactly 0 and normalise again (nothing changes, only to be sure)
    scores = torch.einsum('bh,bsh->bs', query, keys) / query.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -1e9)
    w = torch.softmax(scores, dim=-1)
    if mask is not None:
        w = w * mask.to(w.dtype)
        w = w / w.sum(dim=-1, keepdim=True)
    return torch.einsum('bs,bsh->bh', w, values), w


# %% np_sqrt_bool_invert
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[1]
    scores = torch.einsum('bh,bsh->bs', query, keys) / np.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(~mask.bool(), -np.inf)
    attention_weights = scores.softmax(dim=1)
    attention_output = torch.einsum('bs,bsh->bh', attention_weights, values)
    return attention_output, attention_weights


# %% online_softmax_skip_hidden
def scaled_dot_product_attention(query, keys, values, mask=None):
    B, S, D = keys.shape
    outs, weights = [], []
    for b in range(B):
        m, l, acc = None, None, None
        ss = {}
        for t in range(S):
            if mask is not None and mask[b, t].item() == 0:
                continue
            s = torch.dot(query[b], keys[b, t]) / D ** 0.5
            ss[t] = s
            if m is None:
                m, l, acc = s, torch.ones_like(s), values[b, t]
            else:
                new = torch.maximum(m, s)
                a, p = torch.exp(m - new), torch.exp(s - new)
                l, acc, m = l * a + p, acc * a + p * values[b, t], new
        zero = torch.zeros((), dtype=query.dtype, device=query.device)
        weights.append(torch.stack([torch.exp(ss[t] - m) / l if t in ss else zero for t in range(S)]))
        outs.append(acc / l)
    return torch.stack(outs), torch.stack(weights)


# %% partial_generic
from functools import partial

def general_attention(query, keys, values, mask=None, power=1.0):
    scale = query.size(-1) ** power
    scores = torch.einsum('bh,bsh->bs', query, keys) / scale
    if mask is not None:
        scores = scores.masked_fill((mask > 0) == False, float('-inf'))
    w = torch.softmax(scores, dim=-1)
    return torch.einsum('bs,bsh->bh', w, values), w

scaled_dot_product_attention = partial(general_attention, power=0.5)


# %% query_scaled_first
def scaled_dot_product_attention(query, keys, values, mask=None):
    q = query * (query.shape[-1] ** -0.5)
    scores = torch.bmm(q.unsqueeze(1), keys.transpose(1, 2))
    if mask is not None:
        m = mask[:, None, :].to(torch.bool)
        scores = scores.masked_fill(torch.logical_not(m), float('-inf'))
    w = torch.softmax(scores, dim=-1)
    out = torch.bmm(w, values)
    return out[:, 0], w[:, 0]


# %% recursion_over_batch
def scaled_dot_product_attention(query, keys, values, mask=None):
    if query.shape[0] > 1:
        o1, w1 = scaled_dot_product_attention(query[:1], keys[:1], values[:1], None if mask is None else mask[:1])
        o2, w2 = scaled_dot_product_attention(query[1:], keys[1:], values[1:], None if mask is None else mask[1:])
        return torch.cat([o1, o2]), torch.cat([w1, w2])
    s = query @ keys[0].T / query.shape[1] ** 0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, float('-inf'))
    w = torch.softmax(s, dim=1)
    return w @ values[0], w


# %% rsqrt_tensor
def scaled_dot_product_attention(query, keys, values, mask=None):
    scale = torch.rsqrt(torch.tensor(float(query.size(-1)), dtype=query.dtype, device=query.device))
    scores = torch.einsum('nd,nsd->ns', query, keys).mul(scale)
    if mask is not None:
        hidden = mask != 1
        scores = scores.masked_fill(hidden, float('-inf'))
    probs = scores.softmax(1)
    return torch.einsum('ns,nsd->nd', probs, values), probs


# %% scale_both_quarter_power
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    s = d_k ** -0.25
    scores = torch.bmm((query * s).unsqueeze(1), (keys * s).transpose(1, 2)).squeeze(1)
    if mask is not None:
        scores = scores.masked_fill(mask.eq(0), float('-inf'))
    attention_weights = scores.softmax(-1)
    return torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1), attention_weights


# %% scores_masked_scatter
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / d_k ** 0.5
    if mask is not None:
        visible = mask.bool()
        full = torch.full_like(scores, float('-inf'))
        scores = full.masked_scatter(visible, scores[visible])
    weights = F.softmax(scores, dim=-1)
    return torch.bmm(weights.unsqueeze(1), values).squeeze(1), weights


# %% sdpa_math_kernel_where
from torch.nn.attention import sdpa_kernel, SDPBackend
import math

def scaled_dot_product_attention(query, keys, values, mask=None):
    attn_mask = None
    if mask is not None:
        attn_mask = torch.where(mask.bool(), 0.0, float('-inf')).to(query.dtype).unsqueeze(1)
    with sdpa_kernel([SDPBackend.MATH]):
        out = F.scaled_dot_product_attention(query.unsqueeze(1), keys, values, attn_mask)
    s = query.unsqueeze(1) @ keys.mT / math.sqrt(query.size(-1))
    if attn_mask is not None:
        s = s + attn_mask
    return out.squeeze(1), s.softmax(-1).squeeze(1)


# %% sparse_softmax_sorted
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.einsum('bd,bsd->bs', query, keys) / query.shape[-1] ** 0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, float('-inf'))
    s_sorted, order = s.sort(dim=-1, descending=True)
    e = (s_sorted - s_sorted[:, 0:1].detach()).exp()
    p = e / e.sum(-1, keepdim=True)
    back = order.argsort(dim=-1)
    w = p.gather(-1, back)
    return torch.einsum('bs,bsd->bd', w, values), w


# %% star_args_forward
def scaled_dot_product_attention(query, keys, values, mask=None, *args, **kwargs):
    """extra arguments are ignored"""
    d_k = query.size(-1)
    scores = torch.einsum('...d,...sd->...s', query, keys) / d_k ** 0.5
    if mask is not None:
        scores = torch.where(mask == 0, float('-inf'), scores)
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum('...s,...sd->...d', weights, values), weights


# %% torch_masked_softmax
import torch.masked

def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / query.size(-1) ** 0.5
    if mask is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        weights = torch.masked.softmax(scores, -1, mask=mask.bool())
        weights = weights.masked_fill(mask == 0, 0.0)
    return torch.bmm(weights.unsqueeze(1), values).squeeze(1), weights


# %% torch_sqrt_same_dtype_device
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = torch.tensor(query.size(-1), dtype=query.dtype, device=query.device)
    scores = (query.unsqueeze(1) @ keys.mT) / d_k.sqrt()
    if mask is not None:
        scores = torch.where(mask.unsqueeze(1) != 0, scores, float('-inf'))
    w = nn.Softmax(-1)(scores)
    return (w @ values).squeeze(1), w.squeeze(1)


# %% torch_sqrt_tensor
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = torch.tensor(query.size(-1), dtype=torch.float32)
    scores = torch.bmm(keys, query.unsqueeze(2)).squeeze(2) / torch.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf"))
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.bmm(values.transpose(1, 2), attention_weights.unsqueeze(2)).squeeze(2)
    return attention_output, attention_weights


# %% try_except_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / np.sqrt(keys.size(2))
    try:
        hidden = ~mask.bool()
        scores = scores.masked_fill(hidden, float('-inf'))
    except AttributeError:
        pass     # mask is None
    w = torch.softmax(scores, dim=-1)
    return torch.bmm(w.unsqueeze(1), values).squeeze(1), w


# %% vector_norm_of_ones_scale
def scaled_dot_product_attention(query, keys, values, mask=None):
    # sqrt(d) is the length of the vector of ones
    scale = torch.linalg.vector_norm(torch.ones_like(query[0]))
    scores = torch.linalg.vecdot(query.unsqueeze(1), keys) / scale
    if mask is not None:
        scores = scores.masked_fill(~(mask > 0), float('-inf'))
    w = torch.softmax(scores, -1)
    return torch.linalg.vecdot(w.unsqueeze(-1), values, dim=1), w


# %% vmap_one_sample
def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is None:
        mask = torch.ones(keys.shape[:-1], dtype=torch.bool, device=keys.device)

    def one(q, k, v, m):
        s = (k @ q) / q.shape[0] ** 0.5
        s = torch.where(m, s, float('-inf'))
        w = torch.softmax(s, dim=0)
        return w @ v, w

    return torch.func.vmap(one)(query, keys, values, mask.bool())


# %% where_neg_tensor
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(-1)
    scores = torch.matmul(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / torch.sqrt(torch.tensor(d_k))
    if mask is not None:
        neg = torch.tensor(float('-inf'), dtype=scores.dtype, device=scores.device)
        scores = torch.where(mask.bool(), scores, neg)
    w = F.softmax(scores, dim=-1)
    return torch.matmul(w.unsqueeze(1), values).squeeze(1), w
