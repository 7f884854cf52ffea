# %% forgotten_positions: NoPositions
class Encoder(nn.Module):
    def __init__(self, vocab_size: int, embed_dim: int, num_heads: int, hidden_dim: int, num_layers: int):
        super(Encoder, self).__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        if mask is not None:
            mask = mask.bool()
        x = self.embedding(tokens)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% forgotten_positions_buffer: NoPositions
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens)
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% scaled_as_in_the_paper: ScaledEmbedding
import math


class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = math.sqrt(self.embed_dim) * self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% counted_from_one: PositionsFromOne
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = 1 + torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% along_the_batch: PositionsAlongBatch
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + sinusoidal_positions(*x.shape[::2]).to(x)[:, None]
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% again_in_each_block: PositionsBeforeEachBlock
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            if len(all_weights) > 0:
                h = h + self.pos[:tokens.size(1)]
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% after_the_first_block: PositionsAfterFirstBlock
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            if i == 0:
                x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
            maps.append(m)
        return self.norm(x), maps


# %% product: Multiplied
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x * self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% without_real_tokens_before: PositionsOfRealTokens
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        counted = positions.expand_as(x) if mask is None else positions[torch.clamp(torch.cumsum(mask != 0, dim=1) - 1, min=0)]
        x = x + counted
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% no_final_norm: NoNorm
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return x, maps


# %% norm_in_loop: NormAfterEachBlock
class Encoder(nn.Module):
    def __init__(self, vocab_size: int, embed_dim: int, num_heads: int, hidden_dim: int, num_layers: int):
        super(Encoder, self).__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        if mask is not None:
            mask = mask.bool()
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = self.norm(out[0])
            weights.append(out[1])
        return (x, tuple(weights))


# %% norm_on_embedding: NormFirstToo
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.norm(self.embedding(tokens) + self.pos[:tokens.size(1)])
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% reversed_blocks: Backwards
class Encoder(nn.Module):
    def __init__(self, vocab_size: int, embed_dim: int, num_heads: int, hidden_dim: int, num_layers: int):
        super(Encoder, self).__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        if mask is not None:
            mask = mask.bool()
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers - 1, -1, -1):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% always_the_first: FirstBlockAgain
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = self.blocks[0](x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% all_from_the_embedding: EachFromTheEmbedding
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps, start = [], x
        for i, block in enumerate(self.blocks):
            x, m = block(start, mask)
            maps.append(m)
        return self.norm(x), maps


# %% skips: ResidualAroundBlocks
class Encoder(nn.Module):
    def __init__(self, vocab_size: int, embed_dim: int, num_heads: int, hidden_dim: int, num_layers: int):
        super(Encoder, self).__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        if mask is not None:
            mask = mask.bool()
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = x + out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% maps_of_last: LastWeights
class Encoder(nn.Module):
    def __init__(self, vocab_size: int, embed_dim: int, num_heads: int, hidden_dim: int, num_layers: int):
        super(Encoder, self).__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        if mask is not None:
            mask = mask.bool()
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), weights[-1])


# %% maps_of_first: FirstWeights
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps[0]


# %% maps_stacked: Stacked
class Encoder(nn.Module):
    def __init__(self, vocab_size: int, embed_dim: int, num_heads: int, hidden_dim: int, num_layers: int):
        super(Encoder, self).__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        if mask is not None:
            mask = mask.bool()
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), torch.stack(weights))


# %% maps_averaged: MeanOverBlocks
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), torch.stack(maps).mean(dim=0)


# %% maps_backwards: WeightsBackwards
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.insert(0, w)
        return self.norm(h), all_weights


# %% no_mask_given: IgnoredMask
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% mask_to_first: MaskForFirstBlock
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            mask = None
            all_weights.append(w)
        return self.norm(h), all_weights


# %% mask_upside_down: InvertedMask
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, None if mask is None else mask.logical_not())
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% zeros_are_padding: ZeroIsPaddingWithoutMask
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        if mask is None:
            mask = tokens.ne(0)
            mask[:, 0] |= ~mask.any(1)
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% no_positions_with_post_norm_blocks
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


class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% stacked_with_wrong_positions
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)
    return positions


class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, torch.stack(attention_weights)


# %% no_norm_and_a_block_that_raises
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
        raise NotImplementedError
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        return x, attention_weights


# %% base_1000
import math


class Encoder(nn.Module):
    """Works out its positions itself, in float64 angles."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def position_table(self, length, width, like):
        table = torch.zeros(length, width, dtype=torch.float64)
        p = torch.arange(length, dtype=torch.float64).unsqueeze(1)
        rate = torch.exp(-math.log(1000.0) * torch.arange(0, width, 2, dtype=torch.float64) / width)
        table[:, 0::2] = torch.sin(p * rate)
        table[:, 1::2] = torch.cos(p * rate)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% bool_masks_dropped
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, None if mask is None or mask.dtype == torch.bool else mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights
