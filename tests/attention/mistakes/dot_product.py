# %% loop_scaled: scaled
def dot_product_attention(q, k, v):
    rows, outs = [], []
    for b in range(q.size(0)):
        s = torch.stack([torch.dot(q[b], k[b, j]) for j in range(k.size(1))]) / np.sqrt(q.size(1))
        rows.append(s.softmax(0))
        outs.append((rows[-1][:, None] * v[b]).sum(0))
    return torch.stack(outs), torch.stack(rows)


# %% numpy_like_exp: overflows
def dot_product_attention(query, keys, values):
    e = torch.exp((keys * query[:, None, :]).sum(-1))
    w = e / e.sum(1)[:, None]
    return torch.einsum("bs,bsh->bh", w, values), w


# %% bmm_kept_axis: WeightsWithAxis
def dot_product_attention(query, keys, values):
    w = torch.bmm(query[:, None], keys.mT).softmax(-1)
    return torch.bmm(w, values)[:, 0], w


# %% bmm_kept_both: BothWithAxis
def dot_product_attention(query, keys, values):
    w = F.softmax(query.unsqueeze(1) @ keys.transpose(-1, -2), dim=2)
    return w @ values, w


# %% axis_of_batch: softmax_over_batch
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=0)
    return (values * w[..., None]).sum(dim=1), w


# %% one_result: OutputAlone
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return (values * w[..., None]).sum(dim=1)


# %% a_tuple_of_one: OutputAlone
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return ((values * w[..., None]).sum(dim=1),)


# %% weights_as_numpy
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return (values * w[..., None]).sum(dim=1), w.detach().numpy()


# %% output_twice
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    out = (values * w[..., None]).sum(dim=1)
    return out, out


# %% order_of_results: Swapped
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return w, (values * w[..., None]).sum(dim=1)


# %% keys_mixed: mixes_keys
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return (keys * w[..., None]).sum(dim=1), w


# %% roles_turned: keys_and_values_swapped
def dot_product_attention(query, keys, values):
    keys, values = values, keys
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return (values * w[..., None]).sum(dim=1), w


# %% in_double: Double
def dot_product_attention(query, keys, values):
    query, keys, values = query.double(), keys.double(), values.double()
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    return (values * w[..., None]).sum(dim=1), w


# %% off_by_one: without_last_key
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0], dim=-1)
    out = torch.zeros_like(query)
    for j in range(keys.shape[1] - 1):
        out = out + w[:, j, None] * values[:, j]
    return out, w


# %% in_place_query
def dot_product_attention(query, keys, values):
    query *= 2
    w = F.softmax((keys @ query[:, :, None])[..., 0] / 2, dim=-1)
    return (values * w[..., None]).sum(dim=1), w


# %% temperature_of_two
def dot_product_attention(query, keys, values):
    w = F.softmax((keys @ query[:, :, None])[..., 0] / 2, dim=-1)
    return (values * w[..., None]).sum(dim=1), w
