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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from nbjudge.rubric.calls import Call, Outcome, call_all
from nbjudge.rubric.diagnosis import Diagnosis, behaviour

Group = tuple[str, Sequence[Call]]  # a situation, and calls of one kind in it
Calls = Callable[..., Iterable[list[Group]]]
_TOLERANCE = 1e-3  # relative and absolute
_Told = tuple[str, str]  # a sentence, and the situation in which it holds
_NOTHING = ("", "")


class Results:
    """What the calls of one group gave: the shapes and dtypes of each call's tensors, and values.

    A call that raised gave no tensors: it is like another one that raised. `answered` says that not
    all calls raised.
    """

    def __init__(self, outcomes: Sequence[Outcome]):
        found = [[] if one.error else list(_leaves(one.result)) for one in outcomes]
        self.answered = any(found)
        self.form = [[(one.shape, one.dtype) for one in tensors] for tensors in found]
        flat = [one.detach().double().cpu().flatten() for tensors in found for one in tensors]
        self.values = torch.cat(flat) if flat else torch.empty(0)

    def alike(self, others: Sequence["Results"]) -> list[bool]:
        """Say for each of the others whether it has equal forms, and values that are close."""
        same = [other.form == self.form for other in others]
        if not any(same):
            return same
        # All at once: one by one, a bank of eighty costs more than the student's calls.
        values = torch.stack([o.values for o, yes in zip(others, same, strict=True) if yes])
        close = torch.isclose(self.values, values, _TOLERANCE, _TOLERANCE, equal_nan=True)
        fits = iter(close.all(dim=1).tolist())
        return [yes and next(fits) for yes in same]


@dataclass(frozen=True)
class Misconception:
    """A wrong implementation, the sentence that explains it, and the check that it must fail."""

    name: str
    sentence: str
    loses: Callable[..., Any]
    solution: Any


@dataclass
class Seen:
    """What one reading of a solution gave: for each group its situation and its results."""

    situations: list[str]
    results: list[Results]


@dataclass
class Bank:
    """The misconceptions of an exercise, and the results that they and the reference give.

    `calls(solution, beside)` yields the groups of calls that tell them apart, once for each way to
    read the solution, or is None where a rubric has none. `beside` is what was handed in with it,
    as in `Rubric.mark`. They are the same for every submission, so the
    results of the bank are computed once a process.
    """

    reference: Any
    calls: Calls | None = None
    known: list[Misconception] = field(default_factory=list)
    _given: list[list[Results]] = field(default_factory=list, init=False)

    def diagnose(self, solution: Any, beside: Any = None) -> Diagnosis:
        """Return which one misconception `solution` behaves like, if any, and how it behaves."""
        if self.calls is None:
            return Diagnosis()
        # At first need: a class of right submissions needs none of it.
        if not self._given:
            self._given = self._of_bank(self.calls)
        compared = [(seen, self._fits(seen)) for seen in _seen(self.calls, solution, beside)]
        # What the student was free to choose is as it must be where the code does most right.
        most = max((sum(right) for _, (right, _) in compared), default=0)
        told = {self._told(one, *fits) for one, fits in compared if sum(fits[0]) == most}
        told.discard(None)
        named = (told.pop() if len(told) == 1 else None) or _NOTHING
        answers = [(one.form, one.values) for seen, _ in compared for one in seen.results]
        return Diagnosis(*named, behaviour(answers) if answers else "")

    def _fits(self, seen: Seen) -> tuple[list[bool], list[list[bool]]]:
        """Say for each group whether the reference gave the same, and what of the bank did."""
        fits = [one.alike(given) for one, given in zip(seen.results, self._given, strict=True)]
        return [one[0] for one in fits], [one[1:] for one in fits]

    def _of_bank(self, calls: Calls) -> list[list[Results]]:
        """Return, for each group of calls, the results of the reference and of all that is known.

        What of the bank cannot be called gave nothing, and is told to nobody. What draws random
        numbers draws the same ones in every process, so that equal code is always told the same.
        """
        right, *wrong = (_seeded(calls, one) for one in self._everyone())
        nothing = [Results([])] * len(right[0].results)
        return [
            list(group)
            for group in zip(
                right[0].results,
                *(one[0].results if one else nothing for one in wrong),
                strict=True,
            )
        ]

    def _everyone(self) -> list[Any]:
        return [self.reference, *(one.solution for one in self.known)]

    def _told(self, seen: Seen, right: list[bool], wrong: list[list[bool]]) -> _Told | None:
        """Return what is told of the results; None if nothing fits, `_NOTHING` if too much does."""
        if all(right) or not any(one.answered for one in seen.results):
            return _NOTHING
        whole = self._sentences(n for n in range(len(self.known)) if all(one[n] for one in wrong))
        if whole:
            return (whole.pop(), "") if len(whole) == 1 else _NOTHING
        return self._told_in_part(seen, right, wrong)

    def _told_in_part(self, seen: Seen, right: list[bool], wrong: list[list[bool]]) -> _Told | None:
        """Return what is told of the first situation in which the results are wrong."""
        places: dict[str, list[int]] = {}
        for place, (situation, results) in enumerate(
            zip(seen.situations, seen.results, strict=True)
        ):
            if results.answered:
                places.setdefault(situation, []).append(place)
        at_fault = [one for one, group in places.items() if not all(right[p] for p in group)]
        if not at_fault:
            return _NOTHING
        here = at_fault[0]
        fit = [n for n in range(len(self.known)) if all(wrong[p][n] for p in places[here])]
        # Where several do the same in this situation, the others may tell them apart.
        for group in places.values():
            fit = [n for n in fit if all(wrong[p][n] for p in group)] or fit
        told = self._sentences(fit)
        if len(told) != 1:
            return _NOTHING if told else None
        # Where the code does right and the misconception does not, the sentence would be untrue.
        elsewhere = [p for one, group in places.items() if one not in at_fault for p in group]
        untrue = not all(wrong[p][fit[0]] for p in elsewhere)
        return told.pop(), here if untrue else ""

    def _sentences(self, numbers: Iterable[int]) -> set[str]:
        return {self.known[number].sentence for number in numbers}


def _seeded(calls: Calls, solution: Any) -> list[Seen]:
    """Return what `_seen` does, with random numbers of torch that are always the same."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        return _seen(calls, solution)


def _seen(calls: Calls, solution: Any, beside: Any = None) -> list[Seen]:
    """Return what each reading of the solution gave; nothing where it cannot be called."""
    seen = []
    try:
        for groups in calls(solution, beside):
            outcomes = iter(call_all([call for _, group in groups for call in group]))
            results = [Results([next(outcomes) for _ in group]) for _, group in groups]
            seen.append(Seen([situation for situation, _ in groups], results))
    except Exception:  # student code raised; the criteria say so
        return []
    return seen


def _leaves(value: Any) -> Iterator[Tensor]:
    """Yield the tensors of a result, and one without values for what is no tensor."""
    if isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    else:
        yield value if isinstance(value, Tensor) else torch.empty(0)
