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
_NAMES = 10  # of rows that are nobody of the gradebook
_WIDTH = 100
_GOOD = (Fate.WRITTEN, Fate.SAME)


def told(assignment: str, grade: str, filling: Filling, sure: bool) -> str:
    """Return what is written, or would be where that is not `sure`.

    `grade` is the heading of the column that grades go to.
    """
    file = filling.sheet.file.name
    head = f"{assignment}: {file}, scores go to the column '{strip_control(grade)}'."
    look = sorted((one for one in filling.lines if one.lacks or _odd(one)), key=_order)
    parts: list[Table | str] = [head]
    if look:
        parts.append(_table(look[:_MOST]))
    if len(look) > _MOST:
        parts.append(f"and {len(look) - _MOST} more.\n")
    parts += [*_strangers(filling), *_numbers(filling, sure), *filling.notes]
    return as_text(*parts, width=_WIDTH).rstrip()


def _odd(line: Line) -> bool:
    """Return whether a person should see the line: all but what is as it should be."""
    shown_elsewhere = (*_GOOD, Fate.STRANGER)
    return line.fate not in shown_elsewhere and not (
        line.fate == Fate.NOT_SUBMITTED and not line.why
    )


def _order(line: Line) -> tuple[bool, int]:
    """Sort what loses a score first: the gradebook has one, and the file will not."""
    loses = line.lacks or line.fate in (Fate.UNKNOWN, Fate.ABSENT)
    return not loses, list(Fate).index(line.fate)


def _table(lines: Sequence[Line]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Row", "Name there", "Student"):
        table.add_column(title)
    table.add_column("What becomes of it", ratio=1)
    for line in lines:
        became = f"{line.fate}: {line.why}" if line.why else str(line.fate)
        cells = (
            line.where.rpartition(", ")[2] or "-",
            line.who or "-",
            line.student or "-",
            became,
        )
        table.add_row(*(Text(strip_control(cell)) for cell in cells))
    return table


def _strangers(filling: Filling) -> Iterator[str]:
    """Yield one line on all rows that are nobody of the gradebook: a course has guests."""
    names = [one.who for one in filling.lines if one.fate == Fate.STRANGER]
    if names:
        more = f" and {len(names) - _NAMES} more" if names[_NAMES:] else ""
        yield (
            f"Not in the gradebook, so left as they are, {len(names)}: "
            f"{strip_control(', '.join(names[:_NAMES]))}{more}. Whoever takes part is entered with "
            f"'nbjudge roster {filling.sheet.file.name}'."
        )


def _numbers(filling: Filling, sure: bool) -> Iterator[str]:
    number = Counter(one.fate for one in filling.lines)
    said = {Fate.WRITTEN: "written" if sure else "would be written"}
    every = (f"{number[fate]} {said.get(fate, fate)}" for fate in Fate if number[fate])
    yield f"Rows: {', '.join(every)}."
