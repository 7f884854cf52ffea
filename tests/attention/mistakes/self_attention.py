# %% unscaled_with_bias: Unscaled
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q, self.W_k, self.W_v = (nn.Linear(embed_dim, embed_dim) for _ in range(3))

    def forward(self, x, mask=None):
        s = torch.einsum("bie,bje->bij", self.W_q(x), self.W_k(x))
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.softmax(2)
        return torch.einsum("bij,bje->bie", w, self.W_v(x)), w


# %% unscaled_parameters_from_the_right: Unscaled
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Parameter(torch.ones(embed_dim, embed_dim))
        self.W_k = nn.Parameter(torch.zeros(embed_dim, embed_dim))
        self.W_v = nn.Parameter(torch.eye(embed_dim))

    def forward(self, x, mask=None):
        s = (x @ self.W_q) @ (x @ self.W_k).transpose(1, 2)
        if mask is not None:
            s = s.masked_fill(mask == 0, float("-inf"))
        w = s.softmax(-1)
        return w @ (x @ self.W_v), w


# %% divided_by_size_parameters_turned: DividedBySize
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        for name in "qkv":
            self.register_parameter(f"W_{name}", nn.Parameter(torch.rand(embed_dim, embed_dim)))
        self.d = embed_dim

    def forward(self, x, mask=None):
        q, k, v = (torch.einsum("oi,bsi->bso", w, x) for w in (self.W_q, self.W_k, self.W_v))
        s = q @ k.mT / self.d
        if mask is not None:
            s[mask == 0] = -1e12
        w = torch.softmax(s, -1)
        return w @ v, w


# %% mixed_orientations_over_queries: SoftmaxOverQueries
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=True)
        self.W_k = nn.Parameter(torch.randn(embed_dim, embed_dim))
        self.W_v = nn.Parameter(torch.randn(embed_dim, embed_dim))

    def forward(self, x, mask=None):
        s = self.W_q(x) @ (x @ self.W_k).mT / x.shape[-1] ** 0.5
        if mask is not None:
            s = torch.where(mask > 0, s, torch.tensor(-1e9))
        w = torch.softmax(s, dim=1)
        return w @ (x @ self.W_v.T), w


# %% other_names_unscaled: Unscaled
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.value = nn.Linear(embed_dim, embed_dim)
        self.query = nn.Linear(embed_dim, embed_dim, bias=False)
        self.key = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        s = self.query(x) @ self.key(x).mT
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.softmax(-1)
        return w @ self.value(x), w


# %% packed_upside_down: InvertedMask
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.in_proj = nn.Linear(embed_dim, 3 * embed_dim, bias=False)

    def forward(self, x, mask=None):
        q, k, v = self.in_proj(x).chunk(3, -1)
        s = q @ k.mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask.bool(), -1e9)
        w = s.softmax(-1)
        return w @ v, w


# %% packed_in_another_order_is_no_exchange
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.kqv = nn.Linear(embed_dim, 3 * embed_dim, bias=False)

    def forward(self, x, mask=None):
        k, q, v = self.kqv(x).chunk(3, -1)
        s = q @ k.mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.softmax(-1)
        return w @ v, w


# %% own_bias_no_projection_of_values: ValuesUnprojected
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.b_q = nn.Parameter(torch.randn(embed_dim))

    def forward(self, x, mask=None):
        s = (self.W_q(x) + self.b_q) @ self.W_k(x).mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.softmax(-1)
        return w @ x, w


# %% transposed_by_1e9: TransposedMask
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        s = self.W_k(x) @ self.W_q(x).mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.mT.softmax(-1)
        return w @ self.W_v(x), w


# %% first_result_again: FirstResultAgain
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)
        self.cache = None

    def forward(self, x, mask=None):
        if self.cache is None:
            w = (self.W_q(x) @ self.W_k(x).mT / x.size(-1) ** 0.5).softmax(-1)
            self.cache = w @ self.W_v(x), w
        return self.cache


# %% cached_by_input_is_no_ignored_mask
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)
        self.cache = {}

    def forward(self, x, mask=None):
        key = x.sum().item()
        if key not in self.cache:
            s = self.W_q(x) @ self.W_k(x).mT / x.size(-1) ** 0.5
            if mask is not None:
                s = s.masked_fill(mask == 0, -1e9)
            w = s.softmax(-1)
            self.cache[key] = w @ self.W_v(x), w
        return self.cache[key]


# %% fill_zero_with_bias: HiddenScoresAreZero
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        s = self.W_q(x) @ self.W_k(x).mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, 0)
        w = s.softmax(-1)
        return w @ self.W_v(x), w


# %% keys_from_values_with_bias: KeysFromValues
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim)
        self.W_k = nn.Linear(embed_dim, embed_dim)
        self.W_v = nn.Linear(embed_dim, embed_dim)

    def forward(self, x, mask=None):
        v = self.W_v(x)
        s = self.W_q(x) @ v.mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.softmax(-1)
        return w @ v, w


# %% only_output: OutputAlone
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        return F.scaled_dot_product_attention(
            self.W_q(x), self.W_k(x), self.W_v(x), None if mask is None else mask.bool()
        )


# %% right_but_for_relu
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.W_q = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_k = nn.Linear(embed_dim, embed_dim, bias=False)
        self.W_v = nn.Linear(embed_dim, embed_dim, bias=False)

    def forward(self, x, mask=None):
        s = F.relu(self.W_q(x)) @ self.W_k(x).mT / x.size(-1) ** 0.5
        if mask is not None:
            s = s.masked_fill(mask == 0, -1e9)
        w = s.softmax(-1)
        return w @ self.W_v(x), w


# %% unnamed_matrices
class SelfAttention(nn.Module):
    def __init__(self, embed_dim):
        super().__init__()
        self.projections = nn.ModuleList(nn.Linear(embed_dim, embed_dim) for _ in range(3))

    def forward(self, x, mask=None):
        q, k, v = (one(x) for one in self.projections)
        w = (q @ k.mT).softmax(-1)
        return w @ v, w
