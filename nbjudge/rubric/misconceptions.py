"""Name the misconception behind a wrong solution, by its behaviour.

A misconception is a wrong implementation with a sentence for the student. A submission that gives
the same results on hidden inputs is told that sentence. Results are compared in *situations*, such
as calls without a mask and calls with one:

    in all situations     the submission does what one misconception does, and nothing else does
    in one situation      the first in which it does wrong: there it does what one misconception
                          does, whatever it does elsewhere

The second rule is for code with two mistakes, and for code that refuses some arguments. Calls that
all raise say nothing: they are left out.

Nothing is said where no misconception gives the results, where several with different sentences do,
or where the right implementation gives them too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary.trees import tensors
from nbjudge.rubric.calls import Call, call_all

Group = tuple[str, Sequence[Call]]  # a situation, and calls of one kind in it
Results = list[list[Tensor]]  # the tensors of each call's result
Seen = tuple[list[str], list[Results]]
_NOTHING: list[Seen] = [([], [])]
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

    `calls(solution)` yields the groups of calls that tell them apart, once for each way to read the
    solution, or is None where a rubric has none. They are the same for every submission, so the
    results of the bank are computed once a process.
    """

    reference: Any
    calls: Callable[[Any], Iterable[list[Group]]] | None = None
    known: list[Misconception] = field(default_factory=list)
    _given: list[list[Results]] = field(default_factory=list, init=False)

    def diagnose(self, solution: Any) -> str:
        """Return the sentence of the one misconception that `solution` behaves like, else ""."""
        if self.calls is None:
            return ""
        # At first need: a class of right submissions needs none of it.
        if not self._given:
            everyone = (self.reference, *(one.solution for one in self.known))
            self._given = [_seen(self.calls, one)[0][1] for one in everyone]
        # What holds in one reading of the solution only may be an accident of that reading.
        told = {self._told(*seen) for seen in _seen(self.calls, solution)}
        told.discard(None)
        return (told.pop() or "") if len(told) == 1 else ""

    def _told(self, situations: list[str], results: list[Results]) -> str | None:
        """Return the sentence for the results; None if none fits, "" if nothing can be said."""
        right, *wrong = self._given
        if not any(map(any, results)) or all(_fits(results, right)):
            return ""
        alike = [_fits(results, given) for given in wrong]
        whole = self._sentences(n for n, fits in enumerate(alike) if all(fits))
        if whole:
            return whole.pop() if len(whole) == 1 else ""
        return self._told_in_part(situations, results, alike)

    def _told_in_part(
        self, situations: list[str], results: list[Results], alike: list[list[bool]]
    ) -> str | None:
        """Return the sentence for the first situation in which the results are wrong."""
        right, *wrong = self._given
        does_right = _fits(results, right)
        answered: dict[str, list[int]] = {}
        for place, situation in enumerate(situations):
            if any(results[place]):
                answered.setdefault(situation, []).append(place)
        at_fault = [s for s, places in answered.items() if not all(does_right[p] for p in places)]
        if not at_fault:
            return ""
        here = at_fault[0]
        places = answered.pop(here)
        fit = [n for n, fits in enumerate(alike) if all(fits[p] for p in places)]
        # Where several do the same in this situation, the others may tell them apart.
        for places in answered.values():
            fit = [n for n in fit if all(alike[n][p] for p in places)] or fit
        told = self._sentences(fit)
        if len(told) != 1:
            return "" if told else None
        usual = _fits(wrong[fit[0]], right)
        elsewhere = (p for s, places in answered.items() if s not in at_fault for p in places)
        # Right where the misconception is wrong: so only here.
        return f"{here}: {told.pop()}" if not all(usual[p] for p in elsewhere) else told.pop()

    def _sentences(self, numbers: Iterable[int]) -> set[str]:
        return {self.known[number].sentence for number in numbers}


def _seen(calls: Callable[[Any], Iterable[list[Group]]], solution: Any) -> list[Seen]:
    """Return the situations and the results of the groups of calls, for each reading."""
    seen = []
    try:
        for groups in calls(solution):
            outcomes = iter(call_all([call for _, group in groups for call in group]))
            results = [[_tensors(next(outcomes)) for _ in group] for _, group in groups]
            seen.append(([situation for situation, _ in groups], results))
    except Exception:  # student code raised; the criteria say so
        return _NOTHING
    return seen or _NOTHING


def _tensors(outcome: Any) -> list[Tensor]:
    # A call that raised gave no tensors: it is like another one that raised.
    return [] if outcome.error else tensors(outcome.result)


def _fits(first: list[Results], second: list[Results]) -> list[bool]:
    """Say of each group of calls whether both gave the same results."""
    if len(first) != len(second):
        return [False] * len(first)
    return [_alike(one, two) for one, two in zip(first, second, strict=True)]


def _alike(first: Results, second: Results) -> bool:
    if [len(one) for one in first] != [len(one) for one in second]:
        return False
    pairs = zip(first, second, strict=True)
    return all(_close(a, b) for one, two in pairs for a, b in zip(one, two, strict=True))


def _close(first: Tensor, second: Tensor) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    one, two = (tensor.detach().double().cpu() for tensor in (first, second))
    return torch.allclose(one, two, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
