"""What a class run would change, before it writes anything.

The submissions are judged, and nbgrader's steps write rows, as in a run; the rows are read, and
taken back. So late penalties, points by hand and extra credit are those that a run would write.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

from nbgrader.api import Gradebook
from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.classrun.change import Change, Moved, Standing, between, standing
from nbjudge.classrun.grade import Begun, ClassRun
from nbjudge.classrun.outcome import LEFT, NOT_GRADED
from nbjudge.judge.job import ClassSettings, JobResult, Task
from nbjudge.nbgrader_ext.gradebook import of_database, patiently
from nbjudge.tables import as_text, told_together

WIDEST = 100
_MOST_ROWS = 200
_OTHER = "with the same score by other criteria or tests"
_MOST_NAMED = 3  # criteria, or tests, that a row of the table names

Judging = Callable[[Iterable[Task]], Iterator[tuple[ClassSettings, JobResult]]]
Changes = dict[str, list[Change]]  # by the name of the assignment


def previewed(
    runs: Sequence[ClassRun], judged: Judging, force: bool, students: Iterable[str] = ()
) -> Iterator[tuple[ClassRun, Change | None]]:
    """Yield what would become of each submission, with its run; None for one that stays as it is.

    Arguments are those of `grade.together`. Raises `RubricError` where a run would.
    """
    first, *others = runs
    with first.books as books:
        for run in others:
            run.books.beside(books)
        for run in runs:
            patiently(run.refuse_unbuilt, run.books)
        begun = [Begun(run, force, students) for run in runs]
        for one in begun:
            yield from ((one.run, None) for _ in one.unchanged())
        turns = zip_longest(*(one.tasks() for one in begun))
        for settings, result in judged(task for turn in turns for task in turn if task):
            (run,) = (one.run for one in begun if one.run.settings == settings)
            yield run, _rehearsed(run, result)


def _rehearsed(run: ClassRun, result: JobResult) -> Change:
    before = patiently(run.standing, run.books, result.student)
    found: list[Standing] = []

    def look(book: Gradebook) -> None:
        found.append(standing(book, run.assignment, result.student))

    try:
        patiently(run.books.rehearse, result, look)
    except (Exception, SystemExit) as error:
        if of_database(error):
            raise
        reason = f"nbgrader could not record it ({type(error).__name__}: {error})."
        nothing = Standing(None, {}, {}, waits=True, known=True)
        return between(JobResult.fault(result.student, reason), before, nothing)
    return between(result, before, found[-1])


def to_text(changes: Changes, same: int, width: int = WIDEST) -> str:
    """Return a table of those whose result moves or is new, and a sentence."""
    parts: list[Any] = []
    for name, some in changes.items():
        moves = [one for one in some if one.new or one.reason or one.before != one.after]
        shown = sorted(moves, key=_by_size)
        parts += [f"\n{name}"] if len(changes) > 1 else []
        parts += [_table(shown[:_MOST_ROWS])] if shown else []
        if len(shown) > _MOST_ROWS:
            parts.append(f"The first {_MOST_ROWS} of {len(shown)}; --json has all.")
        parts += told_together(
            (one.student, line) for one in some for line in (one.reason, *one.faults) if line
        )
    return as_text(*parts, _sentence(changes, same), width=width)


def to_dict(changes: Changes, same: int) -> dict[str, Any]:
    """Return all of it as plain data."""
    return {
        "unchanged": same,
        "submissions": [
            {"assignment": name, **asdict(one), "changes": one.changes}
            for name, some in changes.items()
            for one in sorted(some, key=lambda one: one.student)
        ],
    }


def _by_size(one: Change) -> tuple[bool, float, str]:
    return one.new, -abs((one.after or 0) - (one.before or 0)), one.student


def _sentence(changes: Changes, same: int) -> str:
    every = [one for some in changes.values() for one in some]
    moves = Counter(_direction(one) for one in every)
    told = [
        f"{moves[word]} {word}" for word in ("up", "down", "new", _OTHER, NOT_GRADED) if moves[word]
    ]
    stay = same + moves["the same"]
    left = sum(bool(one.left) for one in every)
    partly = f", {left} {LEFT}" if left else ""
    moved = ", ".join(told) or "No score would change"
    return f"{moved}; {stay} as they are{partly}. Nothing was written."


def _direction(one: Change) -> str:
    if one.reason:
        return NOT_GRADED
    if one.new:
        return "new"
    if (one.before or 0) == (one.after or 0):
        return _OTHER if one.moved else "the same"
    return "up" if (one.after or 0) > (one.before or 0) else "down"


def _table(some: Sequence[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student", no_wrap=True)
    for title in ("Now", "Then"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("By")
    for one in some:
        table.add_row(Text(one.student), _points(one.before), _points(one.after), Text(_by(one)))
    return table


def _by(one: Change) -> str:
    if one.reason:
        return NOT_GRADED
    moved = [_words(moved) for moved in one.moved if moved.exercise not in one.left]
    told = ["new"] if one.new else _some(moved)
    waits = ", ".join(_some([title.split(":")[0] for title in one.left]))
    return "; ".join([*told, *([f"waits for a person: {waits}"] if waits else [])])


def _some(names: list[str]) -> list[str]:
    more = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else [])]


def _words(moved: Moved) -> str:
    where = moved.exercise.split(":")[0]
    what = f"{where}, {moved.criterion}" if moved.criterion != moved.exercise else where
    why = f", {moved.why}" if moved.why else ""
    return f"{what}: {_points(moved.before)} to {_points(moved.after)}{why}"


def _points(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"
