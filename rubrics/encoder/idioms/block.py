# %% bool_key_padding_mask
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        padding = None if mask is None else ~mask.bool()
        normed = self.norm1(x)
        attended, attention_weights = self.attention(
            normed, normed, normed, key_padding_mask=padding, average_attn_weights=False
        )
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, attention_weights

# %% torchs_own_parts
from collections import OrderedDict
import torch
from torch import nn

class EncoderBlock(nn.Module):
    """All parts are torch's; the feed-forward is an nn.Sequential with names."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = nn.Sequential(OrderedDict([
            ("linear1", nn.Linear(embed_dim, hidden_dim)),
            ("activation", nn.ReLU()),
            ("linear2", nn.Linear(hidden_dim, embed_dim)),
        ]))

    def forward(self, x, mask=None):
        h = self.norm1(x)
        a, w = self.attention(
            h, h, h,
            key_padding_mask=(mask == 0) if mask is not None else None,
            need_weights=True,
            average_attn_weights=False,
        )
        y = x + a
        return y + self.feed_forward(self.norm2(y)), w

# %% float_key_padding_mask
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1, self.norm2 = LayerNorm(embed_dim), LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        bias = None
        if mask is not None:
            # added to the scores: 0 at a real token, -inf at padding
            bias = torch.zeros(mask.shape, dtype=x.dtype, device=x.device)
            bias = bias.masked_fill(mask == 0, float("-inf"))
        n = self.norm1(x)
        out, weights = self.attention(n, n, n, key_padding_mask=bias, average_attn_weights=False)
        x = x + out
        return [x + self.feed_forward(self.norm2(x)), weights]

# %% attn_mask_for_each_head
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.num_heads = num_heads
        self.norm1 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        batch, seq, _ = x.shape
        attn_mask = None
        if mask is not None:
            hidden = mask.eq(0)[:, None, None, :]  # (batch, 1, 1, seq)
            attn_mask = hidden.expand(batch, self.num_heads, seq, seq).reshape(-1, seq, seq)
        normed = self.norm1(x)
        attended, weights = self.attention(
            normed, normed, normed, attn_mask=attn_mask, average_attn_weights=False
        )
        x = attended + x
        x = self.feed_forward(self.norm2(x)) + x
        return x, weights

# %% large_negative_attn_mask
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.heads = num_heads
        self.norm1 = LayerNorm(embed_dim)
        self.norm2 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        residual = x
        x = self.norm1(x)
        if mask is None:
            x, weights = self.attention(x, x, x, average_attn_weights=False)
        else:
            bias = (1.0 - mask.to(x.dtype)) * -1e9
            bias = bias.unsqueeze(1).repeat(1, x.size(1), 1).repeat_interleave(self.heads, dim=0)
            x, weights = self.attention(x, x, x, attn_mask=bias, average_attn_weights=False)
        x = residual + x
        residual = x
        x = residual + self.feed_forward(self.norm2(x))
        return x, weights

# %% by_hand_from_the_packed_matrix
import math
import torch.nn.functional as F

class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = embed_dim // num_heads
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def self_attention(self, x, mask):
        B, S, E = x.shape
        qkv = F.linear(x, self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = qkv.view(B, S, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))
        weights = scores.softmax(dim=-1)
        out = (weights @ v).transpose(1, 2).reshape(B, S, E)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        a, weights = self.self_attention(self.norm1(x), mask)
        x = x + a
        return x + self.feed_forward(self.norm2(x)), weights

# %% by_hand_in_three_chunks
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super(EncoderBlock, self).__init__()
        self.embed_dim, self.num_heads = embed_dim, num_heads
        self.norm1 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = nn.LayerNorm(embed_dim, eps=1e-5)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        n = self.norm1(x)
        w_q, w_k, w_v = self.attention.in_proj_weight.chunk(3)
        b_q, b_k, b_v = self.attention.in_proj_bias.chunk(3)
        q, k, v = n @ w_q.T + b_q, n @ w_k.T + b_k, n @ w_v.T + b_v
        heads, maps = [], []
        size = self.embed_dim // self.num_heads
        for h in range(self.num_heads):
            part = slice(h * size, (h + 1) * size)
            s = torch.einsum("bqd,bkd->bqk", q[..., part], k[..., part]) * size ** -0.5
            if mask is not None:
                s = torch.where(mask.unsqueeze(1) != 0, s, torch.full_like(s, -1e9))
            w = torch.softmax(s, dim=-1)
            maps.append(w)
            heads.append(w @ v[..., part])
        x = x + torch.cat(heads, -1) @ self.attention.out_proj.weight.T + self.attention.out_proj.bias
        x = x + self.feed_forward(self.norm2(x))
        return x, torch.stack(maps, dim=1)

# %% functional_multi_head
import torch.nn.functional as F

class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        n = self.norm1(x).transpose(0, 1)  # (seq, batch, embed_dim)
        out, weights = F.multi_head_attention_forward(
            n, n, n, self.embed_dim, self.num_heads,
            self.attention.in_proj_weight, self.attention.in_proj_bias,
            None, None, False, 0.0,
            self.attention.out_proj.weight, self.attention.out_proj.bias,
            training=self.training,
            key_padding_mask=None if mask is None else mask == 0,
            need_weights=True, average_attn_weights=False,
        )
        x = x + out.transpose(0, 1)
        return x + self.feed_forward(self.norm2(x)), weights

# %% scaled_dot_product_and_weights_by_hand
import torch.nn.functional as F

class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)
        self.num_heads = num_heads

    def forward(self, x, mask=None):
        visible = None if mask is None else mask.to(torch.bool)[:, None, None, :]
        projected = F.linear(self.norm1(x), self.attention.in_proj_weight, self.attention.in_proj_bias)
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for part in projected.chunk(3, dim=-1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
        scores = q @ k.mT / q.shape[-1] ** 0.5
        if visible is not None:
            scores = scores.masked_fill(~visible, -torch.inf)
        x = x + self.attention.out_proj(mixed.transpose(1, 2).flatten(2))
        return x + self.feed_forward(self.norm2(x)), F.softmax(scores, dim=-1)

# %% sequence_first_attention
class EncoderBlock(nn.Module):
    """The attention has the sequence first, so x is transposed for it."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        if mask is not None:
            mask = torch.logical_not(mask)
        y = self.norm1(x).permute(1, 0, 2)
        y, weights = self.attention(y, y, y, mask, average_attn_weights=False)
        x = x + y.permute(1, 0, 2)
        return x + self.feed_forward(self.norm2(x)), weights

# %% norms_and_feed_forward_by_hand
import torch.nn.functional as F

class EncoderBlock(nn.Module):
    """Uses the parameters of its parts, and calls none of them but the attention."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = nn.LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def normalise(self, norm, x):
        centred = x - x.mean(-1, keepdim=True)
        return norm.weight * centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt() + norm.bias

    def forward(self, x, mask=None):
        n = self.normalise(self.norm1, x)
        a, w = self.attention(
            n, n, n, key_padding_mask=None if mask is None else mask < 0.5, average_attn_weights=False
        )
        x = x + a
        linear1, linear2 = self.feed_forward.linear1, self.feed_forward.linear2
        return x + linear2(F.relu(linear1(self.normalise(self.norm2, x)))), w

# %% layer_of_torch_inside
class EncoderBlock(nn.Module):
    """The output comes from nn.TransformerEncoderLayer, the weights from its attention."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            embed_dim, num_heads, hidden_dim, dropout=0.0, batch_first=True, norm_first=True
        )
        self.norm1, self.norm2 = self.layer.norm1, self.layer.norm2
        self.attention = self.layer.self_attn
        self.feed_forward = nn.Module()
        self.feed_forward.linear1 = self.layer.linear1
        self.feed_forward.linear2 = self.layer.linear2

    def forward(self, x, mask=None):
        hidden = None if mask is None else mask == 0
        n = self.norm1(x)
        _, weights = self.attention(n, n, n, key_padding_mask=hidden, average_attn_weights=False)
        return self.layer(x, src_key_padding_mask=hidden), weights

# %% subclass_of_a_layer_of_torch
class EncoderBlock(nn.TransformerEncoderLayer):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__(embed_dim, num_heads, hidden_dim, dropout=0, batch_first=True, norm_first=True)
        self.attention = self.self_attn
        self.feed_forward = nn.ModuleDict({"linear1": self.linear1, "linear2": self.linear2})

    def forward(self, x, mask=None):
        hidden = None if mask is None else ~mask.bool()
        normed = self.norm1(x)
        attended, weights = self.self_attn(
            normed, normed, normed, key_padding_mask=hidden, average_attn_weights=False
        )
        x = x + attended
        return x + self._ff_block(self.norm2(x)), weights

# %% padding_is_set_to_zero_after_each_step
class EncoderBlock(nn.Module):
    """What stands at padding is free: here it becomes zero."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        if mask is None:
            mask = torch.ones(x.shape[:2], device=x.device)
        real = (mask != 0).unsqueeze(-1).to(x.dtype)  # (batch, seq, 1)
        x = x * real
        n = self.norm1(x)
        a, w = self.attention(n, n, n, key_padding_mask=mask == 0, average_attn_weights=False)
        x = (x + a) * real
        x = (x + self.feed_forward(self.norm2(x))) * real
        return x, w

# %% weights_of_padding_are_zero
class EncoderBlock(nn.Module):
    """The rows of weights at padding are free: here they become zero."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        n = self.norm1(x)
        hidden = None if mask is None else mask.logical_not()
        a, w = self.attention(n, n, n, key_padding_mask=hidden, average_attn_weights=False)
        if mask is not None:
            w = w.masked_fill(hidden[:, None, :, None], 0.0)
        x = x + a
        return x + self.feed_forward(self.norm2(x)), w

# %% residual_as_a_function
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)
        self.last_weights = None

    @staticmethod
    def residual(x, norm, sublayer):
        return x + sublayer(norm(x))

    def attend(self, x):
        out, self.last_weights = self.attention(
            x, x, x, key_padding_mask=self.hidden, average_attn_weights=False
        )
        return out

    def forward(self, x, mask=None):
        self.hidden = None if mask is None else mask == 0
        x = self.residual(x, self.norm1, self.attend)
        x = self.residual(x, self.norm2, self.feed_forward)
        return x, self.last_weights

# %% further_names_and_start_values
class EncoderBlock(nn.Module):
    """Keeps its parts under a second name, has a scale that nothing uses, and starts elsewhere."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.norm2 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, dropout=0.0, batch_first=True)
        self.self_attn = self.attention
        self.feed_forward = FeedForward(embed_dim, hidden_dim)
        self.sublayers = nn.ModuleList([self.attention, self.feed_forward])
        self.unused = nn.Parameter(torch.zeros(1))
        self.register_buffer("calls", torch.zeros(()))
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, x, mask=None):
        attend, feed = self.sublayers
        n = self.norm1(x)
        a, w = attend(n, n, n, key_padding_mask=mask.float() == 0 if mask is not None else None,
                      average_attn_weights=False)
        x = x + a
        return x + feed(self.norm2(x)), w

# %% dataclass_like_result
from typing import NamedTuple, Optional

class BlockOutput(NamedTuple):
    output: torch.Tensor
    attention_weights: torch.Tensor

class EncoderBlock(nn.Module):
    def __init__(self, embed_dim: int, num_heads: int, hidden_dim: int) -> None:
        super().__init__()
        assert embed_dim % num_heads == 0, "embed_dim must be a multiple of num_heads"
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x: torch.Tensor, mask: Optional[torch.Tensor] = None) -> BlockOutput:
        normed = self.norm1(x)
        key_padding_mask = torch.zeros_like(mask, dtype=torch.bool) if mask is not None else None
        if key_padding_mask is not None:
            key_padding_mask[mask == 0] = True
        out, weights = self.attention(
            normed, normed, normed, key_padding_mask=key_padding_mask, average_attn_weights=False
        )
        x = torch.add(x, out)
        return BlockOutput(torch.add(x, self.feed_forward(self.norm2(x))), weights)

# %% softmax_by_hand
class EncoderBlock(nn.Module):
    """Subtracts the largest score, takes exp, multiplies by the mask, and divides by the sum."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def split(self, x, i):
        E = x.shape[-1]
        rows = slice(i * E, (i + 1) * E)
        y = nn.functional.linear(x, self.attention.in_proj_weight[rows], self.attention.in_proj_bias[rows])
        return y.reshape(*x.shape[:2], self.attention.num_heads, self.attention.head_dim).transpose(1, 2)

    def forward(self, x, mask=None):
        n = self.norm1(x)
        q, k, v = self.split(n, 0), self.split(n, 1), self.split(n, 2)
        scores = torch.matmul(q, k.transpose(2, 3)) * self.attention.head_dim ** -0.5
        seen = torch.ones_like(scores) if mask is None else mask.to(scores.dtype)[:, None, None].expand_as(scores)
        scores = scores.masked_fill(seen == 0, torch.finfo(scores.dtype).min)
        e = torch.exp(scores - scores.amax(-1, keepdim=True)) * seen
        weights = e / e.sum(-1, keepdim=True)
        mixed = (weights @ v).transpose(1, 2).flatten(2)
        x = x + self.attention.out_proj(mixed)
        x = x + self.feed_forward(self.norm2(x))
        return x, weights

# %% parts_of_a_base_class
class PreNorm(nn.Module):
    """A base class: x + sublayer(norm(x)), twice."""

    def attend(self, x, mask):
        raise NotImplementedError

    def forward(self, x, mask=None):
        attended, weights = self.attend(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights

class EncoderBlock(PreNorm):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        for name, part in {
            "norm1": nn.LayerNorm(embed_dim),
            "norm2": LayerNorm(embed_dim),
            "attention": nn.MultiheadAttention(embed_dim, num_heads, batch_first=True),
            "feed_forward": FeedForward(embed_dim, hidden_dim),
        }.items():
            self.add_module(name, part)

    def attend(self, x, mask):
        ignored = None
        if mask is not None:
            ignored = mask.to(torch.int64) != 1
        return self.attention(query=x, key=x, value=x, key_padding_mask=ignored, average_attn_weights=False)

# %% each_sequence_alone
class EncoderBlock(nn.Module):
    """Goes through the batch, and attends over the real tokens of each sequence only."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        n = self.norm1(x)
        outputs, maps = [], []
        for i in range(x.shape[0]):
            keys = n[i] if mask is None else n[i][mask[i] != 0]
            out, w = self.attention(n[i], keys, keys, average_attn_weights=False)  # no batch axis
            if mask is not None:
                full = w.new_zeros(*w.shape[:2], x.shape[1])
                full[:, :, mask[i] != 0] = w
                w = full
            outputs.append(out)
            maps.append(w)
        x = x + torch.stack(outputs)
        return x + self.feed_forward(self.norm2(x)), torch.stack(maps)
