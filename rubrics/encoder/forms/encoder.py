# %% own_parts, not OneHead, Narrow
class Encoder(Wrong):
    def make_norm(self, embed_dim):
        return LayerNorm(embed_dim)

    def make_block(self, *sizes):
        return EncoderBlock(*sizes)


# %% sequential, not SameBlock, PlainList, OneBlock, OneBlockTooMany
class Encoder(Wrong):
    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        return nn.Sequential(
            *(self.make_block(embed_dim, num_heads, hidden_dim) for _ in range(num_layers))
        )


# %% module_dict, not SameBlock, PlainList, OneBlock, OneBlockTooMany
class Encoder(Wrong):
    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        return nn.ModuleDict(
            {f"layer{i}": self.make_block(embed_dim, num_heads, hidden_dim) for i in range(num_layers)}
        )


# %% results_in_lists_and_tuples
class Encoder(Wrong):
    def forward(self, tokens, mask=None):
        found = super().forward(tokens, mask)
        if not isinstance(found, tuple):
            return found
        return [tuple(one) if isinstance(one, list) else one for one in found]


# %% bool_mask_for_the_blocks
class Encoder(Wrong):
    def forward(self, tokens, mask=None):
        return super().forward(tokens, None if mask is None else mask != 0)


# %% bool_masks_only
class Encoder(Wrong):
    def forward(self, tokens, mask=None):
        if mask is not None and mask.dtype is not torch.bool:
            raise TypeError("a bool mask, please")
        return super().forward(tokens, mask)


# %% further_names_and_parameters
class Encoder(Wrong):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__(vocab_size, embed_dim, num_heads, hidden_dim, num_layers)
        self.token_embedding, self.ln = self.embedding, self.norm
        self.head = nn.Linear(embed_dim, vocab_size)
        self.register_buffer("seen", torch.zeros(2))
