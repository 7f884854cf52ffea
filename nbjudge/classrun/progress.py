"""A class run, shown to a person: progress while it runs, a summary when it ends."""

import json
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from nbjudge.classrun import handed_in, preview, summary
from nbjudge.classrun.bar import progress
from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun, together
from nbjudge.classrun.outcome import LEFT, NOT_GRADED, SubmissionOutcome
from nbjudge.classrun.workers import Pool
from nbjudge.course import RubricError, course_root
from nbjudge.course import assignments as assignments_of
from nbjudge.judge.job import ClassSettings, NoJudges
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.tables import fitting

_INTERRUPTED = 130
_WOULD_CHANGE = "would change"


def run_and_show(
    afterwards: Callable[[ClassRun], list[str]],
    assignments: Sequence[str],
    judges_from: Ancestors | str,
    workers: int | None,
    students: Collection[str],
    force: bool,
    as_json: bool,
    options: Iterable[str],
) -> int:
    """Grade a class, show progress, print the summary; return the exit status.

    `assignments` are names; without any, all are graded that somebody has submitted. A cluster
    grades one. `afterwards` brings released feedback up to date, and returns what to say of it.
    `judges_from` are the ancestors of workers on this machine, or the address of a cluster. Returns
    0 when all are graded, 1 when one is not, 130 after Ctrl-C. Raises `RubricError` when there is
    no submission, and `NoJudges` when the cluster is lost.
    """
    runs = _runs(course_root(Path.cwd()), assignments, students, options)
    begun = time.monotonic()
    outcomes: dict[str, list[SubmissionOutcome]] = {run.assignment: [] for run in runs}
    stopped, lost, done = False, None, 0
    total = sum(len(_chosen(run, students)) for run in runs)
    with _judges(runs[0].settings, judges_from, workers or os.cpu_count() or 1) as judges:
        try:
            with progress(total, "Grading", NOT_GRADED, LEFT) as show:
                for run, outcome in _graded(runs, judges, force, students):
                    outcomes[run.assignment].append(outcome)
                    done += 1
                    show(outcome.lacks)
        except KeyboardInterrupt:
            stopped = True
            judges.stop()
        except NoJudges as error:
            stopped, lost = True, error
    for run in runs:
        misplaced = [one for one in run.misplaced() if not students or one.student in students]
        outcomes[run.assignment] += misplaced
    seconds = time.monotonic() - begun
    told = [line for run in runs for line in afterwards(run)]
    if as_json:
        told_all = {**summary.to_dict(outcomes, seconds), "stopped": stopped, "feedback": told}
        click.echo(json.dumps(told_all, indent=2))
    else:
        width = fitting(summary.WIDEST)
        click.echo("\n".join([summary.to_text(outcomes, seconds, width), *told]))
    if lost is not None:
        raise lost
    if stopped:
        click.echo(
            f"Stopped after {done} of {total}. What is listed is in the gradebook; "
            "the same command goes on with the rest.",
            err=True,
        )
        return _INTERRUPTED
    every = [one for some in outcomes.values() for one in some]
    return int(not all(one.whole for one in every))


def preview_and_show(
    assignments: Sequence[str],
    ancestors: Ancestors,
    workers: int | None,
    students: Collection[str],
    force: bool,
    as_json: bool,
    options: Iterable[str],
) -> int:
    """Judge a class, show progress, print what a run would change, write nothing.

    Arguments, what is returned and what is raised are those of `run_and_show`.
    """
    runs = _runs(course_root(Path.cwd()), assignments, students, options)
    changes: preview.Changes = {run.assignment: [] for run in runs}
    total, same = sum(len(_chosen(run, students)) for run in runs), 0
    with Pool(workers or os.cpu_count() or 1, ancestors) as pool:
        try:
            with progress(total, "Judging", _WOULD_CHANGE) as show:
                for run, found in preview.previewed(runs, pool.judged, force, students):
                    same += found is None
                    changes[run.assignment] += [found] if found is not None else []
                    show(_WOULD_CHANGE if found is not None and found.changes else "")
        except KeyboardInterrupt:
            pool.stop()
            click.echo("Stopped. Nothing was written.", err=True)
            return _INTERRUPTED
    if as_json:
        click.echo(json.dumps(preview.to_dict(changes, same), indent=2))
    else:
        click.echo(preview.to_text(changes, same, fitting(preview.WIDEST)))
    return int(any(one.reason or one.left for some in changes.values() for one in some))


def _runs(
    root: Path, names: Sequence[str], students: Collection[str], options: Iterable[str]
) -> list[ClassRun]:
    """Return a run of each assignment that has a submission; raise `RubricError` where none has."""
    # Of those that nobody named and nobody has handed in, none need be built.
    some = names or _handed_in(root, options)
    runs = [ClassRun(root, name, options) for name in some]
    wanted = [run for run in runs if _chosen(run, students)]
    missing = sorted(set(students) - {name for run in runs for name in run.submissions()})
    empty = [one.assignment for one in runs if one not in wanted] if names and not students else []
    if missing or empty or not wanted:
        where = runs[0].coursedir.submitted_directory if runs else "submitted"
        of = " and ".join(f"'{name}'" for name in empty or names) or "any assignment"
        raise RubricError(
            f"There is no submission of {', '.join(missing or students) or 'anybody'} in {where}/ "
            f"for {of}. Look at {where}/<student>/{(empty or names or ['<assignment>'])[0]}/."
        )
    return wanted


def _handed_in(root: Path, options: Iterable[str]) -> list[str]:
    config = configuration(root, options)
    return [
        name
        for name in assignments_of(root)
        if handed_in.submissions(handed_in.course_directory(config, root, name))
    ]


def _chosen(run: ClassRun, students: Collection[str]) -> set[str]:
    folders = set(run.submissions())
    return folders & set(students) if students else folders


def _graded(
    runs: Sequence[ClassRun], judges: Any, force: bool, students: Collection[str]
) -> Iterator[tuple[ClassRun, SubmissionOutcome]]:
    if isinstance(judges, Pool):
        yield from together(runs, judges.judged, force, students)
        return
    (run,) = runs  # of a cluster, whose workers have one course each
    yield from ((run, outcome) for outcome in run.run(judges.results, force, students))


def _judges(settings: ClassSettings, judges_from: Ancestors | str, number: int) -> Any:
    if isinstance(judges_from, Ancestors):
        return Pool(number, judges_from)
    try:
        # Imported in this function: its packages are an extra, which few install.
        from nbjudge.classrun.cluster import Cluster
    except ModuleNotFoundError as error:
        raise NoJudges(
            f"--cluster needs the package {error.name}, which is not installed here. "
            "Run: pip install 'nbjudge[cluster]'"
        ) from error
    return Cluster(settings, judges_from, number)
