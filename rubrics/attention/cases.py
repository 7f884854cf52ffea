"""One call of attention, and the steps of its formula in float64.

    scores -> visible -> weights = softmax -> output

Shapes of the steps, with the mask that fits them:

                     exercises 1, 2     exercise 3           exercise 4
    scores, weights  (batch, seq)       (batch, seq, seq)    (batch, heads, seq, seq)
    mask             (batch, seq)       (batch, seq, seq)    (batch, seq, seq)
    output           (batch, hidden)    (batch, seq, embed)  (batch, seq, embed)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from nbjudge import tensors
from nbjudge.rubric import expect
from nbjudge.tensors import Formula


@dataclass(frozen=True)
class Steps:
    """The steps of one exercise's formula: its parameters come first, then its arguments.

    scores(stored, *args)          the scaled scores (..., keys)
    values(stored, *args)          what the weights mix
    mix(weights, values, stored)   the output
    spread(mask)                   the mask in a shape that fits the scores
    arguments                      names of the arguments before the mask
    made                           what the layer was made with, in words
    """

    scores: Callable[..., Tensor]
    values: Callable[..., Tensor]
    mix: Callable[..., Tensor]
    arguments: tuple[str, ...]
    spread: Callable[[Tensor], Tensor] = lambda mask: mask
    made: str = ""

    def formula(self, *results: str) -> Formula:
        """Return the formula of these steps; `results` name the output and the weights."""
        return Formula(self, results, (*self.arguments, "mask"), masks=("mask",))

    def split(self, args: tuple[Tensor, ...]) -> tuple[tuple[Tensor, ...], Tensor | None]:
        """Return the arguments before the mask, and the mask or None."""
        number = len(self.arguments)
        return args[:number], args[number] if len(args) > number else None

    def visible(self, scores: Tensor, mask: Tensor | None) -> Tensor:
        """Return which keys are visible, as a bool tensor in the shape of the scores."""
        if mask is None:
            return torch.ones_like(scores, dtype=torch.bool)
        return self.spread(mask != 0).expand_as(scores)

    def __call__(self, stored: Mapping[str, Tensor], *args: Tensor) -> tuple[Tensor, Tensor]:
        """Return the output and the weights, which are 0 where a key is hidden."""
        given, mask = self.split(args)
        scores = self.scores(stored, *given)
        weights = scores.masked_fill(~self.visible(scores, mask), -torch.inf).softmax(dim=-1)
        return self.mix(weights, self.values(stored, *given), stored), weights


@dataclass(frozen=True, eq=False)
class Case(tensors.Case):
    """A call of the student's function or layer, perhaps with a mask at the end of `args`.

    Its formula has `Steps`.
    """

    @property
    def mask(self) -> Tensor | None:
        """The mask of the call."""
        return self._steps.split(self.args)[1]

    def under(self, mask: Tensor | None) -> "Case":
        """Return the same call with another mask, or without one."""
        given, _ = self._steps.split(self.args)
        return self.given(*given) if mask is None else self.given(*given, mask)

    def of_copies(self) -> "Case":
        """Return the same call with each argument a tensor of its own."""
        return self.given(*(arg.clone() for arg in self.args))

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Case":
        """Return the case elsewhere; a float mask has the dtype of the arguments."""
        moved = super().moved(device, dtype)
        if moved.mask is not None and moved.mask.is_floating_point():
            return moved.under(moved.mask.to(dtype))
        return moved

    @property
    def sizes(self) -> str:
        """The sizes of the arguments, and what the layer was made with, in words."""
        return " and ".join(one for one in (super().sizes, self._steps.made) if one)

    @cached_property
    def scores(self) -> Tensor:
        """The scores of the formula, which no mask has touched."""
        return self._steps.scores(self.exact_stored(), *self._exact())

    def visible(self) -> Tensor:
        """Return which keys are visible, as a bool tensor in the shape of the scores."""
        return self._steps.visible(self.scores, self.mask)

    def output(self, weights: Tensor) -> Tensor:
        """Return the output of the formula for the student's own weights."""
        stored = self.exact_stored()
        return self._steps.mix(
            expect.exact(weights), self._steps.values(stored, *self._exact()), stored
        )

    @property
    def _steps(self) -> Steps:
        return self.formula.compute

    def _exact(self) -> tuple[Tensor, ...]:
        return self._steps.split(self.exact_args())[0]
