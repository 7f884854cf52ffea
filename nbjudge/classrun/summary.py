"""What a class run prints at its end: a table and a sentence, or JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.tables import as_text

_MOST_ROWS = 200


def to_text(outcomes: Sequence[SubmissionOutcome], seconds: float) -> str:
    """Return the table, the reasons of what is not graded, what needs a person, the sentence."""
    ordered = sorted(outcomes, key=lambda one: one.student)
    parts: list[Any] = [_table(ordered[:_MOST_ROWS])] if ordered else []
    if len(ordered) > _MOST_ROWS:
        parts.append(f"The first {_MOST_ROWS} of {len(ordered)}; --json has all.")
    for one in ordered:
        parts += [f"{one.student}: {line}" for line in (one.reason, *one.notes) if line]
    return as_text(*parts, sentence(outcomes, seconds), width=120)


def sentence(outcomes: Sequence[SubmissionOutcome], seconds: float) -> str:
    """Return how many were graded, and how fast."""
    counts = Counter(one.status for one in outcomes)
    done = counts["graded"] + counts["not graded"]
    rate = f", {done / seconds:.1f} a second" if done and seconds else ""
    return (
        f"{len(outcomes)} submissions in {seconds:.0f} s: {counts['graded']} graded, "
        f"{counts['unchanged']} unchanged, {counts['not graded']} not graded{rate}."
    )


def to_dict(outcomes: Sequence[SubmissionOutcome], seconds: float) -> dict[str, Any]:
    """Return all of it as plain data."""
    ordered = sorted(outcomes, key=lambda one: one.student)
    return {
        "seconds": round(seconds, 3),
        "counts": Counter(one.status for one in outcomes),
        "submissions": [one.to_dict() for one in ordered],
    }


def _table(outcomes: Sequence[SubmissionOutcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", no_wrap=True)
    # A submission that lacks a notebook does not know the order of its exercises.
    whole_first = sorted(outcomes, key=lambda one: -len(one.scores))
    titles = list(dict.fromkeys(title for one in whole_first for title in one.scores))
    for title in titles:
        table.add_column(Text(title.split(":")[0]), justify="right")
    late = any(one.late_penalty for one in outcomes)
    if late:
        table.add_column("Late", justify="right")
    table.add_column("Total", justify="right")
    table.add_column("Flags")
    for one in outcomes:
        scores = [f"{one.scores[title]:g}" if title in one.scores else "-" for title in titles]
        if late:
            scores.append(f"-{one.late_penalty:g}" if one.late_penalty else "")
        total = "-" if one.total is None else f"{one.total:g}"
        flags = one.flags if one.status == "graded" else [one.status, *one.flags]
        table.add_row(Text(one.student), *scores, total, Text(", ".join(flags)))
    return table
