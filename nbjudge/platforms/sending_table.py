"""What becomes of scores that go to a platform by LTI, told before they are sent, and after."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.platforms.sending import LACKING, Fate, Line, Sending
from nbjudge.sanitize.text import strip_control
from nbjudge.tables import as_text

_MOST = 100  # rows of a table
_WIDTH = 100
_LATER = {Fate.SENT: "to be sent", Fate.PENDING: "to be sent as pending"}


def planned(sending: Sending) -> str:
    """Return what would be sent: who needs a look, then the numbers."""
    due = [Line(one.launch.student, one.fate, one.why) for one in sending.due]
    head = f"{sending.assignment}: scores go to {sending.tool.host}."
    return _told(head, [*due, *sending.lines], sending.notes, _LATER)


def done(sending: Sending, told_before: int) -> str:
    """Return what became of what was due; `told_before` is the number of notes told already."""
    number = len(sending.due)
    return _told("", sending.lines[-number:], sending.notes[told_before:], {})


def _told(head: str, lines: Sequence[Line], notes: Iterable[str], words: dict[Fate, str]) -> str:
    look = [one for one in lines if one.fate in LACKING or (words and one.why)]
    parts: list[Table | str] = [head] if head else []
    if look:
        parts.append(_table(look[:_MOST], words))
    if len(look) > _MOST:
        parts.append(f"and {len(look) - _MOST} more.\n")
    number = Counter(one.fate for one in lines)
    counted = [f"{number[fate]} {words.get(fate, fate)}" for fate in Fate if number[fate]]
    numbers = [f"Scores: {', '.join(counted)}."] if counted else []
    return as_text(*parts, *numbers, *map(strip_control, notes), width=_WIDTH).rstrip()


def _table(lines: Sequence[Line], words: dict[Fate, str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Student")
    table.add_column("What becomes of it", ratio=1)
    order = list(Fate)
    for line in sorted(lines, key=lambda one: order.index(one.fate)):
        fate = words.get(line.fate, str(line.fate))
        became = f"{fate}: {line.why}" if line.why else fate
        table.add_row(*(Text(strip_control(cell)) for cell in (line.student, became)))
    return table
