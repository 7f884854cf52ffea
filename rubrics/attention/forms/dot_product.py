# %% other_arguments
def dot_product_attention(q, k, v, m=None):
    return Wrong(q, k, v) if m is None else Wrong(q, k, v, m)


# %% results_in_a_list
def dot_product_attention(query, keys, values, mask=None):
    found = Wrong(query, keys, values) if mask is None else Wrong(query, keys, values, mask)
    return list(found) if isinstance(found, tuple) else found


# %% an_object
class Attention:
    def __call__(self, *given):
        return Wrong(*given)


dot_product_attention = Attention()
