"""One mutant tried: its cell runs in a student process, and the tests behind it decide.

    a worker's bench    the solution itself, measured once: what it takes, that it has full marks
    a mutant            a student process of its own, with the cells before, the mutant, the tests

A mutant is our own code, but it may loop or take all memory. So it runs as a submission does. It is
stopped after a second and ten times what the solution took. Equal answers are judged once
(`judge.cache`), and questions of the solution are sent ahead.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from nbformat.v4 import new_notebook

from nbjudge.judge.cache import Cache
from nbjudge.judge.decided import Decided
from nbjudge.judge.hidden_test import HiddenTests, JudgeSettings
from nbjudge.mutation.exercises import Exercise
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.process.zygote import Confinement, JudgeFault, running
from nbjudge.verdict import Verdict

_LEAST, _TIMES_SOLUTION = 1.0, 10  # seconds as `process.budget` counts them; times the solution's


@dataclass(frozen=True)
class Trial:
    """How mutants are tried: in which course, with which seeds, within which limits."""

    root: Path
    seeds: tuple[int, ...]
    limits: Limits
    packages: tuple[str, ...] = ()


@dataclass
class Tried:
    """What became of a mutant: its verdict with each seed that was tried.

    `why` says what it lost first, `points` are those of full marks. `nothing` says that it meets no
    criterion of a rubric: that is no matter of the seed. `fault` is a sentence where the fault is
    ours.
    """

    verdicts: dict[int, Verdict] = field(default_factory=dict)
    why: str = ""
    points: float = 0.0
    nothing: bool = False
    fault: str = ""

    @property
    def passed(self) -> list[int]:
        """The seeds with which it has full marks."""
        return [seed for seed, verdict in self.verdicts.items() if verdict is Verdict.MET]


def try_solution(trial: Trial, exercise: Exercise) -> tuple[str, float]:
    """Return why the solution itself cannot be judged apart, empty if it can; and its points."""
    try:
        bench = _bench(trial, exercise)
    except JudgeFault as fault:
        return str(fault), 0.0
    return bench.reason, bench.points


def try_mutant(trial: Trial, exercise: Exercise, text: str) -> Tried:
    """Try one mutant of an exercise whose solution can be judged; `text` is its whole cell."""
    try:
        return _bench(trial, exercise).tried(text)
    except JudgeFault as fault:
        return Tried(fault=str(fault))


class _Bench:
    """An exercise as one process tries it."""

    def __init__(self, trial: Trial, exercise: Exercise):
        self._trial, self._exercise = trial, exercise
        self._settings = JudgeSettings(trial.root, new_notebook(), trial.limits, Cache())
        self._most = self._cell_most = trial.limits.cell_seconds
        own = self.tried(exercise.source, ours=True)
        self.reason, self.points = own.fault, own.points
        if not self.reason and own.passed != list(trial.seeds):
            self.reason = f"the solution itself has less than full marks, judged apart: {own.why}"
        self.reason = self.reason.rstrip(".")

    def tried(self, text: str, ours: bool = False) -> Tried:
        """Return what becomes of a text with each seed; that of the solution is measured, too."""
        zygote = running(Confinement(unconfined=True, packages=self._trial.packages))
        session = Session(zygote, self._trial.limits, _files(self._exercise.file.parent))
        try:
            return self._tried(session, text, ours)
        finally:
            session.close()

    def _tried(self, session: Session, text: str, ours: bool) -> Tried:
        found = Tried()
        for source in self._exercise.before:
            ran = session.run(source)
            if ran.breach is not None:
                found.fault = f"A cell before it was stopped. {ran.breach}"
                return found
        ran = session.run(text, Budget(self._cell_most))
        if ran.breach is not None:
            found.verdicts[self._trial.seeds[0]] = ran.breach.verdict
            found.why = str(ran.breach)
            return found
        longest = 0.0
        for seed in self._trial.seeds:
            budget = Budget(self._most)
            found.verdicts[seed] = self._with_seed(session, seed, budget, ours, found)
            longest = max(longest, budget.used)
            if found.verdicts[seed].stopped or found.fault or found.nothing:
                break
        if ours:
            self._cell_most, self._most = self._bound(ran.used), self._bound(longest)
        return found

    def _bound(self, seconds: float) -> float:
        return min(_LEAST + _TIMES_SOLUTION * seconds, self._trial.limits.cell_seconds)

    def _with_seed(
        self, session: Session, seed: int, budget: Budget, ours: bool, found: Tried
    ) -> Verdict:
        """Return the verdict of all tests with a seed, MET for full marks; note the rest."""
        submission = Submission(new_notebook(), seed, ours=ours)
        tests, points = HiddenTests(self._settings, submission, session), 0.0
        for test in self._exercise.tests:
            _draw_from(seed)
            decided, breach = tests.decide(test, budget, last=True)
            found.fault = " ".join(card.fault for card in decided.cards)
            met = [mark.met for card in decided.cards for mark in card.marks]
            found.nothing = bool(met) and not any(met)
            lost = _lost(decided, test)
            if breach is not None:
                lost = breach.verdict, str(breach)
            if lost[0] is not Verdict.MET:
                found.why = found.why or lost[1]
                return lost[0]
            points += sum(card.points for card in decided.cards) or test.points
        found.points = points
        return Verdict.MET


def _lost(decided: Decided, test: TestCell) -> tuple[Verdict, str]:
    """Return the verdict of one test and what was lost; MET and nothing for full marks."""
    if decided.failure is not None:
        return decided.failure.verdict, decided.failure.text
    for card in decided.cards:
        for mark in card.marks:
            if not mark.met:
                return card.verdict, f"'{mark.criterion}'. {mark.message}"
    if decided.value is not None and not decided.cards and not decided.value >= test.points:
        return Verdict.NOT_MET, f"It gives {decided.value:g} of {test.points:g} points."
    return Verdict.MET, ""


def _draw_from(seed: int) -> None:
    """Let a test that draws its inputs without a generator draw the same for each mutant."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _files(folder: Path) -> Path | None:
    """Return the folder of the master where its cells may need what lies in it."""
    return folder if any(_others(folder)) else None


def _others(folder: Path) -> Iterator[Path]:
    return (one for one in folder.iterdir() if one.suffix != ".ipynb" and one.name[0] != ".")


_kept: list[tuple[Trial, Exercise, _Bench]] = []  # of this process, the last one


def _bench(trial: Trial, exercise: Exercise) -> _Bench:
    if not _kept or _kept[0][:2] != (trial, exercise):
        _kept[:] = [(trial, exercise, _Bench(trial, exercise))]
    return _kept[0][2]
