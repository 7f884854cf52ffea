"""What an archive holds, told to who imports it: a table of students, then what is left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.platforms.archive import shown
from nbjudge.platforms.entries import CANVAS
from nbjudge.platforms.intake import NEW, REPLACED, THERE, Plan, Row
from nbjudge.tables import as_text

_MOST = 100  # files that are named among those that are not taken
_ABSENT = 20  # students who handed in nothing
_PLATFORMS = {CANVAS: "Canvas", "moodle": "Moodle"}


def told(assignment: str, file: str, plan: Plan, time: CourseTime) -> str:
    """Return what would be done with an archive, 100 columns wide; the numbers stand last."""
    parts: list[Table | str] = [f"{assignment}: {file}, from {_PLATFORMS[plan.platform]}."]
    if plan.rows:
        parts.append(_table(plan.rows, time))
    parts += [*_left(plan), "\n".join(_numbers(plan, time))]
    return as_text(*parts).rstrip()


def _table(rows: Sequence[Row], time: CourseTime) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("Student", "Name"):
        table.add_column(title)
    for title in ("Handed in", "Late"):
        table.add_column(title, no_wrap=True)
    table.add_column("What becomes of it", ratio=1)
    for row in rows:
        table.add_row(
            Text(row.whose.student),
            Text(row.name or "-"),
            f"{row.came.astimezone(time.zone):%Y-%m-%d %H:%M}" if row.came else "-",
            row.late or "-",
            Text(", ".join([row.state, *row.notes])),
        )
    return table


def _left(plan: Plan) -> Iterator[str]:
    if plan.not_taken:
        lines = [f"- {shown(where)}: {why}." for where, why in sorted(plan.not_taken.items())]
        more = [f"- and {len(lines) - _MOST} more."] if len(lines) > _MOST else []
        yield "\n".join(["Not taken, and why:", *lines[:_MOST], *more, ""])
    if plan.absent:
        more_absent = len(plan.absent) - _ABSENT
        also = f" and {more_absent} more" if more_absent > 0 else ""
        names = ", ".join(plan.absent[:_ABSENT])
        yield f"In the gradebook, and not in this archive: {names}{also}.\n"


def _numbers(plan: Plan, time: CourseTime) -> Iterator[str]:
    """Yield how many of each there are, and what nobody knows of the times."""
    states = Counter(row.state for row in plan.rows)
    late = sum(bool(row.late) for row in plan.rows)
    yield (
        f"Submissions: {states[NEW]} new, {states[REPLACED]} in the place of an earlier one, "
        f"{states[THERE]} there already; {late} late. Files not taken: {len(plan.not_taken)}."
    )
    if plan.platform == CANVAS:
        yield (
            "Canvas's archive has no times: 'late' is what Canvas says, and no points are taken "
            "off for it here. Canvas's own late policy takes them off there."
        )
    elif any(row.came for row in plan.rows):
        zone = f"{datetime.now(time.zone):%Z}"
        yield (
            f"The worksheet's times are read in the course's time zone, now {zone}. Where it was "
            "downloaded in another one, set c.Exchange.timezone."
        )
    else:
        yield (
            "Moodle's archive has no times, so nothing is late here. Give the assignment's grading "
            "worksheet with --worksheet FILE."
        )
