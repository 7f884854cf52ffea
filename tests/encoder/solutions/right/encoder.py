# %% plain_loop
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


# %% plain_buffer
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
        return self.norm(h), all_weights


# %% plain_own_positions
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
        return self.norm(x), maps


# %% plain_sequential
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
        return (self.norm(x), tuple(weights))


# %% positions_from_one
# RIGHT: the mistake is in exercise 1, and counts there only
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
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_halves
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)
    return positions



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
        return (self.norm(x), tuple(weights))


# %% positions_sine_twice
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.sin(angle)
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
        return x, attention_weights


# %% positions_exponent_doubled
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (2 * i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions



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
        return (self.norm(x), tuple(weights))


# %% positions_wrong_shape
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions.unsqueeze(0)



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


# %% positions_transposed
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions.T



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
        return (self.norm(x), tuple(weights))


# %% positions_raises
# RIGHT: the mistake is in exercise 1, and counts there only
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
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_returns_none
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    # TODO
    pass



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
        return (self.norm(x), tuple(weights))


# %% positions_cut_at_512
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(512)[:seq_len].unsqueeze(1)
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
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_float64
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions.double()



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


# %% positions_trained
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return nn.Parameter(positions)



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


# %% positions_zeros
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return torch.zeros(seq_len, embed_dim)



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
        return (self.norm(x), tuple(weights))


# %% positions_numpy
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions.numpy()



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


# %% positions_undefined_name
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return position_table



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
        return (self.norm(x), tuple(weights))


# %% positions_a_list
# RIGHT: the mistake is in exercise 1, and counts there only
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions.tolist()



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


# %% positions_right_but_exercise_1_wrong
# RIGHT: exercise 1 is wrong, and the encoder works out right positions itself
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(1, seq_len + 1).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.zeros(seq_len, embed_dim)
    positions[:, 0::2] = torch.sin(angle)
    positions[:, 1::2] = torch.cos(angle)
    return positions



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
        return self.norm(x), maps


# %% positions_raise_but_the_encoder_has_its_own
# RIGHT: exercise 1 raises, and the encoder works out right positions itself
def sinusoidal_positions(seq_len, embed_dim):
    raise NotImplementedError



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
        return self.norm(x), maps


# %% positions_from_one_in_a_buffer
# RIGHT: the mistake is in exercise 1
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
        return self.norm(h), all_weights


# %% positions_raise_in_a_buffer
# RIGHT: exercise 1 raises already when the encoder is made; the test puts its own in
def sinusoidal_positions(seq_len, embed_dim):
    raise NotImplementedError



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
        return self.norm(h), all_weights


# %% block_post_norm
# RIGHT: the mistake is in exercise 4, and counts there only
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
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% block_no_residuals
# RIGHT: the mistake is in exercise 4, and counts there only
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
        x = attn_out
        h = self.norm2(x)
        x = self.feed_forward(h)
        return x, attn_weights



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
        return self.norm(h), all_weights


# %% block_mask_inverted
# RIGHT: the mistake is in exercise 4, and counts there only
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
            scores = scores.masked_fill(mask[:, None, None, :] != 0, -1e9)
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights



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
        return self.norm(x), maps


# %% block_mask_inverted_nan
# RIGHT: the mistake is in exercise 4, and counts there only
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


# %% block_mask_ignored
# RIGHT: the mistake is in exercise 4, and counts there only
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
            pass
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
        return self.norm(h), all_weights


# %% block_mask_of_queries
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return self.norm(x), maps


# %% block_nan_at_padding
# RIGHT: the mistake is in exercise 4, and counts there only
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
            scores = scores.masked_fill((mask[:, None, None, :] == 0) | (mask[:, None, :, None] == 0), float("-inf"))
        weights = F.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch_size, seq_len, self.embed_dim)
        return self.attention.out_proj(out), weights

    def forward(self, x, mask=None):
        attended, weights = self.self_attention(self.norm1(x), mask)
        x = x + attended
        x = x + self.feed_forward(self.norm2(x))
        return x, weights



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


# %% block_bool_masks_only
# RIGHT: the mistake is in exercise 4, and counts there only
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
            key_padding_mask = ~mask
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
        return self.norm(h), all_weights


# %% block_float_masks_only
# RIGHT: the mistake is in exercise 4, and counts there only
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
            key_padding_mask = (1 - mask).bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights



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
        return self.norm(x), maps


# %% block_mask_added
# RIGHT: the mistake is in exercise 4, and counts there only
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
            key_padding_mask = mask.to(x.dtype)
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
        x = self.norm(x)
        return x, attention_weights


# %% block_mask_inverted_for_int
# RIGHT: the mistake is in exercise 4, and counts there only
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
            key_padding_mask = (mask == 0) if mask.dtype != torch.int64 else mask.bool()
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
        return self.norm(h), all_weights


# %% block_weights_averaged
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return self.norm(x), maps


# %% block_no_weights
# RIGHT: the mistake is in exercise 4, and counts there only
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
            h, h, h, key_padding_mask=key_padding_mask, need_weights=False
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
        return x, attention_weights


# %% block_output_alone
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return x



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
        return self.norm(h), all_weights


# %% block_weights_first
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return attn_weights, x



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
        return self.norm(x), maps


# %% block_weights_transposed
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return x, attn_weights.mT



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


# %% block_batch_first_forgotten
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0).T
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
        return self.norm(h), all_weights


# %% block_raises
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return self.norm(x), maps


# %% block_raises_when_made
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        raise NotImplementedError
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
        x = self.norm(x)
        return x, attention_weights


# %% block_returns_none
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        # TODO

    def forward(self, x, mask=None):
        # TODO
        pass



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
        return self.norm(h), all_weights


# %% block_without_mask_argument
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x):
        mask = None
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
        return self.norm(x), maps


# %% block_dropout
# RIGHT: the mistake is in exercise 4, and counts there only
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
        x = x + F.dropout(attn_out, 0.1, self.training)
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
        return x, attention_weights


# %% block_weights_detached
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return x, attn_weights.detach()



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
        return self.norm(h), all_weights


# %% block_detached
# RIGHT: the mistake is in exercise 4, and counts there only
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
        x = x.detach() + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights



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
        return self.norm(x), maps


# %% block_in_place
# RIGHT: the mistake is in exercise 4, and counts there only
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
        x += attn_out
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
        return x, attention_weights


# %% block_float32_only
# RIGHT: the mistake is in exercise 4, and counts there only
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
        return x.float(), attn_weights.float()



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
        return self.norm(h), all_weights


# %% block_one_head
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, 1, batch_first=True)
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
        return self.norm(x), maps


# %% block_width_ignored
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, 4 * embed_dim)

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
        x = self.norm(x)
        return x, attention_weights


# %% block_other_names
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.ln_1 = LayerNorm(embed_dim)
        self.attn = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.ln_2 = LayerNorm(embed_dim)
        self.mlp = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        # key_padding_mask is True where a key is ignored
        key_padding_mask = None
        if mask is not None:
            key_padding_mask = (mask == 0)
        h = self.ln_1(x)
        attn_out, attn_weights = self.attn(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.ln_2(x)
        x = x + self.mlp(h)
        return x, attn_weights



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
        return self.norm(h), all_weights


# %% block_causal
# RIGHT: the mistake is in exercise 4, and counts there only
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
        bias = torch.full((x.shape[1], x.shape[1]), -1e9, dtype=x.dtype).triu(1).expand(x.shape[0] * self.heads, -1, -1)
        bias = bias + self.attn_mask(x, mask) if mask is not None else bias
        y, maps = self.attention(normed, normed, normed, attn_mask=bias, average_attn_weights=False)
        y = x + y
        return y + self.feed_forward(self.norm2(y)), maps



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
        return self.norm(x), maps


# %% block_sets_the_seed
# RIGHT: the mistake is in exercise 4, and counts there only
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        torch.manual_seed(42)
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
        x = self.norm(x)
        return x, attention_weights


# %% block_inverted_for_int_with_bool_masks
# RIGHT: the block is wrong for masks of ints, and the encoder gives it bools
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
            key_padding_mask = (mask == 0) if mask.dtype != torch.int64 else mask.bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights



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
        return (self.norm(x), tuple(weights))


# %% block_bool_only_with_bool_masks
# RIGHT: the block refuses numbers, and the encoder gives it bools
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
            key_padding_mask = ~mask
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights



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
        return (self.norm(x), tuple(weights))


# %% block_float_only_with_bool_masks
# RIGHT: the block refuses bools, and the encoder gives it bools
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
            key_padding_mask = (1 - mask).bool()
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights



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
        return (self.norm(x), tuple(weights))


# %% block_mask_added_with_bool_masks
# RIGHT: the mistake is in exercise 4
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
            key_padding_mask = mask.to(x.dtype)
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights



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
        return (self.norm(x), tuple(weights))


# %% layer_norm_ddof
# RIGHT: the mistake is in exercise 2, and counts there only
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
        x = self.norm(x)
        return x, attention_weights


# %% layer_norm_eps_outside
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.weight * (x - mean) / (torch.sqrt(var) + self.eps) + self.bias


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
        return self.norm(x), maps


# %% layer_norm_eps_ignored
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = 1e-2

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
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
        return (self.norm(x), tuple(weights))


# %% layer_norm_affine_unused
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return (x - mean) / torch.sqrt(var + self.eps)


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
        x = self.norm(x)
        return x, attention_weights


# %% layer_norm_weight_bias_swapped
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.bias * (x - mean) / torch.sqrt(var + self.eps) + self.weight


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
        return self.norm(x), maps


# %% layer_norm_over_two_axes
# RIGHT: the mistake is in exercise 2, and counts there only
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
        return (self.norm(x), tuple(weights))


# %% layer_norm_over_the_sequence
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
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
        x = self.norm(x)
        return x, attention_weights


# %% layer_norm_over_the_batch
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=0, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=0, keepdim=True)
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
        return self.norm(x), maps


# %% layer_norm_no_mean
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = 0.0
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
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
        return (self.norm(x), tuple(weights))


# %% layer_norm_moments
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = (x ** 2).mean(dim=-1, keepdim=True) - mean ** 2
        return self.weight * (x - mean) / torch.sqrt(var.clamp(min=0) + self.eps) + self.bias


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
        x = self.norm(x)
        return x, attention_weights


# %% layer_norm_detached
# RIGHT: the mistake is in exercise 2, and counts there only
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var.detach() + self.eps) + self.bias


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
        return self.norm(x), maps


# %% feed_forward_gelu
# RIGHT: the mistake is in exercise 3, and counts there only
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
        return self.norm(h), all_weights


# %% feed_forward_no_activation
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return self.linear2(self.linear1(x))


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
        x = self.norm(x)
        return x, attention_weights


# %% feed_forward_second_relu
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return F.relu(self.linear2(F.relu(self.linear1(x))))


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
        return (self.norm(x), tuple(weights))


# %% feed_forward_own_residual
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        return x + self.linear2(F.relu(self.linear1(x)))


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
        return self.norm(h), all_weights


# %% feed_forward_mean_of_sequence
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        h = F.relu(self.linear1(x))
        return self.linear2(h - h.mean(dim=1, keepdim=True))


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
        x = self.norm(x)
        return x, attention_weights


# %% feed_forward_width_embed_dim
# RIGHT: the mistake is in exercise 3, and counts there only
class FeedForward(nn.Module):
    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, embed_dim)
        self.linear2 = nn.Linear(embed_dim, embed_dim)

    def forward(self, x):
        return self.linear2(F.relu(self.linear1(x)))


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
        return (self.norm(x), tuple(weights))


# %% everything_before_is_wrong
# RIGHT: exercises 1 to 4 are wrong, exercise 5 is right
def sinusoidal_positions(seq_len, embed_dim):
    position = torch.arange(seq_len).unsqueeze(1)
    i = torch.arange(0, embed_dim, 2)
    angle = position / (10000 ** (i / embed_dim))
    positions = torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)
    return positions


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
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_and_block_raise
# RIGHT: exercises 1 and 4 are not done
def sinusoidal_positions(seq_len, embed_dim):
    raise NotImplementedError


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
        x = self.norm(x)
        return x, attention_weights


# %% norm_mixes_and_block_ignores_mask
# RIGHT: mistakes of exercises 2 and 4
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
            pass
        h = self.norm1(x)
        attn_out, attn_weights = self.attention(
            h, h, h, key_padding_mask=key_padding_mask, need_weights=True, average_attn_weights=False
        )
        x = x + attn_out
        h = self.norm2(x)
        x = x + self.feed_forward(h)
        return x, attn_weights


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
        return (self.norm(x), tuple(weights))


# %% torchs_norm_beside_a_wrong_own_one
# RIGHT: the own norm of exercise 2 is wrong, and is not used
class LayerNorm(nn.Module):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=1, keepdim=True)
        var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.eps) + self.bias


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
        return self.feed_forward(self.norm2(x)) + x, w


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
        return self.norm(h), all_weights


# %% blocks_of_torchs_layers
from collections import OrderedDict


class TorchBlock(nn.Module):
    """The parts of nn.TransformerEncoderLayer under our names."""

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
        return self.feed_forward(self.norm2(x)) + x, w



class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [TorchBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
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


# %% mask_of_ones
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
            mask = torch.ones_like(tokens)
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


# %% embedding_of_its_own_class
class TokenEmbedding(nn.Module):
    def __init__(self, vocab_size, embed_dim):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(vocab_size, embed_dim))

    def forward(self, tokens):
        return self.weight[tokens]



class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = TokenEmbedding(vocab_size, embed_dim)
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


# %% zip_of_ranges
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
        states = [x]
        for number, block in zip(range(len(self.blocks)), self.blocks):
            out, weights = block(states[number], mask)
            states.append(out)
            attention_weights += [weights]
        x = states[-1]
        x = self.norm(x)
        return x, attention_weights


# %% mask_as_float
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        mask = None if mask is None else mask.to(self.embedding.weight.dtype)
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


# %% mask_by_name
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
            x, weights = block(x, mask=mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% token_and_position_embedding
# RIGHT: a frozen nn.Embedding holds the positions
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.position_embedding = nn.Embedding.from_pretrained(sinusoidal_positions(1000, embed_dim), freeze=True)
        self.blocks = nn.ModuleList()
        for i in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        h = self.embedding(tokens) + self.position_embedding(torch.arange(tokens.size(1), device=tokens.device))
        all_weights = []
        for layer in self.blocks:
            h, w = layer(h, mask)
            all_weights.append(w)
        return self.norm(h), all_weights


# %% frozen_parameter_table
# RIGHT: no gradient reaches the table
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.pos = nn.Parameter(sinusoidal_positions(1000, embed_dim), requires_grad=False)
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


# %% dictionary_of_tables
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
        if not hasattr(self, 'tables'):
            self.tables = {}
        if seq_len not in self.tables:
            self.tables[seq_len] = sinusoidal_positions(seq_len, x.shape[-1])
        positions = self.tables[seq_len].to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% plain_attribute_table
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)
        self.table = sinusoidal_positions(4096, embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = self.table[:seq_len].to(x.device, x.dtype)
        x = x + positions
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% positions_repeated_for_the_batch
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
        x = x + positions.repeat(tokens.shape[0], 1, 1)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        x = self.norm(x)
        return x, attention_weights


# %% module_list_subclass
class Blocks(nn.ModuleList):
    def forward(self, x, mask):
        maps = []
        for block in self:
            x, m = block(x, mask)
            maps.append(m)
        return x, maps



class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = Blocks(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        positions = sinusoidal_positions(seq_len, x.shape[-1]).to(x.device, x.dtype)
        x = x + positions
        x, attention_weights = self.blocks(x, mask)
        x = self.norm(x)
        return x, attention_weights


# %% add_inplace_on_embedding
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x += sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps


# %% earlier_block_averaged
class EncoderBlock(nn.Module):
    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = LayerNorm(embed_dim)
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.norm2 = LayerNorm(embed_dim)
        self.feed_forward = FeedForward(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        h = self.norm1(x)
        ignored = None if mask is None else mask == 0
        a, w = self.attention(h, h, h, key_padding_mask=ignored, need_weights=True)
        x = x + a
        x = x + self.feed_forward(self.norm2(x))
        return x, w


class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2])
        maps = []
        for block in self.blocks:
            x, w = block(x, mask)
            maps.append(w)
        return self.norm(x), maps
