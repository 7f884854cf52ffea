"""What an author reads of the mutants: numbers first, then each survivor, then what to do."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from nbjudge.mutation.equivalent import file_of
from nbjudge.mutation.mutants import Mutant
from nbjudge.mutation.survey import Found, Survey
from nbjudge.mutation.trial import Tried

_WIDEST = 100


@dataclass(frozen=True)
class Prose:
    """A paragraph, indented; rich's own `Padding` would fill each line with blanks."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        filled = textwrap.wrap(self.text, options.max_width - 2)
        yield Text("\n".join(f"  {line}" for line in filled), no_wrap=True)


def show(told: Survey, seconds: float) -> None:
    """Print the report on standard output, in colours where that is a terminal."""
    console = Console(highlight=False)
    console.width = min(console.width, _WIDEST)
    for part in report(told, seconds):
        console.print(part, soft_wrap=isinstance(part, Text) and part.no_wrap)


def report(told: Survey, seconds: float) -> Iterator[RenderableType]:
    """Yield the parts of the report, from top to bottom."""
    if told.found:
        yield _numbers(told)
    for found in told.found:
        yield from _survivors(told, found)
    yield from _problems(told)
    if told.left_out:
        yield Text("Not tried:", style="bold")
        for one in told.left_out:
            yield Prose(f"{one.name}: {one.reason}.")
        yield ""
    yield from _next(told)
    yield Text(_summary(told, seconds), style="bold")


def to_json(told: Survey, seconds: float) -> str:
    """Return all that is known, for programs."""
    every = {
        "assignment": told.assignment,
        "seeds": list(told.trial.seeds),
        "seconds": round(seconds, 1),
        "stopped": told.stopped,
        "mutants": told.total,
        "tried": told.tried,
        "pass": told.survivors,
        "exercises": [_plain(one) for one in told.found],
        "not_tried": {one.name: one.reason for one in told.left_out},
        "marks_of_no_exercise": [_short(told, file) for file in told.lost_marks],
    }
    return json.dumps(every, indent=2)


def _plain(found: Found) -> dict[str, Any]:
    return {
        "exercise": found.exercise.name,
        "title": found.exercise.title,
        "cell": found.exercise.cell,
        "points": found.points,
        "mutants": len(found.mutants),
        "lose_points": found.lost,
        "raise": found.raised,
        "marked": found.marked,
        "pass": [_edit(found, *one) for one in found.survivors],
        "marked_but_lose_points": [_edit(found, *one) for one in found.contradicted],
        "stale_marks": list(map(str, found.stale)),
        "faults": found.faults,
    }


def _edit(found: Found, mutant: Mutant, tried: Tried) -> dict[str, Any]:
    (old, new), *_ = mutant.said
    _, removed, added = difference(found.exercise.source, mutant.text)
    return {
        "line": mutant.line,
        "removed": removed,
        "added": added,
        "code": old,
        "becomes": new,
        "verdicts": {str(seed): verdict for seed, verdict in tried.verdicts.items()},
        "why": tried.why,
    }


def _numbers(told: Survey) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, show_footer=len(told.found) > 1)
    rows = [
        (len(one.mutants), one.lost, one.raised, one.marked, len(one.survivors))
        for one in told.found
    ]
    table.add_column("Exercise", "In all", no_wrap=True)
    heads = ("mutants", "lose points", "raise or loop", "marked", "pass")
    for head, column in zip(heads, zip(*rows, strict=True), strict=True):
        table.add_column(head, str(sum(column)), justify="right")
    for found, row in zip(told.found, rows, strict=True):
        last = Text(str(row[-1]), style="bold red" if row[-1] else "green")
        table.add_row(Text(found.exercise.name), *map(str, row[:-1]), last)
    return table


def _survivors(told: Survey, found: Found) -> Iterator[RenderableType]:
    if not found.survivors:
        return
    number, points = len(found.survivors), f"{found.points:g} of {found.points:g} points"
    are = "1 mutant has" if number == 1 else f"{number} mutants have"
    title = f"{found.exercise.name}: {are} {points}"
    yield Text(title, style="bold")
    where = _short(told, found.exercise.file)
    yield Text(f"Lines of cell '{found.exercise.cell}' in {where}:", style="dim")
    yield ""
    yield from _differences(told, found, found.survivors)


def _differences(
    told: Survey, found: Found, pairs: list[tuple[Mutant, Tried]]
) -> Iterator[RenderableType]:
    """Yield the lines that mutants replace, each with all that may stand in its place."""
    source = found.exercise.source
    parts = [(*difference(source, mutant.text), tried) for mutant, tried in pairs]
    for (line, removed), same in groupby(parts, key=lambda part: part[:2]):
        indent = min(len(one) - len(one.lstrip()) for one in removed)
        for number, one in enumerate(removed, start=line):
            yield _line(number, "-", one[indent:], "red")
        for _, _, added, tried in same:
            for number, one in enumerate(added, start=line):
                yield _line(number, "+", one[indent:] + _seeds(told, tried), "green")
        yield ""


def _line(number: int, sign: str, text: str, style: str) -> Text:
    line = Text(f"  {number:4} ", no_wrap=True)
    return line.append(f"{sign} {text}", style=style)


def _seeds(told: Survey, tried: Tried) -> str:
    """Name the seeds with full marks where a mutant has them with some only."""
    if len(tried.passed) in (0, len(told.trial.seeds)):
        return ""
    return f"    # full marks with seed {', '.join(map(str, tried.passed))} only"


def difference(source: str, text: str) -> tuple[int, list[str], list[str]]:
    """Return the first line that differs, from 1, the lines of `source` there, and those of `text`.

    A mutant differs in one place, so all between the first and the last difference is one part.
    """
    old, new = source.split("\n"), text.split("\n")
    blocks = [
        one
        for one in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if one[0] != "equal"
    ]
    _, begin, _, start, _ = blocks[0]
    _, _, end, _, stop = blocks[-1]
    return begin + 1, old[begin:end], new[start:stop]


def _problems(told: Survey) -> Iterator[RenderableType]:
    for found in told.found:
        file = _short(told, file_of(told.trial.root, found.exercise.name))
        if found.contradicted:
            yield Text(f"{found.exercise.name}: marked as right, and yet they lose points", "bold")
            yield ""
            yield from _differences(told, found, found.contradicted)
            for mutant, tried in found.contradicted:
                yield Prose(f"Line {mutant.line}: {tried.why}")
            yield Text("")
            yield Prose(f"Either the mark in {file} is wrong, or the test is too strict.")
            yield Text("")
        if found.stale:
            yield Text(f"{file}: stale marks, which fit no mutant any more", style="bold")
            for mark in found.stale:
                yield Prose(str(mark))
            yield Text("")
            yield Prose("Copy the new words into the mark, or remove it.")
            yield Text("")
        for fault in found.faults:
            yield Text(f"{found.exercise.name}: not judged. {fault}\n", style="bold")
    for lost in told.lost_marks:
        yield Text(f"{_short(told, lost)}: no exercise has this name. Rename or remove it.\n")


def _next(told: Survey) -> Iterator[RenderableType]:
    """Yield what to do with a survivor, with the first one as the example."""
    first = next(((one, *one.survivors[0]) for one in told.found if one.survivors), None)
    if first is None:
        return
    found, mutant, _ = first
    file = _short(told, file_of(told.trial.root, found.exercise.name))
    old, new = mutant.said[0]
    yield Text("What to do next, for each of them:", style="bold")
    yield Prose("Is it wrong? Then add what notices it to the tests: a criterion, or an assert.")
    yield Prose(
        f"Is it right all the same? Then mark it, in {file}. `code` and `becomes` are the lines of "
        "the difference, or the part of them that was edited:"
    )
    yield ""
    for line in ("[[mutant]]", f"code = {_toml(old)}", f"becomes = {_toml(new)}", 'why = "…"'):
        yield Text(f"      {line}", no_wrap=True)
    yield ""


def _toml(text: str) -> str:
    """Return a text as TOML writes it, as plain as possible; JSON's texts are TOML's, too."""
    return f"'{text}'" if "'" not in text and "\n" not in text else json.dumps(text)


def _summary(told: Survey, seconds: float) -> str:
    seeds = ", ".join(map(str, told.trial.seeds))
    which = "seed" if len(told.trial.seeds) == 1 else "seeds"
    tried = f"Tried in {seconds:.0f} s with {which} {seeds}."
    if told.stopped:
        tried = f"Stopped after {told.tried} of {told.total} in {seconds:.0f} s."
    number = "No mutant is left" if not told.tried else f"{told.survivors} of {told.tried} mutants"
    verb = "passes" if told.survivors == 1 else "pass"
    return f"{number} {verb}. {tried}" if told.tried else tried


def _short(told: Survey, file: Path) -> str:
    return str(file.relative_to(told.trial.root))
