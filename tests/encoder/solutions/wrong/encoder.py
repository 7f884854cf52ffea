# %% no_positions
# WRONG: no positions
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


# %% no_positions_wrong_function
# WRONG: no positions; exercise 1 is wrong, too
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
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% no_positions_function_raises
# WRONG: no positions; exercise 1 raises
def sinusoidal_positions(seq_len, embed_dim):
    raise NotImplementedError


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
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% embedding_scaled
# WRONG: the embedding is scaled by the root of embed_dim
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
        x = x * x.shape[-1] ** 0.5 + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% embedding_scaled_in_a_buffer
# WRONG: the embedding is scaled
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
        h = self.embedding(tokens) * self.embed_dim ** 0.5 + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% positions_scaled
# WRONG: positions are scaled
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
        x = x + 0.1 * positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_multiplied
# WRONG: multiplied
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
        x = x * sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% positions_in_place_of_embedding
# WRONG: positions alone
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
        x = torch.zeros_like(x) + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_concatenated
# WRONG: concatenated
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
        x = torch.cat([x, positions.expand_as(x)], dim=-1)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_concatenated_halves
# WRONG: half embedding, half positions
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
        x = torch.cat([x[..., ::2], positions.expand_as(x)[..., ::2]], dim=-1)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_from_one_own
# WRONG: the encoder counts from 1
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
        p = torch.arange(1, length + 1, dtype=torch.float64).unsqueeze(1)
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


# %% positions_shifted
# WRONG: positions are shifted by one row
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
        positions = sinusoidal_positions(seq_len + 1, x.shape[-1])[1:].to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_halves_own
# WRONG: the encoder's own positions in halves
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
        table = torch.cat([torch.sin(p * rate), torch.cos(p * rate)], dim=1)
        return table.to(like)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% positions_base_1000
# WRONG: base 1,000
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


# %% positions_exponent_own
# WRONG: the exponent is i, not 2i
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
        rate = torch.exp(-math.log(10000.0) * torch.arange(0, width // 2, dtype=torch.float64) / width)
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


# %% positions_along_batch
# WRONG: positions follow the batch
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
        x = x + sinusoidal_positions(x.shape[0], x.shape[2]).to(x).unsqueeze(1)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_from_the_end
# WRONG: positions count from the end
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
        x = x + positions.flip(0)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_of_real_tokens
# WRONG: padding is not counted
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
        x = x + (positions if mask is None else positions[((mask != 0).long().cumsum(1) - 1).clamp(min=0)])
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_not_at_padding_nor_front
# WRONG: positions begin at the first real token
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
        start = 0 if mask is None else (mask != 0).long().argmax(1)
        shifted = (torch.arange(seq_len)[None] - (start if mask is None else start[:, None])).clamp(min=0)
        x = x + positions[shifted]
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_cut_at_512
# WRONG: the table is cut at 512
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(512, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% positions_cut_at_100
# WRONG: the table is cut at 100
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(100, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% positions_wrap_at_256
# WRONG: positions begin anew after 256
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
        x = x + positions[torch.arange(seq_len) % 256]
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_trained_table
# WRONG: a trained table in place of the function
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.pos = nn.Parameter(torch.randn(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% positions_nn_embedding
# WRONG: nn.Embedding of positions
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.pos = nn.Embedding(1000, embed_dim)
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos(torch.arange(tokens.size(1), device=tokens.device))
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% positions_every_block
# WRONG: positions in each block
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
            x, weights = block(x + positions, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_after_first
# WRONG: positions after the first block
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
            if len(attention_weights) == 0:
                x = x + positions
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_at_the_end
# WRONG: positions after the blocks
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
        x = self.norm(x + positions)
        return x, attention_weights


# %% positions_twice
# WRONG: positions twice
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
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% positions_added_in_place_to_table
# WRONG: the table in the buffer grows with each call
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
        self.pos *= 1.01
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% positions_only_for_batches
# WRONG: no positions for a batch of one
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
        x = x + positions if tokens.shape[0] > 1 else x
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_dropped_with_mask
# WRONG: no positions at padding, and none anywhere with a mask
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
        x = x + positions if mask is None else x
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% final_norm_missing
# WRONG: no final norm
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


# %% final_norm_missing_wrong_norm
# WRONG: no final norm; the norm of exercise 2 is wrong, too
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


# %% norm_in_the_loop
# WRONG: norm in the loop
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
        return x, attention_weights


# %% norm_in_the_loop_and_after
# WRONG: norm in the loop and at the end
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
            all_weights.append(w)
            h = self.norm(h)
        return self.norm(h), all_weights


# %% norm_first
# WRONG: norm before the blocks
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
        x = self.norm(x + positions)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        return x, attention_weights


# %% norm_of_embedding
# WRONG: norm on the embedding, too
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
        x = self.norm(x) + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% norm_before_each_block
# WRONG: norm before each block
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
            x, m = block(self.norm(x), mask)
            maps.append(m)
        return self.norm(x), maps


# %% norm_eps
# WRONG: torch's norm with eps 1e-2
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim, eps=1e-2)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% norm_over_sequence
# WRONG: the final norm runs over the sequence
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
            all_weights.append(w)
        h = (h - h.mean(1, keepdim=True)) / (h.var(1, keepdim=True, correction=0) + 1e-5).sqrt()
        return h * self.norm.weight + self.norm.bias, all_weights


# %% norm_parameters_unused
# WRONG: weight and bias of the norm are not used
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
            all_weights.append(w)
        return F.layer_norm(h, (self.embed_dim,)), all_weights


# %% same_block_n_times
# WRONG: [block] * n
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim)] * num_layers
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
        return x, attention_weights


# %% same_block_wrong_block
# WRONG: [block] * n; exercise 4 is wrong, too
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
            [EncoderBlock(embed_dim, num_heads, hidden_dim)] * num_layers
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
        return x, attention_weights


# %% plain_list
# WRONG: a plain list
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
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
        return x, attention_weights


# %% blocks_made_in_forward
# WRONG: blocks are made anew in each call
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
        for block in [EncoderBlock(x.shape[-1], 1, 4).to(x) for _ in self.blocks]:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% first_block_only
# WRONG: the first block only
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
        for i in range(1):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% last_block_skipped
# WRONG: the last block is skipped
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
        for i, block in enumerate(self.blocks[:-1]):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% first_block_skipped
# WRONG: the first block is skipped where there are several
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
        for i, block in enumerate(self.blocks[min(1, len(self.blocks) - 1):]):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% block_zero_each_time
# WRONG: blocks[0] each time
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
            out = self.blocks[0](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% blocks_backwards
# WRONG: from last to first
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
        for block in reversed(self.blocks):
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% each_block_twice
# WRONG: each block twice
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
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% two_blocks_always
# WRONG: always two blocks
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(2)]
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
        return x, attention_weights


# %% one_block_more
# WRONG: num_layers + 1 blocks
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers + 1):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% blocks_parallel
# WRONG: each block gets the embedded tokens
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
        first = x
        for block in self.blocks:
            x, weights = block(first, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% residual_around_block
# WRONG: x added around each block again
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
            y, weights = block(x, mask)
            x = x + y
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% residual_from_embedding
# WRONG: the embedding is added at the end
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
        first = h
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h + first), all_weights


# %% heads_and_width_swapped
# WRONG: num_heads and hidden_dim swapped
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, hidden_dim, num_heads) for _ in range(num_layers)]
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
        return x, attention_weights


# %% hidden_ignored
# WRONG: hidden_dim is 4 · embed_dim
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, 4 * embed_dim) for _ in range(num_layers)]
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
        return x, attention_weights


# %% one_head_blocks
# WRONG: one head
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, 1, hidden_dim) for _ in range(num_layers)]
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
        return x, attention_weights


# %% mask_not_passed
# WRONG: the mask is not passed on
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
            x, weights = block(x)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_not_passed_sequential
# WRONG: the mask is not passed on
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
            out = self.blocks[i](x, mask=None)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% mask_first_block
# WRONG: the mask for the first block only
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
            x, m = block(x, mask if i == 0 else None)
            maps.append(m)
        return self.norm(x), maps


# %% mask_last_block
# WRONG: the mask for the last block only
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
            x, m = block(x, mask if i == len(self.blocks) - 1 else None)
            maps.append(m)
        return self.norm(x), maps


# %% mask_inverted
# WRONG: inverted for the blocks
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
            mask = ~mask.bool()
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[-2:]).to(x).unsqueeze(0)
        weights = []
        for i in range(self.num_layers):
            out = self.blocks[i](x, mask=mask)
            x = out[0]
            weights.append(out[1])
        return (self.norm(x), tuple(weights))


# %% mask_one_minus
# WRONG: 1 - mask for the blocks
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
            x, weights = block(x, None if mask is None else 1 - mask.to(x.dtype))
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_from_tokens
# WRONG: token 0 is padding
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        mask = (tokens != 0) | (torch.arange(tokens.shape[1]) == 0)
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_from_tokens_when_none
# WRONG: token 0 is padding where no mask is given
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        if mask is None:
            mask = (tokens != 0) | (torch.arange(tokens.shape[1]) == 0)
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_and_tokens
# WRONG: padding is also what has token 0
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        if mask is not None:
            both = (mask != 0) & (tokens != 0)
            mask = torch.where(both.any(1, keepdim=True), both, mask != 0)
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_by_zero_embedding
# WRONG: embeddings of padding are zero, the blocks get no mask
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
        if mask is not None:
            x = x * mask.unsqueeze(-1).to(x.dtype)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_long
# WRONG: mask.long() of a mask, truncated by 2
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
            x, weights = block(x, None if mask is None else (mask.long() * 2 - 1))
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_first_sequence
# WRONG: the first sequence's mask
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
            x, weights = block(x, None if mask is None else mask[:1].expand_as(mask))
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_skipped_for_bool
# WRONG: a bool mask is dropped
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


# %% mask_skipped_for_int
# WRONG: an int mask is dropped
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
            x, weights = block(x, None if mask is None or mask.dtype == torch.int64 else mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_float64_refused
# WRONG: a mask of another dtype than the embedding raises
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
            x, weights = block(x, None if mask is None else torch.lerp(x[..., 0] * 0, x[..., 0] * 0 + 1, mask if mask.dtype != torch.float64 else mask.int()))
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_in_eval_only
# WRONG: the mask counts in eval mode only
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
            x, weights = block(x, None if self.training else mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_in_train_only
# WRONG: the mask counts in train mode only
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
            x, weights = block(x, mask if self.training else None)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_batch_one
# WRONG: no mask for a batch of one
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
            x, weights = block(x, mask if tokens.shape[0] > 1 else None)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% padding_idx
# WRONG: padding_idx=0: token 0 gets no gradient
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=0)
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
        return x, attention_weights


# %% padding_idx_last
# WRONG: padding_idx=-1: the last token gets no gradient
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=-1)
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
        return x, attention_weights


# %% padding_idx_and_no_mask
# WRONG: padding_idx is believed to mask
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=0)
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
            x, weights = block(x)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% max_norm
# WRONG: max_norm changes the embedding
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, max_norm=1.0)
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
        return x, attention_weights


# %% scale_grad
# WRONG: gradients of frequent tokens are scaled
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, scale_grad_by_freq=True)
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
        return x, attention_weights


# %% vocabulary_one_larger
# WRONG: one row more
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size + 1, embed_dim)
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
        return x, attention_weights


# %% embedding_off_by_one
# WRONG: tokens are shifted by one
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
        x = self.embedding((tokens + 1) % self.embedding.num_embeddings)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% embedding_frozen
# WRONG: the embedding is frozen
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.embedding.requires_grad_(False)
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
        return x, attention_weights


# %% embedding_zeroed_for_token_0
# WRONG: token 0 is zeros
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
        x = self.embedding(tokens) * (tokens != 0).unsqueeze(-1)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% last_weights
# WRONG: the last block's weights
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
        return x, weights


# %% last_weights_listed
# WRONG: a list of the last block's weights
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
        return x, [weights]


# %% first_weights
# WRONG: the first block's weights
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
        return x, attention_weights[0]


# %% weights_stacked
# WRONG: stacked
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


# %% weights_stacked_dim1
# WRONG: stacked behind the batch
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
            all_weights.append(w)
        return self.norm(h), torch.stack(all_weights, dim=1)


# %% weights_in_a_dict
# WRONG: a dict
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
        return x, dict(enumerate(attention_weights))


# %% weights_reversed
# WRONG: in reverse order
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
            attention_weights.insert(0, weights)
        x = self.norm(x)
        return x, attention_weights


# %% weights_mean_of_heads
# WRONG: averaged over heads
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
            attention_weights.append(weights.mean(dim=1))
        x = self.norm(x)
        return x, attention_weights


# %% weights_mean_of_blocks
# WRONG: averaged over blocks
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
            all_weights.append(w)
        return self.norm(h), sum(all_weights) / len(all_weights)


# %% weights_multiplied
# WRONG: attention rollout
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
            attention_weights.append(weights if not attention_weights else weights @ attention_weights[-1])
        x = self.norm(x)
        return x, attention_weights


# %% weights_list_is_shared
# WRONG: a list that is never emptied
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.all_weights = []
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        all_weights = self.all_weights
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% weights_default_argument
# WRONG: a list as default argument grows
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None, attention_weights=[]):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% weights_detached
# WRONG: detached
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
            attention_weights.append(weights.detach())
        x = self.norm(x)
        return x, attention_weights


# %% weights_numpy
# WRONG: NumPy arrays
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
            attention_weights.append(weights.detach().cpu().numpy())
        x = self.norm(x)
        return x, attention_weights


# %% outputs_listed
# WRONG: outputs in place of weights
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
            attention_weights.append(x)
        x = self.norm(x)
        return x, attention_weights


# %% output_alone
# WRONG: output alone
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
        return x


# %% weights_first
# WRONG: weights first
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
        return attention_weights, x


# %% results_flat
# WRONG: the weights are unpacked into the result
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
        return (x, *attention_weights)


# %% pooled
# WRONG: mean over the sequence
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
        return x.mean(dim=1), attention_weights


# %% logits
# WRONG: projected to the vocabulary
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
        return F.linear(x, self.embedding.weight), attention_weights


# %% softmax_at_the_end
# WRONG: softmax at the end
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
        return x.softmax(-1), attention_weights


# %% batch_one_squeezed
# WRONG: a batch of one loses its axis
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
        return x.squeeze(0), attention_weights


# %% dropout
# WRONG: dropout
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
        x = F.dropout(x + positions, 0.1, self.training)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% dropout_module
# WRONG: nn.Dropout(0.1)
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("pos", sinusoidal_positions(1000, embed_dim))
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.dropout = nn.Dropout(0.1)
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.pos[:tokens.size(1)]
        h = self.dropout(h)
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% noise
# WRONG: noise
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
        x = x + positions + 1e-2 * torch.randn_like(x)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% seed
# WRONG: the seed is set
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        torch.manual_seed(0)
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
        return x, attention_weights


# %% grad_switched_off
# WRONG: no_grad for the embedding
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
        with torch.no_grad():
            x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% blocks_detached
# WRONG: detached between blocks
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
            x, weights = block(x.detach(), mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% output_detached
# WRONG: detached output
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
        return x.detach(), attention_weights


# %% float32_always
# WRONG: float32 for float64
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
        return x.float(), attention_weights


# %% float64_always
# WRONG: float64 for float32
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
        return x.double(), attention_weights


# %% positions_promote
# WRONG: float64 positions make the output float64
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
        return table.to(like.device)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + self.position_table(tokens.shape[1], x.shape[-1], x)
        maps = []
        for i, block in enumerate(self.blocks):
            x, m = block(x, mask)
            maps.append(m)
        return self.norm(x), maps


# %% tokens_changed
# WRONG: tokens are changed
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
        if mask is not None:
            tokens.masked_fill_(mask == 0, 0)
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% mask_changed
# WRONG: the mask is changed
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
        if mask is not None:
            mask.fill_(1)
        return x, attention_weights


# %% other_names
# WRONG: other names
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.final_norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.token_embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.final_norm(x)
        return x, attention_weights


# %% layers_for_blocks
# WRONG: self.layers
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.layers = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.layers:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% long_sequences_cut
# WRONG: tokens after the 512th are cut off
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        tokens = tokens[:, :512]
        mask = None if mask is None else mask[:, :512]
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% embedding_reused_for_first_batch
# WRONG: the first call's embedding is kept
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
        if not hasattr(self, 'kept') or self.kept.shape[:2] != tokens.shape:
            self.kept = self.embedding(tokens)
        x = self.kept
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% two_no_positions_no_norm
# WRONG: no positions and no norm
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
        return x, attention_weights


# %% two_last_weights_no_mask
# WRONG: the last weights, and no mask
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
            h, w = layer(h, None)
            all_weights.append(w)
        return self.norm(h), w


# %% two_scaled_and_stacked
# WRONG: scaled embedding, stacked weights
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
        x = x * x.shape[-1] ** 0.5 + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, torch.stack(attention_weights)


# %% wrong_positions_and_scaled
# WRONG: scaled embedding; exercise 1 is wrong, too
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(1, seq_len + 1).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
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
        x = x * 2 + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% block_raises_and_no_norm
# WRONG: no final norm; exercise 4 raises
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


# %% block_averages_and_last_weights
# WRONG: the last weights; exercise 4 averages over heads
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
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True
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
        x = self.norm(x)
        return x, weights


# %% block_post_norm_and_mask_dropped
# WRONG: no mask for the blocks; exercise 4 is post-norm
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
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% empty
# WRONG: nothing is written yet
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        # TODO
        pass

    def forward(self, tokens, mask=None):
        # TODO
        pass


# %% norm_eps_1e6
# WRONG: eps of the final norm is 1e-6
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_dim, eps=1e-6)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% norm_eps_1e3_own
# WRONG: eps of the final norm is 1e-3
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim, 1e-3)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% positions_512_zeros
# WRONG: no positions from 512 on
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        p = sinusoidal_positions(x.shape[1], x.shape[2]).clone()
        p[512:] = 0
        x = x + p
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% hidden_4x
# WRONG: blocks of four times hidden_dim
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, 4 * embed_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% one_head
# WRONG: blocks of one head
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, 1, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% tokens_mod_100
# WRONG: token 100 is taken for token 0
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens % 100)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% grad_mode
# WRONG: switches gradients on, under no_grad too
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        torch.set_grad_enabled(True)
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps
