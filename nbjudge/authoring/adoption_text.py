"""What `nbjudge adopt` prints: how much is graded in which way first, then each assignment."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table

from nbjudge.authoring import ways
from nbjudge.authoring.adoption import Adoption, Looked
from nbjudge.authoring.two_lines import NAME
from nbjudge.authoring.ways import BESIDE, BY_ASSERTS, BY_PERSON, BY_RUBRIC, IF_BESIDE, Way
from nbjudge.classrun.adopted import Adopted
from nbjudge.tables import as_text

_UNUSABLE = f"{BY_PERSON}, because its test cannot be used"
_THEN = (
    "Next: 'nbjudge build' writes release/ and solutions/, and 'nbjudge autograde' grades what is "
    "new."
)
_KINDS = (BY_RUBRIC, BY_ASSERTS, BESIDE, IF_BESIDE, BY_PERSON, _UNUSABLE)


def to_text(looked: Sequence[Looked], width: int) -> str:
    """Return the summary, what it leaves to do, and a part for each assignment."""
    found = _every(looked)
    parts: list[Any] = [_sentence(looked, found)]
    if found:
        parts.append(_summary(found))
    refused = [one.assignment for one in looked if one.refused]
    if refused:
        parts.append(f"Cannot be built: {', '.join(refused)}.")
    parts += [f"\n{one}" for one in ways.advice(found)]
    parts += [part for one in looked for part in _assignment(one)]
    return as_text(*parts, width=width)


def to_write(course: Adoption, width: int) -> str:
    """Return which two lines a course would get, and where."""
    if not course.line:
        told = f"{NAME} has both lines already. Nothing in the course has changed."
        return as_text(told, width=width)
    added = course.content.splitlines()[course.line - 1 : course.line + 1]
    return as_text(
        "Nothing in the course has changed. 'nbjudge adopt --write' makes these two lines "
        f"{_lines(course)} of {NAME}:",
        *(f"    {line.decode(errors='replace')}" for line in added),
        width=width,
    )


def written(course: Adoption, adopted: Mapping[str, Adopted], width: int) -> str:
    """Return where the two lines stand, what is taken as graded, and what comes next."""
    where = f"lines {_lines(course)} are new" if course.line else "has both lines already"
    taken = sum(len(one.taken) for one in adopted.values())
    newer = [f"{student} ({name})" for name, one in adopted.items() for student in one.newer]
    return as_text(
        f"{NAME}: {where}.",
        f"Submissions graded before, and taken as graded: {taken}.",
        *(
            [f"Handed in again since, and graded by the next run: {', '.join(newer)}."]
            * bool(newer)
        ),
        _THEN,
        width=width,
    )


def _lines(course: Adoption) -> str:
    return f"{course.line} and {course.line + 1}"


def _every(looked: Sequence[Looked]) -> list[Way]:
    return [way for one in looked if one.tried for way in one.tried.ways]


def _sentence(looked: Sequence[Looked], found: list[Way]) -> str:
    assignments = "1 assignment" if len(looked) == 1 else f"{len(looked)} assignments"
    cells = "1 cell" if len(found) == 1 else f"{len(found)} cells"
    return f"{assignments}, {cells} with points:"


def _summary(found: list[Way]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("How they are graded")
    table.add_column("Cells", justify="right")
    table.add_column("Points", justify="right")
    cells = Counter(map(_kind, found))
    for kind in _KINDS:
        if cells[kind]:
            points = sum(one.points for one in found if _kind(one) == kind)
            table.add_row(kind, f"{cells[kind]}", f"{points:g}")
    return table


def _kind(one: Way) -> str:
    if one.needs_beside:
        return IF_BESIDE
    return _UNUSABLE if one.left else one.way


def _assignment(one: Looked) -> Iterator[Any]:
    yield f"\n{one.assignment}\n{'-' * len(one.assignment)}"
    if one.tried is None:
        yield f"It cannot be built. {one.refused}"
        return
    if one.tried.untried:
        yield f"How its cells are graded was not tried on this machine. {one.tried.untried}"
    if one.tried.ways:
        yield ways.table(one.tried.ways)
        yield from ways.told(one.tried.ways)
    if one.tried.stubs:
        cells = ", ".join(one.tried.stubs)
        yield f"Students would have nbgrader's stub, because a placeholder passes: {cells}."
    yield from (f"A build would change {line}" for line in one.tried.built.changed)
    for path in one.tried.noted:
        yield f"A build would change {path}: how each test is graded is written down."
    yield from (f"Warning: {line}" for line in one.tried.built.warnings)
