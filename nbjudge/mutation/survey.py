"""All mutants of an assignment tried, by a process on each core.

Results are taken in the order of the mutants, whichever is ready first, so that a report is the
same each time. What is known so far is kept in `Survey` while it grows: Ctrl-C loses nothing.

    command ── (exercise, text) ──> worker 1 ──> zygote 1 ──> student process of one mutant
            <── Tried ──            worker 2 ──> zygote 2 ──> student process of another
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.workers import begin
from nbjudge.course import RubricError
from nbjudge.mutation.equivalent import Equivalent, file_of, marks_of
from nbjudge.mutation.exercises import Exercise, LeftOut, exercises
from nbjudge.mutation.mutants import Mutant, mutants
from nbjudge.mutation.trial import Trial, Tried, try_mutant, try_solution
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.verdict import Verdict

PASS = "pass"  # of a mutant: no test fails
_NO_VALUE = (Verdict.RAISED, Verdict.NOT_DEFINED)


@dataclass
class Found:
    """The mutants of one exercise, and what became of them; `points` are those of full marks."""

    exercise: Exercise
    points: float
    mutants: list[Mutant]
    marks: list[Equivalent]
    tried: list[Tried] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many lose points by what they return."""
        return sum(self._is_lost(one) and not self._raised(one) for one in self.tried)

    @property
    def raised(self) -> int:
        """How many raise, are not defined, or are stopped: what any test notices."""
        return sum(self._raised(one) for one in self.tried)

    @property
    def survivors(self) -> list[tuple[Mutant, Tried]]:
        """Those that have full marks with a seed, and no mark."""
        return [
            (mutant, one)
            for mutant, one in zip(self.mutants, self.tried, strict=False)
            if one.passed and not self.mark_of(mutant)
        ]

    @property
    def marked(self) -> int:
        """How many have full marks with each seed, and a mark that says that they are right."""
        pairs = zip(self.mutants, self.tried, strict=False)
        return sum(bool(one.passed and self.mark_of(mutant)) for mutant, one in pairs)

    @property
    def contradicted(self) -> list[tuple[Mutant, Tried]]:
        """Those that a mark calls right, and that lose points with a seed."""
        return [
            (mutant, one)
            for mutant, one in zip(self.mutants, self.tried, strict=False)
            if self.mark_of(mutant) and len(one.passed) < len(one.verdicts)
        ]

    @property
    def stale(self) -> list[Equivalent]:
        """The marks that fit no mutant any more."""
        return [mark for mark in self.marks if not any(map(mark.fits, self.mutants))]

    @property
    def faults(self) -> list[str]:
        """What could not be judged, by a fault of ours."""
        return list(dict.fromkeys(one.fault for one in self.tried if one.fault))

    def mark_of(self, mutant: Mutant) -> Equivalent | None:
        """Return the first mark that fits a mutant."""
        return next((mark for mark in self.marks if mark.fits(mutant)), None)

    def _is_lost(self, one: Tried) -> bool:
        return bool(one.verdicts) and not one.passed and not one.fault

    def _raised(self, one: Tried) -> bool:
        last = list(one.verdicts.values())[-1:]
        return self._is_lost(one) and all(v in _NO_VALUE or v.stopped for v in last)


@dataclass
class Survey:
    """What is known of an assignment so far. `total` is the number of mutants in all."""

    assignment: str
    trial: Trial
    found: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    lost_marks: list[Path] = field(default_factory=list)
    total: int = 0
    stopped: bool = False

    @property
    def survivors(self) -> int:
        """How many mutants have full marks, and no mark."""
        return sum(len(one.survivors) for one in self.found)

    @property
    def tried(self) -> int:
        """How many mutants were tried."""
        return sum(len(one.tried) for one in self.found)

    @property
    def is_well(self) -> bool:
        """Whether nothing is left to do."""
        parts = (one.survivors or one.contradicted or one.stale or one.faults for one in self.found)
        return not any(parts) and not self.lost_marks


def survey(
    root: Path,
    assignment: str,
    seeds: range,
    ancestors: Ancestors,
    shown: Callable[[int], Any],
) -> Survey:
    """Try all mutants of an assignment with each seed; `shown(total)` shows progress.

    It counts what is a `PASS`. Ctrl-C ends it: what was tried until then is returned. Raises
    `RubricError` where there is nothing to try, and where a rubric or a file of marks cannot be
    used.
    """
    options = JudgeOptions(config=configuration(root))
    trial = Trial(root, tuple(seeds), options.submission_limits(), tuple(options.packages))
    told = Survey(assignment, trial)
    known = exercises(root, assignment)
    if not known:
        raise RubricError(
            f"No notebook in source/{assignment} has a solution cell. "
            "Check the name of the assignment."
        )
    told.lost_marks = _lost_marks(root, assignment, [one.name for one in known])
    marks = {one.name: marks_of(root, one.name) for one in known if isinstance(one, Exercise)}
    try:
        with _pool(ancestors) as pool:
            _find(told, pool, known, marks)
            _try(told, pool, shown)
    except KeyboardInterrupt:
        told.stopped = True
    return told


def _find(
    told: Survey,
    pool: ProcessPool,
    known: list[Exercise | LeftOut],
    marks: dict[str, list[Equivalent]],
) -> None:
    """Find the mutants of each exercise whose own solution has full marks."""
    to_try = [one for one in known if isinstance(one, Exercise)]
    asked = {one.name: pool.schedule(try_solution, args=[told.trial, one]) for one in to_try}
    for one in known:
        if isinstance(one, LeftOut):
            told.left_out.append(one)
            continue
        reason, points = asked[one.name].result()
        if reason:
            told.left_out.append(LeftOut(one.name, reason))
        else:
            every = mutants(one.source)
            told.found.append(Found(one, points, every, marks[one.name]))
            told.total += len(every)


def _try(told: Survey, pool: ProcessPool, shown: Callable[[int], Any]) -> None:
    waiting = [
        (found, pool.schedule(try_mutant, args=[told.trial, found.exercise, mutant.text]))
        for found in told.found
        for mutant in found.mutants
    ]
    with shown(told.total) as show:
        for found, future in waiting:
            found.tried.append(_result(future))
            survived = found.survivors and found.survivors[-1][1] is found.tried[-1]
            show(PASS if survived else "")


def _result(future: "Future[Tried]") -> Tried:
    try:
        return future.result()
    except ProcessExpired as error:
        return Tried(fault=f"The process that tried a mutant ended ({error}).")


@contextmanager
def _pool(ancestors: Ancestors) -> Iterator[ProcessPool]:
    pool = ProcessPool(
        max_workers=os.cpu_count() or 1,
        context=ancestors.context,
        initializer=begin,
        initargs=[ancestors.template.control],
    )
    try:
        yield pool
        pool.close()
    finally:
        pool.stop()
        pool.join()


def _lost_marks(root: Path, assignment: str, names: list[str]) -> list[Path]:
    """Return the files of marks that belong to no exercise."""
    known = {file_of(root, name) for name in names}
    return sorted(set(file_of(root, f"{assignment}/x").parent.glob("*.toml")) - known)
