"""Misconceptions of exercise 3."""

import torch
from torch.nn import functional

from ..self_attention import gradients, manners, masks, projections, rubric, steps, weights
from .steps import OneHead, minus_infinity

wrong = rubric.misconception
ROOT = "divide them by √embed_dim."
FILL = "set the scores of hidden positions to -inf before the softmax."


@wrong(f"Your scores are not scaled; {ROOT}", weights)
class Unscaled(OneHead):
    def scaled(self, scores):
        return scores


@wrong("Your scores are divided by embed_dim; the formula divides by its square root.", weights)
class DividedBySize(OneHead):
    def scaled(self, scores):
        return scores / self.head_dim


@wrong(f"Your scores are divided by the root of the sequence length; {ROOT}", weights)
class RootOfLength(OneHead):
    def scaled(self, scores):
        return scores / scores.shape[-1] ** 0.5


@wrong("Your scores are multiplied by √embed_dim; the formula divides.", weights)
class Multiplied(OneHead):
    def scaled(self, scores):
        return scores * self.head_dim**0.5


@wrong("Your keys come from W_q; they should come from W_k.", weights)
class KeysFromQueries(OneHead):
    def project(self, x):
        return self.W_q(x), self.W_q(x), self.W_v(x)


@wrong("Your queries come from W_k; they should come from W_q.", weights)
class QueriesFromKeys(OneHead):
    def project(self, x):
        return self.W_k(x), self.W_k(x), self.W_v(x)


@wrong("Queries and keys have changed places: scores are Q @ K^T.", weights)
class Swapped(OneHead):
    def project(self, x):
        return self.W_k(x), self.W_q(x), self.W_v(x)


@wrong("Your scores compare the inputs themselves; project them by W_q and W_k first.", weights)
class Unprojected(OneHead):
    def project(self, x):
        return x, x, self.W_v(x)


@wrong("Your output mixes x itself; project it by W_v first.", steps)
class ValuesUnprojected(OneHead):
    def project(self, x):
        return self.W_q(x), self.W_k(x), x


@wrong("Your values come from W_k; they should come from W_v.", steps)
class ValuesFromKeys(OneHead):
    def project(self, x):
        return self.W_q(x), self.W_k(x), self.W_k(x)


@wrong("Your values come from W_q; they should come from W_v.", steps)
class ValuesFromQueries(OneHead):
    def project(self, x):
        return self.W_q(x), self.W_k(x), self.W_q(x)


@wrong("Your softmax runs over the queries; each query's weights over the keys sum to 1.", weights)
class SoftmaxOverQueries(OneHead):
    def normalise(self, scores):
        return torch.softmax(scores, dim=-2)


@wrong("Your softmax runs over the batch; it should run over the keys of each query.", weights)
class SoftmaxOverBatch(OneHead):
    def normalise(self, scores):
        return torch.softmax(scores, dim=0)


@wrong("Your weights are the scaled scores themselves; the softmax is missing.", weights)
class NoSoftmax(OneHead):
    def normalise(self, scores):
        return scores


@wrong("Your output adds x on top (a residual connection); the exercise has none.", steps)
class Residual(OneHead):
    def finish(self, joined, x):
        return joined + x


@wrong("Your mask is inverted; 1 or True should be visible, and 0 or False hidden.", masks)
class InvertedMask(OneHead):
    def hide(self, scores, mask):
        return scores.masked_fill(mask != 0, -torch.inf)


@wrong(f"Your mask has no effect; {FILL}", masks)
class IgnoredMask(OneHead):
    def hide(self, scores, mask):
        return scores


@wrong(f"Your mask comes after the softmax, so the weights no longer sum to 1; {FILL}", masks)
class MaskAfterSoftmax(IgnoredMask):
    def after(self, weights, mask):
        return weights * (mask != 0)


@wrong(f"Your scores are multiplied by the mask, and a score of 0 still gets weight; {FILL}", masks)
class MaskTimesScores(OneHead):
    def hide(self, scores, mask):
        return scores * mask


@wrong("Your mask is transposed: its rows are the queries, its columns the keys.", masks)
class TransposedMask(OneHead):
    def hide(self, scores, mask):
        return minus_infinity(scores, mask.mT)


@wrong("Every query uses the mask of the first query; use its own row.", masks)
class MaskOfFirstQuery(OneHead):
    def hide(self, scores, mask):
        return minus_infinity(scores, mask[..., :1, :])


@wrong("Every batch row uses the mask of the first one; use its own.", masks)
class MaskOfFirstRow(OneHead):
    def hide(self, scores, mask):
        return minus_infinity(scores, mask[:1])


@wrong("-100 is not low enough for hidden scores when the visible ones are low, too.", masks)
class FilledWithMinusHundred(OneHead):
    def hide(self, scores, mask):
        return scores.masked_fill(mask == 0, -100.0)


@wrong("Your projections have a bias.", projections)
class Biased(OneHead):
    bias = True


@wrong("Your projections are one and the same.", projections)
class Shared(OneHead):
    def __init__(self, embed_dim):
        super().__init__(embed_dim)
        self.W_k = self.W_v = self.W_q


@wrong("Your projections are frozen.", projections)
class Frozen(OneHead):
    def __init__(self, embed_dim):
        super().__init__(embed_dim)
        self.requires_grad_(False)


@wrong("Your projections are plain tensors, which no optimiser finds.", projections)
class Unregistered(OneHead):
    names = ()

    def __init__(self, embed_dim):
        super().__init__(embed_dim)
        self.W_q, self.W_k, self.W_v = torch.randn(3, embed_dim, embed_dim)

    def project(self, x):
        return x @ self.W_q, x @ self.W_k, x @ self.W_v


@wrong("Your weights are detached from the projections.", gradients)
class Detached(OneHead):
    def normalise(self, scores):
        return torch.softmax(scores.detach(), dim=-1)


@wrong("Your layer drops weights at random in train mode.", manners)
class Dropout(OneHead):
    def normalise(self, scores):
        return functional.dropout(torch.softmax(scores, dim=-1), 0.1, self.training)
