# %% own_norm_and_feed_forward, not NoActivation, GeluForRelu, SecondRelu, Narrow, FourTimes, WithoutAffine
class EncoderBlock(Wrong):
    def make_norm(self, embed_dim):
        return LayerNorm(embed_dim)

    def make_feed_forward(self, embed_dim, hidden_dim):
        return FeedForward(embed_dim, hidden_dim)


# %% sequential, not NoActivation, GeluForRelu, SecondRelu, Narrow, FourTimes
class EncoderBlock(Wrong):
    def make_feed_forward(self, embed_dim, hidden_dim):
        parts = nn.Sequential()
        parts.add_module("linear1", nn.Linear(embed_dim, hidden_dim))
        parts.add_module("relu", nn.ReLU())
        parts.add_module("linear2", nn.Linear(hidden_dim, embed_dim))
        return parts


# %% sequence_first, not OneHead, WithoutBias, AttentionDropout, MaskAsItIs
class EncoderBlock(Wrong):
    def make_attention(self, embed_dim, num_heads):
        return nn.MultiheadAttention(embed_dim, num_heads)

    def run(self, query, key, value, hidden=None, bias=None):
        if bias is not None:
            batch, seq, _ = query.shape
            bias = bias.to(query.dtype).expand(batch, self.attention.num_heads, seq, seq)
            bias = bias.flatten(0, 1)
        if hidden is not None and bias is not None:
            hidden = torch.zeros(hidden.shape).to(query.dtype).masked_fill(hidden, -torch.inf)
        mixed, weights = self.attention(
            query.transpose(0, 1),
            key.transpose(0, 1),
            value.transpose(0, 1),
            attn_mask=bias,
            key_padding_mask=hidden,
            average_attn_weights=False,
        )
        return mixed.transpose(0, 1), weights


# %% computed_by_hand, not WithoutBias, AttentionDropout, MaskAsItIs
class EncoderBlock(Wrong):
    def run(self, query, key, value, hidden=None, bias=None):
        parts = zip(
            (query, key, value),
            self.attention.in_proj_weight.chunk(3),
            self.attention.in_proj_bias.chunk(3),
        )
        query, key, value = (
            F.linear(x, w, b).unflatten(-1, (self.attention.num_heads, -1)).transpose(1, 2)
            for x, w, b in parts
        )
        scores = query @ key.mT / query.shape[-1] ** 0.5
        if bias is not None:
            scores = scores + bias.to(scores.dtype)
        if hidden is not None:
            scores = scores.masked_fill(hidden[:, None, None], -1e9)
        weights = scores.softmax(-1)
        return self.attention.out_proj((weights @ value).transpose(1, 2).flatten(2)), weights


# %% torchs_layer_holds_the_parts, not OneHead, WithoutBias, AttentionDropout, NoActivation, GeluForRelu, SecondRelu, Narrow, FourTimes, WithoutAffine, SharedNorm, OtherNames, Frozen
class EncoderBlock(Wrong):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        nn.Module.__init__(self)
        layer = nn.TransformerEncoderLayer(
            embed_dim, num_heads, hidden_dim, dropout=0.0, batch_first=True, norm_first=True
        )
        self.norm1, self.norm2, self.attention = layer.norm1, layer.norm2, layer.self_attn
        self.feed_forward = FeedForward(embed_dim, hidden_dim)
        self.feed_forward.linear1, self.feed_forward.linear2 = layer.linear1, layer.linear2


# %% bool_masks_only, not Dropout, AttentionDropout, InPlace, Seeds, Single, WeightsDetached, AttentionDetached, NormedDetached, ResidualDetached, Frozen, BoolMasksOnly, NumberMasksOnly, InvertedMask, MaskAsItIs
class EncoderBlock(Wrong):
    def forward(self, x, mask=None):
        if mask is not None and mask.dtype is not torch.bool:
            raise TypeError("a bool mask, please")
        return super().forward(x, mask)


# %% float_masks_only, not BoolMasksOnly, NumberMasksOnly, RealRaised, MaskAsItIs
class EncoderBlock(Wrong):
    def forward(self, x, mask=None):
        if mask is not None and not mask.is_floating_point():
            raise TypeError("a mask of floats, please")
        return super().forward(x, mask)


# %% results_in_a_list
class EncoderBlock(Wrong):
    def forward(self, x, mask=None):
        found = super().forward(x, mask)
        return list(found) if isinstance(found, tuple) else found


# %% further_names_and_parameters, not OtherNames
class EncoderBlock(Wrong):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__(embed_dim, num_heads, hidden_dim)
        self.self_attention, self.ffn = self.attention, self.feed_forward
        self.unused = nn.Linear(embed_dim, embed_dim)
        self.register_buffer("steps", torch.zeros(3))
