# %% post_norm: PostNorm
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
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = self.norm1(residual + x)
        residual = x
        x = self.feed_forward(x)
        x = self.norm2(residual + x)
        return x, weights


# %% post_norm_by_hand: PostNorm
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
        attended, weights = self.self_attention(x, mask)
        x = self.norm1(x + attended)
        x = self.norm2(x + self.feed_forward(x))
        return x, weights


# %% norm_of_what_comes_out: SublayersNormed
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
        z = x.transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = self.norm1(z.transpose(0, 1)) + x
        return self.norm2(self.feed_forward(x)) + x, w


# %% no_norms: NoNorms
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
        out, weights = self.attend(x, mask)
        x = x + out
        x = x + self.feed_forward(x)
        return (x, weights)


# %% norm1_again: FirstNormTwice
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
        return self.feed_forward(self.norm1(x)) + x, w


# %% norms_swapped: NormsSwapped
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
        normed = self.norm2(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm1(y)), maps


# %% sum_from_normed: FirstResidualNormed
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
        x = self.norm1(x)
        out, weights = self.attend(x, mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% second_sum_from_normed: SecondResidualNormed
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
        x = self.norm2(x)
        x = x + self.feed_forward(x)
        return x, attn_weights


# %% no_sum_at_attention: FirstResidualMissing
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
        x = attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% no_sum_at_feed_forward: SecondResidualMissing
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
        return self.feed_forward(self.norm2(x)), w


# %% no_sums: NoResiduals
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
        y = y
        return self.feed_forward(self.norm2(y)), maps


# %% input_added_again: InputAddedAgain
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
        return x + self.feed_forward(self.norm2(x + y)), maps


# %% side_by_side: Parallel
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
        return x + z.transpose(0, 1) + self.feed_forward(self.norm2(x)), w


# %% one_sum_for_both: OneResidualForBoth
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
        x = x + self.feed_forward(self.norm2(attended))
        return x, weights


# %% only_query: OnlyQueryNormed
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


# %% raw_value: ValueUnnormed
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


# %% gelu_inside: GeluForRelu
from collections import OrderedDict


class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.feed_forward = nn.Sequential(OrderedDict(
            linear1=nn.Linear(embed_dim, hidden_dim),
            gelu=nn.GELU(),
            linear2=nn.Linear(hidden_dim, embed_dim),
        ))

    def forward(self, x, mask=None):
        ignore = mask.logical_not() if mask is not None else None
        z = self.norm1(x).transpose(0, 1)
        z, w = self.attention(z, z, z, key_padding_mask=ignore, average_attn_weights=False)
        x = z.transpose(0, 1) + x
        return self.feed_forward(self.norm2(x)) + x, w


# %% linear_inside: NoActivation
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


# %% sequence_first_unnoticed: OverTheBatch
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
            kwargs["key_padding_mask"] = ~mask.bool().T
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% mean_of_heads: Averaged
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
        return self.feed_forward(self.norm2(x)) + x, w


# %% mean_of_heads_spread: AveragedForEachHead
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
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), logits.softmax(-1).mean(1, keepdim=True).repeat(1, mha.num_heads, 1, 1)

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% heads_in_front: HeadsFirst
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
        return x, weights.permute(1, 0, 2, 3)


# %% inverted_in_torchs_mask: InvertedMask
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
            kwargs["key_padding_mask"] = mask.bool()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% inverted_in_scores: InvertedMask
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
            scores = scores.masked_fill(mask[:, None, None, :] == 1, float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights


# %% inverted_sdpa: InvertedMask
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
        keep = None if mask is None else (mask < 1).view(mask.shape[0], 1, 1, -1)
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


# %% no_mask: IgnoredMask
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
            x = x.clone()
        residual = x
        x = self.norm1(x)
        x, weights = self.attention(query=x, key=x, value=x, **kwargs)
        x = residual + x
        residual = x
        x = self.norm2(x)
        x = self.feed_forward(x)
        x = residual + x
        return x, weights


# %% rows_hidden: QueriesHidden
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


# %% times_mask: MaskAfterSoftmax
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
        logits = q @ k.mT * mha.head_dim ** -0.5
        weights = logits.softmax(-1) if keep is None else logits.softmax(-1) * keep
        heads = weights @ v
        return mha.out_proj(heads.transpose(1, 2).flatten(2)), weights

    def forward(self, x, mask=None):
        out, weights = self.attend(self.norm1(x), mask)
        x = x + out
        x = x + self.feed_forward(self.norm2(x))
        return (x, weights)


# %% map_without_mask: WeightsIgnoreMask
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


# %% output_without_mask: OutputIgnoresMask
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


# %% zeros_in_place_of_a_mask: InputZeroed
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
            x = x.masked_fill((mask == 0).unsqueeze(-1), 0.0)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% repeat: HeadsBeforeBatch
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
        return bias[:, None, :].repeat(self.heads, S, 1)

    def forward(self, x, mask=None):
        normed = self.norm1(x)
        bias = self.attn_mask(x, mask) if mask is not None else None
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps


# %% counted_from_the_end: LastHidden
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
            key_padding_mask = torch.arange(x.shape[1]).unsqueeze(0) >= mask.sum(1).unsqueeze(1)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% post_norm_with_a_wrong_norm: PostNorm
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


# %% inverted_with_a_wrong_norm_and_feed_forward: InvertedMask
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
            key_padding_mask = mask.bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% halves
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
        x = x + self.feed_forward(h)
        return x, attn_weights


# %% unscaled
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


# %% ignored_for_bool
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
            key_padding_mask = (mask == 0) & (mask.dtype != torch.bool)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights
