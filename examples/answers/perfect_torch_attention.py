"""A right submission that leans on torch's own attention. Made up by us."""

# %% dot_product
import math


def dot_product_attention(query, keys, values):
    output = F.scaled_dot_product_attention(query[:, None], keys, values, scale=1.0)
    weights = F.softmax((query[:, None] @ keys.mT).squeeze(1), dim=1)
    return output.squeeze(1), weights


# %% scaled
def scaled_dot_product_attention(query, keys, values, mask=None):
    allowed = None if mask is None else mask.bool()[:, None]
    output = F.scaled_dot_product_attention(query[:, None], keys, values, attn_mask=allowed)
    scores = (keys @ query[:, :, None]).squeeze(2) / math.sqrt(query.shape[1])
    if mask is not None:
        scores = scores + torch.zeros_like(scores).masked_fill(mask == 0, -torch.inf)
    return output.squeeze(1), F.softmax(scores, dim=1)


# %% self_attention
from collections import namedtuple

Attention = namedtuple("Attention", "output weights")


class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        Q, K, V = self.W_q(x), self.W_k(x), self.W_v(x)
        allowed = None if mask is None else mask != 0
        output = F.scaled_dot_product_attention(Q, K, V, attn_mask=allowed)
        scores = Q @ K.mT / math.sqrt(x.shape[-1])
        if allowed is not None:
            scores = scores.masked_fill(~allowed, -torch.inf)
        return Attention(output, scores.softmax(-1))


# %% multi_head
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("W_q", "W_k", "W_v", "W_o"):
            self.add_module(name, nn.Linear(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        B, S, E = x.shape
        Q, K, V = (
            W(x).view(B, S, self.num_heads, -1).transpose(1, 2)
            for W in (self.W_q, self.W_k, self.W_v)
        )
        allowed = None if mask is None else (mask != 0).unsqueeze(1)
        attended = F.scaled_dot_product_attention(Q, K, V, attn_mask=allowed)
        scores = Q @ K.mT / math.sqrt(E // self.num_heads)
        if allowed is not None:
            scores = scores.masked_fill(~allowed, -torch.inf)
        return self.W_o(attended.transpose(1, 2).flatten(2)), scores.softmax(-1)


# %% causal_mask
def create_causal_mask(seq_len):
    return ~torch.ones(seq_len, seq_len, dtype=torch.bool).triu(1)
