"""Wrong answers, one an exercise; the other exercises of such a sample are right. Made up by us."""


# %% dot_product
def dot_product_attention(query, keys, values):
    # Scaled, though this exercise's formula is not
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)) / query.shape[-1] ** 0.5
    attention_weights = F.softmax(scores, dim=-1)
    return torch.bmm(attention_weights, values).squeeze(1), attention_weights.squeeze(1)


# %% scaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    scores = torch.bmm(query.unsqueeze(1), keys.transpose(1, 2)).squeeze(1) / query.shape[-1] ** 0.5
    attention_weights = F.softmax(scores, dim=-1)
    # Masked after the softmax: rows no longer sum to 1
    if mask is not None:
        attention_weights = attention_weights * mask
    return torch.bmm(attention_weights.unsqueeze(1), values).squeeze(1), attention_weights


# %% self_attention
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        scores = Q @ K.transpose(1, 2) / x.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(mask == 0, float("-inf"))
        # Softmax over the queries, not over the keys
        attention_weights = F.softmax(scores, dim=1)
        return attention_weights @ V, attention_weights


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
        B, S, E = x.shape
        Q, K, V = (
            W(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
            for W in (self.W_q, self.W_k, self.W_v)
        )
        # Scaled by the whole width, not by that of a head
        scores = Q @ K.transpose(-2, -1) / E**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        attention_weights = F.softmax(scores, dim=-1)
        attended = (attention_weights @ V).transpose(1, 2).reshape(B, S, E)
        return self.W_o(attended), attention_weights


# %% causal_mask
def create_causal_mask(seq_len):
    # Ones and zeros, though the docstring asks for a boolean tensor
    return torch.tril(torch.ones(seq_len, seq_len))
