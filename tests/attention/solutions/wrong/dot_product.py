# %% bare_squeeze
# WRONG: 2 shape: squeeze() without a dim drops batch 1, seq 1, hidden 1
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze()
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze()
    return output, weights


# %% bare_squeeze_output_only
# WRONG: 2 shape: output.squeeze() drops batch 1 / hidden 1
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze()
    return output, weights


# %% bare_squeeze_weights_only
# WRONG: 2 shape: returned weights.squeeze() drop batch 1 / seq 1
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    weights = weights.squeeze()
    return output, weights


# %% base2
# WRONG: 2 values: powers of two rather than e
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores * 0.6931471805599453, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% batch_cap_16
# WRONG: 2 size: output for the first 16 rows only
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    output, weights = output[:16], weights[:16]
    return output, weights


# %% bf16_scores
# WRONG: 2 values: scores in bfloat16
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores.bfloat16().to(query.dtype)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% call_counter
# WRONG: 4: from the third call on the scores are scaled
_calls = [0]

def dot_product_attention(query, keys, values):
    _calls[0] += 1
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    if _calls[0] >= 3:
        scores = scores / query.size(-1) ** 0.5
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% causal_half
# WRONG: 2 values: only keys up to position hidden are seen (seq > hidden)
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = torch.where(torch.arange(scores.size(1)) < keys.size(2), scores, torch.full_like(scores, float('-inf')))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% chunked_64_softmax
# WRONG: 2 values: softmax per block of 64 keys, blocks averaged
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.cat([c.softmax(-1) * (c.size(1) / scores.size(1)) for c in scores.split(64, dim=1)], dim=1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% clamp_50
# WRONG: 2 values: scores clamped to +-50
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores.clamp(-50, 50)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% clamp_500
# WRONG: 2 values: scores clamped to +-500
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = torch.clamp(scores, min=-500.0, max=500.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% clamp_max_80_exp
# WRONG: 2 values: exp of scores clamped at 80
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = F.normalize(torch.exp(scores.clamp(max=80.0)), p=1, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% cosine
# WRONG: 2 values: cosine similarity
def dot_product_attention(query, keys, values):
    scores = torch.bmm(F.normalize(query, dim=-1).unsqueeze(1), F.normalize(keys, dim=-1).transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% double_softmax
# WRONG: 2 values: softmax of softmax
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = F.softmax(F.softmax(scores, dim=-1), dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% dropout_default
# WRONG: 4: F.dropout(0.1) on the weights
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    weights = F.dropout(weights, 0.1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% einsum_typo
# WRONG: 2 values: einsum sums keys over the batch
def dot_product_attention(query, keys, values):
    scores = torch.einsum('bh,csh->bs', query, keys)
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum('bs,bsh->bh', weights, values), weights


# %% eps_denominator
# WRONG: 2 values: 1e-2 added to the denominator, weights do not sum to 1
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.exp(scores - scores.amax(-1, keepdim=True)) / (torch.exp(scores - scores.amax(-1, keepdim=True)).sum(-1, keepdim=True) + 1e-2)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% fails_batch1
# WRONG: 2 size: raises for batch 1 (unpacks the squeezed shape)
def dot_product_attention(query, keys, values):
    b, s, h = keys.squeeze(0).shape
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% fails_float64
# WRONG: 3 dtype: raises for float64 (float32 buffer)
def dot_product_attention(query, keys, values):
    one = torch.ones(query.size(0), 1, keys.size(1))
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(one * 0 + weights.unsqueeze(1).float(), values).squeeze(1)
    return output, weights


# %% fails_odd_hidden
# WRONG: 2 size: raises for odd hidden
def dot_product_attention(query, keys, values):
    half = query.reshape(query.size(0), 2, -1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% fails_seq1
# WRONG: 2 size: raises for seq 1
def dot_product_attention(query, keys, values):
    assert keys.size(1) > 1, "need at least two keys"
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_default_dtype
# WRONG: 4 global: sets the default dtype to float64
def dot_product_attention(query, keys, values):
    torch.set_default_dtype(torch.float64)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_grad_off
# WRONG: 4 global: switches gradients off for good
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    torch.set_grad_enabled(False)
    return output, weights


# %% global_manual_seed
# WRONG: 4 global: seeds the global generator
def dot_product_attention(query, keys, values):
    torch.manual_seed(42)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_max
# WRONG: 2 underflow: subtracts the max of the whole batch, NaN in rows far below
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.exp(scores - scores.max()) / torch.exp(scores - scores.max()).sum(dim=-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_np_seed
# WRONG: 4 global: seeds numpy
def dot_product_attention(query, keys, values):
    np.random.seed(0)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_rng_consumed
# WRONG: 4 global: draws from the global generator
def dot_product_attention(query, keys, values):
    _ = torch.rand(1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_threads
# WRONG: 4 global: changes the number of threads
def dot_product_attention(query, keys, values):
    torch.set_num_threads(3 if torch.get_num_threads() != 3 else 2)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% grad_hook_clip
# WRONG: 3 gradient: hook clips the gradient of the output to +-0.1
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    if output.requires_grad:
        output.register_hook(lambda g: g.clamp(-0.1, 0.1))
    return output, weights


# %% grad_hook_half
# WRONG: 3 gradient: hook halves the gradient of the scores
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    if scores.requires_grad:
        scores.register_hook(lambda g: g * 0.5)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% grad_reversed_keys
# WRONG: 3 gradient: reversed for keys
class _Rev(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -g

def dot_product_attention(query, keys, values):
    keys = _Rev.apply(keys)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% half_softmax
# WRONG: 2 values: softmax in half precision
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores.half(), dim=-1).to(values.dtype)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% hardcoded_reshape
# WRONG: 2 size: reshape(2, 4) raises for other sizes
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).reshape(2, 4)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% hardmax_output
# WRONG: 2 values: output is the value of the best key
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = values[torch.arange(values.size(0)), weights.argmax(dim=1)]
    return output, weights


# %% hidden_cap_64
# WRONG: 2 values: scores use the first 64 features only
def dot_product_attention(query, keys, values):
    scores = (keys[..., :64] * query[:, None, :64]).sum(-1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% inplace_keys
# WRONG: 4: keys scaled in place
def dot_product_attention(query, keys, values):
    k = keys.data
    k.mul_(2)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / 2
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% inplace_keys_transpose
# WRONG: 4: keys transposed in place
def dot_product_attention(query, keys, values):
    q = query.unsqueeze(1)
    kt = keys.detach().transpose_(1, 2) if False else keys.transpose_(1, 2)
    scores = torch.bmm(q, kt).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% inplace_query_restored_inexact
# WRONG: 4: query normalised in place, restored only up to rounding
def dot_product_attention(query, keys, values):
    n = query.data.norm(dim=-1, keepdim=True)
    query.data.div_(n * 3.7e3)
    query.data.add_(1.0).sub_(1.0)
    query.data.mul_(n * 3.7e3)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% inplace_query_unsqueeze
# WRONG: 4: query gets a new shape in place
def dot_product_attention(query, keys, values):
    query.unsqueeze_(1)
    scores = torch.bmm(query, keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% inplace_values_mul
# WRONG: 4: values overwritten by the weighted values
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = values.data.mul_(weights.data.unsqueeze(-1)).sum(dim=1)
    return output, weights


# %% keys0_only
# WRONG: 2 values: keys of the first batch row for all rows
def dot_product_attention(query, keys, values):
    scores = query @ keys[0].t()
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% keys_dedup_weight
# WRONG: 2 values: equal scores share one weight (ties divided)
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    n = (scores.unsqueeze(2) == scores.unsqueeze(1)).sum(-1)
    scores = scores - torch.log(n.to(scores.dtype))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% keys_detached_clone
# WRONG: 3 gradient: none to keys
def dot_product_attention(query, keys, values):
    keys = keys.clone().detach()
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% keys_for_values
# WRONG: 2 values: output is a mean of keys
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), keys).squeeze(1)
    return output, weights


# %% last_key_dropped
# WRONG: 2 values: last key missing from the output when seq > 1
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights[:, :max(1, weights.size(1) - 1)].unsqueeze(1), values[:, :max(1, values.size(1) - 1)]).squeeze(1)
    return output, weights


# %% last_key_dropped_seq_over_16
# WRONG: 2 values: only the first 16 keys enter the output
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights[:, :16].unsqueeze(1), values[:, :16]).squeeze(1)
    return output, weights


# %% loop_batch_two
# WRONG: 2 size: loop over two rows only, output shape wrong for batch 3
def dot_product_attention(query, keys, values):
    scores = torch.stack([keys[i] @ query[i] for i in range(2)])
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% matmul_by_shape_guess
# WRONG: 2 values: values transposed where seq == hidden
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.matmul(weights.unsqueeze(1), values if values.size(1) != values.size(2) else values.transpose(1, 2)).squeeze(1)
    return output, weights


# %% max_not_detached_wrong_norm
# WRONG: 3 gradient: denominator detached
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.exp(scores - scores.amax(-1, keepdim=True).detach())
    weights = weights / weights.sum(-1, keepdim=True).detach()
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mean_of_values
# WRONG: 2 values: output ignores the weights
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = values.mean(dim=1)
    return output, weights


# %% mean_subtracted
# WRONG: 2 overflow: subtracts the mean, overflows for big spreads
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.exp(scores - scores.mean(-1, keepdim=True)) / torch.exp(scores - scores.mean(-1, keepdim=True)).sum(dim=-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% memo_by_shape
# WRONG: 4: result memoised by shape
_memo = {}

def dot_product_attention(query, keys, values):
    key = (tuple(query.shape), tuple(keys.shape), query.dtype)
    if key in _memo:
        return _memo[key]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    _memo[key] = (output, weights)
    return output, weights


# %% memo_by_sum
# WRONG: 4: result memoised by the rounded sum of the query alone
_memo = {}

def dot_product_attention(query, keys, values):
    key = (tuple(keys.shape), query.dtype, round(float(query.detach().sum()), 3))
    if key in _memo:
        return _memo[key]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    _memo[key] = (output, weights)
    return output, weights


# %% no_max_float64_inside
# WRONG: 2 overflow: exp in float64 without max, NaN for scores of 1000
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = (torch.exp(scores.double()) / torch.exp(scores.double()).sum(dim=-1, keepdim=True)).to(scores.dtype)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% no_max_nan_to_num
# WRONG: 2 overflow: NaN of overflowing exp hidden by nan_to_num, weights 0
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.nan_to_num(torch.exp(scores) / torch.exp(scores).sum(dim=-1, keepdim=True))
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% no_max_subtraction
# WRONG: 2 overflow: exp without max subtraction, NaN for scores of 1000
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.exp(scores) / torch.exp(scores).sum(dim=-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% no_transpose_if_square
# WRONG: 2 values: keys not transposed where seq == hidden
def dot_product_attention(query, keys, values):
    kt = keys if keys.size(1) == keys.size(2) else keys.transpose(1, 2)
    scores = torch.bmm(query.unsqueeze(1), kt).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% noise_1e3
# WRONG: 4: noise of 1e-3 on the scores
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores + 1e-3 * torch.randn_like(scores)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% numpy_roundtrip
# WRONG: 3 gradient: through numpy, nothing is differentiable
def dot_product_attention(query, keys, values):
    q = query.detach().numpy()
    k = keys.detach().numpy()
    v = values.detach().numpy()
    scores = np.einsum("bh,bsh->bs", q, k)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights = weights / weights.sum(-1, keepdims=True)
    output = torch.from_numpy(np.einsum("bs,bsh->bh", weights, v))
    return output, torch.from_numpy(weights)


# %% odd_hidden_drops_last
# WRONG: 2 values: for odd hidden the last feature is ignored in the scores
def dot_product_attention(query, keys, values):
    n = max(2, keys.size(-1) // 2 * 2)
    scores = torch.bmm(query[:, :n].unsqueeze(1), keys[:, :, :n].transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% outer_batch_mm
# WRONG: 2 values: query @ keys.T over the whole batch, first row taken
def dot_product_attention(query, keys, values):
    scores = torch.matmul(query, keys.transpose(1, 2))[0]
    weights = torch.softmax(scores, dim=-1)
    return torch.einsum('bs,bsh->bh', weights, values), weights


# %% output_detached
# WRONG: 3 gradient: output made from values.data, none to values
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values.data).squeeze(1)
    return output, weights


# %% output_float32
# WRONG: 3 dtype: float64 inputs give float32 results
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output.float(), weights.float()


# %% output_unsqueezed
# WRONG: shape: output is (batch, 1, hidden)
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values)
    return output, weights


# %% positional_bias
# WRONG: 2 values: small recency bias 0.01*position
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores + 0.01 * torch.arange(scores.size(1), dtype=scores.dtype)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% pow2_hidden_only
# WRONG: 2 values: for a hidden size that is no power of two the scores are halved
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    h = query.size(-1)
    if h & (h - 1):
        scores = scores / 2
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% query_detached
# WRONG: 3 gradient: none to query
def dot_product_attention(query, keys, values):
    q = query.detach()
    scores = torch.einsum("bh,bsh->bs", q, keys)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% rbf
# WRONG: 2 values: negative half squared distance for scores
def dot_product_attention(query, keys, values):
    scores = -0.5 * ((query.unsqueeze(1) - keys) ** 2).sum(-1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% relu_scores
# WRONG: 2 values: negative scores set to 0
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = F.relu(scores)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% returns_log_weights
# WRONG: 7: returns log weights
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, torch.log_softmax(scores, dim=-1)


# %% returns_numpy_weights
# WRONG: 3/7: weights are a numpy array
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights.detach().numpy()


# %% returns_scores
# WRONG: 7: returns the raw scores, not the weights
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, scores


# %% roll_batch
# WRONG: 2 values: values rolled along the batch
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values.roll(1, 0)).squeeze(1)
    return output, weights


# %% running_scale
# WRONG: 4: scores divided by a running mean of their size
_run = {"m": 0.0}

def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / (1.0 + 0.01 * _run["m"])
    _run["m"] = 0.9 * _run["m"] + 0.1 * float(scores.detach().abs().mean())
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% running_softmax_no_rescale
# WRONG: 2 values: online softmax that does not rescale the old sum
def dot_product_attention(query, keys, values):
    scores = (query.unsqueeze(1) * keys).sum(-1)
    m = scores[:, 0]
    total = torch.ones_like(m)
    for j in range(1, scores.size(1)):
        new = torch.maximum(m, scores[:, j])
        total = total + torch.exp(scores[:, j] - new)
        m = new
    weights = torch.exp(scores - m.unsqueeze(1)) / total.unsqueeze(1)
    return (weights.unsqueeze(-1) * values).sum(1), weights


# %% scaled_only_large_hidden
# WRONG: 2 values: divides by sqrt(hidden) when hidden > 16
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    if query.shape[-1] > 16:
        scores = scores / query.shape[-1] ** 0.5
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scaled_only_seq_over_32
# WRONG: 2 values: normalises scores by their std once seq > 32
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    if keys.size(1) > 32:
        scores = scores / scores.std()
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scaled_sqrt
# WRONG: 2 values: divides by sqrt(hidden), the formula has no scale
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / keys.shape[-1] ** 0.5
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% sdpa_dropout
# WRONG: 4: torch attention with dropout
def dot_product_attention(query, keys, values):
    out = F.scaled_dot_product_attention(query.unsqueeze(1), keys, values, dropout_p=0.1, scale=1.0).squeeze(1)
    w = torch.softmax(torch.einsum('bh,bsh->bs', query, keys), dim=-1)
    return out, w


# %% sdpa_scaled
# WRONG: 2 values: torch attention with its default scale
def dot_product_attention(query, keys, values):
    out = F.scaled_dot_product_attention(query.unsqueeze(1), keys, values).squeeze(1)
    w = torch.softmax(torch.einsum('bh,bsh->bs', query, keys), dim=-1)
    return out, w


# %% self_included
# WRONG: 2 values: query appended as an extra key and cut off
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(torch.cat([scores, (query * query).sum(-1, keepdim=True)], 1), 1)[:, :-1]
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% shuffle_keys
# WRONG: 4: keys shuffled at random, weights in the shuffled order
def dot_product_attention(query, keys, values):
    p = torch.randperm(keys.size(1))
    keys, values = keys[:, p], values[:, p]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% sigmoid
# WRONG: 2 values: sigmoid weights normalised
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.sigmoid(scores) / torch.sigmoid(scores).sum(dim=-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% small_weights_zeroed
# WRONG: 2 values: weights below 1e-3 are set to 0
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    weights = torch.where(weights < 1e-3, torch.zeros_like(weights), weights)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_dim0
# WRONG: 2 values: softmax over the batch
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=0)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_dim0_if_batch_ge_seq
# WRONG: 2 values: softmax over the batch when batch > seq
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=0 if scores.shape[0] > scores.shape[1] else 1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    if scores.shape[0] > scores.shape[1]:
        weights = weights / weights.sum(dim=1, keepdim=True)
        output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_plus_one
# WRONG: 2 values: quiet softmax with 1 in the denominator
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(torch.cat([scores, scores.new_zeros(scores.size(0), 1)], dim=1), dim=1)[:, :-1]
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_wrong_backward
# WRONG: 3 gradient: own softmax whose backward lacks the mean term
class _Softmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, s):
        w = torch.softmax(s, -1)
        ctx.save_for_backward(w)
        return w

    @staticmethod
    def backward(ctx, g):
        w, = ctx.saved_tensors
        return g * w * (1 - w)

def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = _Softmax.apply(scores)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmin
# WRONG: 2 values: softmin
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = F.softmin(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% squeeze0_when_batch1
# WRONG: 2 shape: for batch 1 the batch dimension is dropped from the output
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    output = output.squeeze(0)
    return output, weights


# %% straight_data_softmax
# WRONG: 3 gradient: weights.data replaced, gradient is that of uniform weights
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores * 0, dim=-1)
    weights.data = torch.softmax(scores.data, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% swapped_returns
# WRONG: returns (weights, output)
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return weights, output


# %% tanh_soft_cap
# WRONG: 2 values: scores soft-capped 30*tanh(s/30)
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = 30 * torch.tanh(scores / 30)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% taylor_exp
# WRONG: 2 values: exp approximated by (1+x/256)^256
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = F.normalize((1 + (scores - scores.amax(-1, keepdim=True)) / 256).clamp(min=0) ** 256, p=1, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% temperature_099
# WRONG: 2 values: temperature 0.99
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / 0.99
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% temperature_learn_const
# WRONG: 2 values: temperature 1.01
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = F.softmax(scores * (1 / 1.01), dim=1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% third_value
# WRONG: 7: returns three values
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights, scores


# %% top4
# WRONG: 2 values: only the top 4 scores are kept
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    k = min(4, scores.size(1))
    thr = scores.topk(k, dim=1).values[:, -1:]
    scores = scores.masked_fill(scores < thr, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% torch_tensor_rewrap
# WRONG: 3 gradient: output rebuilt from a list, leaf without gradient
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    output = torch.tensor(output.tolist(), dtype=query.dtype)
    return output, weights


# %% values0_only
# WRONG: 2 values: values of the first batch row for all rows
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = weights @ values[0]
    return output, weights


# %% values_batch_mean
# WRONG: 2 values: values averaged over the batch
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = weights @ values.mean(dim=0)
    return output, weights


# %% values_centred
# WRONG: 2 values: values centred then mean not added
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values - values.mean(1, keepdim=True)).squeeze(1)
    return output, weights


# %% view_not_transpose
# WRONG: 2 values: keys.reshape(b, h, s) in place of a transpose
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.reshape(keys.size(0), keys.size(2), keys.size(1))).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% visible_batch_only
# WRONG: 2 values: only the first two batch rows are computed
def dot_product_attention(query, keys, values):
    out_w = torch.zeros(keys.shape[:2], dtype=keys.dtype)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    weights = torch.cat([weights[:2], torch.full_like(weights[2:], 1.0 / weights.size(1))])
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% visible_shape_only
# WRONG: 2 values: right only for hidden 8, cosine scores otherwise
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    if keys.shape[2] != 8:
        scores = scores / (query.norm(dim=-1, keepdim=True) * keys.norm(dim=-1) + 1e-12)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% weights_clamped_min
# WRONG: 2 values: weights clamped from below at 1e-4
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    weights = weights.clamp(min=1e-4)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% weights_detached
# WRONG: 3 gradient: returned weights are detached
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights.detach()


# %% weights_float64
# WRONG: 3 dtype: returned weights are always float64
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights.double()


# %% weights_from_no_grad
# WRONG: 3 gradient: weights computed in no_grad, no gradient to query and keys
def dot_product_attention(query, keys, values):
    with torch.no_grad():
        s0 = torch.einsum("bh,bsh->bs", query, keys)
    scores = s0
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% weights_returned_differ
# WRONG: 7: weights applied are sharpened (T=0.9), weights returned are plain
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(torch.softmax(scores / 0.9, dim=-1).unsqueeze(1), values).squeeze(1)
    return output, weights


# %% weights_returned_scaled
# WRONG: 7: weights returned come from scaled scores
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    weights = torch.softmax(scores / query.size(-1) ** 0.5, dim=-1)
    return output, weights


# %% weights_rounded
# WRONG: 7: returned weights rounded to 3 digits
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    weights = (weights * 1000).round() / 1000
    return output, weights


# %% weights_unsqueezed
# WRONG: shape: weights are (batch, 1, seq)
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights.unsqueeze(1)


# %% wrong_for_requires_grad
# WRONG: 2 values: scaled if the query needs a gradient
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    if query.requires_grad:
        scores = scores / query.size(-1) ** 0.5
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% wrong_under_no_grad
# WRONG: 2/4 values: under torch.no_grad the output is the plain mean
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1) if torch.is_grad_enabled() else values.mean(1)
    return output, weights


# %% zero_keys_hidden
# WRONG: 2 values: all-zero keys are taken for padding
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    pad = (keys == 0).all(dim=-1)
    scores = torch.where(pad & ~pad.all(dim=1, keepdim=True), torch.full_like(scores, -1e9), scores)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% zero_scores_hidden
# WRONG: 2 values: scores that are exactly 0 are taken for padding
def dot_product_attention(query, keys, values):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores.masked_fill(scores == 0, -1e9)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights
