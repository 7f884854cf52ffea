"""Exercise 4: one block of the encoder, pre-norm.

    x = x + attention(norm1(x)),  then  x = x + feed_forward(norm2(x))

Right is a block that agrees with this formula, worked out from its parameters, or by calling its
own norm1, norm2 and feed_forward where these are the classes handed in for exercises 2 and 3. So a
mistake there is not counted twice.

Sources: Vaswani et al., 2017, "Attention Is All You Need", section 3; Xiong et al., 2020, "On Layer
Normalization in the Transformer Architecture", for the place of the norms.
"""

from contextlib import nullcontext

import torch
from torch import nn

from nbjudge import tensors
from nbjudge.rubric import Rubric, expect
from nbjudge.tensors import MODES, earlier, padding

from . import feed_forward, layer_norm, pre_norm
from .blocks import Blocks

HINT = "Check: x + attention(norm1(x)), then x + feed_forward(norm2(x)), with the x of before."
MAPS = "Return the attention's own weights, one map a head: average_attn_weights=False."
LARGE = "With large scores: use torch's softmax, and fill padding with -inf before it."
SHARED = "be those without a mask, shared among the real tokens"
OUTPUT, WEIGHTS = 0, 1  # the numbers of the results


class Reference(nn.Module):
    """A right block: the formula in float64."""

    def __init__(self, embed_dim, num_heads, hidden_dim):
        super().__init__()
        self.norm1, self.norm2 = (nn.LayerNorm(embed_dim) for _ in range(2))
        self.attention = nn.MultiheadAttention(embed_dim, num_heads, batch_first=True)
        self.feed_forward = feed_forward.Reference(embed_dim, hidden_dim)

    def forward(self, x, mask=None):
        """Return output and weights for x (batch, seq, embed_dim), in its own dtype."""
        parameters = {name: one.double() for name, one in self.named_parameters()}
        results = pre_norm.block(parameters, x.double(), mask, self.attention.num_heads)
        return tuple(one.to(x.dtype) for one in results)


rubric = Rubric(
    "Exercise 4: encoder block",
    30,
    "EncoderBlock",
    Reference,
    prepare=Blocks,
    beside={"LayerNorm": layer_norm.Reference, "FeedForward": feed_forward.Reference},
)


@rubric.criterion("The parts are registered, trainable and distinct", points=4)
def parts(blocks, random):
    """norm1, attention, norm2 and feed_forward, each with parameters of the right shapes."""
    for size in ("three_heads", "ones"):
        blocks.usual.check(size)


@rubric.criterion("The output is that of a pre-norm block", points=9)
@earlier.fairly
def output(blocks, random):
    """Every size; tokens of different means and spreads, and ones whose spread is that of eps."""
    made = [*blocks.cases(random), *blocks.faint(random)]
    tensors.values([one.of(OUTPUT) for one in made], HINT)


@rubric.criterion("The weights returned are those applied, one map a head", points=5)
@earlier.fairly
def weights(blocks, random):
    """First where the norm changes nothing, then, if the output is right, everywhere."""
    normed, *large = blocks.normed(random), *blocks.large(random)
    found = tensors.ask([one.of(WEIGHTS) for one in (normed, *large)])
    for (case, results), hint in zip(found, (MAPS, LARGE, LARGE), strict=True):
        tensors.compare(case, results, hint)
    known = tensors.ask(blocks.cases(random))
    if all(case.of(OUTPUT).fitting(results[:WEIGHTS]) for case, results in known):
        for case, results in known:
            tensors.compare(case.of(WEIGHTS), results[WEIGHTS:], MAPS)


@rubric.criterion("Padding gets no weight, and changes no real position", points=6)
@earlier.fairly
def masks(blocks, random):
    """Masks of each dtype, padding anywhere, one real token; scores of 1,000; any padding."""
    sizes = ("three_heads", "wide", "ones")
    groups = [tensors.readable(blocks.masked(random, size), OUTPUT) for size in sizes]
    found = [padding.finite(group) for group in groups]
    right = all(plain[0].fitting(plain[1]) for plain, *_ in found)
    for plain, *masked in found:
        _masked(plain[1], masked, right)
    padding.no_influence([group[1] for group in groups], random)
    large = tensors.readable(blocks.large_masked(random), OUTPUT)
    for case, results in padding.finite(large):
        for one in results[WEIGHTS:]:
            tensors.compare(case.of(WEIGHTS), (one,), LARGE)
            padding.no_weight(one, _free_or(case.args[1] != 0), "With large scores")


@rubric.criterion("Gradients reach the input and all parameters", points=3)
@earlier.fairly
def gradients(blocks, random):
    """Along random directions of output and weights; with masks where the values are right."""
    plain = tensors.readable(blocks.cases(random, ("three_heads", "one_head")), OUTPUT)
    masked = tensors.readable(blocks.cases(random, ("three_heads", "wide"), masked=True), OUTPUT)
    tensors.gradients(plain[:1], random, if_right=[*plain[1:], *masked])


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=3)
@earlier.fairly
def conventions(blocks, random):
    """float32 in train mode, float64 in eval mode; a mask of each dtype with both."""
    blocks.usual.untouched(MODES)
    tensors.conventions(tensors.readable(blocks.each_kind(random), OUTPUT), looked_at=MODES)


@rubric.behaviour
def behaviour(blocks, random):
    """Yield the calls that tell misconceptions apart: without a mask, with one, large scores.

    Own parts that are at fault are replaced: their mistake would hide that of the block.
    """
    with blocks.stood_in() if blocks.at_fault else nullcontext(blocks) as usable:
        yield _situations(usable, random)


def _situations(blocks, random):
    cases = blocks.cases(random, ("three_heads", "one_head"), masked=True)
    plain = [one.given(one.args[0]).call() for one in cases]
    groups = [
        # One token alone: what is left where a mask hides it, too, depends on how it is hidden.
        [one.given(one.args[0], one.args[1].to(kind)).call() for one in cases[:1]]
        for kind in (torch.float32, torch.int64, torch.bool)
    ]
    large = [one.call() for one in blocks.large(random)[:1]]
    return [
        ("Without a mask", plain),
        *(("With a mask", calls) for calls in groups),
        ("With large scores", large),
        *(("With large scores and a mask", [one.call()]) for one in blocks.large_masked(random)),
    ]


def _masked(plain, masked, right):
    """Check calls with masks against the results of the same call without one.

    The output is compared with the formula only where it is `right` without a mask.
    """
    for case, (made, *maps) in masked:
        visible, kind = case.args[1] != 0, f"With a {case.args[1].dtype} mask"
        for own, one in zip(plain[WEIGHTS:], maps, strict=True):
            padding.no_weight(one, _free_or(visible), kind)
            shared = padding.share(own, visible[:, None, None])
            (wanted,) = case.of(WEIGHTS).marked((shared,))
            where = f"{kind}, the weights"
            expect.close(one, wanted, where, padding.HIDDEN, 1e-3, SHARED)
        if right:
            tensors.compare(case.of(OUTPUT), (made,), padding.HIDDEN)


def _free_or(visible):
    """Return what may have a weight: real keys, and all keys of padding (batch, 1, seq, seq)."""
    return visible[:, None, None, :] | ~visible[:, None, :, None]
