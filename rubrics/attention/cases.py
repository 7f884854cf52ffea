"""One call of attention, and what the formula says of it, in float64.

    scores -> visible -> weights = softmax -> output

A `Case` holds the arguments of one call and computes each step of the formula from them. `Formula`
holds the steps that differ between exercises. Shapes of the steps, with the mask that fits them:

                     exercises 1, 2     exercise 3           exercise 4
    scores, weights  (batch, seq)       (batch, seq, seq)    (batch, heads, seq, seq)
    mask             (batch, seq)       (batch, seq, seq)    (batch, seq, seq)
    output           (batch, hidden)    (batch, seq, embed)  (batch, seq, embed)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from nbjudge.rubric import Call, Outcome, call_all, expect

Tensors = tuple[Tensor, ...]
Stored = Mapping[str, Tensor]


@dataclass(frozen=True)
class Formula:
    """The steps of one exercise's formula.

        scores(args, stored)           the scaled scores (..., keys)
        values(args, stored)           what the weights mix
        mix(weights, values, stored)   the output
        spread(mask)                   the mask in a shape that fits the scores
        names                          of the output and of the weights, in the exercise's words

    `args` and `stored`, the parameters, are in float64.
    """

    scores: Callable[[Tensors, Stored], Tensor]
    values: Callable[[Tensors, Stored], Tensor]
    mix: Callable[[Tensor, Tensor, Stored], Tensor]
    names: tuple[str, ...]
    spread: Callable[[Tensor], Tensor] = lambda mask: mask


@dataclass(frozen=True)
class Case:
    """A call of the student's `function` on float32 `args`, and perhaps a mask.

    `sizes` says the widths in the exercise's words. `stored` holds the parameters that were loaded
    into the student's layer, under that layer's own names. `memo` keeps what was computed already:
    cases that differ only in their masks share it, since the scores are the same.
    """

    function: Callable[..., Any]
    args: Tensors
    sizes: str
    formula: Formula
    stored: Stored = field(default_factory=dict)
    mask: Tensor | None = None
    memo: dict[str, Any] = field(default_factory=dict)  # shared by the same call's masks

    def under(self, mask: Tensor | None) -> "Case":
        """Return the same call with another mask."""
        return replace(self, mask=mask)

    def given(
        self, args: Tensors, mask: Tensor | None = None, stored: Stored | None = None
    ) -> "Case":
        """Return a call of the same function with other tensors."""
        stored = self.stored if stored is None else stored
        return replace(self, args=args, mask=mask, stored=stored, memo={})

    def call(self, **how: Any) -> Call:
        """Return the call to make; `how` holds further fields of `Call`."""
        args = self.args if self.mask is None else (*self.args, self.mask)
        return Call(self.function, args, **how)

    def scores(self) -> Tensor:
        """Return the scores of the formula, which no mask has touched."""
        return self._once("scores", lambda: self.formula.scores(*self._exact()))

    def visible(self) -> Tensor:
        """Return which keys are visible, as a bool tensor in the shape of the scores."""
        scores = self.scores()
        if self.mask is None:
            return torch.ones_like(scores, dtype=torch.bool)
        return self.formula.spread(self.mask != 0).expand_as(scores)

    def weights(self) -> Tensor:
        """Return the softmax of the visible scores, 0 where a key is hidden."""
        scores = self.scores()
        if self.mask is not None:
            scores = scores.masked_fill(~self.visible(), -torch.inf)
        return torch.softmax(scores, dim=-1)

    def output(self, weights: Tensor) -> Tensor:
        """Return the output of the formula for `weights`, the student's own or right ones."""
        _, stored = self._exact()
        return self.formula.mix(expect.exact(weights), self._values(), stored)

    def results(self) -> tuple[Tensor, Tensor]:
        """Return the output and the weights of the formula, differentiable in args and stored."""
        weights, (_, stored) = self.weights(), self._exact()
        return self.formula.mix(weights, self._values(), stored), weights

    def native(self) -> tuple[Tensor, Tensor]:
        """Return `results` in the dtype and on the device of the arguments, as a student would."""
        output, weights = self.results()
        return output.to(self.args[0]), weights.to(self.args[0])

    def look(self, outcome: Outcome) -> tuple[Tensor, Tensor]:
        """Return the two results of the student's call; raise `NotMet` unless their shapes fit."""
        output, weights = expect.pair(outcome.value(), *self.formula.names)
        keys = self.args[0] if len(self.args) == 1 else self.args[1]  # x; or query, keys, values
        sizes = f"batch_size={keys.shape[0]}, seq_len={keys.shape[1]}, {self.sizes}"
        expect.shape(output, tuple(self.args[0].shape), self.formula.names[0], sizes)
        expect.shape(weights, tuple(self.scores().shape), self.formula.names[1], sizes)
        return output, weights

    def _values(self) -> Tensor:
        return self._once("values", lambda: self.formula.values(*self._exact()))

    def _exact(self) -> tuple[Tensors, Stored]:
        return self._once(
            "exact",
            lambda: (
                tuple(arg.double() for arg in self.args),
                {name: tensor.double() for name, tensor in self.stored.items()},
            ),
        )

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self.memo:
            self.memo[name] = make()
        return self.memo[name]


Looked = tuple[Case, Tensor, Tensor]


def ask(cases: list[Case]) -> list[Looked]:
    """Make all calls; return each case with the student's output and weights."""
    outcomes = call_all([case.call() for case in cases])
    return [(c, *c.look(outcome)) for c, outcome in zip(cases, outcomes, strict=True)]
