# %% einsum_masked_fill_not_bool
import torch
import math

def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.einsum("bd,bsd->bs", query, keys) / math.sqrt(query.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask.bool(), -math.inf)
    attention_weights = scores.softmax(dim=-1)
    return torch.einsum("bs,bsd->bd", attention_weights, values), attention_weights

# %% minus_1e9_masked_fill
import torch
import numpy as np
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.size(1)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)) / np.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(1) == 0, -1e9)
    weights = F.softmax(scores, dim=-1)
    output = torch.bmm(weights, values)
    return output.squeeze(1), weights.squeeze(1)

# %% finfo_min
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = (keys @ query.unsqueeze(-1)).squeeze(-1) * d_k ** -0.5
    if mask is not None:
        # most negative number of this dtype
        scores = scores.masked_fill(mask.logical_not(), torch.finfo(scores.dtype).min)
    attention_weights = F.softmax(scores, -1)
    attention_output = (attention_weights.unsqueeze(1) @ values).squeeze(1)
    return attention_output, attention_weights

# %% mask_added_as_large_negative
import torch
import math

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = keys.shape[2]
    scores = (query.unsqueeze(1) * keys).sum(dim=2) / math.sqrt(d_k)
    if mask is not None:
        m = mask.to(scores.dtype)
        scores = scores + (1.0 - m) * -1e9
    attention_weights = torch.softmax(scores, dim=1)
    attention_output = (attention_weights.unsqueeze(2) * values).sum(dim=1)
    return attention_output, attention_weights

# %% torch_where
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / d_k ** 0.5
    if mask is not None:
        hidden = torch.full_like(scores, float('-inf'))
        scores = torch.where(mask != 0, scores, hidden)
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights

# %% masked_then_renormalised_with_stable_softmax
import torch

def scaled_dot_product_attention(query, keys, values, mask=None):
    scale = query.shape[-1] ** 0.5
    scores = torch.matmul(query.unsqueeze(1), keys.transpose(-2, -1)).squeeze(1) / scale
    if mask is None:
        mask = torch.ones_like(scores)
    keep = mask.bool()
    # the largest visible score: only visible ones may decide the shift
    top = scores.masked_fill(~keep, float("-inf")).amax(dim=-1, keepdim=True).detach()
    shifted = torch.where(keep, scores - top, torch.zeros_like(scores))
    numerator = torch.exp(shifted) * keep.to(scores.dtype)
    attention_weights = numerator / numerator.sum(dim=-1, keepdim=True)
    attention_output = torch.matmul(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights

# %% float32_root_tensor
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = torch.tensor(query.shape[-1])
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / torch.sqrt(d_k)
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float('-inf'))
    attention_weights = F.softmax(scores, dim=1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return attention_output, attention_weights

# %% log_mask_added
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    root = query.shape[1] ** 0.5
    # scale the query first: (q / root) . k is the same as (q . k) / root
    scores = torch.einsum("bh,bsh->bs", query / root, keys)
    if mask is not None:
        scores = scores + mask.to(scores.dtype).log()   # log 1 = 0, log 0 = -inf
    w = F.softmax(scores, dim=-1)
    return torch.einsum("bs,bsh->bh", w, values), w

# %% torch_sdpa_values_and_identity
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    q = query.unsqueeze(1)
    m = None if mask is None else mask.bool().unsqueeze(1)
    seq_len = keys.shape[1]
    # with the identity as values the output is the weights themselves
    eye = torch.eye(seq_len, dtype=keys.dtype, device=keys.device).expand(keys.shape[0], -1, -1)
    attention_weights = F.scaled_dot_product_attention(q, keys, eye, attn_mask=m).squeeze(1)
    attention_output = F.scaled_dot_product_attention(q, keys, values, attn_mask=m).squeeze(1)
    return attention_output, attention_weights

# %% baddbmm_bias_mask
import torch
import math
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    batch, seq, dim = keys.shape
    bias = torch.zeros((batch, 1, seq), dtype=query.dtype, device=query.device)
    if mask is not None:
        bias.masked_fill_(mask.reshape(batch, 1, seq) == 0, float("-inf"))
    scores = torch.baddbmm(bias, query.unsqueeze(1), keys.transpose(1, 2), alpha=1 / math.sqrt(dim))
    weights = F.softmax(scores, dim=-1)
    return torch.bmm(weights, values).squeeze(1), weights.squeeze(1)

# %% loop_over_batch_visible_only
import torch
import math

def scaled_dot_product_attention(query, keys, values, mask=None):
    outs, all_w = [], []
    for b in range(query.shape[0]):
        s = (keys[b] @ query[b]) / math.sqrt(query.shape[1])
        if mask is None:
            w = torch.softmax(s, dim=0)
        else:
            visible = mask[b] > 0
            # softmax over the visible ones only; everything else stays zero
            w = torch.zeros_like(s).masked_scatter(visible, torch.softmax(s[visible], dim=0))
        outs.append((w.unsqueeze(1) * values[b]).sum(0))
        all_w.append(w)
    return torch.stack(outs, 0), torch.stack(all_w, 0)

# %% manual_softmax_minus_max
import torch

def softmax_stable(x):
    x = x - torch.max(x, dim=-1, keepdim=True)[0]
    ex = torch.exp(x)
    return ex / torch.sum(ex, dim=-1, keepdim=True)

def scaled_dot_product_attention(query, keys, values, mask=None):
    """
    Scaled dot-product attention with my own softmax.
    """
    # TODO: Get the dimension for scaling
    d_k = query.shape[-1]

    # TODO: Compute attention scores and scale by sqrt(d_k)
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores = scores / (d_k ** 0.5)

    # TODO: Apply mask if provided (set masked positions to -inf)
    if mask is not None:
        scores = scores.masked_fill(mask.eq(0), float("-inf"))

    # TODO: Apply softmax to get attention weights
    attention_weights = softmax_stable(scores)

    # TODO: Compute weighted sum of values
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)

    return attention_output, attention_weights

# %% log_softmax_exp_scale_by_rsqrt
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    factor = float(query.shape[-1]) ** -0.5
    scores = factor * torch.matmul(keys, query[..., None])[..., 0]
    if mask is not None:
        scores[mask == 0] = float("-inf")
    attention_weights = torch.exp(F.log_softmax(scores, dim=-1))
    attention_output = torch.matmul(attention_weights[:, None, :], values)[:, 0, :]
    return attention_output, attention_weights

# %% vmap_with_optional_mask
import torch

def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is None:
        mask = torch.ones(keys.shape[:2], dtype=torch.bool, device=keys.device)

    def single(q, k, v, m):
        s = torch.mv(k, q) / q.shape[0] ** 0.5
        s = torch.where(m, s, -torch.inf)
        w = torch.softmax(s, 0)
        return torch.mv(v.T, w), w

    out, w = torch.func.vmap(single)(query, keys, values, mask.to(torch.bool))
    return out, w

# %% named_tuple_class
from typing import NamedTuple, Optional
import torch
import torch.nn.functional as F

class Attended(NamedTuple):
    attention_output: torch.Tensor
    attention_weights: torch.Tensor

def scaled_dot_product_attention(query, keys, values, mask: Optional[torch.Tensor] = None) -> Attended:
    d_k = query.shape[-1]
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1).div(d_k ** 0.5)
    if mask is not None:
        scores = scores.masked_fill(mask < 0.5, torch.finfo(scores.dtype).min / 2)
    attention_weights = F.softmax(scores, dim=-1)
    attention_output = torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1)
    return Attended(attention_output, attention_weights)

# %% inplace_on_own_scores_returns_list
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1)
    scores /= query.shape[-1] ** 0.5      # scores is a fresh tensor, so this is fine
    if mask is not None:
        scores.masked_fill_(mask == False, -float("inf"))
    weights = F.softmax(scores, dim=-1)
    # hidden positions are exactly zero already, but be explicit
    if mask is not None:
        weights = weights * (mask != 0).to(weights.dtype)
    output = torch.bmm(weights.unsqueeze(1), values).squeeze(1)
    return [output, weights]

# %% sixty_below_the_smallest_score
import torch
import torch.nn.functional as F

def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = (keys @ query[:, :, None]).squeeze(-1) / query.shape[-1] ** 0.5
    if mask is not None:
        far_below = scores.min(dim=-1, keepdim=True).values - 60
        scores = torch.where(mask == 0, far_below, scores)
    weights = F.softmax(scores, dim=-1)
    return (weights[:, None] @ values).squeeze(1), weights
