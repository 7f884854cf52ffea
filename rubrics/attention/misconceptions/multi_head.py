"""Misconceptions of exercise 4."""

import torch
from torch.nn import functional

from ..multi_head import gradients, manners, masks, projections, rubric, steps, weights
from .steps import Layer, minus_infinity

wrong = rubric.misconception
ROOT = "divide them by √head_dim."
FILL = "set the scores of hidden positions to -inf before the softmax."
SLICES = "head i is the i-th slice of head_dim consecutive features."


@wrong(f"Your scores are not scaled; {ROOT}", weights)
class Unscaled(Layer):
    def scaled(self, scores):
        return scores


@wrong(
    "Your scores are divided by √embed_dim; each head compares vectors of size head_dim, so divide "
    "by √head_dim.",
    weights,
)
class RootOfEmbedDim(Layer):
    def scaled(self, scores):
        return scores / (self.head_dim * self.num_heads) ** 0.5


@wrong("Your scores are divided by head_dim; the formula divides by its square root.", weights)
class DividedBySize(Layer):
    def scaled(self, scores):
        return scores / self.head_dim


@wrong(f"Your scores are divided by the root of the number of heads; {ROOT}", weights)
class RootOfHeads(Layer):
    def scaled(self, scores):
        return scores / self.num_heads**0.5


@wrong(f"Your scores are divided by the root of the sequence length; {ROOT}", weights)
class RootOfLength(Layer):
    def scaled(self, scores):
        return scores / scores.shape[-1] ** 0.5


@wrong("Your view mixes positions and heads: split the features, then transpose.", weights)
class ViewWithoutTranspose(Layer):
    def split(self, part):
        batch, seq, _ = part.shape
        return part.reshape(batch, self.num_heads, seq, self.head_dim)


@wrong(f"Your heads take every num_heads-th feature; {SLICES}", weights)
class Interleaved(Layer):
    def split(self, part):
        return part.unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)

    def join(self, heads):
        return heads.permute(0, 2, 3, 1).flatten(-2)


@wrong(f"Your heads are in reverse order; {SLICES}", weights)
class ReversedHeads(Layer):
    def split(self, part):
        return super().split(part).flip(1)


@wrong("Your heads are not put side by side again: transpose before you reshape.", steps)
class JoinWithoutTranspose(Layer):
    def join(self, heads):
        batch, _, seq, _ = heads.shape
        return heads.reshape(batch, seq, -1)


@wrong("Your heads are interleaved when they are joined; put them one after the other.", steps)
class InterleavedJoin(Layer):
    def join(self, heads):
        return heads.permute(0, 2, 3, 1).flatten(-2)


@wrong("W_o is missing: project the joined heads by it.", steps)
class WithoutOutputProjection(Layer):
    def finish(self, joined, x):
        return joined


@wrong("Your keys come from W_q; they should come from W_k.", weights)
class KeysFromQueries(Layer):
    def project(self, x):
        return self.W_q(x), self.W_q(x), self.W_v(x)


@wrong("Queries and keys have changed places: scores are Q @ K^T.", weights)
class Swapped(Layer):
    def project(self, x):
        return self.W_k(x), self.W_q(x), self.W_v(x)


@wrong("Your output mixes x itself; project it by W_v first.", steps)
class ValuesUnprojected(Layer):
    def project(self, x):
        return self.W_q(x), self.W_k(x), x


@wrong("Your values come from W_k; they should come from W_v.", steps)
class ValuesFromKeys(Layer):
    def project(self, x):
        return self.W_q(x), self.W_k(x), self.W_k(x)


@wrong("Your output adds x on top (a residual connection); the exercise has none.", steps)
class Residual(Layer):
    def finish(self, joined, x):
        return self.W_o(joined) + x


@wrong("Your softmax runs over the queries; each query's weights over the keys sum to 1.", weights)
class SoftmaxOverQueries(Layer):
    def normalise(self, scores):
        return torch.softmax(scores, dim=-2)


@wrong("Your softmax runs over the heads; each head has weights of its own over the keys.", weights)
class SoftmaxOverHeads(Layer):
    def normalise(self, scores):
        return torch.softmax(scores, dim=1)


@wrong("Your weights are the mean over the heads; each head keeps its own.", weights)
class MeanOverHeads(Layer):
    def normalise(self, scores):
        return torch.softmax(scores, dim=-1).mean(1, keepdim=True).expand_as(scores)


@wrong("All your heads use the first one's queries and keys.", weights)
class FirstHeadForAll(Layer):
    def normalise(self, scores):
        return torch.softmax(scores[:, :1].expand_as(scores), dim=-1)


@wrong("Your mask is inverted; 1 or True should be visible, and 0 or False hidden.", masks)
class InvertedMask(Layer):
    def hide(self, scores, mask):
        return scores.masked_fill(mask != 0, -torch.inf)


@wrong(f"Your mask has no effect; {FILL}", masks)
class IgnoredMask(Layer):
    def hide(self, scores, mask):
        return scores


@wrong(f"Your mask comes after the softmax, so the weights no longer sum to 1; {FILL}", masks)
class MaskAfterSoftmax(IgnoredMask):
    def after(self, weights, mask):
        return weights * (mask != 0)


@wrong(f"Your scores are multiplied by the mask, and a score of 0 still gets weight; {FILL}", masks)
class MaskTimesScores(Layer):
    def hide(self, scores, mask):
        return scores * mask


@wrong("Your mask is transposed: its rows are the queries, its columns the keys.", masks)
class TransposedMask(Layer):
    def hide(self, scores, mask):
        return minus_infinity(scores, mask.mT)


@wrong("Only the first head knows the mask; it is for every head.", masks)
class MaskForFirstHead(Layer):
    def hide(self, scores, mask):
        return torch.cat([minus_infinity(scores[:, :1], mask), scores[:, 1:]], dim=1)


@wrong("Every batch row uses the mask of the first one; use its own.", masks)
class MaskOfFirstRow(Layer):
    def hide(self, scores, mask):
        return minus_infinity(scores, mask[:1])


@wrong("-100 is not low enough for hidden scores when the visible ones are low, too.", masks)
class FilledWithMinusHundred(Layer):
    def hide(self, scores, mask):
        return scores.masked_fill(mask == 0, -100.0)


@wrong("Your projections are one and the same.", projections)
class Shared(Layer):
    def __init__(self, embed_dim, num_heads):
        super().__init__(embed_dim, num_heads)
        self.W_k = self.W_q


@wrong("Your projections are frozen.", projections)
class Frozen(Layer):
    def __init__(self, embed_dim, num_heads):
        super().__init__(embed_dim, num_heads)
        self.W_o.requires_grad_(False)


@wrong("Your weights are detached from the projections.", gradients)
class Detached(Layer):
    def normalise(self, scores):
        return torch.softmax(scores.detach(), dim=-1)


@wrong("Your layer drops weights at random in train mode.", manners)
class Dropout(Layer):
    def normalise(self, scores):
        return functional.dropout(torch.softmax(scores, dim=-1), 0.1, self.training)
