"""What a hidden-test cell calls: `grade` marks one exercise.

    from nbjudge.rubric import grade
    grade("attention/dot_product", globals())

The same cell runs in two places: in the judge process, and in a kernel of plain nbgrader. The judge
process runs it inside a `grading` block, which says the seed and takes the scorecard. Outside of
such a block, `grade` takes itself to be in a kernel: it draws a seed and displays the scorecard.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbjudge.rubric.diagnosis import Diagnosis
from nbjudge.rubric.loader import load
from nbjudge.rubric.scorecard import Mark, Scorecard
from nbjudge.sanitize.paths import without_paths

PLAIN_ENGINE = "plain nbgrader"


@dataclass(frozen=True)
class Grading:
    """How rubrics are used inside a `grading` block.

    `root` is a folder of the course. `engine` and `confined` stand on the scorecard, which `show`
    takes. `read` says whether somebody reads it: else no reason is looked for.
    """

    seed: int
    root: Path
    engine: str
    confined: bool
    show: Callable[[Scorecard], Any]
    read: bool = True


_GRADING: ContextVar[Grading] = ContextVar("grading")


@contextmanager
def grading(how: Grading) -> Iterator[None]:
    """Let every `grade` inside the block do as `how` says."""
    token = _GRADING.set(how)
    try:
        yield
    finally:
        _GRADING.reset(token)


def grade(path: str, namespace: Mapping[str, Any]) -> float:
    """Mark the exercise of rubric `path`, show the scorecard, return the points for nbgrader.

    `path` is "<assignment>/<exercise>", `namespace` the notebook's globals. A bonus returns 0.0:
    nbgrader refuses more in a 0-point cell, and the gradebook's extra credit takes what the
    scorecard says. In a plain kernel `NBJUDGE_SEED` repeats an earlier run's hidden inputs. Raises
    nothing: what is wrong with the rubric stands in the scorecard.
    """
    how = _GRADING.get(None) or _in_a_kernel()
    marks: list[Mark] = []
    title, points, version, extra_credit, diagnosis = path, 0, "unknown", False, Diagnosis()
    try:
        rubric, version = load(path, how.root)
        title, points, extra_credit = rubric.title, rubric.points, rubric.extra_credit
        solution = namespace.get(rubric.solution)
        marks, fault = rubric.mark(solution, how.seed, namespace, how.read)
        if how.read and not fault and not all(mark.met for mark in marks):
            diagnosis = rubric.diagnose(solution, namespace)
    except Exception as error:  # What students raise is caught in `mark`: this fault is ours.
        said = without_paths(str(error).replace(f"{how.root}/", ""))  # the student reads it, too
        fault = f"The rubric cannot be used ({type(error).__name__}: {said})."
    card = Scorecard(
        path,
        title,
        points,
        tuple(marks),
        how.seed,
        version,
        how.engine,
        how.confined,
        fault,
        diagnosis=str(diagnosis),
        misconception=diagnosis.misconception,
        behaviour=diagnosis.behaviour,
    )
    how.show(card)
    return 0.0 if extra_credit else card.score


def new_seed() -> int:
    """Return a seed that nobody can guess, or the one that `NBJUDGE_SEED` sets."""
    return int(os.environ.get("NBJUDGE_SEED") or secrets.randbelow(2**31))


def _in_a_kernel() -> Grading:
    from IPython.display import display  # a kernel has it

    return Grading(new_seed(), Path.cwd(), PLAIN_ENGINE, False, display)
