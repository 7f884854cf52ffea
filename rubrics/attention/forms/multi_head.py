# %% without_bias
class MultiHeadAttention(Wrong):
    bias = False


# %% parameters, not Shared, Frozen
class MultiHeadAttention(Wrong):
    def make(self, embed_dim):
        for name in self.names:
            self.register_parameter(name, nn.Parameter(torch.full((embed_dim, embed_dim), 0.5)))

    def by(self, name, x):
        return x @ getattr(self, name)


# %% parameters_turned_with_biases, not Shared, Frozen
class MultiHeadAttention(Wrong):
    def make(self, embed_dim):
        for name in self.names:
            setattr(self, name, nn.Parameter(torch.randn(embed_dim, embed_dim)))
            setattr(self, name.replace("W", "b"), nn.Parameter(torch.randn(embed_dim)))

    def by(self, name, x):
        return torch.einsum("oi,bsi->bso", getattr(self, name), x) + getattr(
            self, name.replace("W", "b")
        )


# %% other_names, not Shared, Frozen
class MultiHeadAttention(Wrong):
    def make(self, embed_dim):
        self.query_proj = nn.Linear(embed_dim, embed_dim, bias=False)
        self.key_proj = nn.Linear(embed_dim, embed_dim)
        self.value_proj = nn.Linear(embed_dim, embed_dim)
        self.fc_out = nn.Linear(embed_dim, embed_dim)
        self.called = dict(W_q="query_proj", W_k="key_proj", W_v="value_proj", W_o="fc_out")

    def by(self, name, x):
        return getattr(self, self.called[name])(x)


# %% packed, not Shared, Frozen, KeysFromQueries, QueriesFromKeys, KeysFromValues, QueriesAndKeysSwapped, KeysAndValuesSwapped, QueriesAndValuesSwapped, ValuesFromKeys, ValuesFromQueries, Unprojected, QueriesUnprojected, KeysUnprojected, ValuesUnprojected, ProjectedByValues
class MultiHeadAttention(Wrong):
    def make(self, embed_dim):
        self.qkv = nn.Linear(embed_dim, 3 * embed_dim)
        self.out_proj = nn.Linear(embed_dim, embed_dim)

    def by(self, name, x):
        if name == "W_o":
            return self.out_proj(x)
        return self.qkv(x).chunk(3, dim=-1)["qkv".index(name[-1])]


# %% packed_parameter_keys_first, not FirstResultAgain, Shared, Frozen, KeysFromQueries, QueriesFromKeys, KeysFromValues, QueriesAndKeysSwapped, KeysAndValuesSwapped, QueriesAndValuesSwapped, ValuesFromKeys, ValuesFromQueries, Unprojected, QueriesUnprojected, KeysUnprojected, ValuesUnprojected, ProjectedByValues
class MultiHeadAttention(Wrong):
    def make(self, embed_dim):
        self.kqv = nn.Parameter(torch.zeros(embed_dim, 3 * embed_dim))
        self.wo = nn.Parameter(torch.ones(embed_dim, embed_dim))

    def by(self, name, x):
        if name == "W_o":
            return x @ self.wo
        return (x @ self.kqv).unflatten(-1, (3, -1))[..., "kqv".index(name[-1]), :]


# %% bool_masks_only
class MultiHeadAttention(Wrong):
    def forward(self, x, mask=None):
        if mask is not None and mask.dtype is not torch.bool:
            raise TypeError("a bool mask, please")
        return super().forward(x, mask)


# %% float_masks_only
class MultiHeadAttention(Wrong):
    def forward(self, x, mask=None):
        if mask is not None and not mask.is_floating_point():
            raise TypeError("a mask of floats, please")
        return super().forward(x, mask)


# %% results_in_a_list
class MultiHeadAttention(Wrong):
    def forward(self, x, mask=None):
        found = super().forward(x, mask)
        return list(found) if isinstance(found, tuple) else found
