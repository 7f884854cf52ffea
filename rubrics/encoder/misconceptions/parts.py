"""A right block and a right encoder with steps that can be replaced, one by one.

A misconception is right but for one step, so that only that step decides what it loses and whether
a submission behaves like it. What a student is free to choose is a step, too (`make_norm`,
`make_feed_forward`, `make_blocks`, `run`): forms of the bank replace these, see
`rubrics/encoder/forms/`.
"""

import torch
from torch import nn


def sinusoidal_positions(seq_len, embed_dim):
    """Return the positions, (seq_len, embed_dim)."""
    position = torch.arange(seq_len, dtype=torch.float32)[:, None]
    angles = position / 10000 ** (torch.arange(0, embed_dim, 2) / embed_dim)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


class FeedForward(nn.Module):
    """linear2(relu(linear1(x)))."""

    def __init__(self, embed_dim, hidden_dim):
        super().__init__()
        self.linear1 = nn.Linear(embed_dim, hidden_dim)
        self.linear2 = nn.Linear(hidden_dim, embed_dim)

    def forward(self, x):
        """(batch, seq, embed_dim) -> the same."""
        return self.linear2(self.activated(self.linear1(x)))

    def activated(self, hidden):
        """(batch, seq, hidden_dim) -> the same."""
        return torch.relu(hidden)


class EncoderBlock(nn.Module):
    """A right block; subclasses replace a step."""

    feed = FeedForward

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1 = self.make_norm(embed_dim)
        self.attention = self.make_attention(embed_dim, num_heads)
        self.norm2 = self.make_norm(embed_dim)
        self.feed_forward = self.make_feed_forward(embed_dim, hidden_dim)

    def make_norm(self, embed_dim):
        """Make norm1 or norm2."""
        return nn.LayerNorm(embed_dim)

    def make_attention(self, embed_dim, num_heads):
        """Make the attention."""
        return nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)

    def make_feed_forward(self, embed_dim, hidden_dim):
        """Make the feed-forward."""
        return self.feed(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        """Return output and weights."""
        mixed, weights = self.attend(self.norm1(x), mask)
        x = x + mixed
        return self.returned(x + self.feed_forward(self.norm2(x)), weights)

    def attend(self, normed, mask):
        """Return the attention's output and its weights, (batch, heads, seq, seq)."""
        return self.run(normed, normed, normed, self.hidden(mask))

    def hidden(self, mask):
        """Return what is not to be seen, (batch, seq) of bool, from the mask."""
        return None if mask is None else mask == 0

    def run(self, query, key, value, hidden=None, bias=None):
        """Call the attention. `bias` (batch, heads, seq, seq) is added to the scores."""
        heads = self.attention.num_heads
        if hidden is not None:
            added = torch.zeros(hidden.shape, dtype=query.dtype, device=query.device)
            added = added.masked_fill(hidden, -torch.inf)[:, None, None]
            bias = added if bias is None else bias + added
        if bias is not None:
            length = query.shape[1]
            bias = bias.to(query.dtype).expand(query.shape[0], heads, length, length).flatten(0, 1)
        return self.attention(query, key, value, attn_mask=bias, average_attn_weights=False)

    def returned(self, output, weights):
        """Return what the block returns."""
        return output, weights


class Encoder(nn.Module):
    """A right encoder; subclasses replace a step."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.embedding = self.make_embedding(vocab_size, embed_dim)
        self.blocks = self.make_blocks(embed_dim, num_heads, hidden_dim, num_layers)
        self.norm = self.make_norm(embed_dim)

    def make_embedding(self, vocab_size, embed_dim):
        """Make the embedding."""
        return nn.Embedding(vocab_size, embed_dim)

    def make_norm(self, embed_dim):
        """Make the final norm."""
        return nn.LayerNorm(embed_dim)

    def make_block(self, *sizes):
        """Make one block."""
        return EncoderBlock(*sizes)

    def make_blocks(self, embed_dim, num_heads, hidden_dim, num_layers):
        """Make the blocks."""
        sizes = embed_dim, num_heads, hidden_dim
        return nn.ModuleList([self.make_block(*sizes) for _ in range(num_layers)])

    def forward(self, tokens, mask=None):
        """Return the output and the weights of each block."""
        x, maps = self.through(self.embedded(tokens, mask), mask)
        return self.returned(self.norm(x), maps)

    def embedded(self, tokens, mask):
        """Return what enters the first block, (batch, seq, embed_dim)."""
        x = self.embedding(tokens)
        return x + self.positions(tokens, mask, x.shape[-1]).to(x)

    def positions(self, tokens, mask, embed_dim):
        """Return the positions of the tokens, (seq, embed_dim) or with the batch in front."""
        return sinusoidal_positions(tokens.shape[1], embed_dim)

    def in_order(self):
        """Return the blocks in the order in which they are run."""
        return list(self.blocks.children())

    def through(self, x, mask):
        """Run the blocks; return the output of the last one, and the weights of each."""
        maps = []
        for number, block in enumerate(self.in_order()):
            x, weights = self.step(number, block, x, mask)
            maps.append(weights)
        return x, maps

    def step(self, number, block, x, mask):
        """Run one block."""
        return block(x, mask)

    def returned(self, output, maps):
        """Return what the encoder returns."""
        return output, maps
