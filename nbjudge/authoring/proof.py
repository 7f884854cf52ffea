"""The proof that an assignment works: what its rubrics give to solutions that are known.

the notebook as students get it     no points
the solution, the idioms            all points
each misconception                  less
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.authoring import verify
from nbjudge.rubric.loader import load
from nbjudge.rubric.scorecard import Mark
from nbjudge.tables import as_text

_WIDTH = 80
_SEED = 0


@dataclass(frozen=True)
class Row:
    """One known solution of an exercise, the marks that it has, and what its author reads.

    `due` says how many points it should have, in words.
    """

    work: str
    due: str
    marks: list[Mark]
    sentence: str = ""


@dataclass(frozen=True)
class Proof:
    """The rows of each exercise, by its title, and sentences on what is not as it should be."""

    exercises: dict[str, list[Row]]
    problems: list[str]

    def to_text(self) -> str:
        """Return a table for each exercise, for a terminal of 80 columns."""
        parts: list[Any] = []
        for title, rows in self.exercises.items():
            parts += [f"Proof of {title}", _table(rows), *_sentences(rows)]
        lines = as_text(*parts, *self.problems, width=_WIDTH).split("\n")
        return "\n".join(line.rstrip() for line in lines)


def prove(root: Path, assignment: str) -> Proof:
    """Mark what is known of each exercise, and verify its rubric.

    Raises `RubricError` where a rubric cannot be used, and `JudgeFault` where no student process
    can be started.
    """
    found = verify.verify(root, assignment, range(_SEED, _SEED + 3))
    problems = [f"{one.exercise}: {problem}" for one in found for problem in one.problems]
    exercises = {}
    for path, before in verify.exercises(root, assignment):
        rubric, _ = load(path, root)
        exercises[rubric.title] = list(_rows(root, path, before, rubric))
    return Proof(exercises, problems)


def _rows(root: Path, path: str, before: str, rubric: Any) -> Iterator[Row]:
    def marks(text: str) -> list[Mark]:
        defined = verify.run(before + text, rubric.solution)
        return rubric.mark(defined.get(rubric.solution), _SEED, defined)[0]

    for text in verify.cells(root / "release" / path.partition("/")[0], rubric.solution):
        yield Row("as students get it", "none", marks(text))
    for work, text in verify.right_texts(root, path, rubric.solution):
        yield Row(work, "all", marks(text))
    for wrong in rubric.bank.known:
        yield Row(
            wrong.name,
            "fewer",
            rubric.mark(wrong.solution, _SEED)[0],
            str(rubric.diagnose(wrong.solution)),
        )


def _table(rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Solution", no_wrap=True)
    for mark in rows[0].marks:
        table.add_column(Text(mark.criterion), justify="right", max_width=16)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Should be", no_wrap=True)
    for row in rows:
        cells = (f"{mark.earned} / {mark.points}" for mark in row.marks)
        earned, most = sum(m.earned for m in row.marks), sum(m.points for m in row.marks)
        well = {"none": earned == 0, "all": earned == most, "fewer": earned < most}[row.due]
        table.add_row(
            Text(row.work.replace("_", " ")),
            *cells,
            f"{earned} of {most}",
            f"{row.due} {'✓' if well else '✗'}",
        )
    return table


def _sentences(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        if row.sentence:
            yield f"'{row.work.replace('_', ' ')}' is told: {row.sentence}"
