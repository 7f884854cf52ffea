"""Judge one notebook without a gradebook, and tell everything about it: `nbjudge judge`."""

import io
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nbjudge.course import course_root
from nbjudge.judge.run import Course, Judged, judge_again
from nbjudge.nbgrader_ext.autograde import Judge
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.notebook import repair, submission
from nbjudge.notebook.submission import NotGraded, Submission
from nbjudge.process.zygote import JudgeFault, Setting


def judge_file(
    file: Path, assignment: str | None, seed: int, files: Path | None, unconfined: bool
) -> tuple[Judged, list[str]]:
    """Judge `file` by the master of the same name; return the result and what was mended.

    Raises `NotGraded` when there is no such master, when `file` is no notebook, or when the judge
    itself fails.
    """
    root = course_root(Path.cwd())
    master = repair.read_master(_master(root, file, assignment))
    with file.open(encoding="utf-8") as opened:
        notebook, mended = repair.repair(master, submission.read(opened))
    step = Judge(config=configuration(root))
    course = Course(root, master, step.submission_limits())
    given = Submission(notebook, seed, submission.digest(notebook), files)
    try:
        return judge_again(course, given, Setting(unconfined=unconfined)), repair.describe(mended)
    except JudgeFault as fault:
        raise NotGraded(f"Not graded: {fault}") from fault


def to_dict(judged: Judged, mended: list[str], seed: int) -> dict[str, Any]:
    """Return the result as plain data."""
    return {
        "seed": seed,
        "exercises": {
            name: {**asdict(card), "score": card.score} for name, card in judged.cards.items()
        },
        "scores": judged.scores,
        "mended": mended,
        "left_out": judged.left_out,
        "seconds": judged.seconds,
        "processes": judged.processes,
        "cpu_seconds": judged.cpu_seconds,
        "peak_mb": judged.peak_mb,
    }


def to_text(judged: Judged, mended: list[str], seed: int) -> str:
    """Return the result for a terminal: criteria, what was mended, time per cell."""
    console = Console(file=io.StringIO(), width=100, color_system=None)
    for card in judged.cards.values():
        console.print(Text(card.to_text()))
    for line in (*mended, *(f"Left out: {one}." for one in judged.left_out)):
        console.print(Text(line))
    table = Table(box=box.SIMPLE, pad_edge=False, title="Time per cell")
    table.add_column("Cell")
    table.add_column("ms", justify="right")
    for name, seconds in judged.seconds.items():
        table.add_row(Text(name), f"{1000 * seconds:.0f}")
    console.print(table)
    console.print(
        f"Seed {seed}. {judged.processes} process(es), {judged.cpu_seconds:.2f} s of processor "
        f"time, at most {judged.peak_mb:.0f} MB."
    )
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _master(root: Path, file: Path, assignment: str | None) -> Path:
    found = sorted((root / "source").glob(f"{assignment or '*'}/{file.name}"))
    if len(found) != 1:
        known = ", ".join(str(p.relative_to(root)) for p in sorted(root.glob("source/*/*.ipynb")))
        raise NotGraded(
            f"Not graded: {file} must have the name of one master notebook, and "
            f"{len(found) or 'none'} of source/ has it. The masters are: {known}. "
            "Rename the file, or say --assignment."
        )
    return found[0]
