"""Rubrics: named criteria with points, run against what a student defined.

    rubric = Rubric("Exercise 1", points=20, solution="dot_product_attention", reference=attend)

    @rubric.criterion("The weights follow the formula", points=6)
    def weights(dot_product_attention, random):
        query = torch.randn(3, 5, generator=random)
        keys = torch.randn(3, 7, 5, generator=random)
        (outcome,) = call_all([Call(dot_product_attention, (query, keys, keys))])
        _, weights = expect.pair(outcome.value(), "the output", "the weights")
        expect.shape(weights, (3, 7), "the weights", "batch_size=3, seq_len=7")
        expect.close(weights, attend(query, keys, keys)[1], "the weights", "Check the softmax.")

A criterion is met when its check returns. It is lost when its check raises:

    NotMet                  the message says to the student what was expected, and what came
    any other exception     student code raised, or the check itself is wrong. The check is run on
                            the reference: where it raises there too, the fault is ours, and the
                            exercise is "not graded", never 0.

`random` is a `torch.Generator`. Each check has its own, drawn from the seed and the name of the
check: a check that is added or that draws more does not change the inputs of the others.

A rubric may know misconceptions: wrong implementations, each with a sentence for the student, and
a behaviour to tell them apart by; see `nbjudge.rubric.misconceptions`.
"""

import functools
import io
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import torch

from nbjudge.course import RubricError
from nbjudge.rubric.calls import Call
from nbjudge.rubric.diagnosis import Diagnosis
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.messages import explain, is_students, verdict_of
from nbjudge.rubric.misconceptions import Bank, Group, Misconception
from nbjudge.rubric.scorecard import Mark
from nbjudge.verdict import Verdict

Check = Callable[[Any, torch.Generator], Any]
Beside = Mapping[str, Any]
_SEEDS_KEPT = 1000
_AGAIN = "Your code raised the same as above."
_SAME = "The same as above."
_TRIES = 3


class Criterion(NamedTuple):
    """One thing that an exercise is marked on: all of its points, or none."""

    title: str
    points: int
    check: Check


class Rubric:
    """The criteria of one exercise.

        title          what the scorecard shows
        points         the sum of all criteria's points; `mark` raises `RubricError` if it is not
        solution       the name that the student defines
        reference      a right implementation; a criterion that it does not meet is at fault
        extra_credit   the points come on top: the grade cell is worth 0, and its value is 0
        prepare        prepare(solution, random) makes once what all criteria get in place of the
                       solution, such as objects of the student's class
        beside         what the exercise needs of earlier ones: for each name a right implementation
                       of ours. Then it is prepare(solution, random, beside), and `beside` holds
                       what the submission defined under those names, or None where it defined none

    Criteria, misconceptions and their behaviour are registered by the decorators below.
    """

    def __init__(
        self,
        title: str,
        points: int,
        solution: str,
        reference: Any,
        extra_credit: bool = False,
        prepare: Callable[..., Any] | None = None,
        beside: Beside | None = None,
    ):
        self.title = title
        self.points = points
        self.extra_credit = extra_credit
        self.solution = solution
        self.reference = reference
        self.prepare: Callable[..., Any] = prepare or (lambda solution, random: solution)
        self.beside: Beside = beside or {}
        self.criteria: list[Criterion] = []
        self.bank = Bank(reference)
        # Asked for each criterion that is lost, so for a class with one seed again and again: the
        # answer depends on the check and the seed only.
        self._sound = functools.lru_cache(_SEEDS_KEPT)(self._reference_meets)

    def criterion(self, title: str, points: int) -> Callable[[Check], Check]:
        """Register the decorated check, check(solution, random), as a criterion worth `points`.

        It gets what `prepare` made in place of the solution, where there is a `prepare`.
        """

        def register(check: Check) -> Check:
            self.criteria.append(Criterion(title, points, check))
            return check

        return register

    def behaviour(self, calls: Callable[[Any, torch.Generator], Any]) -> Any:
        """Register calls(solution, random): the calls whose results tell misconceptions apart.

        They are a list of calls, or of pairs (situation, calls); or an iterator that yields such a
        list for each way to read the solution, where its form leaves that open.

        It gets what criteria get, but always the same random numbers, whatever the seed: so the
        results of the misconceptions need be computed once only.
        """

        def same_for_all(solution: Any, beside: Beside | None = None) -> Iterator[list[Group]]:
            prepared = self._prepared(beside)(solution, _random(0, "prepare"))
            given = calls(prepared, _random(0, "behaviour"))
            for reading in [given] if isinstance(given, list) else given:
                plain = all(isinstance(one, Call) for one in reading)
                yield [("", reading)] if plain else reading

        self.bank.calls = same_for_all
        return calls

    def misconception(self, sentence: str, loses: Check) -> Callable[[Any], Any]:
        """Register the decorated wrong implementation; it must lose the criterion `loses`.

        `sentence` is shown to a student whose code gives the same results; it says what the code
        does, not how it is written, and what should be done. Several may share one sentence.
        """

        def register(wrong: Any) -> Any:
            self.bank.known.append(Misconception(wrong.__name__, sentence, loses, wrong))
            return wrong

        return register

    def diagnose(self, solution: Any, beside: Beside | None = None) -> Diagnosis:
        """Return the one misconception that behaves like `solution`, if any, and what it does.

        See `nbjudge.rubric.misconceptions`. `beside` is as in `mark`.
        """
        with _quiet():
            return self.bank.diagnose(solution, beside)

    def meets(self, check: Check, solution: Any, seed: int, beside: Beside | None = None) -> bool:
        """Say whether `solution` meets one criterion; `beside` is as in `mark`."""
        prepared, error = _attempted(self._prepared(beside), solution, seed, "prepare")
        return error is None and _failure(check, prepared, seed) is None

    def mark(
        self, solution: Any, seed: int, beside: Beside | None = None, blame: bool = True
    ) -> tuple[list[Mark], str]:
        """Run every criterion on `solution`.

        Returns the marks, and a sentence for a fault of ours, empty if there is none. `solution` is
        None where the student defined nothing. `beside` holds what the same submission defined
        under the names of the rubric's `beside`; without it, ours stand there. `blame` says whether
        the reference is tried where a criterion is lost: it costs time, and finds faults of ours.
        Raises `RubricError` when the points do not add up.
        """
        self.add_up()
        if solution is None:
            return self._not_defined(), ""
        marks: list[Mark] = []
        faults = []
        prepared, failure = _attempted(self._prepared(beside), solution, seed, "prepare")
        for title, points, check in self.criteria:
            error = failure or _failure(check, prepared, seed)
            if error is None:
                marks.append(Mark(title, points, True))
                continue
            if blame and not self._sound(check, seed):
                faults.append(f"The criterion '{title}' fails on the reference.")
            message = explain(error)
            # Code that raises does so in most criteria: the same message ten times hides the
            # others.
            again = message in [mark.message for mark in marks] and not isinstance(error, NotMet)
            if again:
                message = _AGAIN if is_students(error) else _SAME
            marks.append(Mark(title, points, False, message, verdict_of(error)))
        return marks, " ".join(faults)

    def add_up(self) -> None:
        """Raise `RubricError` where the points of the criteria are not those of the rubric."""
        total = sum(points for _, points, _ in self.criteria)
        if total != self.points:
            raise RubricError(f"The criteria of '{self.title}' sum to {total}, not {self.points}.")

    def _prepared(self, beside: Beside | None) -> Check:
        """Return the step that makes what criteria get of a solution."""
        if not self.beside:
            return self.prepare
        given = self.beside if beside is None else {name: beside.get(name) for name in self.beside}
        return functools.partial(self.prepare, beside=given)

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
        # Tried three times. A watched call is blamed for a random number that another thread of
        # this process draws meanwhile, as Dask's thread does when it connects once more.
        return any(self.meets(check, self.reference, seed) for _ in range(_TRIES))


def _failure(check: Check, prepared: Any, seed: int) -> BaseException | None:
    """Return what a check raises, if it does."""
    return _attempted(check, prepared, seed, check.__name__)[1]


def _attempted(
    step: Check, subject: Any, seed: int, purpose: str
) -> tuple[Any, BaseException | None]:
    """Return what a step returns, or what it raises; `purpose` names its random numbers."""
    with _quiet():
        try:
            return step(subject, _random(seed, purpose)), None
        except (Exception, SystemExit) as error:
            return None, error


def _random(seed: int, purpose: str) -> torch.Generator:
    # crc32, because Python's own hash of a text differs in each process.
    return torch.Generator().manual_seed(zlib.crc32(f"{seed}:{purpose}".encode()))


@contextmanager
def _quiet() -> Iterator[None]:
    # What student code prints or warns during a check could show a hidden input. And nbgrader gives
    # 0 points to a cell with any text on stderr before its score.
    with _captured(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _captured() -> Iterator[None]:
    # What has imported IPython, as a kernel has, may display pictures, too. Elsewhere a rubric
    # needs nothing of it, so that it can be tried where there is only torch.
    if sys.modules.get("IPython"):
        from IPython.utils.capture import capture_output

        with capture_output():
            yield
    else:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield
