"""Misconceptions of exercise 4."""

import torch

from ..multi_head import gradients, manners, masks, projections, rubric, steps, weights
from . import attending, masking
from .steps import Layer, minus_infinity, mixed_into

wrong = rubric.misconception
ROOT = "divide them by √head_dim."
SLICES = "head i is the i-th slice of head_dim consecutive features."
UNSPLIT = "Your heads are not split: every head compares whole vectors, so all have equal weights."
VIEW = "Your heads mix positions and features: split the features, then transpose."

mixed_into(Layer, attending.LOSE_WEIGHTS, wrong, weights)
mixed_into(Layer, attending.LOSE_STEPS, wrong, steps)
mixed_into(Layer, attending.LOSE_MANNERS, wrong, manners)
mixed_into(Layer, attending.LOSE_GRADIENTS, wrong, gradients)
mixed_into(Layer, masking.LOSE_MASKS, wrong, masks)


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


@wrong(VIEW, weights)
class ViewWithoutTranspose(Layer):
    def split(self, part):
        batch, seq, _ = part.shape
        return part.reshape(batch, self.num_heads, seq, self.head_dim)


@wrong(VIEW, weights)
class ViewBothWays(ViewWithoutTranspose):
    def join(self, heads):
        batch, _, seq, _ = heads.shape
        return heads.reshape(batch, seq, -1)


@wrong(f"Your heads take every num_heads-th feature; {SLICES}", weights)
class InterleavedSplit(Layer):
    def split(self, part):
        return part.unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)


@wrong(f"Your heads take every num_heads-th feature; {SLICES}", weights)
class Interleaved(InterleavedSplit):
    def join(self, heads):
        return heads.permute(0, 2, 3, 1).flatten(-2)


@wrong(f"Your heads are in reverse order; {SLICES}", weights)
class ReversedHeads(Layer):
    def split(self, part):
        return super().split(part).flip(1)


@wrong(f"The heads of the weights you return are in reverse order; {SLICES}", weights)
class ReversedWeights(Layer):
    def shown(self, weights):
        return weights.flip(1)


@wrong(UNSPLIT, weights)
class Unsplit(Layer):
    def split(self, part):
        return part[:, None]

    def scaled(self, scores):
        return scores / (self.head_dim * self.num_heads) ** 0.5

    def shown(self, weights):
        return weights.expand(-1, self.num_heads, -1, -1)


@wrong(UNSPLIT, weights)
class UnsplitScaledByHead(Unsplit):
    def scaled(self, scores):
        return scores / self.head_dim**0.5


@wrong("Your weights have one head only; return those of each head.", weights)
class UnsplitWithoutAxis(Unsplit):
    def shown(self, weights):
        return weights.squeeze(1)


@wrong("Your weights have one head only; return those of each head.", weights)
class UnsplitWithAxis(Unsplit):
    def shown(self, weights):
        return weights


@wrong("The weights you return are the mean over the heads; return those of each head.", weights)
class MeanReturned(Layer):
    def shown(self, weights):
        return weights.mean(1)


@wrong("The weights you return are the mean over the heads; return those of each head.", weights)
class MeanReturnedForEach(Layer):
    def shown(self, weights):
        return weights.mean(1, keepdim=True).expand_as(weights)


@wrong("The weights you return have the axis of heads first; it comes after the batch.", weights)
class HeadsFirst(Layer):
    def shown(self, weights):
        return weights.transpose(0, 1)


@wrong("The weights you return have batch and heads in one axis; give each its own.", weights)
class HeadsInBatch(Layer):
    def shown(self, weights):
        return weights.flatten(0, 1)


@wrong("Your weights sum to 1 over the heads; each query's weights over the keys should.", weights)
class SoftmaxOverHeads(Layer):
    def normalise(self, scores):
        return torch.softmax(scores, dim=1)


@wrong("All your heads have the mean of their weights; each head keeps its own.", weights)
class MeanOverHeads(Layer):
    def normalise(self, scores):
        return torch.softmax(scores, dim=-1).mean(1, keepdim=True).expand_as(scores)


@wrong(
    "All your heads have the weights of the first one; each has its own queries and keys.", weights
)
class FirstHeadForAll(Layer):
    def compared(self, query, key):
        scores = super().compared(query, key)
        return scores[:, :1].expand_as(scores)


@wrong("Your heads are not put side by side again: transpose before you reshape.", steps)
class JoinWithoutTranspose(Layer):
    def join(self, heads):
        batch, _, seq, _ = heads.shape
        return heads.reshape(batch, seq, -1)


@wrong("Your heads are interleaved when they are joined; put them one after the other.", steps)
class InterleavedJoin(Layer):
    def join(self, heads):
        return heads.permute(0, 2, 3, 1).flatten(-2)


@wrong("Your heads are joined in reverse order; put the first one first.", steps)
class ReversedJoin(Layer):
    def join(self, heads):
        return super().join(heads.flip(1))


@wrong("All your heads mix the values of the first one; each has its own slice of them.", steps)
class ValuesOfFirstHead(Layer):
    def mix(self, weights, value):
        return super().mix(weights, value[:, :1].expand_as(value))


@wrong("Your output does not depend on W_o: project the joined heads by it.", steps)
class WithoutOutputProjection(Layer):
    def finish(self, joined, x):
        return joined


@wrong("Your output is projected by W_v, not by W_o.", steps)
class ProjectedByValues(Layer):
    def finish(self, joined, x):
        return self.by("W_v", joined)


@wrong("Your output is projected by W_o twice; once is enough.", steps)
class ProjectedTwice(Layer):
    def finish(self, joined, x):
        return self.by("W_o", self.by("W_o", joined))


@wrong("Your mask has an effect in the first head only; it is for every head.", masks)
class MaskForFirstHead(Layer):
    def hide(self, scores, mask):
        return torch.cat([minus_infinity(scores[:, :1], mask), scores[:, 1:]], dim=1)


@wrong("Your projections are one and the same; each needs a matrix of its own.", projections)
class Shared(Layer):
    def __init__(self, embed_dim, num_heads):
        super().__init__(embed_dim, num_heads)
        self.W_k = self.W_q


@wrong("No gradient reaches W_o; it should be trainable.", projections)
class Frozen(Layer):
    def __init__(self, embed_dim, num_heads):
        super().__init__(embed_dim, num_heads)
        self.W_o.requires_grad_(False)
