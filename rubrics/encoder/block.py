"""Exercise 4: one block of the encoder, pre-norm.

    x = x + attention(norm1(x)),  then  x = x + feed_forward(norm2(x))

Right is a block that agrees with this formula, worked out from its parameters, or by calling its
own norm1, norm2 and feed_forward where these are the classes handed in for exercises 2 and 3. So a
mistake there is not counted twice.

Sources: Vaswani et al., 2017, "Attention Is All You Need", section 3; Xiong et al., 2020, "On Layer
Normalization in the Transformer Architecture", for the place of the norms.
"""

import torch
from torch import nn

from nbjudge import tensors
from nbjudge.rubric import NotMet, Rubric, call_all, expect
from nbjudge.tensors import MODES, padding

from . import feed_forward, layer_norm
from .blocks import Blocks, block

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
        results = block(parameters, x.double(), mask, self.attention.num_heads)
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
    blocks.check()


@rubric.criterion("The output is that of a pre-norm block", points=9)
def output(blocks, random):
    """Every size; tokens of different means and spreads, and ones whose spread is that of eps."""
    with blocks.usable() as usable:
        made = [*usable.cases(random), *usable.faint(random)]
        tensors.values([one.of(OUTPUT) for one in made], HINT)


@rubric.criterion("The weights returned are those applied, one map a head", points=5)
def weights(blocks, random):
    """First where the norm changes nothing, then, if the output is right, everywhere."""
    with blocks.usable() as usable:
        normed, *large = usable.normed(random), *usable.large(random)
        found = tensors.ask([one.of(WEIGHTS) for one in (normed, *large)])
        tensors.varied(found[0][1][0], "the attention weights")
        for (case, results), hint in zip(found, (MAPS, LARGE, LARGE), strict=True):
            tensors.compare(case, results, hint)
        for case, (made, *maps) in tensors.ask(usable.cases(random)):
            if case.of(OUTPUT).fitting((made,)):
                tensors.compare(case.of(WEIGHTS), tuple(maps), MAPS)


@rubric.criterion("Padding gets no weight, and changes no real position", points=6)
def masks(blocks, random):
    """Masks of each dtype, padding anywhere, one real token; scores of 1,000; any padding."""
    with blocks.usable(apart=True) as usable:
        groups = [usable.masked(random, name) for name in ("three_heads", "wide", "ones")]
        groups = [_readable(group) for group in groups]
        for group in groups:
            _masked(group)
        padding.no_influence([group[1] for group in groups], random)
        _large(_readable(usable.large_masked(random)))


@rubric.criterion("Gradients reach the input and all parameters", points=3)
def gradients(blocks, random):
    """Along random directions of output and weights; with masks where the values are right."""
    with blocks.usable() as usable:
        plain = usable.cases(random, ("three_heads", "one_head"))
        masked = usable.cases(random, ("three_heads", "wide"), masked=True)
        tensors.gradients(_readable(plain), random, if_right=_readable(masked))


@rubric.criterion("Dtype and device are kept, and nothing is changed on the way", points=3)
def conventions(blocks, random):
    """float32 in train mode, float64 in eval mode; a mask of each dtype with both."""
    with blocks.usable() as usable:
        usable.usual.untouched(MODES)
        tensors.conventions(_readable(usable.each_kind(random)), looked_at=MODES)


@rubric.behaviour
def behaviour(blocks, random):
    """Return the calls that tell misconceptions apart: without a mask, with one, large scores."""
    cases = blocks.cases(random, ("three_heads", "one_head"), masked=True)
    plain = [one.given(one.args[0]).call() for one in cases]
    groups = [
        [one.given(one.args[0], one.args[1].to(kind)).call() for one in cases]
        for kind in (torch.float32, torch.int64, torch.bool)
    ]
    large = [one.call() for one in blocks.large(random)[:1]]
    return [
        ("Without a mask", plain),
        *(("With a mask", calls) for calls in groups),
        ("With large scores", large),
    ]


def _readable(cases):
    """Return cases of both results; of the output alone, where the weights have no right shape.

    That costs the criterion `weights`.
    """
    (outcome,) = call_all([cases[0].call()])
    try:
        cases[0].raw(outcome)
    except NotMet:
        return [one.of(OUTPUT) for one in cases]
    return cases


def _masked(group):
    """Check calls with masks; the first call of the group is the same without one."""
    (case, plain), *found = tensors.ask(group)
    right = case.fitting(plain) is not None
    _finite(group[1:])
    for masked, (made, *maps) in found:
        visible = masked.args[1] != 0
        kind = f"With a {masked.args[1].dtype} mask"
        for own, one in zip(plain[1:], maps, strict=True):
            padding.no_weight(one, _free_or(visible), kind)
            shared = padding.share(own, visible[:, None, None])
            (wanted,) = masked.of(WEIGHTS).marked((shared,))
            where = f"{kind}, the weights"
            expect.close(one, wanted, where, padding.HIDDEN, 1e-3, SHARED)
        if right:
            tensors.compare(masked.of(OUTPUT), (made,), padding.HIDDEN)


def _large(group):
    """Check masked calls with scores of 1,000, where the softmax is the same at any scale."""
    _finite(group)
    for case, results in tensors.ask(group):
        visible = case.args[1] != 0
        for one in results[WEIGHTS:]:
            tensors.compare(case.of(WEIGHTS), (one,), LARGE)
            padding.no_weight(one, _free_or(visible), "With large scores")


def _free_or(visible):
    """Return what may have a weight: real keys, and all keys of padding (batch, 1, seq, seq)."""
    return visible[:, None, None, :] | ~visible[:, None, :, None]


def _finite(cases):
    """Check that all results are finite, at padding too."""
    for case, outcome in zip(cases, call_all([one.call() for one in cases]), strict=True):
        for one, name in zip(case.raw(outcome), case.names, strict=True):
            if not one.isfinite().all():
                raise NotMet(f"With padding, {name} should be finite everywhere. {padding.HIDDEN}")
