"""Exercise 5: the encoder."""

import torch
import torch.nn.functional as F  # noqa: N812
from support.contract.clauses import broken, demand
from support.contract.encoder import block, positions
from support.contract.encoder.attending import comparing, given, visible_of
from support.contract.encoder.layers import agrees, made, parameters

# (batch, seq, vocab_size, embed_dim, num_heads, hidden_dim, num_layers)
SIZES = [(2, 5, 9, 6, 3, 7, 2), (2, 5, 9, 6, 3, 7, 2), (1, 1, 1, 2, 1, 1, 1)]
SIZES += [(3, 4, 5, 8, 2, 4, 3), (1, 1000, 300, 4, 2, 3, 1)]
PARTS = ("norm1", "norm2", "attention", "feed_forward")


def violation(solution):
    """Say which clause of the exercise's text `solution` breaks."""
    return broken(lambda: [_tried(solution, index) for index in range(len(SIZES))])


def _tried(make, index):
    batch, seq, vocab, width, heads, hidden, layers = SIZES[index]
    random = torch.Generator().manual_seed(index)
    sizes = vocab, width, heads, hidden, layers
    names = ("vocab_size", "embed_dim", "num_heads", "hidden_dim", "num_layers")
    encoder = made(make, *sizes) if index else made(make, **dict(zip(names, sizes, strict=True)))
    paths = _paths(encoder)
    demand(len(paths) == layers, "5: another number of blocks")
    table = "embedding.weight" if hasattr(encoder.embedding, "weight") else "embedding"
    shapes = {table: (vocab, width), "norm.weight": (width,), "norm.bias": (width,)}
    for path in paths:
        shapes |= {f"{path}.{name}": one for name, one in block.shapes(width, hidden).items()}
    parameters(encoder, shapes)
    ours = block.drawn(shapes, random)
    tokens = torch.randint(vocab, (batch, seq), generator=random)

    def formula(tokens, mask, named):
        visible = visible_of(mask, tokens)
        x = named[table][tokens] + positions.table(seq, width)
        found = []
        for path in paths:
            own = {name: named[f"{path}.{name}"] for name in block.shapes(width, hidden)}
            x, weights = block.block(x, own, visible, heads)
            found.append(weights)
        return [F.layer_norm(x, (width,), named["norm.weight"], named["norm.bias"]), *found]

    def agree(named, tokens, mask, *near):
        agrees(encoder, named, formula, (tokens, mask), *near, compared=comparing(mask))

    for dtype in (torch.float32, torch.float64):
        encoder = encoder.to(dtype)
        values = {name: value.to(dtype) for name, value in ours.items()}
        for mode in (True, False):
            encoder.train(mode)
            for args in given(random, tokens, few=index > 1):
                agree(values, *args, 1e-3, 1e-3)
    if vocab >= seq:
        counted = torch.arange(seq).expand(batch, seq).contiguous()
        agree(_faint(values, table), counted, None, 1e-3)


def _faint(values, table):
    """Return parameters that leave next to nothing of token p at position p: eps shows in norm."""
    ours = {
        name: 1e-3 * one if ".out_proj." in name or ".linear2." in name else one
        for name, one in values.items()
    }
    return ours | {table: 4e-3 * ours[table] - positions.table(*ours[table].shape)}


def _paths(encoder):
    """Return where the blocks are, in the order in which they were registered."""
    demand(isinstance(encoder._modules.get("blocks"), torch.nn.Module), "5: no registered blocks")
    found = {}
    for name, _ in encoder.named_parameters(remove_duplicate=False):
        for part in PARTS:
            path, inside, _ = name.partition(f".{part}.")
            if inside and path.startswith("blocks"):
                found.setdefault(path)
    return list(found)
