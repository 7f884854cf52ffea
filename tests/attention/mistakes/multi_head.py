# %% no_scale: Unscaled
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% no_scale_einsum: Unscaled
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k)
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% no_scale_packed: Unscaled
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv_proj = nn.Linear(embed_dim, 3 * embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for part in self.qkv_proj(x).chunk(3, dim=-1)
        )
        s = torch.matmul(q, k.mT)
        if mask is not None:
            s = s + torch.zeros_like(s).masked_fill((mask == 0)[:, None], -1e30)
        w = torch.exp(s - torch.logsumexp(s, -1, keepdim=True))
        return self.out_proj((w @ v).transpose(1, 2).flatten(2)), w


# %% root_of_embed_dim: RootOfEmbedDim
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / E**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% not_the_root: DividedBySize
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -1.0
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% root_of_heads: RootOfHeads
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.num_heads**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% axis_of_queries: SoftmaxOverQueries
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-2)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% axis_of_heads: SoftmaxOverHeads
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% axis_of_batch: SoftmaxOverBatch
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=0)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% mask_upside_down: InvertedMask
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 1, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% mask_upside_down_einsum: InvertedMask
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(~mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% mask_upside_down_packed: InvertedMask
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv_proj = nn.Linear(embed_dim, 3 * embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for part in self.qkv_proj(x).chunk(3, dim=-1)
        )
        s = torch.matmul(q, k.mT) / np.sqrt(q.size(-1))
        if mask is not None:
            s = s + torch.zeros_like(s).masked_fill((mask != 0)[:, None], -1e30)
        w = torch.exp(s - torch.logsumexp(s, -1, keepdim=True))
        return self.out_proj((w @ v).transpose(1, 2).flatten(2)), w


# %% mask_upside_down_bool_masks_only: InvertedMask
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1), float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% fill_minus_50: FilledTooHigh
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, -50.0)
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% fill_minus_30_einsum: FilledTooHigh
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-30.0))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% set_to_zero: HiddenScoresAreZero
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, 0.0)
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% times_mask: HiddenScoresAreZero
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = s * mask[:, None]
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% not_assigned: IgnoredMask
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            _ = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% after_softmax: MaskAfterSoftmax
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        keep = s
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        if mask is not None:
            w = keep.softmax(-1) * mask[:, None]
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% mask_turned: TransposedMask
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool().mT, s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% mask_of_first_row: MaskOfFirstRow
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask[0] == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% mask_of_first_query: MaskOfFirstQuery
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, :1] == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% view_without_transpose: ViewWithoutTranspose
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, self.num_heads, S, self.head_dim)
        k = self.W_k(x).view(B, self.num_heads, S, self.head_dim)
        v = self.W_v(x).view(B, self.num_heads, S, self.head_dim)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% join_without_transpose: JoinWithoutTranspose
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).reshape(B, S, E)
        return self.W_o(out), w


# %% interleaved: InterleavedSplit
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (-1, self.h)).mT

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% interleaved_join: InterleavedJoin
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bidh", w, v).flatten(2)
        return joined @ self.W_o, w


# %% no_output_projection: WithoutOutputProjection
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return out, w


# %% no_output_projection_einsum: WithoutOutputProjection
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined, w


# %% keys_of_queries: KeysFromQueries
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% values_of_keys: ValuesFromKeys
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_k)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% keys_and_values_exchanged: KeysAndValuesSwapped
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k, v = v, k
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% queries_and_keys_exchanged: QueriesAndKeysSwapped
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", k, q) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o, w


# %% one_matrix_for_two: Shared
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = self.W_q
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% mean_of_heads: MeanReturned
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w.mean(dim=1)


# %% results_exchanged: Swapped
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return w, joined @ self.W_o


# %% only_weights: WeightsAlone
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return w


# %% only_output_packed: OutputAlone
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv_proj = nn.Linear(embed_dim, 3 * embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        q, k, v = (
            part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for part in self.qkv_proj(x).chunk(3, dim=-1)
        )
        s = torch.matmul(q, k.mT) / np.sqrt(q.size(-1))
        if mask is not None:
            s = s + torch.zeros_like(s).masked_fill((mask == 0)[:, None], -1e30)
        w = torch.exp(s - torch.logsumexp(s, -1, keepdim=True))
        return self.out_proj((w @ v).transpose(1, 2).flatten(2))


# %% in_double: Double
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return (joined @ self.W_o).double(), w.double()


# %% with_residual: Residual
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return joined @ self.W_o + x, w


# %% unscaled_and_upside_down: Unscaled
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1)
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) != 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% overflowing: Overflows
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = scores.exp() / scores.exp().sum(-1, keepdim=True)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% scores_returned: ScoresReturned
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), scores


# %% right_with_layer_norm_of_x
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        x = F.layer_norm(x, (E,))
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% right_with_gelu
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.h = num_heads
        self.W_q = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_k = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_v = nn.Parameter(torch.empty(embed_dim, embed_dim).uniform_(-1, 1))
        self.W_o = nn.Parameter(torch.zeros(embed_dim, embed_dim))

    def heads(self, x, matrix):
        return (x @ matrix).unflatten(2, (self.h, -1))

    def forward(self, x, mask=None):
        q, k, v = self.heads(x, self.W_q), self.heads(x, self.W_k), self.heads(x, self.W_v)
        s = torch.einsum("bihd,bjhd->bhij", q, k) * q.shape[-1] ** -0.5
        if mask is not None:
            s = torch.where(mask[:, None].bool(), s, s.new_tensor(-1e9))
        w = s.softmax(-1)
        joined = torch.einsum("bhij,bjhd->bihd", w, v).flatten(2)
        return F.gelu(joined) @ self.W_o, w


# %% head_rolled
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).roll(1, -1).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w


# %% mask_ignored_for_ints
class MultiHeadAttention(nn.Module):
    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_o = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        B, S, E = x.shape
        q = self.W_q(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.W_k(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        v = self.W_v(x).view(B, S, self.num_heads, self.head_dim).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / self.head_dim**0.5
        if mask is not None and mask.dtype != torch.int64:
            scores = scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))
        w = F.softmax(scores, dim=-1)
        out = (w @ v).transpose(1, 2).reshape(B, S, E)
        return self.W_o(out), w
