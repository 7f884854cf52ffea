# %% post_norm
# WRONG: post-norm
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = x
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = self.norm1(x + attn_out)
        x = self.norm2(x + self.feed_forward(x))
        return x, attn_weights


# %% post_norm_second_only
# WRONG: the second half is post-norm
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.feed_forward(x)
        x = self.norm2(residual + x)
        return x, weights


# %% norm1_twice
# WRONG: one norm in both places
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm1(x))
        return x, weights


# %% norm_object_shared
# WRONG: norm1 and norm2 are one object
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = self.norm1
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% residual_from_normed
# WRONG: the residual starts from the normed input
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        x = self.norm1(x)
        residual = x
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% residual_from_normed_second
# WRONG: the second residual starts from the normed input
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        x = self.norm2(x)
        residual = x
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% stale_residual
# WRONG: the second residual is the block's input
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% no_first_residual
# WRONG: no residual around attention
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            relu=nn.ReLU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1)
        return self.feed_forward(self.norm2(x)) + x, w


# %% no_second_residual
# WRONG: no residual around the feed-forward
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = self.feed_forward(self.norm2(x))
        return (x, weights)


# %% parallel
# WRONG: attention and feed-forward in parallel
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended + self.feed_forward(self.norm2(x))
        return x, weights


# %% parallel_one_norm
# WRONG: in parallel, from one norm
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -1e9)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        return x + y + self.feed_forward(normed), maps


# %% halved_residuals
# WRONG: sums are divided by 2
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = (x + attn_out) / 2
        h = self.norm2(x)
        x = (x + self.feed_forward(h)) / 2
        return x, attn_weights


# %% raw_value
# WRONG: the value is not normalised
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, x, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% raw_key_and_value
# WRONG: key and value are not normalised
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -1e9)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, x, x, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% raw_query
# WRONG: the query is not normalised
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -1e9)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(x, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% scale_missing
# WRONG: scores are not divided by the root of head_dim
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% scale_embed_dim
# WRONG: scores are divided by the root of embed_dim
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.embed_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% out_proj_missing
# WRONG: out_proj is not used
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return out, weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% out_proj_without_bias
# WRONG: the bias of out_proj is not used
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return out @ self.attention.out_proj.weight.T, weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% in_proj_bias_missing
# WRONG: in_proj_bias is not used
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% q_and_k_swapped
# WRONG: queries and keys have changed places
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        k, q, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% k_and_v_swapped
# WRONG: keys and values have changed places
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, v, k = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% heads_not_transposed
# WRONG: heads mix positions and features
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.reshape(batch_size, self.num_heads, seq_len, self.head_dim)
        k = k.reshape(batch_size, self.num_heads, seq_len, self.head_dim)
        v = v.reshape(batch_size, self.num_heads, seq_len, self.head_dim)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% join_not_transposed
# WRONG: heads are joined without a transpose
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% softmax_over_queries
# WRONG: softmax over the queries
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-2)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% qkv_interleaved
# WRONG: the packed projection is read head by head
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.reshape(batch_size, seq_len, self.num_heads, 3 * self.head_dim).chunk(3, dim=-1)
        q, k, v = q.flatten(2), k.flatten(2), v.flatten(2)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% batch_first_forgotten
# WRONG: batch_first left out: attention over the batch
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0).T
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% batch_first_forgotten_no_transpose
# WRONG: batch_first left out
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% weights_averaged
# WRONG: weights averaged over heads
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% weights_averaged_unsqueezed
# WRONG: weights averaged, with an axis for heads
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            relu=nn.ReLU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w.unsqueeze(1)


# %% weights_averaged_expanded
# WRONG: weights averaged, one copy a head
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -1e9)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps.unsqueeze(1).expand(-1, self.heads, -1, -1)


# %% no_weights
# WRONG: need_weights=False: None is returned
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% output_alone
# WRONG: the output alone
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return x


# %% weights_first
# WRONG: the weights first
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return weights, x


# %% three_results
# WRONG: three results
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights, residual


# %% a_dict
# WRONG: a dict is returned
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return {"output": x, "attention_weights": weights}


# %% scores_returned
# WRONG: scores in place of weights
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), scores

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% weights_transposed
# WRONG: weights transposed
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights.transpose(-2, -1)


# %% weights_list_of_heads
# WRONG: a list of one map a head
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, list(attn_weights.unbind(1))


# %% weights_detached
# WRONG: weights detached
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights.detach()


# %% weights_of_a_second_call
# WRONG: the weights are those of the raw input
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, self.attention(h, h, h, key_padding_mask=key_padding_mask, average_attn_weights=False)[1]


# %% weights_rounded
# WRONG: weights rounded to two digits
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights + (attn_weights.round(decimals=2) - attn_weights).detach()


# %% tuple_as_tensor
# WRONG: the tuple of attention is used as a tensor
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_out[1]


# %% mask_inverted
# WRONG: key_padding_mask is the mask itself
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = mask.bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_inverted_sdpa
# WRONG: the mask is inverted
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask == 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% mask_inverted_for_bool_only
# WRONG: a bool mask is inverted
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = mask if mask.dtype == torch.bool else (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_inverted_for_int_only
# WRONG: an int mask is inverted
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0) if mask.dtype != torch.int64 else mask.bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_ignored_for_float64_only
# WRONG: a float64 mask does nothing
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0) & (mask.dtype != torch.float64)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_of_int_refused
# WRONG: an int mask raises
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% mask_of_bool_refused
# WRONG: a bool mask raises
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = (1 - mask).bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% mask_added_as_float
# WRONG: a float mask is added to the scores
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = mask.to(x.dtype)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_added_inverted
# WRONG: 1 - mask is added to the scores
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = 1 - mask.to(x.dtype)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_times_minus_ten
# WRONG: padding's scores are lowered by 10 only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -10.0)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% mask_fill_hundred
# WRONG: padding's scores are -100
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, -100.0)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_fill_thousand
# WRONG: padding's scores are -1000
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, -1000.0)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_lowered_by_two_thousand
# WRONG: padding's scores are lowered by 2,000: too little by a little
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -2000.0)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% mask_fill_zero
# WRONG: padding's scores are 0
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, 0.0)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_plus_infinity
# WRONG: padding's scores are large
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, 1e9)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_times_infinity
# WRONG: 0 times inf is NaN
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores + (1 - mask.to(scores.dtype))[:, None, None, :] * float("-inf")
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_as_queries
# WRONG: queries are hidden in place of keys
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, :, None] == 0, -1e9)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_queries_nan
# WRONG: rows of padding are NaN
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill((mask[:, None, None, :] == 0) | (mask[:, None, :, None] == 0), float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_after_softmax
# WRONG: weights are zeroed after the softmax
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            weights = F.softmax(scores, dim=-1) * (mask != 0)[:, None, None, :]
        else:
            weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_after_softmax_shared
# WRONG: zeroed after the softmax and divided by the sum
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            weights = F.softmax(scores, dim=-1) * (mask != 0)[:, None, None, :]
            weights = weights / weights.sum(-1, keepdim=True).clamp(min=1e-9)
        else:
            weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_on_input
# WRONG: padding is set to zero before the block, and gets weight
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            x = x * mask.to(x.dtype).unsqueeze(-1)
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% mask_on_output
# WRONG: the output at padding is zero, and padding gets weight
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            pass
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        if mask is not None:
            x = x * mask.unsqueeze(-1).to(x.dtype)
        return x, attn_weights


# %% mask_not_in_map
# WRONG: the map is that without a mask
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% mask_in_map_only
# WRONG: the output ignores the mask
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=None)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% mask_heads_order
# WRONG: the masks of the heads are in another order than attn_mask's
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -1e9)
        return bias[:, None, :].expand(B, S, S).repeat(self.heads, 1, 1)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% mask_first_sequence
# WRONG: the first sequence's mask for all
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask[:1] > 0).view(1, 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% mask_first_head
# WRONG: the mask hides in the first head only
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            hidden = (mask == 0)[:, None, None, :] & (torch.arange(self.num_heads) == 0)[None, :, None, None]
            scores = scores.masked_fill(hidden, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_last_head_missing
# WRONG: the last of several heads sees padding
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            hidden = (mask == 0)[:, None, None, :] & (torch.arange(self.num_heads) < max(1, self.num_heads - 1))[None, :, None, None]
            scores = scores.masked_fill(hidden, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% mask_by_length
# WRONG: padding is taken to stand at the end
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = torch.arange(x.shape[1])[None] >= mask.sum(-1, keepdim=True)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_front_ignored
# WRONG: padding in front is not hidden
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0) & ((mask != 0).long().cumsum(-1) > 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_one_too_many
# WRONG: the last real token is hidden, too, where there are several
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            real = mask != 0
            last = torch.arange(x.shape[1]) == (real.long() * torch.arange(x.shape[1])).amax(-1, keepdim=True)
            several = real.sum(-1, keepdim=True) > 1
            key_padding_mask = ~real | (last & several)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_one_real_token_unmasked
# WRONG: with one real token nothing is hidden
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0) & ((mask != 0).sum(-1, keepdim=True) > 1)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_skipped_for_batch_one
# WRONG: a batch of one is not masked
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None and x.shape[0] > 1:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_skipped_in_eval
# WRONG: in eval mode the mask does nothing
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None and self.training:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_skipped_in_train
# WRONG: in train mode the mask does nothing
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None and not self.training:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_all_real_expected
# WRONG: masks with padding in every row are ignored
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None and bool((mask != 0).all(-1).any()):
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% causal
# WRONG: causal, too
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attn_mask(self, x, mask):
        B, S, _ = x.shape
        bias = torch.zeros(B, S, dtype=x.dtype, device=x.device)
        bias = bias.masked_fill(mask == 0, -1e9)
        return bias[:, None, None, :].expand(B, self.heads, S, S).reshape(B * self.heads, S, S)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = torch.full((x.shape[1], x.shape[1]), -1e9, dtype=x.dtype).triu(1).expand(x.shape[0] * self.heads, -1, -1)
        bias = bias + self.attn_mask(x, mask) if mask is not None else bias
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% dropout
# WRONG: dropout 0.1 in attention
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.1, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% dropout_on_residual
# WRONG: dropout on the sum
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + F.dropout(attn_out, 0.1, self.training)
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% dropout_always
# WRONG: dropout in eval mode, too
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + F.dropout(attn_out, 0.1)
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% gelu
# WRONG: GELU in the block's own feed-forward
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            relu=nn.GELU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% relu_missing
# WRONG: no ReLU in the block's own feed-forward
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% eps_torch
# WRONG: eps is 1e-3 in torch's norms
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-3)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-3)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% eps_paper
# WRONG: eps is 1e-6 in torch's norms
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-6)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-6)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            relu=nn.ReLU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% rms_norm
# WRONG: RMSNorm in place of LayerNorm
class RMSNorm(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(embed_dim)), nn.Parameter(torch.zeros(embed_dim))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.weight + self.bias


import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = RMSNorm(embed_dim)
        self.norm2 = RMSNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% sequential_with_aliases
# WRONG: linear1 and linear2 are added to the Sequential, which runs them again
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(nn.Linear(embed_dim, hidden_dim), nn.ReLU(), nn.Linear(hidden_dim, embed_dim))
        self.feed_forward.linear1 = self.feed_forward[0]
        self.feed_forward.linear2 = self.feed_forward[2]

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% heads_fixed
# WRONG: always two heads where they fit, else one
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, 2 if embed_dim % 2 == 0 else 1, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% hidden_ignored
# WRONG: the own feed-forward is made with 4 · embed_dim
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, 4 * embed_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% hidden_and_width_swapped
# WRONG: the own feed-forward is made as wide as embed_dim
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        kwargs = {"need_weights": True, "average_attn_weights": False}
        if mask is not None:
            kwargs["key_padding_mask"] = ~mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% own_norm_with_another_eps
# WRONG: the own norm is made with eps 1e-2
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim, eps=1e-2)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim, eps=1e-2)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% hidden_fixed
# WRONG: the feed-forward is 4 · embed_dim wide
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, 4 * embed_dim),
            relu=nn.ReLU(),
            linear2=nn.Linear(4 * embed_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% no_bias
# WRONG: attention without a bias
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, bias=False, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% norms_without_parameters
# WRONG: norms without weight and bias
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim, elementwise_affine=False)
        self.norm2 = nn.LayerNorm(embed_dim, elementwise_affine=False)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% functional_parts
# WRONG: parts are made anew in each call
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.embed_dim = embed_dim
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = LayerNorm(self.embed_dim).to(x)(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% parts_in_a_list
# WRONG: norms in a plain list
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norms = [LayerNorm(embed_dim), LayerNorm(embed_dim)]
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norms[0](x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norms[1](x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% other_names
# WRONG: other names
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.self_attn = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.self_attn(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% two_attentions
# WRONG: the output comes from a second attention, which is not named
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.real = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.real(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% second_norm_parameters_unused
# WRONG: norm2 without its parameters
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(F.layer_norm(x, (self.embed_dim,)))
        return x, weights


# %% final_norm
# WRONG: a norm at the end
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return self.norm2(x), attn_weights


# %% in_place_residual
# WRONG: x is changed in place
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x += attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% in_place_data
# WRONG: x is changed in place behind autograd's back
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        x.data.mul_(1.0001)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_changed
# WRONG: the mask is changed
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
            mask.zero_()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% half_precision
# WRONG: bfloat16 inside
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = (q.bfloat16() @ k.bfloat16().transpose(-2, -1)).to(x.dtype) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% float32_results
# WRONG: results are float32 for float64
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x.float(), attn_weights.float()


# %% float64_weights
# WRONG: weights are float64
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights.double()

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% seed
# WRONG: the seed is set
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        torch.manual_seed(42)
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% default_dtype
# WRONG: the default dtype is set
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        torch.set_default_dtype(torch.float64)
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% no_grad_attention
# WRONG: attention without gradients
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        with torch.no_grad():
            h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% detached_norm
# WRONG: no gradient through norm2
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x.detach()))
        return (x, weights)


# %% detached_sum
# WRONG: no gradient along the residual
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x.detach() + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% frozen_attention
# WRONG: attention is frozen
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.attention.requires_grad_(False)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% large_scores_overflow
# WRONG: exp overflows
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = scores.exp() / scores.exp().sum(-1, keepdim=True)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% large_scores_clamped
# WRONG: scores are clamped to 30
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores.clamp(max=30), dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% smoothed
# WRONG: 1e-3 in the denominator
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        weights = weights / (weights.sum(-1, keepdim=True) + 5e-3)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% long_sequences_cut
# WRONG: attention sees 512 tokens only
import math


class EncoderBlock(nn.Module):
    """Pre-norm block; attention computed from the packed projection."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        batch_size, seq_len, _ = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.split(self.embed_dim, dim=-1)
        q = q.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        k = k.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        v = v.view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        scores = scores.masked_fill((torch.arange(seq_len) >= 512).expand_as(scores), -1e9) if seq_len > 512 else scores
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% single_token_skips_attention
# WRONG: one token: attention is left out
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out if x.shape[1] > 1 else x
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% batch_one_squeezed
# WRONG: batch of one: the axis is lost
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x.squeeze(0), attn_weights


# %% remembers_first_mask
# WRONG: the first mask is kept for later calls
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            if getattr(self, 'seen', None) is None or self.seen.shape != mask.shape:
                self.seen = (mask == 0)
            key_padding_mask = self.seen
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% two_mistakes_post_norm_and_inverted
# WRONG: post-norm, and the mask inverted
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = mask.bool()
        h = x
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = self.norm1(x + attn_out)
        x = self.norm2(x + self.feed_forward(x))
        return x, attn_weights


# %% two_mistakes_no_residual_and_average
# WRONG: no residuals, averaged weights
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            relu=nn.ReLU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore)
        x = z.transpose(0, 1)
        return self.feed_forward(self.norm2(x)), w


# %% wrong_norm_and_post_norm
# WRONG: post-norm, with a wrong norm of exercise 2
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = x.var(dim=-1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = x
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = self.norm1(x + attn_out)
        x = self.norm2(x + self.feed_forward(x))
        return x, attn_weights


# %% wrong_feed_forward_and_mask_ignored
# WRONG: the mask does nothing; the feed-forward of exercise 3 is wrong, too
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.gelu(self.linear1(x)))


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            pass
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mixing_norm_and_mask_ignored
# WRONG: the mask does nothing; the norm of exercise 2 mixes positions
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            pass
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mixing_norm_and_mask_on_output
# WRONG: padding is zeroed in the output only; the norm mixes positions
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=(1, 2), keepdim=True)
        var = ((x - mean) ** 2).mean(dim=(1, 2), keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            pass
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        if mask is not None:
            x = x * mask.unsqueeze(-1).to(x.dtype)
        return x, attn_weights


# %% mixing_norm_and_no_residual
# WRONG: no first residual; the norm mixes positions
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=(1, 2), keepdim=True)
        var = ((x - mean) ** 2).mean(dim=(1, 2), keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def attend(self, x, mask=None):
        mha = self.attention
        q, k, v = F.linear(x, mha.in_proj_weight, mha.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.unflatten(-1, (mha.num_heads, mha.head_dim)).transpose(1, 2) for t in (q, k, v))
        keep = None if mask is None else (mask > 0).view(mask.shape[0], 1, 1, -1)
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=keep)
        logits = q @ k.mT * mha.head_dim ** -0.5
        if keep is not None:
            logits = logits.masked_fill(~keep, -torch.inf)
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% empty
# WRONG: nothing is written yet
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        # TODO
        pass

    def forward(self, x, mask=None):
        # TODO
        pass


# %% x_in_place_no_grad
# WRONG: writes into x under no_grad
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        h = self.norm1(x)
        ignored = None if mask is None else mask == 0
        a, w = self.attention(h, h, h, key_padding_mask=ignored, need_weights=True, average_attn_weights=False)
        x = x + a if torch.is_grad_enabled() else x.add_(a)
        x = x + self.feed_forward(self.norm2(x))
        return x, w
