"""What a class run says at its end: a table, a sentence, or JSON."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.grade import Outcome

_MOST_ROWS = 200


def to_text(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the table, the reasons of what is not graded, and the sentence."""
    console = Console(file=io.StringIO(), width=120, color_system=None)
    ordered = sorted(outcomes, key=lambda one: one.student)
    if ordered:
        console.print(_table(ordered[:_MOST_ROWS]))
    if len(ordered) > _MOST_ROWS:
        console.print(f"The first {_MOST_ROWS} of {len(ordered)}; --json has all.")
    for one in ordered:
        if one.reason:
            console.print(Text(f"{one.student}: {one.reason}"))
    console.print(sentence(outcomes, seconds))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def sentence(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return how many were graded, and how fast."""
    counts = Counter(one.status for one in outcomes)
    done = counts["graded"] + counts["not graded"]
    rate = f", {done / seconds:.1f} a second" if done and seconds else ""
    return (
        f"{len(outcomes)} submissions in {seconds:.0f} s: {counts['graded']} graded, "
        f"{counts['unchanged']} unchanged, {counts['not graded']} not graded{rate}."
    )


def to_dict(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """Return all of it as plain data."""
    ordered = sorted(outcomes, key=lambda one: one.student)
    return {
        "seconds": round(seconds, 3),
        "counts": Counter(one.status for one in outcomes),
        "submissions": [{**asdict(one), "total": one.total} for one in ordered],
    }


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", no_wrap=True)
    titles = list(dict.fromkeys(title for one in outcomes for title in one.scores))
    for title in titles:
        table.add_column(Text(title.split(":")[0]), justify="right")
    table.add_column("Total", justify="right")
    table.add_column("Flags")
    for one in outcomes:
        scores = [f"{one.scores[title]:g}" if title in one.scores else "-" for title in titles]
        total = "-" if one.total is None else f"{one.total:g}"
        flags = [one.status] * (one.status != "graded") + one.flags
        table.add_row(Text(one.student), *scores, total, Text(", ".join(flags)))
    return table
