"""Judge one notebook without a gradebook, and print all that is known of it: `nbjudge judge`."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from nbjudge.course import course_root
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.judge.judged import Judged
from nbjudge.judge.measured import judge_again
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.notebook import repair, submission
from nbjudge.notebook.head import LEFT_OUT, NEEDS_A_PERSON, UNCONFINED, lines_on_top
from nbjudge.notebook.master import mark, read_master
from nbjudge.notebook.submission import NotGraded, Submission
from nbjudge.process.zygote import JudgeFault
from nbjudge.tables import as_text


def judge_file(
    file: Path, assignment: str | None, seed: int, files: Path | None, unconfined: bool
) -> tuple[Judged, list[str]]:
    """Judge `file` by the master of the same name; return the result and what was mended.

    `seed` draws the hidden inputs. `files` is a folder of files that were submitted beside it.
    Raises `NotGraded` when no master, or more than one, has the name, when `file` is no notebook,
    or when the judge itself fails.
    """
    root = course_root(Path.cwd())
    source = _master(root, file, assignment)
    config = configuration(root)
    master = read_master(source, conventions(config, root))
    with file.open("rb") as opened:
        notebook, mended = repair.repair(master, submission.read(opened))
    options = JudgeOptions(config=config)
    limits = options.submission_limits()
    settings = JudgeSettings(root, master, limits, source=source.parent, beside=options.beside)
    given = Submission(notebook, seed, submission.digest(notebook), files)
    try:
        judged = judge_again(settings, given, replace(options.confinement(), unconfined=unconfined))
    except JudgeFault as fault:
        raise NotGraded(str(fault)) from fault
    return judged, repair.describe(mended)


def to_dict(judged: Judged, mended: list[str], seed: int) -> dict[str, Any]:
    """Return the result as plain data."""
    return {
        "seed": seed,
        "exercises": {
            name: {**asdict(card), "score": card.score} for name, card in judged.cards.items()
        },
        "scores": judged.scores,
        "verdicts": judged.verdicts,
        "reasons": {name: failure.text for name, failure in judged.failures.items()},
        "mended": mended,
        "needs_a_person": lines_on_top(judged.notebook, NEEDS_A_PERSON),
        "unconfined": lines_on_top(judged.notebook, UNCONFINED),
        "left_out": lines_on_top(judged.notebook, LEFT_OUT),
        "seconds": judged.seconds,
        "processes": judged.processes,
        "cpu_seconds": judged.cpu_seconds,
        "peak_mb": judged.peak_mb,
    }


def to_text(judged: Judged, mended: list[str], seed: int) -> str:
    """Return the result for a terminal: criteria, what was mended, time per cell."""
    times = Table(box=box.SIMPLE, pad_edge=False, title="Time per cell")
    times.add_column("Cell")
    times.add_column("ms", justify="right")
    for name, seconds in judged.seconds.items():
        times.add_row(Text(name), f"{1000 * seconds:.0f}")
    return as_text(
        *(card.to_text() for card in judged.cards.values()),
        *_tests(judged),
        *mended,
        *(f"Unconfined: {line}" for line in lines_on_top(judged.notebook, UNCONFINED)),
        *(f"Left out: {line}" for line in lines_on_top(judged.notebook, LEFT_OUT)),
        *(f"Needs a person: {line}" for line in lines_on_top(judged.notebook, NEEDS_A_PERSON)),
        times,
        f"Seed {seed}. {judged.processes} process(es), {judged.cpu_seconds:.2f} s of processor "
        f"time, at most {judged.peak_mb:.0f} MB.",
    )


def _tests(judged: Judged) -> Iterator[Table]:
    """Yield the table of the tests that show no scorecard of a rubric, if there are any."""
    table = Table(box=box.SIMPLE, pad_edge=False, title="Tests")
    table.add_column("Cell", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    points = {cell.id: mark(cell).get("points") or 0 for cell in judged.notebook.cells}
    for name in (one for one in judged.scores if one not in judged.cards):
        failure = judged.failures.get(name)
        why = failure.text if failure else ""
        table.add_row(Text(name), f"{judged.scores[name]:g} of {points[name]:g}", Text(why))
    if table.row_count:
        yield table


def _master(root: Path, file: Path, assignment: str | None) -> Path:
    found = sorted((root / "source").glob(f"{assignment or '*'}/{file.name}"))
    if len(found) != 1:
        known = ", ".join(str(p.relative_to(root)) for p in sorted(root.glob("source/*/*.ipynb")))
        raise NotGraded(
            f"{file} must have the name of one master notebook, and "
            f"{len(found) or 'none'} of source/ has it. The masters are: {known}. "
            "Rename the file, or say --assignment."
        )
    return found[0]
