"""A right submission, written with einsum, nn.Parameter and bool masks. Made up by us."""


# %% dot_product
def dot_product_attention(query, keys, values):
    scores = torch.einsum("bh,bsh->bs", query, keys)
    attention_weights = scores.softmax(-1)
    return torch.einsum("bs,bsh->bh", attention_weights, values), attention_weights


# %% scaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.einsum("bh,bsh->bs", query, keys) * query.size(-1) ** -0.5
    if mask is not None:
        scores = torch.where(mask.bool(), scores, torch.finfo(scores.dtype).min)
    attention_weights = scores.softmax(-1)
    return torch.einsum("bs,bsh->bh", attention_weights, values), attention_weights


# %% self_attention
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim**0.5)
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim**0.5)
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim) / embed_dim**0.5)

    def forward(self, x, mask=None):
        Q, K, V = x @ self.W_q, x @ self.W_k, x @ self.W_v
        scores = torch.einsum("bqe,bke->bqk", Q, K) / x.size(-1) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask.bool(), -1e30)
        attention_weights = torch.softmax(scores, dim=2)
        return torch.einsum("bqk,bke->bqe", attention_weights, V), attention_weights


# %% multi_head
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        Q, K, V = (W(x).unflatten(-1, (self.num_heads, -1)) for W in (self.W_q, self.W_k, self.W_v))
        scores = torch.einsum("bqhd,bkhd->bhqk", Q, K) / Q.size(-1) ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask[:, None] == 0, -1e30)
        attention_weights = scores.softmax(-1)
        attended = torch.einsum("bhqk,bkhd->bqhd", attention_weights, V).flatten(2)
        return self.W_o(attended), attention_weights


# %% causal_mask
def create_causal_mask(seq_len):
    return torch.ones(seq_len, seq_len).tril().bool()
