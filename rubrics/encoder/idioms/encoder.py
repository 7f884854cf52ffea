# %% loop_over_module_list
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(tokens.shape[1], x.shape[-1]).to(x)
        attention_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            attention_weights.append(weights)
        return self.norm(x), attention_weights

# %% torchs_norm_and_a_tuple
import torch
from torch import nn

class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super(Encoder, self).__init__()
        self.embed_dim = embed_dim
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            self.blocks.append(EncoderBlock(embed_dim, num_heads, hidden_dim))
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        batch_size, seq_len = tokens.shape
        positions = sinusoidal_positions(seq_len, self.embed_dim)
        positions = positions.to(device=tokens.device, dtype=self.embedding.weight.dtype)
        x = self.embedding(tokens) + positions.unsqueeze(0).expand(batch_size, -1, -1)
        maps = ()
        for block in self.blocks:
            x, w = block(x, mask=mask)
            maps += (w,)
        return self.norm(x), maps

# %% table_in_a_buffer
class Encoder(nn.Module):
    MAX_LEN = 1000

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.register_buffer("positions", sinusoidal_positions(self.MAX_LEN, embed_dim))
        self.blocks = nn.ModuleList(
            EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens) + self.positions[: tokens.size(1)]
        all_weights = []
        for block in self.blocks:
            x, weights = block(x, mask)
            all_weights.append(weights)
        x = self.norm(x)
        return x, all_weights

# %% table_that_grows
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)
        self.table = None

    def forward(self, tokens, mask=None):
        seq_len = tokens.shape[1]
        x = self.embedding(tokens)
        if self.table is None or len(self.table) < seq_len:
            self.table = sinusoidal_positions(seq_len, x.shape[-1])
        x = x + self.table[:seq_len].to(x.device, x.dtype)
        weights = [None] * len(self.blocks)
        for i in range(len(self.blocks)):
            x, weights[i] = self.blocks[i](x, mask)
        return self.norm(x), weights

# %% buffer_that_is_not_saved
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        table = sinusoidal_positions(2048, embed_dim).unsqueeze(0)  # (1, 2048, embed_dim)
        self.register_buffer("pe", table, persistent=False)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = nn.LayerNorm(embed_dim, eps=1e-5)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = torch.add(x, self.pe[:, : x.shape[1], :])
        ws = []
        for layer in self.blocks:
            x, w = layer(x, mask)
            ws += [w]
        return [self.norm(x), ws]

# %% positions_of_its_own
import math

class PositionalEncoding(nn.Module):
    def __init__(self, embed_dim, max_len=5000):
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, embed_dim, 2) * (-math.log(10000.0) / embed_dim))
        pe = torch.zeros(max_len, embed_dim)
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return x + self.pe[: x.size(1)].to(x.dtype)

class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.positional_encoding = PositionalEncoding(embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.positional_encoding(self.embedding(tokens))
        attention_weights = []
        for block in self.blocks:
            x, w = block(x, mask)
            attention_weights.append(w)
        return self.norm(x), attention_weights

# %% sequential_gone_through
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.Sequential(
            *(EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers))
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(*x.shape[1:]).to(x.device).to(x.dtype)
        weights = []
        for block in self.blocks.children():
            x, w = block(x, mask)
            weights.append(w)
        return self.norm(x), weights

# %% module_dict
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleDict(
            {f"block{i}": EncoderBlock(embed_dim, num_heads, hidden_dim) for i in range(num_layers)}
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(tokens.shape[1], self.embedding.embedding_dim).type_as(x)
        weights = []
        for block in self.blocks.values():
            x, w = block(x, mask)
            weights.append(w)
        return self.norm(x), weights

# %% stack_of_its_own
class Stack(nn.Module):
    """Runs its children one after the other."""

    def __init__(self, blocks):
        super().__init__()
        for number, block in enumerate(blocks):
            self.add_module(f"layer_{number}", block)

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def forward(self, x, mask):
        maps = []
        for block in self:
            x, w = block(x, mask)
            maps.append(w)
        return x, maps

class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = Stack([EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)])
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        embedded = self.embedding(tokens)
        positions = sinusoidal_positions(tokens.shape[1], embedded.shape[2])
        x, maps = self.blocks(embedded + positions.to(embedded), mask)
        return self.norm(x), maps

# %% recursion
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.num_layers = num_layers
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def through(self, x, mask, number=0):
        if number == self.num_layers:
            return x, []
        x, weights = self.blocks[number](x, mask)
        x, others = self.through(x, mask, number + 1)
        return x, [weights] + others

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.size(1), x.size(2)).to(x)
        x, weights = self.through(x, mask)
        return self.norm(x), weights

# %% embedding_as_a_matrix
import torch.nn.functional as F

class Encoder(nn.Module):
    """Reads the rows of the embedding by F.embedding, and positions one after the other."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        table = sinusoidal_positions(tokens.shape[-1], self.embedding.weight.shape[-1])
        table = table.to(self.embedding.weight)
        columns = torch.arange(tokens.shape[-1], device=tokens.device)
        x = F.embedding(tokens, self.embedding.weight) + F.embedding(columns, table)
        found = []
        for block in self.blocks:
            x, weights = block(x, mask)
            found.append(weights)
        return self.norm(x), found

# %% one_hot
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.vocab_size = vocab_size
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        weight = self.embedding.weight
        chosen = nn.functional.one_hot(tokens, self.vocab_size).to(weight.dtype)
        x = chosen @ weight + sinusoidal_positions(tokens.shape[1], weight.shape[1]).to(weight)
        attention_weights = []
        for block in self.blocks:
            x, w = block(x, mask)
            attention_weights.append(w)
        return self.norm(x), attention_weights

# %% bool_mask_for_the_blocks
class Encoder(nn.Module):
    """Turns the mask into bool once, and sets the embeddings of padding to zero."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2]).to(x)
        if mask is not None:
            mask = mask != 0
            x = x.masked_fill(~mask.unsqueeze(-1), 0.0)
        weights = []
        for block in self.blocks:
            x, w = block(x, mask)
            weights.append(w)
        return self.norm(x), weights

# %% padding_of_the_output_is_zero
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
        x = self.embedding(tokens)
        x = x + sinusoidal_positions(x.shape[1], x.shape[2]).to(x)
        weights = []
        for block in self.blocks:
            x, w = block(x, mask)
            weights.append(w)
        return self.norm(x) * mask.unsqueeze(-1).to(x.dtype), weights

# %% subclasses
class MyEmbedding(nn.Embedding):
    """Tokens with their positions."""

    def forward(self, tokens):
        embedded = super().forward(tokens)
        return embedded + sinusoidal_positions(tokens.shape[1], self.embedding_dim).to(embedded)

class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = MyEmbedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        x = self.embedding(tokens)
        attention_weights = []
        for block in self.blocks:
            x, w = block(x, mask)
            attention_weights.append(w)
        return self.norm(x), attention_weights

# %% keeps_its_weights
from collections import OrderedDict

class Encoder(nn.Module):
    """Keeps the maps of its last call, and its parts under further names."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = self.token_embedding = nn.Embedding(vocab_size, embed_dim)
        self.norm = self.final_norm = LayerNorm(embed_dim)
        blocks = [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        self.blocks = nn.ModuleList(blocks)
        for number, block in enumerate(blocks):
            setattr(self, f"block{number}", block)
        self.attention_weights = []

    def forward(self, tokens, mask=None):
        self.attention_weights = []
        x = self.embedding(tokens)
        x += sinusoidal_positions(x.shape[1], x.shape[2]).to(x)
        for number in range(len(self.blocks)):
            x, w = getattr(self, f"block{number}")(x, mask)
            self.attention_weights.append(w)
        return self.norm(x), self.attention_weights

# %% two_lists
import functools

class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.dropout = nn.Dropout(p=0.0)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = nn.LayerNorm(embed_dim)

    @staticmethod
    @functools.lru_cache
    def positions(seq_len, embed_dim):
        return sinusoidal_positions(seq_len, embed_dim).detach()

    def forward(self, tokens, mask=None):
        first = self.embedding(tokens)
        outputs = [self.dropout(first + self.positions(*first.shape[1:]).to(first))]
        weights = []
        for block in self.blocks:
            result = block(outputs[-1], mask)
            outputs.append(result[0])
            weights.append(result[1])
        return self.norm(outputs[-1]), weights

# %% reduce
from functools import reduce

class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            map(lambda _: EncoderBlock(embed_dim, num_heads, hidden_dim), range(num_layers))
        )
        self.norm = LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        def step(state, block):
            x, *maps = state
            x, weights = block(x, mask)
            return x, *maps, weights

        start = self.embedding(tokens)
        start = start + sinusoidal_positions(tokens.shape[1], start.shape[-1]).to(start)
        x, *maps = reduce(step, self.blocks, (start,))
        return self.norm(x), maps

# %% norm_by_hand
class Encoder(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            [EncoderBlock(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)]
        )
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        seq_len, embed_dim = tokens.shape[1], self.embedding.embedding_dim
        positions = sinusoidal_positions(seq_len, embed_dim)
        x = self.embedding.weight[tokens] + positions.to(self.embedding.weight)[None]
        weights = []
        for block in self.blocks:
            x, w = block(x, mask)
            weights.append(w)
        variance, mean = torch.var_mean(x, dim=-1, correction=0, keepdim=True)
        x = (x - mean) * torch.rsqrt(variance + 1e-5)
        return self.norm.weight * x + self.norm.bias, weights
