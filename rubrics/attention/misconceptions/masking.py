"""What layers do wrong with a mask (exercises 3 and 4): one step each, mixed into a right layer.

`told` is the sentence. Several may share one: they differ in a step that the student chose.
"""

import torch

from . import sentences
from .steps import minus_infinity


class InvertedMask:
    told = sentences.INVERTED

    def hide(self, scores, mask):
        return scores.masked_fill(mask != 0, -torch.inf)


class IgnoredMask:
    told = sentences.IGNORED

    def hide(self, scores, mask):
        return scores


class MaskAfterSoftmax(IgnoredMask):
    told = sentences.AFTER

    def after(self, weights, mask):
        return weights * (mask != 0)


class SharedAfterSoftmax(IgnoredMask):
    told = sentences.LOST

    def after(self, weights, mask):
        kept = weights * (mask != 0)
        return kept / kept.sum(-1, keepdim=True)


class SharedAfterSoftmaxWithoutNan(IgnoredMask):
    told = sentences.LOST

    def after(self, weights, mask):
        kept = weights * (mask != 0)
        return kept / (kept.sum(-1, keepdim=True) + 1e-9)


class HiddenScoresAreZero:
    told = sentences.ZERO

    def hide(self, scores, mask):
        return scores * (mask != 0)


class FilledTooHigh:
    told = sentences.TOO_HIGH
    fill = -100.0

    def hide(self, scores, mask):
        return scores.masked_fill(mask == 0, self.fill)


class LoweredTooLittle:
    told = sentences.TOO_HIGH
    less = 100.0

    def hide(self, scores, mask):
        return scores - self.less * (mask == 0)


class VisibleRaised:
    told = sentences.RAISED

    def hide(self, scores, mask):
        return scores + 1.0 * (mask != 0)


class AllNan:
    told = sentences.NAN

    def hide(self, scores, mask):
        return scores + torch.nan


class TransposedMask:
    told = (
        "Your mask acts as if it were transposed: its rows are the queries, its columns the keys."
    )

    def hide(self, scores, mask):
        return minus_infinity(scores, mask.mT)


class MaskOfFirstQuery:
    told = "Every query hides what the first query hides; each has a row of its own in the mask."

    def hide(self, scores, mask):
        return minus_infinity(scores, mask[..., :1, :])


class MaskOfLastQuery:
    told = "Every query hides what the last query hides; each has a row of its own in the mask."

    def hide(self, scores, mask):
        return minus_infinity(scores, mask[..., -1:, :])


class MaskOfFirstRow:
    told = sentences.OF_FIRST_ROW

    def hide(self, scores, mask):
        return minus_infinity(scores, mask[:1])


class CausalForAnyMask:
    told = (
        "With any mask your layer hides later positions; hide those where the mask is 0 or False."
    )

    def hide(self, scores, mask):
        return minus_infinity(scores, torch.ones_like(scores).tril())


class ValuesHidden(IgnoredMask):
    told = sentences.VALUES_HIDDEN

    def forward(self, x, mask=None):
        self.seen = mask
        return super().forward(x, mask)

    def mix(self, weights, value):
        if self.seen is None:
            return super().mix(weights, value)
        return (weights * self.spread(self.seen)) @ value


class OutputIgnoresMask:
    told = sentences.WEIGHTS_ONLY

    def forward(self, x, mask=None):
        return super().forward(x)[0], super().forward(x, mask)[1]


class WeightsIgnoreMask:
    told = sentences.OUTPUT_ONLY

    def forward(self, x, mask=None):
        return super().forward(x, mask)[0], super().forward(x)[1]


# Between which scores of 40 to 1,000 the number lies decides where it is not enough.
FILLED = tuple(
    type(f"FilledWith{fill}", (FilledTooHigh,), {"fill": -fill}) for fill in (10, 300, 700, 1000)
)
LOWERED = tuple(
    type(f"LoweredBy{less}", (LoweredTooLittle,), {"less": less}) for less in (10, 300, 1000)
)
LOSE_MASKS = (
    InvertedMask, IgnoredMask, MaskAfterSoftmax, SharedAfterSoftmax, SharedAfterSoftmaxWithoutNan,
    HiddenScoresAreZero, FilledTooHigh, *FILLED, LoweredTooLittle, *LOWERED,
    VisibleRaised, AllNan, TransposedMask, MaskOfFirstQuery, MaskOfLastQuery, MaskOfFirstRow,
    CausalForAnyMask, ValuesHidden, OutputIgnoresMask, WeightsIgnoreMask,
)  # fmt: skip
