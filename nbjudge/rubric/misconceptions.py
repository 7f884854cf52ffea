"""Name the misconception behind a wrong solution, by its behaviour.

A misconception is a wrong implementation with a sentence for the student. A submission that gives
the same results on hidden inputs is told that sentence.

Nothing is said when no misconception gives the results, when several do, or when the right
implementation gives them too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary.trees import tensors
from nbjudge.rubric.calls import Call, call_all

Results = list[list[Tensor]]  # the tensors of each call's result
_TOLERANCE = 1e-3  # relative and absolute


@dataclass(frozen=True)
class Misconception:
    """A wrong implementation, the sentence that explains it, and the check that it must fail."""

    name: str
    sentence: str
    loses: Callable[..., Any]
    solution: Any


@dataclass
class Bank:
    """The misconceptions of an exercise, and the results that they and the reference give.

    `calls(solution)` returns the calls that tell them apart, or is None where a rubric has none.
    They are the same for every submission, so the results of the bank are computed once a process.
    """

    reference: Any
    calls: Callable[[Any], list[Call]] | None = None
    known: list[Misconception] = field(default_factory=list)
    _given: list[Results] = field(default_factory=list, init=False)

    def diagnose(self, solution: Any) -> Misconception | None:
        """Return the one misconception whose results are those of `solution`, else None."""
        if self.calls is None:
            return None
        # At first need: a class of right submissions needs none of it.
        if not self._given:
            everyone = (self.reference, *(one.solution for one in self.known))
            self._given = [_results(self.calls, one) for one in everyone]
        results = _results(self.calls, solution)
        right, *wrong = self._given
        # Without any result there is nothing to compare: all calls raised.
        if not any(results) or _alike(results, right):
            return None
        found = [
            one for one, given in zip(self.known, wrong, strict=True) if _alike(results, given)
        ]
        return found[0] if len(found) == 1 else None


def _results(calls: Callable[[Any], list[Call]], solution: Any) -> Results:
    """Return the tensors of each call's result, an empty list where it raised."""
    try:
        outcomes = call_all(calls(solution))
    except Exception:  # student code raised; the criteria say so
        return []
    return [[] if outcome.error else tensors(outcome.result) for outcome in outcomes]


def _alike(first: Results, second: Results) -> bool:
    # A call that raised gave no tensors: it is like another one that raised.
    if [len(one) for one in first] != [len(one) for one in second]:
        return False
    pairs = zip(first, second, strict=True)
    return all(_close(a, b) for one, two in pairs for a, b in zip(one, two, strict=True))


def _close(first: Tensor, second: Tensor) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    one, two = (tensor.detach().double().cpu() for tensor in (first, second))
    return torch.allclose(one, two, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
