"""Rubrics: named criteria with points, run against what a student defined.

    rubric = Rubric("Exercise 1", points=20, solution="dot_product_attention", reference=attend)

    @rubric.criterion("The weights follow the formula", points=6)
    def weights(dot_product_attention, random): ...

A criterion is met when its check returns. It raises `expect.NotMet` to say what was wrong. Any
other exception is traced to its owner: if the check raises on the reference too, the fault is ours
and the exercise is "not graded", never 0. `nbjudge.rubric.calls` makes many calls at once.

A rubric may know misconceptions, wrong implementations with a sentence for the student, and a
behaviour to tell them apart by; see `nbjudge.rubric.misconceptions`.
"""

import os
import re
import secrets
import traceback
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from IPython.display import display
from IPython.utils.capture import capture_output

from nbjudge.course import RubricError, load
from nbjudge.proxy.errors import look_at
from nbjudge.rubric.calls import Call
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.misconceptions import Bank, Misconception
from nbjudge.rubric.scorecard import Mark, Scorecard
from nbjudge.sanitize.text import plain

Check = Callable[[Any, torch.Generator], Any]
ENGINE = "plain nbgrader"
_LONGEST_MESSAGE = 400
_KEPT = 1000
_AGAIN = "Your code raised the same as above."
_TRIES = 3


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
        self.criteria: list[tuple[str, int, Check]] = []
        self.bank = Bank(reference)
        # Where a bank or a class is marked with one seed, the reference meets each check once.
        self._sound = lru_cache(_KEPT)(self._reference_meets)

    def criterion(self, title: str, points: int) -> Callable[[Check], Check]:
        """Register the decorated check as a criterion worth `points`."""

        def register(check: Check) -> Check:
            self.criteria.append((title, points, check))
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
        prepared, error = _prepared(self.prepare, solution, seed)
        return error is None and _run(check, prepared, seed) is None

    def _reference_meets(self, check: Check, seed: int) -> bool:
        # Not at once: a watched call would be blamed for a random number that another thread draws
        # meanwhile, as Dask's does when it connects once more.
        return any(self.meets(check, self.reference, seed) for _ in range(_TRIES))

    def mark(self, solution: Any, seed: int) -> tuple[list[Mark], str]:
        """Run every criterion on `solution`; return the marks and what is at fault on our side."""
        total = sum(points for _, points, _ in self.criteria)
        if total != self.points:
            raise RubricError(f"The criteria of '{self.title}' sum to {total}, not {self.points}.")
        if solution is None:
            message = (
                f"'{self.solution}' is not defined. Look for an error in its cell, "
                "or for a changed name."
            )
            return [Mark(title, points, False, message) for title, points, _ in self.criteria], ""
        marks, faults = [], []
        prepared, failure = _prepared(self.prepare, solution, seed)
        for title, points, check in self.criteria:
            error = failure or _run(check, prepared, seed)
            if error is None:
                marks.append(Mark(title, points, True))
                continue
            if not self._sound(check, seed):
                faults.append(f"The criterion '{title}' fails on the reference.")
            message = explain(error)
            again = message in [mark.message for mark in marks] and not isinstance(error, NotMet)
            marks.append(Mark(title, points, False, _AGAIN if again else message))
        return marks, " ".join(faults)


@dataclass(frozen=True)
class Grading:
    """By whom, from which seed and in which course a rubric is used, and where its result goes."""

    seed: int
    root: Path
    engine: str
    confined: bool
    show: Callable[[Scorecard], Any]


_GRADING: ContextVar[Grading] = ContextVar("grading")


@contextmanager
def grading(how: Grading) -> Iterator[None]:
    """Let every `grade` inside the block be done as `how` says."""
    token = _GRADING.set(how)
    try:
        yield
    finally:
        _GRADING.reset(token)


def grade(path: str, namespace: Mapping[str, Any]) -> float:
    """Mark the exercise of rubric `path`, show the scorecard, return the points for nbgrader.

    `path` is "<assignment>/<exercise>", `namespace` the notebook's globals. A bonus returns 0.0:
    nbgrader refuses more in a 0-point cell, and the gradebook's extra credit takes what the
    scorecard says. In a plain kernel `NBJUDGE_SEED` repeats an earlier run's hidden inputs.
    """
    how = _GRADING.get(None) or _in_a_kernel()
    marks: list[Mark] = []
    title, points, version, extra_credit, diagnosis = path, 0, "unknown", False, ""
    try:
        rubric, version = load(path, how.root)
        title, points, extra_credit = rubric.title, rubric.points, rubric.extra_credit
        solution = namespace.get(rubric.solution)
        marks, fault = rubric.mark(solution, how.seed)
        if not fault and not all(mark.met for mark in marks):
            diagnosis = rubric.diagnose(solution)
    except Exception as error:  # What students raise is caught in `mark`: this fault is ours.
        fault = f"The rubric cannot be used ({type(error).__name__}: {error})."
    card = Scorecard(
        path, title, points, tuple(marks), how.seed, version, how.engine, how.confined, fault,
        diagnosis=diagnosis,
    )  # fmt: skip
    how.show(card)
    return 0.0 if extra_credit else card.score


def new_seed() -> int:
    """Return a seed that nobody can guess."""
    return int(os.environ.get("NBJUDGE_SEED") or secrets.randbelow(2**31))


def _in_a_kernel() -> Grading:
    return Grading(new_seed(), Path.cwd(), ENGINE, False, display)


def _prepared(prepare: Check, solution: Any, seed: int) -> tuple[Any, BaseException | None]:
    """Return what criteria get, or why there is nothing."""
    found: list[Any] = []
    error = _run(lambda one, random: found.append(prepare(one, random)), solution, seed, "prepare")
    return (found[0] if found else None), error


def _run(check: Check, subject: Any, seed: int, purpose: str = "") -> BaseException | None:
    with _quiet():
        try:
            check(subject, _random(seed, purpose or check.__name__))
        except (Exception, SystemExit) as error:
            return error
    return None


def _random(seed: int, purpose: str) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(f"{seed}:{purpose}".encode()))


@contextmanager
def _quiet() -> Iterator[None]:
    # What the student's code prints or warns here could show a hidden input, and nbgrader
    # takes any stderr before the score for a failure.
    with capture_output(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def explain(error: BaseException) -> str:
    """Return what an exception of a check or of student code means to the student.

    A tensor in its text is cut: it may be a hidden input.
    """
    if isinstance(error, NotMet):
        return plain(str(error))
    said = re.sub(r"tensor\(.*", "tensor(…)", str(error).strip(), flags=re.S)[:_LONGEST_MESSAGE]
    text = f"Your code raised {type(error).__name__}: {said}".rstrip(": ")
    stop = "" if text.endswith((".", "!", "?")) else "."
    return plain(f"{text}{stop} {_students_line(error)}".strip())


def _students_line(error: BaseException) -> str:
    """Name the deepest line of the traceback that stands in a notebook cell."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.line and "ipykernel" in frame.filename:
            return look_at(frame.line)
    # An exception that was raised in another process brings that line as a note.
    return " ".join(getattr(error, "__notes__", []))
