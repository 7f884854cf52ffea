"""The checks of `nbjudge doctor`, each with its mend, and their table."""

from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.tables import as_text


@dataclass(frozen=True)
class Check:
    """One thing that grading needs; where `needed` is False, one that is good to know.

    `found` says what the machine has, `mend` what to do where `well` is False.
    """

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
    return as_text(table, width=120)
