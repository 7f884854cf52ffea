"""What becomes of a platform's file, told to who exports: what needs a look, then the numbers."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.platforms.filling import Fate, Filling, Line
from nbjudge.sanitize.text import strip_control
from nbjudge.tables import as_text

_MOST = 100  # rows of a table
_WIDTH = 100
_GOOD = (Fate.WRITTEN, Fate.SAME)


def told(assignment: str, grade: str, filling: Filling) -> str:
    """Return what would be written; `grade` is the heading of the column that grades go to."""
    file = filling.sheet.file.name
    head = f"{assignment}: {file}, scores go to the column '{strip_control(grade)}'."
    look = [one for one in filling.lines if one.lacks or _odd(one)]
    parts: list[Table | str] = [head]
    if look:
        parts.append(_table(look[:_MOST]))
    if len(look) > _MOST:
        parts.append(f"and {len(look) - _MOST} more.\n")
    return as_text(*parts, *_numbers(filling), *filling.notes, width=_WIDTH).rstrip()


def _odd(line: Line) -> bool:
    """Return whether a person should see the line: all but what is as it should be."""
    return line.fate not in _GOOD and not (line.fate == Fate.NOT_SUBMITTED and not line.why)


def _table(lines: Sequence[Line]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Row", "Name there", "Student"):
        table.add_column(title)
    table.add_column("What becomes of it", ratio=1)
    order = list(Fate)
    for line in sorted(lines, key=lambda one: order.index(one.fate)):
        became = f"{line.fate}: {line.why}" if line.why else str(line.fate)
        cells = (
            line.where.rpartition(", ")[2] or "-",
            line.who or "-",
            line.student or "-",
            became,
        )
        table.add_row(*(Text(strip_control(cell)) for cell in cells))
    return table


def _numbers(filling: Filling) -> Iterator[str]:
    number = Counter(one.fate for one in filling.lines)
    yield "Rows: " + ", ".join(f"{number[fate]} {fate}" for fate in Fate if number[fate]) + "."
