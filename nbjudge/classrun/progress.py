"""A class run, shown to a person: progress while it runs, a summary when it ends."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nbjudge.classrun import summary
from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.classrun.workers import Workers
from nbjudge.course import RubricError, course_root
from nbjudge.judge.job import ClassSettings, NoJudges

_INTERRUPTED = 130
_LINE_EVERY = 10.0  # seconds, where nobody watches a bar


def run_and_show(
    afterwards: Callable[[ClassRun], list[str]],
    assignment: str,
    judges_from: Ancestors | str,
    workers: int | None,
    students: Iterable[str],
    force: bool,
    as_json: bool,
    options: Iterable[str],
) -> int:
    """Grade a class, show progress, print the summary; return the exit status.

    `afterwards` brings released feedback up to date, and returns what to say of it. `judges_from`
    are the ancestors of workers on this machine, or the address of a cluster. Returns 0 when all
    are graded, 1 when one is not, 130 after Ctrl-C. Raises `RubricError` when there is no
    submission, and `NoJudges` when the cluster is lost.
    """
    run = ClassRun(course_root(Path.cwd()), assignment, options)
    folders = run.submissions()
    missing = sorted(set(students) - set(folders))
    if missing or not folders:
        where = run.coursedir.submitted_directory
        raise RubricError(
            f"There is no submission of {', '.join(missing) or 'anybody'} in {where}/ for "
            f"'{assignment}'. Look at {where}/<student>/{assignment}/."
        )
    begun = time.monotonic()
    outcomes: list[SubmissionOutcome] = []
    stopped, lost = False, None
    with _judges(run.settings, judges_from, workers or os.cpu_count() or 1) as judges:
        total = len(set(students) or folders)
        try:
            with progress(total, "Grading", "not graded") as show:
                for outcome in run.run(judges.results, force, students):
                    outcomes.append(outcome)
                    show(bool(outcome.reason))
        except KeyboardInterrupt:
            stopped = True
            judges.stop()
        except NoJudges as error:
            stopped, lost = True, error
    outcomes += [one for one in run.misplaced() if not students or one.student in students]
    seconds = time.monotonic() - begun
    told = afterwards(run)
    if as_json:
        told_all = {**summary.to_dict(outcomes, seconds), "stopped": stopped, "feedback": told}
        click.echo(json.dumps(told_all, indent=2))
    else:
        click.echo("\n".join([summary.to_text(outcomes, seconds), *told]))
    if lost is not None:
        raise lost
    if stopped:
        click.echo(
            f"Stopped after {len(outcomes)} of {total}. What is listed is in the gradebook; "
            "the same command goes on with the rest.",
            err=True,
        )
        return _INTERRUPTED
    return int(any(one.status == "not graded" or one.reason for one in outcomes))


def _judges(settings: ClassSettings, judges_from: Ancestors | str, number: int) -> Any:
    if isinstance(judges_from, Ancestors):
        return Workers(settings, number, judges_from)
    try:
        # Imported in this function: its packages are an extra, which few install.
        from nbjudge.classrun.cluster import Cluster
    except ModuleNotFoundError as error:
        raise NoJudges(
            f"--cluster needs the package {error.name}, which is not installed here. "
            "Run: pip install 'nbjudge[cluster]'"
        ) from error
    return Cluster(settings, judges_from, number)


@contextlib.contextmanager
def progress(total: int, doing: str, counted: str) -> Iterator[Callable[[bool], None]]:
    """Give a function that shows one more of `total`: in a live bar, or in lines on no terminal.

    Its argument says whether that one is `counted`, such as "not graded". `doing` stands before the
    bar.
    """
    console = Console(stderr=True)
    number = done = 0
    if not console.is_terminal:
        last = time.monotonic()

        def line(counts: bool) -> None:
            nonlocal number, done, last
            number, done = number + counts, done + 1
            if done == total or time.monotonic() - last > _LINE_EVERY:
                last = time.monotonic()
                print(f"{done} of {total} done, {number} {counted}", file=sys.stderr, flush=True)

        yield line
        return
    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} a second, "),
        TimeRemainingColumn(),
        TextColumn("left, {task.fields[number]} " + counted),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=total, rate="-", number=0)

        def advance(counts: bool) -> None:
            nonlocal number
            number += counts
            bar.advance(task)
            speed = bar.tasks[task].speed
            bar.update(task, number=number, rate=f"{speed:.1f}" if speed else "-")

        yield advance
