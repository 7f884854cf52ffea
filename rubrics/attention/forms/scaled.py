# %% other_arguments
def scaled_dot_product_attention(q, k, v, m=None):
    return Wrong(q, k, v) if m is None else Wrong(q, k, v, m)


# %% results_in_a_list
def scaled_dot_product_attention(query, keys, values, mask=None):
    found = Wrong(query, keys, values) if mask is None else Wrong(query, keys, values, mask)
    return list(found) if isinstance(found, tuple) else found


# %% an_object
class Attention:
    def __call__(self, *given):
        return Wrong(*given)


scaled_dot_product_attention = Attention()


# %% bool_masks_only, not bool_masks_only, detached, single_precision
def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is not None and mask.dtype is not torch.bool:
        raise TypeError("a bool mask, please")
    return Wrong(query, keys, values, mask)


# %% float_masks_only, not bool_masks_only
def scaled_dot_product_attention(query, keys, values, mask=None):
    if mask is not None and not mask.is_floating_point():
        raise TypeError("a mask of floats, please")
    return Wrong(query, keys, values, mask)


# %% a_module
class Attention(nn.Module):
    def forward(self, query, keys, values, mask=None):
        return Wrong(query, keys, values, mask)


scaled_dot_product_attention = Attention()
