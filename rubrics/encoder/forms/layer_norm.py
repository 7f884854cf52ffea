# %% more_parameters
class LayerNorm(Wrong):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim, eps)
        self.scale = nn.Parameter(torch.randn(3))
        self.gain = nn.Linear(embed_dim, embed_dim)


# %% a_buffer
class LayerNorm(Wrong):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim, eps)
        self.register_buffer("calls", torch.zeros(()))


# %% float64_inside, not TwoMoments
class LayerNorm(Wrong):
    def normal(self, x):
        return super().normal(x.double()).to(x.dtype)


# %% affine_by_addcmul, not Swapped, Unused, BiasUnused, WeightUnused, BiasFirst, BiasSubtracted, Divided, OnePlus, NoParameters
class LayerNorm(Wrong):
    def affine(self, normal):
        return torch.addcmul(self.bias, self.weight, normal)


# %% inside_another_module, not Unregistered, NoParameters
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.inner = Wrong(embed_dim, eps)
        self.weight, self.bias = self.inner.weight, self.inner.bias

    def forward(self, x):
        return self.inner(x)


# %% what_was_computed_is_kept
class LayerNorm(Wrong):
    def forward(self, x):
        self.kept = super().forward(x)
        return self.kept


# %% eps_as_a_tensor
class LayerNorm(Wrong):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim, torch.tensor(eps))
