"""What blocks do wrong with a mask: one step each of a right block; `told` is the sentence.

Several may share a sentence: they differ in a step that the student chose.
"""

import torch
from torch.nn import functional

from .parts import EncoderBlock

RULE = "1 or True is a real token, 0 or False is padding"
KEYS = "set the scores of padding to -inf before the softmax, or pass key_padding_mask=(mask == 0)."
NUMBER = (
    "nn.MultiheadAttention adds a mask of floats to the scores: pass key_padding_mask=(mask == 0)."
)


class ByHand(EncoderBlock):
    """A right block that computes attention from the parameters, by steps."""

    def attend(self, normed, mask):
        """Return output and weights."""
        query, key, value = self.projected(normed)
        weights = self.weighted(query @ key.mT / query.shape[-1] ** 0.5, mask)
        return self.mixed(weights, value), weights

    def projected(self, normed):
        """Return query, key and value, (batch, heads, seq, head_dim)."""
        joint = functional.linear(
            normed, self.attention.in_proj_weight, self.attention.in_proj_bias
        )
        return (
            part.unflatten(-1, (self.attention.num_heads, -1)).transpose(1, 2)
            for part in joint.chunk(3, dim=-1)
        )

    def weighted(self, scores, mask):
        """Return the weights, (batch, heads, seq, seq)."""
        return torch.softmax(scores if mask is None else self.hide(scores, spread(mask)), dim=-1)

    def hide(self, scores, mask):
        """Hide padding; mask is (batch, 1, 1, seq)."""
        return scores.masked_fill(mask == 0, -torch.inf)

    def mixed(self, weights, value):
        """Return the attention's output, (batch, seq, embed_dim)."""
        return self.attention.out_proj((weights @ value).transpose(1, 2).flatten(2))


def spread(mask):
    """(batch, seq) -> (batch, 1, 1, seq)."""
    return mask[:, None, None]


class InvertedMask(EncoderBlock):
    told = (
        "Your mask hides the real tokens and shows the padding: "
        f"{RULE}, but torch's key_padding_mask is True where a key is ignored."
    )

    def hidden(self, mask):
        return None if mask is None else mask != 0


class IgnoredMask(EncoderBlock):
    told = f"Your mask has no effect; {KEYS}"

    def hidden(self, mask):
        return None


class OutputIgnoresMask(EncoderBlock):
    told = "The weights you return follow the mask, but your output does not; one call gives both."

    def attend(self, normed, mask):
        return super().attend(normed, None)[0], super().attend(normed, mask)[1]


class WeightsIgnoreMask(EncoderBlock):
    told = "Your output follows the mask, but the weights you return do not; one call gives both."

    def attend(self, normed, mask):
        return super().attend(normed, mask)[0], super().attend(normed, None)[1]


class QueriesHidden(ByHand):
    told = (
        "Your mask hides the rows of padding (queries), but padding still gets weight; it should "
        f"hide the columns (keys): {KEYS}"
    )
    fill = -torch.inf

    def hide(self, scores, mask):
        return scores.masked_fill(mask.mT == 0, self.fill)


class QueriesFilled(QueriesHidden):
    fill = -1e9


class RowsHiddenToo(ByHand):
    told = (
        "Your mask hides padding as a query, too: a row of which all is hidden is NaN. Hide the "
        f"columns (keys) only: {KEYS}"
    )

    def hide(self, scores, mask):
        return scores.masked_fill((mask == 0) | (mask.mT == 0), -torch.inf)


class MaskAfterSoftmax(ByHand):
    told = (
        "Your weights of padding are 0, but the others are as large as without a mask, so they no "
        f"longer sum to 1; {KEYS}"
    )

    def weighted(self, scores, mask):
        weights = torch.softmax(scores, dim=-1)
        return weights if mask is None else weights * (spread(mask) != 0)


class SharedAfterSoftmax(ByHand):
    told = (
        "Where the scores of padding are far above the others, your weights of real tokens are "
        f"lost (0 or NaN); {KEYS}"
    )
    least = 0.0

    def weighted(self, scores, mask):
        weights = torch.softmax(scores, dim=-1)
        if mask is None:
            return weights
        kept = weights * (spread(mask) != 0)
        return kept / (kept.sum(-1, keepdim=True) + self.least)


class SharedAfterSoftmaxWithoutNan(SharedAfterSoftmax):
    least = 1e-9


class ScoresOfPaddingAreZero(ByHand):
    told = f"Your padding has a score of 0, or almost 0, and such a score still gets weight; {KEYS}"

    def hide(self, scores, mask):
        return scores * (mask != 0)


class FilledTooHigh(ByHand):
    told = (
        "Your mask lowers the scores of padding, but not enough: where the other scores are low, "
        f"too, padding gets weight; {KEYS}"
    )
    fill = -100.0

    def hide(self, scores, mask):
        return scores.masked_fill(mask == 0, self.fill)


class FilledWithMinus10(FilledTooHigh):
    fill = -10.0


class FilledWithMinus1000(FilledTooHigh):
    fill = -1000.0


class LoweredTooLittle(ByHand):
    told = FilledTooHigh.told
    less = 100.0

    def hide(self, scores, mask):
        return scores - self.less * (mask == 0)


class LoweredBy10(LoweredTooLittle):
    less = 10.0


class LoweredBy1000(LoweredTooLittle):
    less = 1000.0


class FilledWithSmallestNumber(ByHand):
    told = ScoresOfPaddingAreZero.told

    def hide(self, scores, mask):
        return scores.masked_fill(mask == 0, 1e-9)


class RealRaised(ByHand):
    told = f"Your mask adds 1 to the scores of real tokens, and padding still gets weight; {NUMBER}"

    def hide(self, scores, mask):
        return scores + 1.0 * (mask != 0)


class PaddingRaised(ByHand):
    told = f"Your mask adds 1 to the scores of padding; {NUMBER}"

    def hide(self, scores, mask):
        return scores + 1.0 * (mask == 0)


class ValuesHidden(ByHand):
    told = f"Padding adds nothing to your output, but it still gets weight; {KEYS}"

    def attend(self, normed, mask):
        query, key, value = self.projected(normed)
        weights = self.weighted(query @ key.mT / query.shape[-1] ** 0.5, None)
        if mask is not None:
            value = value * (mask != 0)[:, None, :, None]
        return self.mixed(weights, value), weights


class PaddingZeroed(EncoderBlock):
    told = f"Your block sets padding to 0 before attention, but 0 still gets weight; {KEYS}"

    def attend(self, normed, mask):
        if mask is not None:
            normed = normed * (mask != 0)[..., None]
        return super().attend(normed, None)


class InputZeroed(EncoderBlock):
    told = PaddingZeroed.told

    def forward(self, x, mask=None):
        return super().forward(x if mask is None else x * (mask != 0)[..., None])


class OutputZeroed(EncoderBlock):
    told = f"Your block sets its output at padding to 0, but padding still gets weight; {KEYS}"

    def forward(self, x, mask=None):
        result, maps = super().forward(x)
        return (result if mask is None else result * (mask != 0)[..., None]), maps


class MaskOfFirstRow(EncoderBlock):
    told = "Every sequence of the batch hides what the first one hides; each has its own mask."

    def hidden(self, mask):
        return None if mask is None else (mask[:1] == 0).expand_as(mask)


class MaskForFirstHead(ByHand):
    told = "Your mask has an effect in the first head only; it is for every head."

    def hide(self, scores, mask):
        return torch.cat([super().hide(scores[:, :1], mask), scores[:, 1:]], dim=1)


class HeadsBeforeBatch(ByHand):
    told = (
        "Your mask is repeated for the heads in the wrong order, so sequences get the masks of "
        "others: attn_mask has the heads of the first sequence first (repeat_interleave)."
    )

    def hide(self, scores, mask):
        repeated = mask.expand(-1, 1, scores.shape[2], -1).repeat(scores.shape[1], 1, 1, 1)
        return super().hide(scores, repeated.reshape(scores.shape))


class LastHidden(EncoderBlock):
    told = (
        "Your mask hides as many positions at the end as there is padding; padding may stand "
        "anywhere."
    )

    def hidden(self, mask):
        if mask is None:
            return None
        length = (mask != 0).sum(-1, keepdim=True)
        return torch.arange(mask.shape[1], device=mask.device) >= length


class OnlyAfterLastReal(EncoderBlock):
    told = "Your mask hides padding at the end only; padding may stand anywhere."

    def hidden(self, mask):
        if mask is None:
            return None
        real = (mask != 0).int()
        return real.flip(-1).cumsum(-1).flip(-1) == 0


class CausalWithMask(ByHand):
    told = "With a mask your block hides later positions, too; hide padding only."

    def hide(self, scores, mask):
        later = torch.ones_like(scores, dtype=torch.bool).triu(1)
        return super().hide(scores, mask).masked_fill(later, -1e9)


class CausalForAnyMask(ByHand):
    told = f"With any mask your block hides later positions, and no padding; {KEYS}"

    def hide(self, scores, mask):
        return scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), -torch.inf)


class AllNan(ByHand):
    told = f"With a mask your results are NaN: 0 times inf is NaN; {KEYS}"

    def hide(self, scores, mask):
        return scores + torch.nan


class MaskAsItIs(EncoderBlock):
    told = (
        f"Your mask is passed to torch as it is. Here {RULE}; torch's key_padding_mask hides "
        "what is True, and adds floats to the scores: pass key_padding_mask=(mask == 0)."
    )

    def attend(self, normed, mask):
        if mask is not None and mask.is_floating_point():
            mask = mask.to(normed.dtype)
        return self.attention(
            normed, normed, normed, key_padding_mask=mask, average_attn_weights=False
        )


class BoolMasksOnly(EncoderBlock):
    told = "Your block takes bool masks only; masks of ints and of floats raise an error."

    def hidden(self, mask):
        if mask is not None and mask.dtype is not torch.bool:
            raise TypeError("a bool mask, please")
        return super().hidden(mask)


class NumberMasksOnly(EncoderBlock):
    told = "Your block takes masks of numbers only; a bool mask raises an error."

    def hidden(self, mask):
        return None if mask is None else (1 - mask).bool()


LOSE_MASKS = (
    InvertedMask, IgnoredMask, OutputIgnoresMask, WeightsIgnoreMask, QueriesHidden, QueriesFilled,
    RowsHiddenToo, MaskAfterSoftmax, SharedAfterSoftmax, SharedAfterSoftmaxWithoutNan,
    ScoresOfPaddingAreZero, FilledTooHigh, FilledWithMinus10, FilledWithMinus1000,
    LoweredTooLittle, LoweredBy10, LoweredBy1000, FilledWithSmallestNumber, RealRaised,
    PaddingRaised, ValuesHidden, PaddingZeroed, InputZeroed, OutputZeroed, MaskOfFirstRow,
    MaskForFirstHead, HeadsBeforeBatch, LastHidden, OnlyAfterLastReal, CausalWithMask,
    CausalForAnyMask, AllNan, MaskAsItIs, BoolMasksOnly, NumberMasksOnly,
)  # fmt: skip
