"""What exercises 3 and 4 share: the formula of a layer with projections, layer(x, mask).

    Q, K, V = x W_q, x W_k, x W_v                     (batch, heads, seq, head_dim)
    scores  = Q K^T / sqrt(head_dim)                  (batch, heads, seq, seq)
    output  = concat(softmax(scores) V) W_o           (batch, seq, embed_dim)

Exercise 3 has one head, so head_dim is embed_dim, no axis for heads, and no W_o.
Source: Vaswani et al., 2017, "Attention Is All You Need", sections 3.2.1 and 3.2.2.
"""

from torch import nn

from .cases import Steps

NAMES = ("the output", "the attention weights")


class Layout:
    """Which projections the layer of an exercise has, and what it is made with.

    `heads` says that the layer takes num_heads, that its weights have an axis for heads, and that
    its projections may have a bias.
    """

    def __init__(self, projections, heads):
        self.projections, self.heads = projections, heads

    def make(self, embed_dim, num_heads):
        """Return the arguments that make a layer."""
        return (embed_dim, num_heads) if self.heads else (embed_dim,)

    def formula(self, num_heads, linear):
        """Return the formula for x (batch, seq, embed_dim).

        `linear(stored, name)` gives a projection as (matrix, bias), for y = x @ matrix + bias; see
        `projection`.
        """

        def project(x, stored, name):
            matrix, bias = linear(stored, name)
            return x @ matrix + bias

        def split(x, stored, name):  # (batch, heads, seq, head_dim)
            return project(x, stored, name).unflatten(-1, (num_heads, -1)).transpose(1, 2)

        def scores(stored, x):
            query, key = (split(x, stored, name) for name in ("W_q", "W_k"))
            logits = query @ key.mT / query.shape[-1] ** 0.5  # (batch, heads, seq, seq)
            return logits if self.heads else logits.squeeze(1)

        def values(stored, x):
            return split(x, stored, "W_v")

        def mix(weights, values, stored):
            mixed = weights.reshape(values.shape[0], num_heads, *weights.shape[-2:]) @ values
            joined = mixed.transpose(1, 2).flatten(-2)  # (batch, seq, embed_dim)
            return project(joined, stored, "W_o") if "W_o" in self.projections else joined

        spread = (lambda mask: mask[:, None]) if self.heads else (lambda mask: mask)
        made = f"num_heads={num_heads}" if self.heads else ""
        return Steps(scores, values, mix, ("x",), spread, made).formula(*NAMES)

    def reference(self):
        """Return a right layer class; a criterion that a student loses is tried on it."""
        layout = self

        class Reference(nn.Module):
            def __init__(self, embed_dim, num_heads=1):
                super().__init__()
                self.num_heads = num_heads
                for name in layout.projections:
                    setattr(self, name, nn.Linear(embed_dim, embed_dim, bias=layout.heads))

            def forward(self, x, mask=None):
                stored = dict(self.named_parameters())
                return layout.formula(self.num_heads, projection({})).native(stored, x, mask)

        return Reference


ONE_HEAD = Layout(("W_q", "W_k", "W_v"), heads=False)
MULTI_HEAD = Layout(("W_q", "W_k", "W_v", "W_o"), heads=True)


def projection(keys, straight=()):
    """Return linear(stored, name), which reads a projection as (matrix, bias).

    `keys` says under which key a matrix is stored; without it the key is nn.Linear's, "W_q.weight".
    nn.Linear computes x @ W^T. A parameter in `straight` is used as x @ W.
    """

    def linear(stored, name):
        key = keys.get(name, f"{name}.weight")
        matrix = stored[key] if name in straight else stored[key].mT
        return matrix, stored.get(f"{name}.bias", 0.0)

    return linear
