"""Misconceptions of exercise 2."""

import torch
from torch import nn

from ..layer_norm import (
    affine,
    conventions,
    epsilon,
    extremes,
    gradients,
    normalised,
    parameters,
    rubric,
)  # fmt: skip

wrong = rubric.misconception
LAST = "it should run over the last axis alone, embed_dim."
INSIDE = "eps is added to the variance, inside the root."
AFFINE = "the result is weight * normalised + bias."
TAKE_NO_PART = (
    "Your result does not follow what is written into weight and bias: register each as an "
    f"nn.Parameter, and use both; {AFFINE}"
)


class Norm(nn.Module):
    """A right layer; a misconception has one step of its own."""

    axes: tuple[int, ...] = (-1,)

    def __init__(self, embed_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.make(embed_dim)

    def make(self, embed_dim):
        self.weight = nn.Parameter(torch.ones(embed_dim))
        self.bias = nn.Parameter(torch.zeros(embed_dim))

    def mean(self, x):
        return x.mean(self.axes, keepdim=True)

    def variance(self, x):
        return (x - self.mean(x)).square().mean(self.axes, keepdim=True)

    def root(self, variance):
        return (variance + self.eps).sqrt()

    def normal(self, x):
        return (x - self.mean(x)) / self.root(self.variance(x))

    def affine(self, normal):
        return self.weight * normal + self.bias

    def forward(self, x):
        return self.affine(self.normal(x))


@wrong(f"Your mean and variance run over the batch; each {LAST}", normalised)
class OverBatch(Norm):
    axes = (0,)


@wrong(f"Your mean and variance run over the sequence; each {LAST}", normalised)
class OverSequence(Norm):
    axes = (1,)


@wrong(f"Your mean and variance run over sequence and embedding together; each {LAST}", normalised)
class OverTwoAxes(Norm):
    axes = (1, 2)


@wrong(
    f"Your mean and variance run over batch and sequence, as in BatchNorm; each {LAST}", normalised
)
class OverBatchAndSequence(Norm):
    axes = (0, 1)


@wrong(f"Your mean and variance run over the whole tensor; each {LAST}", normalised)
class OverAll(Norm):
    axes = (0, 1, 2)


@wrong(
    "Your variance divides by embed_dim - 1; divide by embed_dim (in torch: unbiased=False).",
    normalised,
)
class Unbiased(Norm):
    def variance(self, x):
        return x.var(-1, keepdim=True)


@wrong("You do not subtract the mean, as in RMSNorm; subtract it first.", normalised)
class RootMeanSquare(Norm):
    def normal(self, x):
        return x / self.root(x.square().mean(-1, keepdim=True))


@wrong("You divide x by the standard deviation, but do not subtract the mean first.", normalised)
class NotCentred(Norm):
    def normal(self, x):
        return x / self.root(self.variance(x))


@wrong("You subtract the mean, but do not divide by the standard deviation.", normalised)
class CentredAlone(Norm):
    def normal(self, x):
        return x - self.mean(x)


@wrong("You divide by the variance; divide by its root, the standard deviation.", normalised)
class NoRoot(Norm):
    def root(self, variance):
        return variance + self.eps


@wrong("You multiply by the standard deviation; divide by it.", normalised)
class Multiplied(Norm):
    def normal(self, x):
        return (x - self.mean(x)) * self.root(self.variance(x))


@wrong(
    "You divide by the length of the vector: the squares are summed, but not divided by embed_dim.",
    normalised,
)
class Summed(Norm):
    def variance(self, x):
        return (x - self.mean(x)).square().sum(-1, keepdim=True)


@wrong(
    "You divide by the mean distance from the mean; use the root of the mean squared distance.",
    normalised,
)
class MeanDistance(Norm):
    def variance(self, x):
        return (x - self.mean(x)).abs().mean(-1, keepdim=True).square()


@wrong("You scale each row to between 0 and 1; give it mean 0 and variance 1.", normalised)
class MinMax(Norm):
    def normal(self, x):
        low, high = x.amin(-1, keepdim=True), x.amax(-1, keepdim=True)
        return (x - low) / (high - low + self.eps)


@wrong(
    f"Your mean is that of the row, but your variance that of the whole tensor; each {LAST}",
    normalised,
)
class VarianceOfAll(Norm):
    def variance(self, x):
        return x.var(unbiased=False)


@wrong("Your variance is that of the squares about 0, not about the mean.", normalised)
class SquaresAboutZero(Norm):
    def variance(self, x):
        return x.square().mean(-1, keepdim=True)


@wrong(f"Your eps is added to the standard deviation; {INSIDE}", epsilon)
class EpsOutside(Norm):
    def root(self, variance):
        return variance.sqrt() + self.eps


@wrong(f"Your eps is added after the division; {INSIDE}", epsilon)
class EpsAfter(Norm):
    def normal(self, x):
        return (x - self.mean(x)) / self.variance(x).clamp(min=1e-12).sqrt() + self.eps


@wrong(f"Your code divides by 0 where a row has equal values: there is no eps; {INSIDE}", epsilon)
class NoEps(Norm):
    def root(self, variance):
        return variance.sqrt()


@wrong("Your eps is always 1e-5; use the eps that was passed.", epsilon)
class EpsFixed(Norm):
    def __init__(self, embed_dim, eps=1e-5):
        super().__init__(embed_dim)


@wrong(f"Your eps is only the least variance; {INSIDE}", epsilon)
class EpsLeast(Norm):
    def root(self, variance):
        return variance.clamp(min=self.eps).sqrt()


@wrong(f"Your eps is squared; {INSIDE}", epsilon)
class EpsSquared(Norm):
    def root(self, variance):
        return (variance + self.eps**2).sqrt()


@wrong("Your eps is subtracted; it should be added to the variance.", epsilon)
class EpsSubtracted(Norm):
    def root(self, variance):
        return (variance - self.eps).clamp(min=1e-12).sqrt()


@wrong(f"Your weight and bias have changed places; {AFFINE}", affine)
class Swapped(Norm):
    def affine(self, normal):
        return self.bias * normal + self.weight


@wrong(TAKE_NO_PART, affine)
class Unused(Norm):
    def affine(self, normal):
        return normal


@wrong(f"Your bias is not used; {AFFINE}", affine)
class BiasUnused(Norm):
    def affine(self, normal):
        return self.weight * normal


@wrong(f"Your weight is not used; {AFFINE}", affine)
class WeightUnused(Norm):
    def affine(self, normal):
        return normal + self.bias


@wrong(f"Your bias is added first, and then multiplied by the weight, too; {AFFINE}", affine)
class BiasFirst(Norm):
    def affine(self, normal):
        return self.weight * (normal + self.bias)


@wrong(f"Your bias is subtracted; {AFFINE}", affine)
class BiasSubtracted(Norm):
    def affine(self, normal):
        return self.weight * normal - self.bias


@wrong(f"You divide by the weight; {AFFINE}", affine)
class Divided(Norm):
    def affine(self, normal):
        return normal / self.weight + self.bias


@wrong(f"You multiply by 1 + weight; {AFFINE}", affine)
class OnePlus(Norm):
    def affine(self, normal):
        return (1 + self.weight) * normal + self.bias


@wrong(
    "Where values are large, your results are wrong: E[x²] - E[x]² loses the variance in rounding; "
    "subtract the mean first, and then square.",
    extremes,
)
class TwoMoments(Norm):
    def variance(self, x):
        return x.square().mean(-1, keepdim=True) - self.mean(x).square()


@wrong("Your layer has no parameters; it needs a weight and a bias.", parameters)
class NoParameters(Norm):
    def make(self, embed_dim):
        pass

    def affine(self, normal):
        return normal


@wrong("Your weight and bias are one number each; they should have embed_dim.", parameters)
class Scalars(Norm):
    def make(self, embed_dim):
        super().make(1)


@wrong(TAKE_NO_PART, parameters)
class Unregistered(Norm):
    def make(self, embed_dim):
        self.weight, self.bias = torch.ones(embed_dim), torch.zeros(embed_dim)


@wrong("Your weight starts as zeros; it should start as ones.", parameters)
class StartsAtZero(Norm):
    def make(self, embed_dim):
        super().make(embed_dim)
        nn.init.zeros_(self.weight)


@wrong("No gradient flows through your mean and variance; do not detach them.", gradients)
class Detached(Norm):
    def normal(self, x):
        return (x - self.mean(x).detach()) / self.root(self.variance(x)).detach()


@wrong("Your result is float64 where x is float32; keep the dtype of x.", conventions)
class Double(Norm):
    def forward(self, x):
        return super().forward(x).double()


@wrong("Your code writes into its argument x; make a new tensor.", conventions)
class InPlace(Norm):
    def normal(self, x):
        with torch.no_grad():
            x -= self.mean(x)
        return super().normal(x)
