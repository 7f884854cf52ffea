"""Seconds of `nbjudge report` by the size of a class.

    python benchmarks/class_report.py --class 30 --class 200 --class 1000

A made-up class of 40 is graded; larger ones are made of its rows, each under other names, with
three attempts a student. Each command is timed from its start to its end, three times; the median
is printed. There is nothing to compare with: plain nbgrader has no report.
"""

import argparse
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from demo import command, environment
from made_up_class import ASSIGNMENT
from report_pictures import make_class

ROUNDS, GRADED, SEED = 3, 40, 20
# Tables whose rows belong to a submission, from the top down: a row's id, and the row above it.
TABLES = (
    ("submitted_assignment", "id", "student_id"),
    ("submitted_notebook", "id", "assignment_id"),
    ("grade", "id", "notebook_id"),
    ("nbjudge_scorecard", "grade_id", "grade_id"),
)


def main(sizes: list[int]) -> None:
    """Print a table: students, seconds, and the size of the page."""
    print("| students | `nbjudge report` | page |\n|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        graded = Path(folder, "graded")
        make_class(graded, GRADED, SEED)
        for size in sizes:
            course = Path(folder, "course")
            shutil.copytree(graded, course)
            enlarge(course, size)
            taken = statistics.median(seconds(course) for _ in range(ROUNDS))
            page = (course / "reports" / f"{ASSIGNMENT}.html").stat().st_size
            print(f"| {size:,} | {taken:.1f} s | {page / 1e6:.1f} MB |", flush=True)
            shutil.rmtree(course)


def seconds(course: Path) -> float:
    """Return how long the command takes."""
    begun = time.perf_counter()
    subprocess.run(
        command("nbjudge", "report", ASSIGNMENT),
        cwd=course, env=environment(), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - begun


def enlarge(course: Path, size: int) -> None:
    """Give the rows and the attempts of students to others, until there are `size` students."""
    with sqlite3.connect(course / "gradebook.db") as book:
        names = [name for (name,) in book.execute("select id from student order by id")]
        for number in range(len(names), size):
            old, new = names[number % len(names)], f"copy{number:05}"
            copy(book, "student", "id", {old: new})
            above = {old: new}
            for table, key, owner in TABLES:
                above = copy_below(book, table, key, owner, above)
            attempts = course / "attempts" / ASSIGNMENT
            if (attempts / old).is_dir():
                shutil.copytree(attempts / old, attempts / new)
    book.close()


def copy(book: sqlite3.Connection, table: str, key: str, ids: dict[str, str]) -> None:
    """Copy rows under other keys."""
    names = [row[1] for row in book.execute(f"pragma table_info({table})")]
    for old, new in ids.items():
        row = dict(
            zip(
                names,
                book.execute(f"select * from {table} where {key}=?", (old,)).fetchone(),
                strict=True,
            )
        )
        insert(book, table, {**row, key: new})


def copy_below(
    book: sqlite3.Connection, table: str, key: str, owner: str, above: dict[str, str]
) -> dict[str, str]:
    """Copy the rows that belong to `above`; return new keys by old ones."""
    names = [row[1] for row in book.execute(f"pragma table_info({table})")]
    made = {}
    for old, new in above.items():
        for row in book.execute(f"select * from {table} where {owner}=?", (old,)).fetchall():
            fields = dict(zip(names, row, strict=True))
            made[fields[key]] = new if key == owner else uuid.uuid4().hex
            insert(book, table, {**fields, owner: new, key: made[fields[key]]})
    return made


def insert(book: sqlite3.Connection, table: str, fields: dict) -> None:
    """Insert a row."""
    marks = ", ".join("?" * len(fields))
    book.execute(
        f"insert into {table} ({', '.join(fields)}) values ({marks})", list(fields.values())
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--class", dest="sizes", type=int, action="append", required=True)
    main(parser.parse_args().sizes)
