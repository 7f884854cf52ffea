"""Misconceptions of exercise 3."""

import torch

from ..self_attention import gradients, manners, masks, projections, rubric, steps, weights
from . import attending, masking
from .steps import OneHead, mixed_into

wrong = rubric.misconception
ROOT = "divide them by √embed_dim."

mixed_into(OneHead, attending.LOSE_WEIGHTS, wrong, weights)
mixed_into(OneHead, attending.LOSE_STEPS, wrong, steps)
mixed_into(OneHead, attending.LOSE_MANNERS, wrong, manners)
mixed_into(OneHead, attending.LOSE_GRADIENTS, wrong, gradients)
mixed_into(OneHead, masking.LOSE_MASKS, wrong, masks)


@wrong(f"Your scores are not scaled; {ROOT}", weights)
class Unscaled(OneHead):
    def scaled(self, scores):
        return scores


@wrong("Your scores are divided by embed_dim; the formula divides by its square root.", weights)
class DividedBySize(OneHead):
    def scaled(self, scores):
        return scores / self.head_dim


@wrong("Your projections have a bias; exercise 3 has none.", projections)
class Biased(OneHead):
    bias = True


@wrong("Your projections are one and the same; each needs a matrix of its own.", projections)
class Shared(OneHead):
    def __init__(self, embed_dim):
        super().__init__(embed_dim)
        self.W_k = self.W_v = self.W_q


@wrong("No gradient reaches your projections; they should be trainable.", projections)
class Frozen(OneHead):
    def __init__(self, embed_dim):
        super().__init__(embed_dim)
        self.requires_grad_(False)


@wrong("Your projections are plain tensors, which no optimiser finds.", projections)
class Unregistered(OneHead):
    def make(self, embed_dim):
        self.W_q, self.W_k, self.W_v = torch.randn(3, embed_dim, embed_dim)

    def by(self, name, x):
        return x @ getattr(self, name)
