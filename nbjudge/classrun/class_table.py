"""The table of a class run: a row for each submission, a column for each exercise while they fit.

fits                  names of exercises stand above their scores
does not              numbers do, and a line below says which exercise each is
does not even so      totals alone, and a line says where the scores are
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.nbgrader_ext.course_time import span

_FLAGS = 20  # columns that flags have at least, where they are folded


def class_table(outcomes: Sequence[SubmissionOutcome], width: int) -> list[Any]:
    """Return a table that is at most `width` columns wide, and what explains its columns."""
    titles = _titles(outcomes)
    named = {title: title.split(":")[0] for title in titles}
    if _fits(outcomes, named, 1, width):
        return [_table(outcomes, named, 1)]
    numbered = {title: str(number) for number, title in enumerate(titles, 1)}
    if _fits(outcomes, numbered, 0, width):
        pairs = ", ".join(f"{numbered[title]} {named[title]}" for title in titles)
        return [_table(outcomes, numbered, 0), f"Exercises: {pairs}."]
    where = "Their scores are in the formgrader, in --json and in what nbgrader exports."
    return [_table(outcomes, {}, 1), f"{len(titles)} exercises are too many columns. {where}"]


def _fits(
    outcomes: Sequence[SubmissionOutcome], headings: dict[str, str], padding: int, width: int
) -> bool:
    table = _table(outcomes, headings, padding, flags=False)
    console = Console(width=10 * width, force_jupyter=False)
    needed = Measurement.get(console, console.options, table).maximum
    return needed + (_FLAGS if any(map(_flags, outcomes)) else 0) <= width


def _table(
    outcomes: Sequence[SubmissionOutcome],
    headings: dict[str, str],
    padding: int,
    flags: bool = True,
) -> Table:
    """Return a table with a column for each title in `headings`."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, padding))
    table.add_column("Student", no_wrap=True)
    for heading in headings.values():
        table.add_column(Text(heading), justify="right")
    late = any(one.late_seconds for one in outcomes)
    penalty = any(one.late_penalty for one in outcomes)
    for heading, shown in (("Late by", late), ("Penalty", penalty), ("Total", True)):
        if shown:
            table.add_column(heading, justify="right")
    if flags:
        table.add_column("Flags")
    for one in outcomes:
        cells = [*_scores(one, headings), *_times(one, late, penalty)]
        table.add_row(Text(one.student), *cells, *([Text(_flags(one))] if flags else []))
    return table


def _scores(one: SubmissionOutcome, titles: Iterable[str]) -> list[str]:
    return [f"{one.scores[title]:g}" if title in one.scores else "-" for title in titles]


def _times(one: SubmissionOutcome, late: bool, penalty: bool) -> Iterator[str]:
    if late:
        by = timedelta(seconds=one.late_seconds)
        yield span(by) if by else ""
    if penalty:
        yield f"-{one.late_penalty:g}" if one.late_penalty else ""
    yield "-" if one.total is None else f"{one.total:g}"


def _flags(one: SubmissionOutcome) -> str:
    return ", ".join(one.flags if one.status == "graded" else [one.status, *one.flags])


def _titles(outcomes: Sequence[SubmissionOutcome]) -> list[str]:
    """Return the titles of exercises: those with scores, and those that could not be marked."""
    # A submission that lacks a notebook does not know the order of its exercises.
    whole_first = sorted(outcomes, key=lambda one: -len(one.titles))
    scored = [title for one in whole_first for title in one.scores]
    told = {*scored, *(title for one in outcomes for title in one.verdicts)}
    in_order = [title for one in whole_first for title in one.titles.values() if title in told]
    return list(dict.fromkeys([*in_order, *scored]))
