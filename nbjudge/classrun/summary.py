"""What a class run prints at its end: a table and a sentence, or JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from nbjudge.classrun.class_table import class_table
from nbjudge.classrun.outcome import LEFT, NOT_GRADED, SubmissionOutcome
from nbjudge.tables import as_text, told_together

WIDEST = 120
_MOST_ROWS = 200


Outcomes = Mapping[str, Sequence[SubmissionOutcome]]  # by the name of the assignment


def to_text(outcomes: Outcomes, seconds: float, width: int = WIDEST) -> str:
    """Return the table, the reasons of what is not graded, what needs a person, the sentence.

    Several assignments have a table each, with a line that names it. All of it is at most `width`
    columns wide.
    """
    parts: list[Any] = []
    for name, some in outcomes.items():
        ordered = sorted(some, key=lambda one: one.student)
        parts += [f"\n{name}"] if len(outcomes) > 1 else []
        parts += class_table(ordered[:_MOST_ROWS], width) if ordered else []
        if len(ordered) > _MOST_ROWS:
            parts.append(f"The first {_MOST_ROWS} of {len(ordered)}; --json has all.")
        parts += told_together(
            (one.student, line) for one in ordered for line in (one.reason, *one.notes) if line
        )
    return as_text(*parts, sentence(_every(outcomes), seconds), width=width)


def sentence(outcomes: Sequence[SubmissionOutcome], seconds: float) -> str:
    """Return how many were graded, and how fast."""
    counts = Counter(one.status for one in outcomes)
    done = counts["graded"]
    left = sum(one.lacks == LEFT for one in outcomes)
    partly = f", {left} {LEFT}" if left else ""
    rate = f", {done / seconds:.1f} a second" if done and seconds else ""
    every = "1 submission" if len(outcomes) == 1 else f"{len(outcomes)} submissions"
    return (
        f"{every} in {seconds:.0f} s: {counts['graded']} graded, "
        f"{counts['unchanged']} unchanged, {counts[NOT_GRADED]} {NOT_GRADED}{partly}{rate}."
    )


def to_dict(outcomes: Outcomes, seconds: float) -> dict[str, Any]:
    """Return all of it as plain data."""
    return {
        "seconds": round(seconds, 3),
        "counts": Counter(one.status for one in _every(outcomes)),
        "submissions": [
            {"assignment": name, **one.to_dict()}
            for name, some in outcomes.items()
            for one in sorted(some, key=lambda one: one.student)
        ],
    }


def _every(outcomes: Outcomes) -> list[SubmissionOutcome]:
    return [one for some in outcomes.values() for one in some]
