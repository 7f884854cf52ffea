# %% plain_call
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
        return x, attn_weights


# %% plain_hand
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
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% plain_bias
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
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% plain_seq_first
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
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% plain_sdpa
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
        return (x, weights)


# %% plain_mask_pattern
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
        return x, weights


# %% wrong_layer_norm_ddof
# RIGHT: the mistake is in exercise 2, and counts there only
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
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% wrong_layer_norm_eps_outside
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.weight * (x - mean) / (torch.sqrt(var) + self.eps) + self.bias



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
        return x, weights


# %% wrong_layer_norm_eps_ignored
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = 1e-2

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
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
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% wrong_layer_norm_affine_unused
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return (x - mean) / torch.sqrt(var + self.eps)



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
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% wrong_layer_norm_weight_bias_swapped
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.bias * (x - mean) / torch.sqrt(var + self.eps) + self.weight



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
        return x, attn_weights


# %% wrong_layer_norm_over_two_axes
# RIGHT: the mistake is in exercise 2, and counts there only
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
        return x, weights


# %% wrong_layer_norm_over_the_sequence
# RIGHT: the mistake is in exercise 2, and counts there only
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
        return (x, weights)


# %% wrong_layer_norm_over_the_batch
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=0, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=0, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias



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
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% wrong_layer_norm_no_mean
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = 0.0
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
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
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% wrong_layer_norm_moments
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = (x ** 2).mean(dim=-1, keepdim=True) - mean ** 2
        return self.weight * (x - mean) / torch.sqrt(var.clamp(min=0) + self.eps) + self.bias



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
        return x, weights


# %% wrong_layer_norm_detached
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var.detach() + self.eps) + self.bias



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
        return (x, weights)


# %% wrong_feed_forward_gelu
# RIGHT: the mistake is in exercise 3, and counts there only
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
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% wrong_feed_forward_no_activation
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x))



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
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% wrong_feed_forward_second_relu
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.relu(self.linear2(F.relu(self.linear1(x))))



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
        return (x, weights)


# %% wrong_feed_forward_own_residual
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return x + self.linear2(F.relu(self.linear1(x)))



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
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% wrong_feed_forward_mean_of_sequence
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(self.linear1(x))
        return self.linear2(h - h.mean(dim=1, keepdim=True))



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
        return x, attn_weights


# %% wrong_feed_forward_width_embed_dim
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, embed_dim)
        self.linear2 = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))



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
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% wrong_norm_and_wrong_feed_forward
# RIGHT: the mistakes are in exercises 2 and 3
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
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mixing_norm_and_mixing_feed_forward
# RIGHT: the mistakes are in exercises 2 and 3
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


class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(self.linear1(x))
        return self.linear2(h - h.mean(dim=1, keepdim=True))



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
        return x, weights


# %% wrong_norm_unused_torchs_in_its_place
# RIGHT: exercise 2 is wrong, and the block uses torch's
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
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% wrong_norm_of_which_only_parameters_are_used
# RIGHT: the formula, from the parameters of a norm that is wrong when called
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.weight * (x - mean) / (torch.sqrt(var) + self.eps) + self.bias



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
        h = F.layer_norm(x, x.shape[-1:], self.norm1.weight, self.norm1.bias)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = F.layer_norm(x, x.shape[-1:], self.norm2.weight, self.norm2.bias)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% wrong_feed_forward_of_which_only_parameters_are_used
# RIGHT: the formula for the feed-forward, the own norms called
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


class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x))



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
        x = x + self.feed_forward.linear2(self.feed_forward.linear1(h).clamp(min=0))
        return x, attn_weights


# %% norm_of_a_class_of_its_own_name
class Norm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias



class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = Norm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = Norm(embed_dim)
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


# %% feed_forward_nested_in_the_cell
class MLP(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.linear1, self.act, self.linear2 = nn.Linear(d, h), nn.ReLU(inplace=True), nn.Linear(h, d)

    def forward(self, x):
        return self.linear2(self.act(self.linear1(x)))


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = MLP(embed_dim, hidden_dim)

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


# %% subclass_of_torchs_attention
class SelfAttention(nn.MultiheadAttention):
    """torch's, with one input and our mask."""

    def forward(self, x, mask=None):
        hidden = None if mask is None else mask.eq(0)
        return super().forward(x, x, x, key_padding_mask=hidden, average_attn_weights=False)


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = SelfAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(h, mask)
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% numpy_like_mask
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
            key_padding_mask = torch.where(mask.to(torch.float64) > 0, 0, 1).bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% mask_of_ones_when_none
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
        if mask is None:
            mask = x.new_ones(x.shape[:2])
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% finfo_min
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
            scores = scores.masked_fill(mask[:, None, None, :] == 0, torch.finfo(scores.dtype).min)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% minus_ten_thousand
# RIGHT: scores are up to 1,000 in size, so -10,000 is far below them
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
            scores = scores.masked_fill(mask[:, None, None, :] == 0, -1e4)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% log_of_mask
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
            scores = scores + mask.to(scores.dtype).log()[:, None, None, :]
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% scale_on_query
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
        scores = torch.einsum('bhqd,bhkd->bhqk', q * self.head_dim ** -0.5, k)
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


# %% weights_kept_on_self
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
        self.attention_weights = weights
        return x, self.attention_weights


# %% padding_rows_uniform
# RIGHT: the rows of weights at padding are free
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
        if mask is not None:  # what a padding token attends to is free
            weights = torch.where(mask[:, None, :, None] != 0, weights, torch.full_like(weights, 1 / seq_len))
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% padding_query_sees_itself
# RIGHT: a padding token's row of weights is free, it sees itself here
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
            scores = scores.masked_fill((mask[:, None, None, :] == 0) & ~(torch.eye(seq_len, dtype=torch.bool, device=x.device) & (mask[:, None, :, None] == 0)), float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% nan_rows_filled
# RIGHT: rows of padding are uniform
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
            dead = mask[:, None, :, None] == 0  # rows of padding: a large finite number hides all alike
            scores = scores.masked_fill(dead, -1e30)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% only_real_tokens_through_the_feed_forward
# RIGHT: at padding the output is free; the feed-forward gets (tokens, embed_dim)
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
        if mask is None:
            return x + self.feed_forward(h), attn_weights
        real = mask != 0
        fed = torch.zeros_like(x)
        fed[real] = self.feed_forward(h[real])
        x = x + fed
        return x, attn_weights


# %% float64_inside
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
        weights = F.softmax(scores, dim=-1, dtype=torch.float64).to(x.dtype)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% checkpointed_feed_forward
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
        x = torch.stack([x, self.feed_forward(h)]).sum(dim=0)
        return x, attn_weights


# %% weights_by_identity_values
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
        x = torch.add(attn_out, x, alpha=1)
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% start_values_drawn
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

        for p in self.parameters():
            nn.init.normal_(p, std=0.02)

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


# %% positional_mask_argument
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
            h, h, h, key_padding_mask, True, None, False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% encoder_layer_output
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        layer = nn.TransformerEncoderLayer(embed_dim, num_heads, hidden_dim, dropout=0.0, batch_first=True, norm_first=True)
        self.layer = layer
        self.norm1 = layer.norm1
        self.attention = layer.self_attn
        self.norm2 = layer.norm2
        self.feed_forward = nn.Sequential()
        self.feed_forward.add_module('linear1', layer.linear1)
        self.feed_forward.add_module('act', nn.ReLU())
        self.feed_forward.add_module('linear2', layer.linear2)

    def forward(self, x, mask=None):
        h = self.norm1(x)
        ignored = None if mask is None else mask == 0
        a, w = self.attention(h, h, h, key_padding_mask=ignored, need_weights=True, average_attn_weights=False)
        x = self.layer(x, src_key_padding_mask=ignored)
        return x, w
