"""What a class run prints at its end: a table and a sentence, or JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.nbgrader_ext.course_time import span
from nbjudge.tables import as_text, told_together

_MOST_ROWS = 200


Outcomes = Mapping[str, Sequence[SubmissionOutcome]]  # by the name of the assignment


def to_text(outcomes: Outcomes, seconds: float) -> str:
    """Return the table, the reasons of what is not graded, what needs a person, the sentence.

    Several assignments have a table each, with a line that names it.
    """
    parts: list[Any] = []
    for name, some in outcomes.items():
        ordered = sorted(some, key=lambda one: one.student)
        parts += [f"\n{name}"] if len(outcomes) > 1 else []
        parts += [_table(ordered[:_MOST_ROWS])] if ordered else []
        if len(ordered) > _MOST_ROWS:
            parts.append(f"The first {_MOST_ROWS} of {len(ordered)}; --json has all.")
        parts += told_together(
            (one.student, line) for one in ordered for line in (one.reason, *one.notes) if line
        )
    return as_text(*parts, sentence(_every(outcomes), seconds), width=120)


def sentence(outcomes: Sequence[SubmissionOutcome], seconds: float) -> str:
    """Return how many were graded, and how fast."""
    counts = Counter(one.status for one in outcomes)
    done = counts["graded"]
    parts = sum(one.verdict.graded and not one.whole for one in outcomes)
    partly = f" ({parts} without an exercise)" if parts else ""
    rate = f", {done / seconds:.1f} a second" if done and seconds else ""
    every = "1 submission" if len(outcomes) == 1 else f"{len(outcomes)} submissions"
    return (
        f"{every} in {seconds:.0f} s: {counts['graded']} graded, "
        f"{counts['unchanged']} unchanged{partly}, {counts['not graded']} not graded{rate}."
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


def _table(outcomes: Sequence[SubmissionOutcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", no_wrap=True)
    titles = _columns(outcomes)
    for title in titles:
        table.add_column(Text(title.split(":")[0]), justify="right")
    late = any(one.late_seconds for one in outcomes)
    penalty = any(one.late_penalty for one in outcomes)
    if late:
        table.add_column("Late by", justify="right")
    if penalty:
        table.add_column("Penalty", justify="right")
    table.add_column("Total", justify="right")
    table.add_column("Flags")
    for one in outcomes:
        scores = [f"{one.scores[title]:g}" if title in one.scores else "-" for title in titles]
        if late:
            by = timedelta(seconds=one.late_seconds)
            scores.append(span(by) if by else "")
        if penalty:
            scores.append(f"-{one.late_penalty:g}" if one.late_penalty else "")
        total = "-" if one.total is None else f"{one.total:g}"
        flags = one.flags if one.status == "graded" else [one.status, *one.flags]
        table.add_row(Text(one.student), *scores, total, Text(", ".join(flags)))
    return table


def _columns(outcomes: Sequence[SubmissionOutcome]) -> list[str]:
    """Return the titles of exercises: those with scores, and those that could not be marked."""
    # A submission that lacks a notebook does not know the order of its exercises.
    whole_first = sorted(outcomes, key=lambda one: -len(one.titles))
    scored = [title for one in whole_first for title in one.scores]
    told = {*scored, *(title for one in outcomes for title in one.verdicts)}
    in_order = [title for one in whole_first for title in one.titles.values() if title in told]
    return list(dict.fromkeys([*in_order, *scored]))
