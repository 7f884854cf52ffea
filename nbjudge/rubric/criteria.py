"""Rubrics: named criteria with points, run against what a student defined.

    rubric = Rubric("Exercise 1", points=20, solution="dot_product_attention", reference=attend)

    @rubric.criterion("The weights follow the formula", points=6)
    def weights(dot_product_attention, random): ...

A criterion is met when its check returns. A check raises `NotMet` to say what was wrong. Any other
exception is traced to its owner: where the check raises on the reference too, the fault is ours,
and the exercise is "not graded", never 0. `nbjudge.rubric.calls` makes many calls at once.

A rubric may know misconceptions: wrong implementations, each with a sentence for the student, and
a behaviour to tell them apart by; see `nbjudge.rubric.misconceptions`.
"""

import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from IPython.utils.capture import capture_output

from nbjudge.course import RubricError
from nbjudge.rubric.calls import Call
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.messages import explain, verdict_of
from nbjudge.rubric.misconceptions import Bank, Misconception
from nbjudge.rubric.scorecard import Mark
from nbjudge.verdict import Verdict

Check = Callable[[Any, torch.Generator], Any]
_SEEDS_KEPT = 1000
_AGAIN = "Your code raised the same as above."
_TRIES = 3


class Criterion(NamedTuple):
    """One thing that an exercise is marked on: all of its points, or none."""

    title: str
    points: int
    check: Check


class Rubric:
    """The criteria of one exercise.

    `solution` is the name that the student defines, and `reference` a right implementation of it.
    With `extra_credit` the points come on top: the grade cell is worth 0 and its value is 0.
    `prepare(solution, random)` makes once what all criteria get in place of the solution, such as
    objects of the student's class.
    """

    def __init__(
        self,
        title: str,
        points: int,
        solution: str,
        reference: Any,
        extra_credit: bool = False,
        prepare: Callable[[Any, torch.Generator], Any] | None = None,
    ):
        self.title = title
        self.points = points
        self.extra_credit = extra_credit
        self.solution = solution
        self.reference = reference
        self.prepare = prepare or (lambda solution, random: solution)
        self.criteria: list[Criterion] = []
        self.bank = Bank(reference)
        # Where a bank or a class is marked with one seed, the reference meets each check once.
        self._sound = lru_cache(_SEEDS_KEPT)(self._reference_meets)

    def criterion(self, title: str, points: int) -> Callable[[Check], Check]:
        """Register the decorated check as a criterion worth `points`."""

        def register(check: Check) -> Check:
            self.criteria.append(Criterion(title, points, check))
            return check

        return register

    def behaviour(self, calls: Callable[[Any, torch.Generator], list[Call]]) -> Any:
        """Register the calls whose results tell misconceptions apart: calls(solution, random).

        They get what criteria get, and always the same random numbers.
        """

        def same_for_all(solution: Any) -> list[Call]:
            prepared = self.prepare(solution, _random(0, "prepare"))
            return calls(prepared, _random(0, "behaviour"))

        self.bank.calls = same_for_all
        return calls

    def misconception(self, sentence: str, loses: Check) -> Callable[[Any], Any]:
        """Register the decorated wrong implementation; it must lose the criterion `loses`.

        `sentence` is shown to a student whose code gives the same results; it says what was done,
        and what should be done.
        """

        def register(wrong: Any) -> Any:
            self.bank.known.append(Misconception(wrong.__name__, sentence, loses, wrong))
            return wrong

        return register

    def diagnose(self, solution: Any) -> str:
        """Return the sentence of the one misconception that behaves like `solution`, or nothing."""
        with _quiet():
            found = self.bank.diagnose(solution)
        return found.sentence if found else ""

    def meets(self, check: Check, solution: Any, seed: int) -> bool:
        """Say whether `solution` meets one criterion."""
        prepared, error = _attempted(self.prepare, solution, seed, "prepare")
        return error is None and _failure(check, prepared, seed) is None

    def mark(self, solution: Any, seed: int) -> tuple[list[Mark], str]:
        """Run every criterion on `solution`; return the marks and what is at fault on our side."""
        total = sum(points for _, points, _ in self.criteria)
        if total != self.points:
            raise RubricError(f"The criteria of '{self.title}' sum to {total}, not {self.points}.")
        if solution is None:
            return self._not_defined(), ""
        marks: list[Mark] = []
        faults = []
        prepared, failure = _attempted(self.prepare, solution, seed, "prepare")
        for title, points, check in self.criteria:
            error = failure or _failure(check, prepared, seed)
            if error is None:
                marks.append(Mark(title, points, True))
                continue
            if not self._sound(check, seed):
                faults.append(f"The criterion '{title}' fails on the reference.")
            message = explain(error)
            again = message in [mark.message for mark in marks] and not isinstance(error, NotMet)
            marks.append(
                Mark(title, points, False, _AGAIN if again else message, verdict_of(error))
            )
        return marks, " ".join(faults)

    def _not_defined(self) -> list[Mark]:
        message = (
            f"'{self.solution}' is not defined. Look for an error in its cell, "
            "or for a changed name."
        )
        return [
            Mark(title, points, False, message, Verdict.NOT_DEFINED)
            for title, points, _ in self.criteria
        ]

    def _reference_meets(self, check: Check, seed: int) -> bool:
        # Not at once: a watched call would be blamed for a random number that another thread draws
        # meanwhile, as Dask's does when it connects once more.
        return any(self.meets(check, self.reference, seed) for _ in range(_TRIES))


def _failure(check: Check, prepared: Any, seed: int) -> BaseException | None:
    """Return what a check raises, if it does."""
    return _attempted(check, prepared, seed, check.__name__)[1]


def _attempted(
    step: Check, subject: Any, seed: int, purpose: str
) -> tuple[Any, BaseException | None]:
    """Return what a step with random numbers of its own returns, or what it raises."""
    with _quiet():
        try:
            return step(subject, _random(seed, purpose)), None
        except (Exception, SystemExit) as error:
            return None, error


def _random(seed: int, purpose: str) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(f"{seed}:{purpose}".encode()))


@contextmanager
def _quiet() -> Iterator[None]:
    # What the student's code prints or warns here could show a hidden input, and nbgrader
    # takes any stderr before the score for a failure.
    with capture_output(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
