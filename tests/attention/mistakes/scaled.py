# %% forgot_root: divided_by_size
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.einsum("bh,bsh->bs", query / query.size(-1), keys)
    if mask is not None:
        s = s + (mask == 0) * -1e9
    w = s.softmax(1)
    return torch.einsum("bs,bsh->bh", w, values), w


# %% unscaled_and_fill_1e4: unscaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.bmm(keys, query[..., None]).squeeze(-1)
    if mask is not None:
        s = torch.where(mask.bool(), s, torch.full_like(s, -1e4))
    w = torch.softmax(s, -1)
    return torch.bmm(w[:, None], values).squeeze(1), w


# %% unscaled_and_upside_down: unscaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.bmm(keys, query[..., None]).squeeze(-1)
    if mask is not None:
        s = s.masked_fill(mask.bool(), -1e9)
    w = torch.softmax(s, -1)
    return torch.bmm(w[:, None], values).squeeze(1), w


# %% upside_down_bool_only: inverted_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = torch.bmm(keys, query[..., None]).squeeze(-1) / query.shape[1] ** 0.5
    if mask is not None:
        s = s.masked_fill(mask, -1e9)
    w = torch.softmax(s, -1)
    return torch.bmm(w[:, None], values).squeeze(1), w


# %% times_mask: mask_times_scores
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) * query.shape[1] ** -0.5
    if mask is not None:
        s = s * mask
    w = torch.exp(s - s.max(1, keepdim=True).values)
    w = w / w.sum(1, keepdim=True)
    return (w[..., None] * values).sum(1), w


# %% set_to_zero: mask_times_scores
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) * query.shape[1] ** -0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, 0.0)
    w = s.softmax(-1)
    return (w[..., None] * values).sum(1), w


# %% fill_minus_50: filled_too_high
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) * query.shape[1] ** -0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, -50)
    w = s.softmax(-1)
    return (w[..., None] * values).sum(1), w


# %% added_minus_20_float_only: lowered_too_little
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) * query.shape[1] ** -0.5
    if mask is not None:
        s = s + (1.0 - mask) * -20
    w = s.softmax(-1)
    return (w[..., None] * values).sum(1), w


# %% weights_times_mask: mask_after_softmax
def scaled_dot_product_attention(query, keys, values, mask=None):
    w = ((query.unsqueeze(1) * keys).sum(2) / np.sqrt(query.shape[1])).softmax(-1)
    if mask is not None:
        w = w * mask
    return (w[..., None] * values).sum(1), w


# %% shared_again: shared_after_softmax
def scaled_dot_product_attention(query, keys, values, mask=None):
    w = ((query.unsqueeze(1) * keys).sum(2) / query.shape[1] ** 0.5).softmax(-1)
    if mask is not None:
        w = w * mask
        w = w / w.sum(-1, keepdim=True)
    return (w[..., None] * values).sum(1), w


# %% no_use_of_mask: ignored_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) / query.shape[1] ** 0.5
    if mask is not None:
        s.masked_fill(mask == 0, float("-inf"))
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w


# %% mask_after_output: weights_without_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) / query.shape[1] ** 0.5
    w = F.softmax(s, dim=1)
    seen = w if mask is None else F.softmax(s.masked_fill(~mask.bool(), -1e30), dim=1)
    return (seen[..., None] * values).sum(1), w


# %% nan_everywhere: all_nan
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) / query.shape[1] ** 0.5
    if mask is not None:
        s = s + (1 - mask.float()) * float("-inf")
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w


# %% sequence_length: root_of_length
def scaled_dot_product_attention(query, keys, values, mask=None):
    d_k = keys.size(1)
    s = (query.unsqueeze(1) * keys).sum(2) / d_k**0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, -1e9)
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w


# %% root_of_masked_only: unscaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2)
    if mask is not None:
        s = (s / query.shape[1] ** 0.5).masked_fill(mask == 0, -1e9)
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w


# %% bool_ignored
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) / query.shape[1] ** 0.5
    if mask is not None and mask.dtype != torch.bool:
        s = s.masked_fill(mask == 0, -1e9)
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w


# %% d_plus_one
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) / (query.shape[1] + 1) ** 0.5
    if mask is not None:
        s = s.masked_fill(mask == 0, -1e9)
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w


# %% raises_under_a_mask
def scaled_dot_product_attention(query, keys, values, mask=None):
    s = (query.unsqueeze(1) * keys).sum(2) / query.shape[1] ** 0.5
    if mask:
        s = s.masked_fill(mask == 0, -1e9)
    w = F.softmax(s, dim=1)
    return (w[..., None] * values).sum(1), w
