"""What the judge makes of masters that were not written for it, beside what plain nbgrader gives.

    python benchmarks/foreign.py [--beside] [--json FILE]

Each case of `tests/support/foreign_cases.py` is built, and two submissions of it are graded: the
master's own solution, and the release as it was handed out. "way" is how its tests are graded, as
the built master says. "plain" and "judge" are the points of both submissions, in this order. "s"
are the seconds in which the cells of both were judged.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "examples"), str(ROOT)]

from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from support.foreign import RELEASE, SOLUTION, VERDICTS, compared  # noqa: E402

from nbjudge.notebook.decision import BESIDE, PERSON  # noqa: E402


def main():
    """Grade all cases; print a row for each, and how many came to what."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--beside", action="store_true", help="with c.Judge.beside, so that less waits for a person"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there, too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = compared(Path(folder), beside=chosen.beside)
    show(rows)
    if chosen.json:
        told = [{**asdict(row), "verdicts": row.verdicts} for row in rows]
        chosen.json.write_text(json.dumps(told, indent=2), encoding="utf-8")


def show(rows):
    """Print the table, and the counts."""
    console = Console(width=160)
    table = Table()
    headings = ("kind", "name", "way", "build", "plain", "judge", "s", "verdict")
    for heading in headings:
        table.add_column(heading, justify="right" if heading == "s" else "left", overflow="fold")
    for row in rows:
        table.add_row(
            row.case.kind, row.case.title, row.way, row.build,
            points(row.plain), points(row.judged),
            f"{row.seconds:.1f}", "\n".join(filter(None, [*row.verdicts, row.fault])),
        )  # fmt: skip
    console.print(table)
    console.print(by_kind(rows))
    counts = Counter(one for row in rows for one in row.verdicts)
    for verdict in VERDICTS:
        console.print(f"{counts[verdict]:4} {verdict}")


def by_kind(rows):
    """Return a table of how many masters of each kind have no test that needs one process."""
    table = Table()
    for heading in ("kind", "masters", "graded apart", "beside, or by a person"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    kinds = dict.fromkeys(row.case.kind for row in rows)
    for kind in kinds:
        ways = [row.way for row in rows if row.case.kind == kind]
        apart = sum(not {BESIDE, PERSON} & set(way.split(", ")) for way in ways)
        table.add_row(kind, f"{len(ways)}", f"{apart}", f"{len(ways) - apart}")
    return table


def points(given):
    """Return both points of one way, as text."""
    return " / ".join(_told(given[name]) for name in (SOLUTION, RELEASE) if name in given)


def _told(one):
    if one.fault:
        return "-"
    return "by a person" if one.by_person else f"{one.points:g}"


if __name__ == "__main__":
    main()
