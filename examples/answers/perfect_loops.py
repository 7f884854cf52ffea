"""A right submission with loops over batch, heads and positions. Made up by us."""


# %% dot_product
def dot_product_attention(query, keys, values):
    outputs, weights = [], []
    for q, k, v in zip(query, keys, values):
        row = torch.softmax(torch.stack([torch.dot(q, key) for key in k]), dim=0)
        weights.append(row)
        outputs.append(sum(weight * value for weight, value in zip(row, v)))
    return torch.stack(outputs), torch.stack(weights)


# %% scaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    outputs, weights = [], []
    for b in range(query.shape[0]):
        scores = keys[b] @ query[b] / query.shape[1] ** 0.5
        if mask is not None:
            scores = torch.where(mask[b] > 0, scores, torch.tensor(float("-inf")))
        exps = torch.exp(scores - scores.max())
        row = exps / exps.sum()
        weights.append(row)
        outputs.append(row @ values[b])
    return torch.stack(outputs), torch.stack(weights)


# %% self_attention
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        outputs, weights = [], []
        for i in range(x.shape[1]):
            one_mask = None if mask is None else mask[:, i]
            output, row = scaled_dot_product_attention(Q[:, i], K, V, one_mask)
            outputs.append(output)
            weights.append(row)
        return torch.stack(outputs, dim=1), torch.stack(weights, dim=1)


# %% multi_head
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        heads, weights = [], []
        for h in range(self.num_heads):
            part = slice(h * self.head_dim, (h + 1) * self.head_dim)
            scores = Q[..., part] @ K[..., part].transpose(1, 2) / self.head_dim**0.5
            if mask is not None:
                scores = scores.masked_fill(mask == 0, -torch.inf)
            weights.append(scores.softmax(-1))
            heads.append(weights[-1] @ V[..., part])
        return self.W_o(torch.cat(heads, dim=-1)), torch.stack(weights, dim=1)


# %% causal_mask
def create_causal_mask(seq_len):
    mask = torch.zeros(seq_len, seq_len, dtype=torch.bool)
    for i in range(seq_len):
        mask[i, : i + 1] = True
    return mask
