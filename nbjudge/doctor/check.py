"""What `nbjudge doctor` finds: checks, each with its mend, and their table."""

import io
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Check:
    """One thing that grading needs, or that is good to know (`needed` is False)."""

    name: str
    well: bool
    found: str
    mend: str = ""
    needed: bool = True


def to_text(checks: list[Check]) -> str:
    """Return the checks as a table for a terminal."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    for heading in ("", "Check", "Found", "What to do"):
        table.add_column(heading)
    for check in checks:
        sign = "✓" if check.well else "✗ missing" if check.needed else "– none"
        mend = "" if check.well else check.mend
        table.add_row(sign, Text(check.name), Text(check.found), Text(mend))
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
