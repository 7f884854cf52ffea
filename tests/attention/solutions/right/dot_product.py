# %% addcmul_logits_unflatten
def dot_product_attention(query, keys, values):
    b, s, h = keys.shape
    rep = query.repeat_interleave(s, dim=0)                # (b*s, h)
    scores = (rep * keys.flatten(0, 1)).sum(-1).unflatten(0, (b, s))
    weights = scores.softmax(dim=-1)
    output = (weights.flatten().unsqueeze(-1) * values.flatten(0, 1)).unflatten(0, (b, s)).sum(1)
    return output, weights


# %% at_operator
def dot_product_attention(query, keys, values):
    scores = query[:, None, :] @ keys.mT
    weights = nn.Softmax(dim=2)(scores)
    out = weights @ values
    return out[:, 0, :], weights[:, 0, :]


# %% autograd_function
class DotAttnFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v):
        s = torch.einsum('bd,bsd->bs', q, k)
        w = torch.softmax(s, dim=-1)
        o = torch.einsum('bs,bsd->bd', w, v)
        ctx.save_for_backward(q, k, v, w)
        return o, w

    @staticmethod
    def backward(ctx, grad_o, grad_w):
        q, k, v, w = ctx.saved_tensors
        gw = grad_w + torch.einsum('bd,bsd->bs', grad_o, v)
        gv = w.unsqueeze(-1) * grad_o.unsqueeze(1)
        gs = w * (gw - (gw * w).sum(-1, keepdim=True))
        gq = torch.einsum('bs,bsd->bd', gs, k)
        gk = gs.unsqueeze(-1) * q.unsqueeze(1)
        return gq, gk, gv

def dot_product_attention(query, keys, values):
    return DotAttnFn.apply(query, keys, values)


# %% baddbmm
def dot_product_attention(query, keys, values):
    b, s, _ = keys.shape
    zero = torch.zeros(b, 1, s, dtype=query.dtype, device=query.device)
    scores = torch.baddbmm(zero, query.unsqueeze(1), keys.transpose(1, 2))
    w = torch.softmax(scores, dim=-1)
    out = torch.bmm(w, values)
    return out.squeeze(1), w.squeeze(1)


# %% block_diagonal_full_matrix
def dot_product_attention(query, keys, values):
    b, s, h = keys.shape
    # (h, b) x -> all scores, take the diagonal blocks
    all_scores = torch.einsum('ah,bsh->abs', query, keys)
    scores = torch.diagonal(all_scores, dim1=0, dim2=1).transpose(0, 1)
    weights = torch.softmax(scores, dim=-1)
    out = torch.diagonal(torch.einsum('as,bsh->abh', weights, values), dim1=0, dim2=1).transpose(0, 1)
    return out, weights


# %% bmm_classic
def dot_product_attention(query, keys, values):
    """
    Implement dot-product attention mechanism.
    """
    # Step 1
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))   # (batch, 1, seq)
    # Step 2
    attention_weights = F.softmax(scores, dim=-1)
    # Step 3
    attention_output = torch.bmm(attention_weights, values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% bmm_squeeze_early
def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1)
    k_t = keys.permute(0, 2, 1)
    scores = torch.bmm(q, k_t).squeeze(1)
    attention_weights = torch.softmax(scores, dim=1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% broadcast_multiply_sum
def dot_product_attention(query, keys, values):
    scores = (query.unsqueeze(1) * keys).sum(dim=2)
    attention_weights = F.softmax(scores, dim=1)
    attention_output = (attention_weights.unsqueeze(2) * values).sum(dim=1)
    return attention_output, attention_weights


# %% callable_object
class DotProductAttention:
    def __init__(self, dim=-1):
        self.dim = dim

    def scores(self, q, k):
        return (q.unsqueeze(1) @ k.transpose(1, 2)).squeeze(1)

    def __call__(self, query, keys, values):
        weights = torch.softmax(self.scores(query, keys), dim=self.dim)
        output = (weights.unsqueeze(1) @ values).squeeze(1)
        return output, weights

dot_product_attention = DotProductAttention()


# %% chunked_keys
def dot_product_attention(query, keys, values, chunk=2):
    pieces = []
    for k in torch.split(keys, chunk, dim=1):
        pieces.append(torch.einsum('bd,bsd->bs', query, k))
    scores = torch.cat(pieces, dim=-1)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = 0
    for w, v in zip(attention_weights.split(chunk, dim=1), values.split(chunk, dim=1)):
        attention_output = attention_output + (w.unsqueeze(-1) * v).sum(dim=1)
    return attention_output, attention_weights


# %% clone_inputs
def dot_product_attention(query, keys, values):
    q, k, v = query.clone(), keys.clone(), values.clone()
    q = q.unsqueeze(1)
    k = k.transpose(1, 2)
    e = q @ k
    a = F.softmax(e, dim=-1)
    o = a @ v
    return o.squeeze(dim=1), a.squeeze(dim=1)


# %% contiguous_everywhere
def dot_product_attention(query, keys, values):
    query = query.contiguous()
    keys = keys.contiguous()
    values = values.contiguous()
    scores = torch.bmm(query.view(query.shape[0], 1, query.shape[1]), keys.transpose(1, 2).contiguous()).contiguous()
    attention_weights = torch.softmax(scores, dim=-1).contiguous()
    attention_output = torch.bmm(attention_weights, values).contiguous()
    return attention_output.view(query.shape[0], query.shape[1]), attention_weights.view(query.shape[0], keys.shape[1])


# %% decorated_shape_check
import functools

def check_shapes(fn):
    @functools.wraps(fn)
    def wrapper(query, keys, values):
        assert query.dim() == 2 and keys.dim() == 3 and values.dim() == 3
        out, w = fn(query, keys, values)
        assert out.shape == query.shape
        assert w.shape == keys.shape[:2]
        return out, w
    return wrapper

@check_shapes
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    weights = F.softmax(scores, dim=-1)
    return torch.bmm(weights, values).squeeze(1), weights.squeeze(1)


# %% dict_values_view
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))[:, 0]
    weights = torch.softmax(scores, -1)
    result = {}
    result['output'] = torch.bmm(weights[:, None], values)[:, 0]
    result['weights'] = weights
    return result.values()


# %% einsum_both
def dot_product_attention(query, keys, values):
    scores = torch.einsum('bh,bsh->bs', query, keys)
    attention_weights = F.softmax(scores, dim=1)
    attention_output = torch.einsum('bs,bsh->bh', attention_weights, values)
    return attention_output, attention_weights


# %% expand_query
def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1).expand_as(keys)
    scores = torch.sum(torch.mul(q, keys), dim=-1)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.sum(torch.mul(attention_weights.unsqueeze(-1).expand_as(values), values), dim=1)
    return attention_output, attention_weights


# %% f_sdpa_undo_scale_identity
import math

def dot_product_attention(query, keys, values):
    # torch divides by sqrt(d), so we multiply the query before
    d = query.size(-1)
    q = (query * math.sqrt(d)).unsqueeze(1)
    eye = torch.eye(keys.size(1), dtype=keys.dtype, device=keys.device).expand(keys.size(0), -1, -1)
    attention_weights = F.scaled_dot_product_attention(q, keys, eye).squeeze(1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% f_sdpa_unscaled
def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1)
    attention_output = F.scaled_dot_product_attention(q, keys, values, scale=1.0).squeeze(1)
    attention_weights = torch.softmax(torch.bmm(q, keys.transpose(1, 2)), dim=-1).squeeze(1)
    return attention_output, attention_weights


# %% flatten_tensordot_loop
def dot_product_attention(query, keys, values):
    scores = torch.stack([torch.tensordot(k, q, dims=([1], [0])) for q, k in zip(query, keys)])
    weights = torch.softmax(scores, dim=-1)
    output = torch.stack([torch.tensordot(w, v, dims=1) for w, v in zip(weights, values)])
    return output, weights


# %% functional_bilinear_identity
def dot_product_attention(query, keys, values):
    b, s, h = keys.shape
    eye = torch.eye(h, dtype=query.dtype, device=query.device).unsqueeze(0)
    scores = F.bilinear(query.unsqueeze(1).expand(b, s, h).contiguous(), keys.contiguous(), eye).squeeze(-1)
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% functools_partial
from functools import partial

def _attention(query, keys, values, scale, dim):
    scores = torch.matmul(query.unsqueeze(1), keys.transpose(1, 2)) / scale
    weights = torch.softmax(scores, dim=dim)
    return torch.matmul(weights, values).squeeze(1), weights.squeeze(1)

dot_product_attention = partial(_attention, scale=1, dim=-1)


# %% gather_index
def dot_product_attention(query, keys, values):
    b, s, h = keys.shape
    big = query @ keys.reshape(b * s, h).t()      # every query with every key
    cols = torch.arange(b * s, device=query.device).view(b, s)
    scores = big.gather(1, cols)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights[:, None, :], values)[:, 0, :]
    return attention_output, attention_weights


# %% generator_yield
def dot_product_attention(query, keys, values):
    scores = torch.bmm(keys, query.unsqueeze(-1)).squeeze(-1)
    attention_weights = F.softmax(scores, dim=-1)
    yield torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    yield attention_weights


# %% index_assignment
def dot_product_attention(query, keys, values):
    batch_size, seq_len, hidden_dim = keys.shape
    scores = torch.empty(batch_size, seq_len, dtype=query.dtype, device=query.device)
    for b in range(batch_size):
        for s in range(seq_len):
            scores[b, s] = (query[b] * keys[b, s]).sum()
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.zeros(batch_size, hidden_dim, dtype=values.dtype, device=values.device)
    for b in range(batch_size):
        attention_output[b] = attention_weights[b] @ values[b]
    return attention_output, attention_weights


# %% inner_functions_closure
def make_attention(dim):
    def attention(query, keys, values):
        def score():
            return keys.matmul(query.unsqueeze(dim)).squeeze(dim)
        def mix(w):
            return values.transpose(1, 2).matmul(w.unsqueeze(dim)).squeeze(dim)
        w = score().softmax(dim)
        return mix(w), w
    return attention

dot_product_attention = make_attention(-1)


# %% inner_products_mv
def dot_product_attention(query, keys, values):
    scores = torch.stack([torch.mv(keys[i], query[i]) for i in range(len(query))], dim=0)
    weights = nn.functional.softmax(scores, dim=1)
    output = torch.stack([torch.mv(values[i].t(), weights[i]) for i in range(len(query))], dim=0)
    return output, weights


# %% iterator_return
def dot_product_attention(query, keys, values):
    attention_weights = torch.softmax(torch.einsum('bh,bsh->bs', query, keys), dim=1)
    attention_output = torch.einsum('bs,bsh->bh', attention_weights, values)
    return iter((attention_output, attention_weights))


# %% jit_script
@torch.jit.script
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights, values)
    return output.squeeze(1), weights.squeeze(1)


# %% kwargs_only_call
def attend(*, q, k, v):
    w = F.softmax((k * q.unsqueeze(-2)).sum(-1), dim=-1)
    return {'out': (v * w.unsqueeze(-1)).sum(-2), 'w': w}

def dot_product_attention(query, keys, values):
    res = attend(q=query, k=keys, v=values)
    return res['out'], res['w']


# %% lambda_assigned
_w = lambda q, k: torch.softmax(torch.einsum('bd,bsd->bs', q, k), dim=-1)
dot_product_attention = lambda query, keys, values: (torch.einsum('bs,bsd->bd', _w(query, keys), values), _w(query, keys))


# %% log_softmax_exp
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    attention_weights = F.log_softmax(scores, dim=-1).exp()
    attention_output = attention_weights.bmm(values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% logsumexp
def dot_product_attention(query, keys, values):
    scores = (keys @ query[..., None])[..., 0]
    attention_weights = torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
    attention_output = (attention_weights[:, None] @ values)[:, 0]
    return attention_output, attention_weights


# %% loop_batch_and_positions
def dot_product_attention(query, keys, values):
    batch_size, seq_len, hidden_dim = keys.size()
    out_list, w_list = [], []
    for i in range(batch_size):
        sc = []
        for j in range(seq_len):
            sc.append(torch.dot(query[i], keys[i, j]))
        sc = torch.stack(sc)
        w = F.softmax(sc, dim=0)
        context = torch.zeros_like(query[i])
        for j in range(seq_len):
            context = context + w[j] * values[i, j]
        out_list.append(context.unsqueeze(0))
        w_list.append(w.unsqueeze(0))
    return torch.cat(out_list, dim=0), torch.cat(w_list, dim=0)


# %% loop_batch_stack
def dot_product_attention(query, keys, values):
    outputs = []
    all_weights = []
    for b in range(query.shape[0]):
        s = keys[b] @ query[b]
        w = torch.softmax(s, dim=0)
        outputs.append(w @ values[b])
        all_weights.append(w)
    return torch.stack(outputs), torch.stack(all_weights)


# %% loop_positions_only
def dot_product_attention(query, keys, values):
    seq_len = keys.shape[1]
    scores = torch.stack([torch.sum(query * keys[:, t], dim=-1) for t in range(seq_len)], dim=1)
    weights = torch.softmax(scores, 1)
    output = sum(weights[:, t:t+1] * values[:, t] for t in range(seq_len))
    return output, weights


# %% manual_softmax_amax
def dot_product_attention(query, keys, values):
    scores = torch.bmm(keys, query.unsqueeze(2)).squeeze(2)
    # softmax by hand, subtract the max for stability
    e = torch.exp(scores - scores.amax(dim=1, keepdim=True))
    attention_weights = e / e.sum(dim=1, keepdim=True)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% manual_softmax_global_row_tuple
def my_softmax(t, axis):
    biggest, _ = torch.max(t, dim=axis, keepdim=True)
    t = t - biggest
    t = torch.exp(t)
    return torch.div(t, torch.sum(t, dim=axis, keepdim=True))

def dot_product_attention(query, keys, values):
    scores = torch.matmul(query.unsqueeze(1), keys.transpose(-2, -1))
    attention_weights = my_softmax(scores, -1)
    attention_output = torch.matmul(attention_weights, values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% manual_softmax_max_values_detach
def dot_product_attention(query, keys, values):
    scores = torch.einsum("bd,bnd->bn", query, keys)
    m = scores.max(dim=-1, keepdim=True).values.detach()
    num = (scores - m).exp()
    den = num.sum(-1, keepdim=True)
    attention_weights = num / den
    attention_output = torch.einsum("bn,bnd->bd", attention_weights, values)
    return attention_output, attention_weights


# %% map_over_batch
def dot_product_attention(query, keys, values):
    def one(args):
        q, k, v = args
        a = (k @ q).softmax(0)
        return a @ v, a
    outs, ws = zip(*map(one, zip(query.unbind(0), keys.unbind(0), values.unbind(0))))
    return torch.stack(outs, 0), torch.stack(ws, 0)


# %% matmul_column_query
def dot_product_attention(query, keys, values):
    # keys (b, s, h) times query as column (b, h, 1)
    scores = torch.matmul(keys, query.unsqueeze(-1)).squeeze(-1)
    attention_weights = scores.softmax(dim=-1)
    attention_output = torch.matmul(attention_weights.unsqueeze(-2), values).squeeze(-2)
    return attention_output, attention_weights


# %% matmul_swapaxes
def dot_product_attention(query, keys, values):
    scores = torch.matmul(torch.unsqueeze(query, 1), torch.swapaxes(keys, 1, 2))
    attention_weights = torch.softmax(scores, axis=-1)
    attention_output = torch.squeeze(torch.matmul(attention_weights, values), 1)
    attention_weights = torch.squeeze(attention_weights, 1)
    return (attention_output, attention_weights)


# %% mha_forward_functional
def dot_product_attention(query, keys, values):
    b, s, h = keys.shape
    eye = torch.eye(h, dtype=query.dtype, device=query.device)
    # multi_head_attention_forward with one head and identity projections; it divides by sqrt(h) so multiply before
    out, w = F.multi_head_attention_forward(
        (query * h ** 0.5).unsqueeze(0), keys.transpose(0, 1), values.transpose(0, 1),
        embed_dim_to_check=h, num_heads=1,
        in_proj_weight=None, in_proj_bias=None, bias_k=None, bias_v=None, add_zero_attn=False,
        dropout_p=0.0, out_proj_weight=eye, out_proj_bias=None, training=False,
        need_weights=True, use_separate_proj_weight=True,
        q_proj_weight=eye, k_proj_weight=eye, v_proj_weight=eye)
    return out.squeeze(0), w.squeeze(1)


# %% new_zeros_accumulate
def dot_product_attention(query, keys, values):
    b, n, d = keys.shape
    scores = query.new_zeros(b, n)
    for i in range(d):
        scores = scores + query[:, i:i+1] * keys[:, :, i]
    w = torch.softmax(scores, dim=1)
    out = values.new_zeros(b, values.shape[2])
    for j in range(n):
        out += w[:, j].unsqueeze(1) * values[:, j, :]
    return out, w


# %% nn_module_instance
class _DotAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.softmax = nn.Softmax(dim=-1)
        self.dropout = nn.Dropout(0.0)

    def forward(self, query, keys, values):
        scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
        weights = self.dropout(self.softmax(scores))
        return torch.bmm(weights, values).squeeze(1), weights.squeeze(1)

dot_product_attention = _DotAttention()


# %% online_softmax
def dot_product_attention(query, keys, values):
    # one pass over the sequence, like flash attention
    seq_len = keys.size(1)
    scores = [(query * keys[:, 0]).sum(-1, keepdim=True)]
    m = scores[0]
    l = torch.ones_like(m)
    acc = values[:, 0]
    for t in range(1, seq_len):
        s = (query * keys[:, t]).sum(-1, keepdim=True)
        scores.append(s)
        new_m = torch.maximum(m, s)
        alpha = torch.exp(m - new_m)
        p = torch.exp(s - new_m)
        l = l * alpha + p
        acc = acc * alpha + p * values[:, t]
        m = new_m
    weights = torch.exp(torch.cat(scores, dim=1) - m) / l
    return acc / l, weights


# %% optional_extra_argument
def dot_product_attention(query, keys, values, return_scores=False):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights, values)
    attention_weights = attention_weights.squeeze(1)
    attention_output = attention_output.squeeze(1)
    if return_scores:
        return attention_output, attention_weights, scores.squeeze(1)
    return attention_output, attention_weights


# %% prints_debug
def dot_product_attention(query, keys, values):
    print("query", query.shape)
    print("keys", keys.shape)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    print("scores", scores.shape)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights, values)
    attention_output = attention_output.squeeze(1)
    attention_weights = attention_weights.squeeze(1)
    print("done !!")
    return attention_output, attention_weights


# %% recursive_merge
def _merge(scores, values):
    # returns log-normaliser and output, by dividing the sequence in two halves
    n = scores.shape[1]
    if n == 1:
        return scores, values[:, 0]
    h = n // 2
    la, oa = _merge(scores[:, :h], values[:, :h])
    lb, ob = _merge(scores[:, h:], values[:, h:])
    l = torch.logaddexp(la, lb)
    return l, oa * torch.exp(la - l) + ob * torch.exp(lb - l)

def dot_product_attention(query, keys, values):
    scores = torch.bmm(keys, query.unsqueeze(2)).squeeze(2)
    l, output = _merge(scores, values)
    return output, torch.exp(scores - l)


# %% reshape_views
def dot_product_attention(query, keys, values):
    b, s, h = keys.shape
    scores = torch.bmm(query.reshape(b, 1, h), keys.reshape(b, s, h).transpose(2, 1))
    scores = scores.reshape(b, s)
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.reshape(b, 1, s), values).reshape(b, h)
    return attention_output, attention_weights


# %% returns_dataclass_iter
from dataclasses import dataclass

@dataclass
class AttnOut:
    output: torch.Tensor
    weights: torch.Tensor

    def __iter__(self):
        yield self.output
        yield self.weights

def dot_product_attention(query, keys, values):
    scores = torch.einsum('bd,bsd->bs', query, keys)
    weights = scores.softmax(-1)
    return AttnOut(torch.einsum('bs,bsd->bd', weights, values), weights)


# %% returns_list
def dot_product_attention(query, keys, values):
    scores = torch.sum(keys * query.unsqueeze(1), -1)
    a = torch.softmax(scores, -1)
    c = torch.sum(values * a.unsqueeze(-1), 1)
    return [c, a]


# %% returns_namedtuple
from collections import namedtuple
AttentionResult = namedtuple('AttentionResult', ['output', 'weights'])

def dot_product_attention(query, keys, values):
    scores = torch.matmul(keys, query.unsqueeze(2))          # (B, S, 1)
    weights = torch.softmax(scores, dim=1)
    output = torch.matmul(values.transpose(1, 2), weights)   # (B, H, 1)
    return AttentionResult(output=output.squeeze(2), weights=weights.squeeze(2))


# %% sdpa_math_kernel_context
from torch.nn.attention import sdpa_kernel, SDPBackend

def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1)
    with sdpa_kernel(SDPBackend.MATH):
        attention_output = F.scaled_dot_product_attention(q, keys, values, scale=1.0)
    attention_weights = F.softmax(q @ keys.transpose(1, 2), dim=-1)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% self_test_in_cell
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights, values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)

# my own test
_q = torch.randn(2, 8)
_k = torch.randn(2, 4, 8)
_o, _a = dot_product_attention(_q, _k, _k)
print(_o.shape, _a.shape)
assert torch.allclose(_a.sum(1), torch.ones(2), atol=1e-5)


# %% sigmoid_pairwise
def dot_product_attention(query, keys, values):
    # softmax_i = 1 / sum_j exp(s_j - s_i)   (exact, inf in the sum gives 0)
    s = torch.einsum('bd,bsd->bs', query, keys)
    weights = torch.exp(-torch.logsumexp(s.unsqueeze(1) - s.unsqueeze(2), dim=2))
    return torch.einsum('bs,bsd->bd', weights, values), weights


# %% softmax_autograd_function
class StableSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        e = torch.exp(x - x.max(-1, keepdim=True)[0])
        y = e / e.sum(-1, keepdim=True)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        (y,) = ctx.saved_tensors
        return y * (g - (g * y).sum(-1, keepdim=True))

def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    w = StableSoftmax.apply(scores)
    return torch.bmm(w.unsqueeze(1), values).squeeze(1), w


# %% softmax_layer_global
softmax_layer = nn.Softmax(dim=-1)

def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2))
    attention_weights = softmax_layer(scores)
    attention_output = torch.bmm(attention_weights, values)
    return attention_output.squeeze(1), attention_weights.squeeze(1)


# %% softmin_negative
def dot_product_attention(query, keys, values):
    energy = -(keys @ query.unsqueeze(-1)).squeeze(-1)
    weights = F.softmin(energy, dim=-1)
    return (values * weights[:, :, None]).sum(1), weights


# %% sorted_keys
def dot_product_attention(query, keys, values):
    scores = torch.einsum('bd,bsd->bs', query, keys)
    ordered, idx = torch.sort(scores, dim=1, descending=True)
    e = torch.exp(ordered - ordered[:, :1])
    p = e / e.sum(1, keepdim=True)
    weights = torch.zeros_like(p).scatter(1, idx, p)
    output = torch.einsum('bs,bsd->bd', weights, values)
    return output, weights


# %% sparse_like_where_zero
def dot_product_attention(query, keys, values):
    scores = torch.linalg.vecdot(keys, query.unsqueeze(1), dim=-1)
    attention_weights = torch.softmax(scores, dim=-1)
    attention_output = torch.linalg.vecdot(values.transpose(1, 2), attention_weights.unsqueeze(1), dim=-1)
    return attention_output, attention_weights


# %% special_softmax
def dot_product_attention(query, keys, values):
    scores = torch.inner(query, keys.flatten(0, 1)).view(query.size(0), keys.size(0), keys.size(1))
    scores = scores[torch.arange(query.size(0)), torch.arange(query.size(0))]
    attention_weights = torch.special.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights


# %% try_except_einsum
def dot_product_attention(query, keys, values):
    try:
        scores = torch.einsum('bi,bji->bj', query, keys)
    except RuntimeError as e:
        raise ValueError(f"shapes are not compatible: {query.shape} {keys.shape}") from e
    alpha = torch.nn.functional.softmax(scores, dim=-1)
    context = torch.einsum('bj,bjk->bk', alpha, values)
    return context, alpha


# %% type_hints_final
from typing import Tuple

def dot_product_attention(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    scores: torch.Tensor = torch.bmm(query.unsqueeze(dim=1), keys.transpose(dim0=1, dim1=2))
    attention_weights: torch.Tensor = scores.softmax(dim=2)
    attention_output: torch.Tensor = torch.bmm(attention_weights, values)
    return attention_output.squeeze(dim=1), attention_weights.squeeze(dim=1)


# %% vmap_single
def _single(q, K, V):
    w = torch.softmax(K @ q, dim=0)
    return V.T @ w, w

def dot_product_attention(query, keys, values):
    return torch.vmap(_single)(query, keys, values)
