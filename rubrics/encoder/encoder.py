"""Exercise 5: the encoder, embedding, positions, blocks and a final norm.

    x = embedding(tokens) + positions,  then every block in order with the mask,  then norm

Right is an encoder that agrees with this formula, worked out from its parameters, or by calling its
own blocks and norm where these are the classes handed in for exercises 4 and 2, with the student's
own positions or the right ones. Where exercise 1 or 4 cannot be used, the encoder is made once more
with ours under the same name.

Sources: Vaswani et al., 2017, "Attention Is All You Need", sections 3.4 and 3.5.
"""

import functools

import torch
from torch import nn

from nbjudge import tensors
from nbjudge.rubric import NotMet, Rubric
from nbjudge.tensors import MODES, earlier, inputs, padding

from . import block, feed_forward, layer_norm, positions
from .encoders import Encoders, encoder

SUM = "Check: embedding(tokens) + positions, then every block in order, then norm."
LIST = "Return a list with the weights of each block, in order."
MASK = "Give the mask to every block; positions count all columns, padding included."
OUTPUT, WEIGHTS = 0, 1  # the numbers of the results


class Reference(nn.Module):
    """A right encoder: the formula in float64."""

    def __init__(self, vocab_size, embed_dim, num_heads, hidden_dim, num_layers):
        super().__init__()
        self.num_heads = num_heads
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.blocks = nn.ModuleList(
            block.Reference(embed_dim, num_heads, hidden_dim) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(embed_dim)

    def forward(self, tokens, mask=None):
        """Return output and a list of weights for tokens (batch, seq)."""
        parameters = {name: one.double() for name, one in self.named_parameters()}
        paths = [f"blocks.{number}" for number in range(len(self.blocks))]
        output, weights = encoder(parameters, tokens, mask, self.num_heads, paths)
        dtype = self.norm.weight.dtype
        return output.to(dtype), [one.to(dtype) for one in weights]


rubric = Rubric(
    "Exercise 5: encoder",
    25,
    "Encoder",
    Reference,
    prepare=Encoders,
    beside={
        "sinusoidal_positions": positions.reference,
        "LayerNorm": layer_norm.Reference,
        "FeedForward": feed_forward.Reference,
        "EncoderBlock": block.Reference,
    },
)


@rubric.criterion("The parts are registered, trainable and distinct", points=4)
@functools.partial(earlier.fairly, unless=NotMet)
def parts(encoders, random):
    """embedding, num_layers blocks of their own, and norm."""
    for size in ("two_layers", "three_layers", "one_layer"):
        encoders.check(size)


@rubric.criterion(
    "The output is embedding plus positions, through all blocks and the norm", points=8
)
@earlier.fairly
def output(encoders, random):
    """Every size, 1,000 tokens, token 0, a vocabulary of one; rows of next to nothing for norm."""
    made = [*encoders.cases(random), encoders.faint()]
    tensors.values([one.of(OUTPUT) for one in made], SUM)


@rubric.criterion("The weights are a list, those of each block in order", points=4)
@earlier.fairly
def weights(encoders, random):
    """One tensor a block; where the output is right, the block's own weights."""
    found = tensors.ask(encoders.cases(random, ("two_layers", "three_layers", "one_layer")))
    for one in found[0][1][WEIGHTS:]:
        tensors.varied(one, "the attention weights")
    if all(case.of(OUTPUT).fitting(results[:WEIGHTS]) for case, results in found):
        for case, results in found:
            tensors.compare(case.of(WEIGHTS), results[WEIGHTS:], LIST)


@rubric.criterion("Every block gets the mask: padding changes no real token", points=4)
@earlier.fairly
def masks(encoders, random):
    """Masks of each dtype, padding anywhere, one real token; any token at padding."""
    (case,) = encoders.cases(random, ("two_layers",))
    (tokens,) = case.args
    places = torch.arange(tokens.shape[1]).expand(tokens.shape)
    made = [*inputs.masks(random, *tokens.shape), places >= 2, places < 5]
    given = [case.given(tokens, mask) for mask in made]
    given.append(case.given(tokens[:1].clone(), given[0].args[1][:1].clone()))
    cases = tensors.readable(given, OUTPUT)
    cases += tensors.readable(encoders.cases(random, ("three_layers",), masked=True), OUTPUT)
    found = padding.finite(cases)
    (plain,) = [results for _, results in tensors.ask([case.of(OUTPUT)])]
    if case.of(OUTPUT).fitting(plain):
        for one, results in found:
            tensors.compare(one, results, MASK)
    else:
        padding.no_influence(cases, random, "tokens")


@rubric.criterion("Gradients reach the embedding and all other parameters", points=3)
@earlier.fairly
def gradients(encoders, random):
    """Along random directions of output and weights; with masks where the values are right."""
    plain = tensors.readable(encoders.cases(random, ("two_layers",)), OUTPUT)
    masked = tensors.readable(
        encoders.cases(random, ("two_layers", "three_layers"), masked=True), OUTPUT
    )
    tensors.gradients(plain, random, if_right=tensors.readable(masked, OUTPUT))


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=2)
@earlier.fairly
def conventions(encoders, random):
    """float32 in train mode, float64 in eval mode; a mask of each dtype with both."""
    encoders.modules.untouched(MODES)
    (case,) = encoders.cases(random, ("two_layers",), masked=True)
    tokens, mask = case.args
    kinds = [case.given(tokens, mask.to(dtype)) for dtype in inputs.MASK_DTYPES]
    tensors.conventions(tensors.readable([case.given(tokens), *kinds], OUTPUT), 1e-3, MODES)


@rubric.behaviour
def behaviour(encoders, random):
    """Return the calls that tell misconceptions apart: without a mask, and with one."""
    cases = encoders.cases(random, ("two_layers", "three_layers"), masked=True)
    groups = [
        [one.given(one.args[0], one.args[1].to(kind)).call() for one in cases]
        for kind in (torch.float32, torch.int64, torch.bool)
    ]
    return [
        ("Without a mask", [one.given(one.args[0]).call() for one in cases]),
        *(("With a mask", calls) for calls in groups),
    ]
