# %% call_alternates
# WRONG: 4: every second call is unscaled
import math
_n = [0]


def scaled_dot_product_attention(query, keys, values, mask=None):
    _n[0] += 1
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k) if _n[0] % 2 else scores
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% clamp_100
# WRONG: 2 values: scores clamped to +-100
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = (scores / math.sqrt(d_k)).clamp(-100, 100)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% compress_visible
# WRONG: 1 mask: visible keys gathered per batch with the count of the first row
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.einsum('bh,bsh->bs', query, keys) / math.sqrt(query.shape[1])
    if mask is None:
        w = torch.softmax(s, 1)
    else:
        cols = (mask[0] != 0).nonzero().flatten()
        w = torch.zeros_like(s)
        w[:, cols] = torch.softmax(s[:, cols], 1)
    return torch.einsum('bs,bsh->bh', w, values), w


# %% default_arg_dk_cache
# WRONG: 4: d_k kept per batch size
import math
_dk = {}


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = _dk.setdefault(query.shape[0], query.shape[-1])
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% dict_result
# WRONG: 7: a dict unpacks to its keys
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return {'output': output, 'weights': weights}


# %% dk_cached_global
# WRONG: 4: d_k of the first call is kept
import math
_dk = []


def scaled_dot_product_attention(query, keys, values, mask=None):
    if not _dk:
        _dk.append(query.shape[-1])
    d_k = _dk[0]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% dropout_masked
# WRONG: 4: dropout under a mask
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = F.dropout(weights, 0.2)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% eps_in_sum
# WRONG: 2 values: 1e-3 in the denominator
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, -1) / (1 + 1e-3)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_detect_anomaly
# WRONG: 4 global: switches anomaly detection on
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    torch.autograd.set_detect_anomaly(True)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_deterministic
# WRONG: 4 global: switches deterministic algorithms on
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    torch.use_deterministic_algorithms(True, warn_only=True)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% global_seed_masked
# WRONG: 4 global: seeds when a mask is given
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is not None:
        torch.manual_seed(0)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% gradient_only_visible_mean
# WRONG: 3 gradient: values get the gradient of a plain mean
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = (torch.bmm(weights.unsqueeze(1), values).squeeze(1) - values.mean(1)).detach() + values.mean(1)
    return output, weights


# %% gradient_query_scaled
# WRONG: 3 gradient: query gradient multiplied by sqrt(d)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    if query.requires_grad:
        query = query.clone()
        query.register_hook(lambda g: g * g.size(-1) ** 0.5)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% half_precision_inputs
# WRONG: 2 values: half precision product
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.einsum('bh,bsh->bs', query.half().to(query.dtype), keys.half().to(keys.dtype))
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% keys_grad_none_long
# WRONG: 3 gradient: keys detached when seq > 6
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    if keys.size(1) > 6:
        keys = keys.detach()
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% keys_scaled_inplace_masked
# WRONG: 4: keys divided in place only when a mask is given
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is not None:
        keys.data.div_(keys.size(-1) ** 0.5)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k) if mask is None else scores
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_additive_100
# WRONG: 1 mask: adds -100, hidden scores of 1000 win
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores - 100.0 * (mask == 0).to(scores.dtype)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_additive_1000
# WRONG: 1 mask: adds -1000, a hidden +1000 beats a visible -1000
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores + (1.0 - mask.to(scores.dtype)) * -1000.0
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_additive_min_score
# WRONG: 1 mask: hidden lowered to the row minimum - 20
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = torch.where(mask != 0, scores, scores.amin(-1, keepdim=True) - 5)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_after_no_renorm
# WRONG: 1 mask: weights multiplied by the mask, not renormalised
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask.to(weights.dtype)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_after_renorm_clampmin
# WRONG: 2 mask: F.normalize after the softmax, weights 0 when a hidden score dominates
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = F.normalize(weights * mask.to(weights.dtype), p=1, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_after_renorm_eps
# WRONG: 1/2 mask: renormalised after the softmax with eps, 0 when a hidden score dominates
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask.to(weights.dtype)
        weights = weights / (weights.sum(-1, keepdim=True) + 1e-9)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_after_renorm_plain
# WRONG: 2 mask: renormalised after the softmax, 0/0 = NaN when a hidden score dominates
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask.to(weights.dtype)
        weights = weights / weights.sum(-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_all_batch_and
# WRONG: 1 mask: a column hidden in any row is hidden in all (rows emptied keep their own)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        vis = (mask != 0)
        common = vis.all(0, keepdim=True).expand_as(vis)
        vis = common if bool(common.any()) else vis
        scores = scores.masked_fill(~vis, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_any_batch
# WRONG: 1 mask: visible where any batch row is
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill((mask != 0).any(0) == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_bool_ignored
# WRONG: 1 mask: bool mask has no effect
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if mask.dtype != torch.bool:
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_cached
# WRONG: 4 mask: first mask of each shape is cached
import math
_masks = {}


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        mask = _masks.setdefault(tuple(mask.shape), mask.clone())
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_data_branch
# WRONG: 3 gradient: masked branch works on .data
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.data.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_default_mutable
# WRONG: 4 mask: masks of one shape accumulate
import math
_seen = {}


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        old = _seen.get(tuple(mask.shape))
        vis = (mask != 0) if old is None or not bool((old & (mask != 0)).any(-1).all()) else old & (mask != 0)
        _seen[tuple(mask.shape)] = vis
        scores = scores.masked_fill(~vis, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_dominated_by_global_min
# WRONG: 1 mask: fill is the minimum of all scores minus 3
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float(scores.detach().min()) - 3.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_dtype_promotes
# WRONG: 3 dtype: a float64 mask turns float32 results into float64
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores + torch.log(mask if mask.is_floating_point() else mask.to(scores.dtype))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1).to(values.dtype), values).squeeze(1)
    return output, weights


# %% mask_eq_true_is
# WRONG: 1 mask: `mask is True`-style test, hides nothing
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if mask.all() is False:
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_fill_1e9_eps
# WRONG: 1 mask: hidden weight floor of 1e-9
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = torch.where(mask != 0, weights, torch.full_like(weights, 1e-9))
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_fill_minus_10
# WRONG: 1 mask: filled with -10
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -10.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_fill_minus_100
# WRONG: 1 mask: filled with -100
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -100.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_fill_minus_500
# WRONG: 1 mask: filled with -500, loses to visible scores of -1000
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, -500.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_finfo_plus
# WRONG: 1 mask: hidden = score / 1e-3 * -1 (grows with the score, visible when the score is negative)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = torch.where(mask != 0, scores, -1e6 * scores)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_first_zero_cut
# WRONG: 1 mask: all after the first 0 hidden
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        vis = (mask != 0).long().cumprod(-1)
        vis = torch.where(vis.any(-1, keepdim=True), vis, (mask != 0).long())
        scores = scores.masked_fill(vis == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_float32_forces
# WRONG: 3 dtype: any mask gives float32 results
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.float().masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1).to(values.dtype), values).squeeze(1)
    return output, weights


# %% mask_float_ignored
# WRONG: 1 mask: float masks have no effect
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if not mask.is_floating_point():
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_gt_one
# WRONG: 1 mask: visible where mask > 1
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = torch.where(mask > 1, scores, torch.full_like(scores, -1e9))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_if_any
# WRONG: 1 mask: `if mask:` raises
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if mask:
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_ignored
# WRONG: 1 mask: ignored
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_inplace_float_only
# WRONG: 4: float masks turned into -1e9 in place
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if mask.is_floating_point():
            mask.sub_(1).mul_(1e9)
            scores = scores + mask.to(scores.dtype)
        else:
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_inplace_keys
# WRONG: 4: hidden keys overwritten in place by -1e4
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
        keys.data.masked_fill_((mask == 0).unsqueeze(-1), 0.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_inplace_mask
# WRONG: 4: mask inverted in place
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if mask.dtype == torch.bool:
            mask.logical_not_()
        else:
            mask.sub_(1).neg_() if mask.dtype != torch.uint8 else mask.eq_(0)
        scores = scores.masked_fill(mask != 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_inplace_values
# WRONG: 4: values of hidden keys zeroed in place
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        values.data[mask == 0] = 0
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_int_fails
# WRONG: 1 mask: ~mask only for bool, int raises
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(~mask if mask.dtype != torch.float32 and mask.dtype != torch.float64 else mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_int_indexing
# WRONG: 1 mask: integer mask used as an index
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        hid = torch.ones_like(scores, dtype=torch.bool)
        if mask.dtype in (torch.int64, torch.int32):
            hid[:, mask[0].long()] = False
        else:
            hid = mask == 0
        scores = scores.masked_fill(hid, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_inverted
# WRONG: 1 mask: inverted
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 1, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_inverted_bool_only
# WRONG: 1 mask: bool masks read as True = hidden
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        hidden = mask if mask.dtype == torch.bool else mask == 0
        scores = scores.masked_fill(hidden, -1e30)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_keys_zeroed
# WRONG: 1 mask: hidden keys zeroed (score 0)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is not None:
        keys = keys * mask.unsqueeze(-1).to(keys.dtype)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_last_visible_fill
# WRONG: 1 mask: everything up to the last visible key is seen
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        vis = (mask != 0).long().flip(-1).cummax(-1).values.flip(-1)
        scores = scores.masked_fill(vis == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_length_suffix
# WRONG: 1 mask: taken as lengths, right only for padding at the end
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        n = (mask != 0).sum(-1, keepdim=True)
        scores = scores.masked_fill(torch.arange(scores.size(1)) >= n, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_max_over_all_exp
# WRONG: 2 mask: max taken over hidden keys too, NaN when they dominate
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1) if mask is None else (torch.exp(scores - scores.amax(-1, keepdim=True)) * mask.to(scores.dtype)) / (torch.exp(scores - scores.amax(-1, keepdim=True)) * mask.to(scores.dtype)).sum(-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_nan_cleaned
# WRONG: 1 mask: NaN of 0 * -inf cleaned to 0, visible scores lost
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores + torch.nan_to_num((mask == 0).to(scores.dtype) * float('-inf'), nan=0.0, neginf=-30.0)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_nan_to_uniform
# WRONG: 2 mask: dominated rows get uniform weights over the visible keys
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        vis = mask.to(weights.dtype)
        weights = weights * vis
        total = weights.sum(-1, keepdim=True)
        weights = torch.where(total > 1e-30, weights / total.clamp_min(1e-30), vis / vis.sum(-1, keepdim=True))
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_no_grad_branch
# WRONG: 3 gradient: masked branch in no_grad
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        with torch.no_grad():
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_one_minus_bool
# WRONG: 1 mask: 1 - mask raises for bool
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores + (1 - mask) * -1e9
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_output_only
# WRONG: 7 mask: masked weights applied, unmasked returned
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    output = torch.einsum('bs,bsh->bh', weights if mask is None else torch.softmax(scores.masked_fill(mask == 0, -1e30), -1), values)
    return output, weights


# %% mask_positions_2
# WRONG: 1 mask: hides positions 2 and up as in the visible test
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = torch.cat([scores[:, :2], torch.full_like(scores[:, 2:], float('-inf'))], 1)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_renorm_detached
# WRONG: 3 gradient: normaliser detached under a mask
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, -1) if mask is None else torch.softmax(scores.masked_fill(mask == 0, -1e30).detach() , -1) * torch.exp(scores - scores.detach())
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_row0
# WRONG: 1 mask: first batch row of the mask for all
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask[0] == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_seq1_hidden
# WRONG: 2 mask: seq 1 with a mask gives NaN
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        hid = mask == 0
        if scores.size(1) == 1:
            hid = ~hid
        scores = scores.masked_fill(hid, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_skipped_first_key_visible
# WRONG: 1 mask: ignored when the first key of every row is visible
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if not bool((mask[:, 0] != 0).all()):
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_skipped_mostly_visible
# WRONG: 1 mask: ignored when more than 80 % is visible
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        if mask.double().mean() <= 0.8:
            scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_square_transposed
# WRONG: 1 mask: transposed when batch == seq
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        m = mask.t() if mask.size(0) == mask.size(1) else mask
        vis = (m != 0)
        vis = torch.where(vis.any(-1, keepdim=True), vis, torch.ones_like(vis))
        scores = scores.masked_fill(~vis, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_squeeze
# WRONG: 2 mask: mask.squeeze() spoils batch-1 shapes
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.squeeze().masked_fill(mask.squeeze() == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = (weights.unsqueeze(-1) * values).sum(-2)
    return output, weights


# %% mask_sticky
# WRONG: 4 mask: last mask of that shape is used when none is given
import math
_last = {}


def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is None:
        mask = _last.get(tuple(keys.shape[:2]))
    else:
        _last[tuple(keys.shape[:2])] = mask
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_tilde_bool_only
# WRONG: 1 mask: ~mask raises for float and int
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_tilde_int_where
# WRONG: 1 mask: torch.where(~mask) on ints is true everywhere visible or not
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        m = mask if mask.dtype == torch.bool else mask.long()
        scores = torch.where((~m).bool(), scores.new_full((), -1e30), scores)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_times_neg_inf
# WRONG: 1 mask: (1 - mask) * -inf is NaN where visible
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores + (mask == 0).to(scores.dtype) * float('-inf')
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_uint8_ok_int64_not
# WRONG: 1 mask: only int64 is inverted by a sign slip
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        hid = (mask == 0) if mask.dtype != torch.int64 else (mask - 1 >= 0)
        scores = scores.masked_fill(hid, -1e30)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_unscaled_soft
# WRONG: 1 mask: hidden score divided by 100
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = torch.where(mask != 0, scores, scores / 100)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_values_zeroed
# WRONG: 1 mask: hidden values zeroed, weights unmasked
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        values = values * mask.unsqueeze(-1).to(values.dtype)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_weights_only
# WRONG: 7 mask: masked weights returned, unmasked applied
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        pass
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    if mask is not None:
        weights = torch.softmax(scores.masked_fill(mask == 0, -1e30), -1)
    return output, weights


# %% mask_where_nan_grad
# WRONG: 3 gradient: exp of hidden scores overflows, forward right but gradient NaN
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        raw = scores
        top = scores.masked_fill(mask == 0, float('-inf')).amax(-1, keepdim=True).detach()
    weights = torch.softmax(scores, dim=-1) if mask is None else torch.where(mask != 0, torch.exp(raw - top), torch.zeros_like(raw)) / torch.where(mask != 0, torch.exp(raw - top), torch.zeros_like(raw)).sum(-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% mask_zero_scores
# WRONG: 1 mask: hidden scores set to 0 before the softmax
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores * mask.to(scores.dtype)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% no_squeeze_weights
# WRONG: shape: (batch, 1, seq)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights[:, None]


# %% noise_tiny_masked
# WRONG: 4: noise of 1e-2 to break ties
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    scores = scores + 1e-2 * torch.rand(scores.shape, dtype=scores.dtype)
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% output_from_keys
# WRONG: 2 values: output from keys
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), keys).squeeze(1)
    return output, weights


# %% output_scaled_weights_not
# WRONG: 7: weights returned unscaled, the scaled ones applied
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    weights = torch.softmax(scores * math.sqrt(d_k), -1)
    return output, weights


# %% query_mean_centred
# WRONG: 2 values: query centred over its features
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    query = query - query.mean(-1, keepdim=True)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% query_scaled_inplace
# WRONG: 4: query divided by sqrt(d) in place
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    query.data.div_(query.size(-1) ** 0.5)
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% raises_hidden1
# WRONG: 2 size: raises for hidden 1
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k) if d_k > 1 else scores / (1 // (d_k - 1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% raises_without_mask
# WRONG: 4: UnboundLocal without a mask
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        masked = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(masked, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_after_softmax
# WRONG: 6 scale: softmax divided by sqrt(d)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1) / math.sqrt(d_k)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_batch_dim
# WRONG: 6 scale: sqrt of the batch size
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(0)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_capped_8
# WRONG: 6 scale: sqrt(min(d, 64))
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(min(d_k, 64))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_d_plus_one
# WRONG: 6 scale: sqrt(d + 1)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k + 1)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_dk_not_sqrt
# WRONG: 6 scale: divides by d_k
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / d_k
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_even_only
# WRONG: 6 scale: sqrt(d // 2 * 2), wrong for odd d
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(max(1, d_k // 2 * 2))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_floor_div
# WRONG: 6 scale: d ** (1 // 2) = 1
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / d_k ** (1 // 2)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_fourth_root
# WRONG: 6 scale: only the query is divided by d ** 0.25
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    query = query / query.shape[-1] ** 0.25
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_half_const
# WRONG: 6 scale: sqrt(d) rounded to one digit
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / round(math.sqrt(d_k), 1)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_hard_sqrt64
# WRONG: 6 scale: 8 hard-coded (d_k 64 of the paper)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / 8.0
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_hard_sqrt8
# WRONG: 6 scale: sqrt(8) hard-coded from the visible test
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / 8 ** 0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_int_sqrt
# WRONG: 6 scale: int(sqrt(d)), wrong unless d is a square
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / int(math.sqrt(d_k))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_isqrt
# WRONG: 6 scale: math.isqrt
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.isqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_log
# WRONG: 6 scale: entropy scale log(seq)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores * math.log(scores.size(1) + 1) / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_missing_masked
# WRONG: 6 scale: masked path uses the unscaled scores
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = torch.einsum('bh,bsh->bs', query, keys).masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_multiplied
# WRONG: 6 scale: multiplies by sqrt(d)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores * math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_only_masked
# WRONG: 6 scale: scale only on the path with a mask
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores if mask is None else scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_pow2
# WRONG: 6 scale: 2 ** (log2(d) // 2), right only for powers of 4
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / 2 ** (int(math.log2(d_k)) // 2)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_pow2_half
# WRONG: 6 scale: 2 ** (floor(log2 d) / 2), right only for powers of two
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / 2 ** ((d_k.bit_length() - 1) / 2)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_query_norm
# WRONG: 6 scale: divides by the norm of the query
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / query.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_round_sqrt
# WRONG: 6 scale: round(sqrt(d))
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / round(d_k ** 0.5)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_seq
# WRONG: 6 scale: sqrt(seq)
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = keys.shape[1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_tensor_promotes
# WRONG: 3 dtype: float64 scale vector makes the weights float64
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / torch.tensor([d_k], dtype=torch.float64).sqrt()
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.to(values.dtype).unsqueeze(1), values).squeeze(1)
    return output, weights


# %% scale_twice
# WRONG: 6 scale: applied to the query and to the scores
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    query = query / query.shape[-1] ** 0.5
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% sdpa_mask_float
# WRONG: 1 mask: float and int masks handed to torch attention as additive
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    m = None if mask is None else mask.unsqueeze(1)
    if m is not None and m.dtype != torch.bool:
        m = m.to(query.dtype)
    out = F.scaled_dot_product_attention(query.unsqueeze(1), keys, values, attn_mask=m).squeeze(1)
    scores = torch.einsum('bh,bsh->bs', query, keys) / math.sqrt(query.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    return out, torch.softmax(scores, -1)


# %% sdpa_unmasked
# WRONG: 7: torch attention without the mask, weights masked
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    out = F.scaled_dot_product_attention(query.unsqueeze(1), keys, values).squeeze(1)
    scores = torch.einsum('bh,bsh->bs', query, keys) / math.sqrt(query.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    return out, torch.softmax(scores, -1)


# %% softmax_bf16
# WRONG: 2 values: softmax in bfloat16
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores.bfloat16(), -1).to(values.dtype)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_dim0
# WRONG: 2 values: softmax over the batch
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=0)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_no_max
# WRONG: 2 overflow
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.exp(scores) / torch.exp(scores).sum(-1, keepdim=True)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% softmax_twice
# WRONG: 2 values: softmax twice
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(torch.softmax(scores, -1), -1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% squeeze_all
# WRONG: 2 shape: squeeze() drops size-1 dims
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output.squeeze(), weights.squeeze()


# %% straight_through_weights
# WRONG: 3 gradient: weights detached in the product
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.detach().unsqueeze(1), values).squeeze(1)
    return output, weights


# %% swapped
# WRONG: returns swapped
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return weights, output


# %% tenth_call
# WRONG: 4: from the tenth call on the scores are halved
import math
_n = [0]


def scaled_dot_product_attention(query, keys, values, mask=None):
    _n[0] += 1
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    if _n[0] >= 10:
        scores = scores * 0.5
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% top8
# WRONG: 2 values: only the top 8 keys
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    k = min(8, scores.size(1))
    thr = scores.topk(k, dim=1).values[:, -1:]
    scores = scores.masked_fill(scores < thr, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% unscaled
# WRONG: 6 scale: none
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, weights


# %% values_bias
# WRONG: 2 values: 1e-2 added to the output
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    output = output + 1e-2
    return output, weights


# %% visible_tests_only
# WRONG: 1/6: passes the notebook tests only: hidden 8 scaled, masks seen as suffixes of the first row
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (keys * query[:, None]).sum(2) / 2.8284271247461903
    if mask is not None:
        n = int((mask[0] != 0).sum())
        s[:, n:] = float('-inf')
    w = s.softmax(1)
    return (w[..., None] * values).sum(1), w


# %% weights_scaled_output_not
# WRONG: 7: weights returned scaled, the unscaled ones applied
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.einsum('bs,bsh->bh', torch.softmax(scores * math.sqrt(d_k), -1), values)
    return output, weights


# %% weights_scores_returned
# WRONG: 7: masked scaled scores returned for weights
import math


def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / math.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    weights = torch.softmax(scores, dim=-1)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return output, scores
