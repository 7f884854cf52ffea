"""The command line: one verb a job.

The docstrings of commands are what `--help` shows. What a command needs is imported inside it:
`nbjudge --help` must not wait for nbgrader, and `autograde` and `watch` start their processes,
which warm up meanwhile, before they import the rest.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import click

_STOPS = (signal.SIGINT, signal.SIGTERM)  # a hub stops a service by one and then the other


@click.group()
@click.version_option(package_name="nbjudge")
def main() -> None:
    """Build and grade notebook assignments with nbgrader."""


@main.command(epilog="Example: nbjudge new softmax --title 'Week 2: softmax'")
@click.argument("name")
@click.option("--title", help="Heads the notebook; default: made from the name.")
@click.option(
    "--function", default="softmax", show_default=True, help="What students are to write."
)
def new(name: str, title: str | None, function: str) -> None:
    """Lay down a small assignment that works: a master notebook and its rubric.

    It is built, and proved: the notebook as students get it has no points, the solution all of
    them, a wrong one less. Nothing is overwritten, and nothing is left behind where it fails.
    """
    from nbjudge.authoring import scaffold
    from nbjudge.authoring.build import BuildError
    from nbjudge.course import RubricError, course_root
    from nbjudge.process.zygote import JudgeFault

    try:
        with _stopped_once():
            made = scaffold.scaffold(course_root(Path.cwd()), name, title, function)
    except (BuildError, RubricError, JudgeFault) as error:
        raise click.ClickException(str(error)) from error
    click.echo(made.to_text())


@main.command(epilog="Example: nbjudge build attention")
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Write nothing; say what is stale and exit with 1.")
def build(names: tuple[str, ...], check: bool) -> None:
    """Write release/ and solutions/ from the master notebooks in source/.

    Without a name, every assignment in source/ is built. The solutions run first, with the hidden
    tests, and nothing is written unless they have full marks.
    """
    # Imported in this function, so that `nbjudge --help` does not wait for nbgrader.
    from nbjudge.authoring import build as builder
    from nbjudge.course import RubricError, course_root

    try:
        root = course_root(Path.cwd())
        for assignment in _or_all(names):
            if check:
                _report(assignment, builder.stale(root, assignment))
            else:
                built = builder.build(root, assignment)
                click.echo(f"Release:   {built.release}")
                click.echo(f"Solutions: {built.solutions}")
                click.echo(f"Executed, with outputs and plots: {built.executed}")
    except (builder.BuildError, RubricError) as error:
        raise click.ClickException(str(error)) from error


@main.command(epilog="Example: nbjudge verify attention --seeds 10")
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="How many draws of hidden inputs.",
)
@click.option("--first", default=0, show_default=True, help="The first seed.")
@click.option("--mutants", is_flag=True, help="Try the tests on edits of the solution instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(names: tuple[str, ...], seeds: int, first: int, mutants: bool, as_json: bool) -> None:
    """Try the rubrics of an ASSIGNMENT on what is known to be right and to be wrong.

    Without a name, those of every assignment in source/ are tried.

    The solution and every idiom must have full marks, the empty release none, and every
    misconception must lose its criterion. In a student process each misconception is tried in
    several forms, and must be told its own sentence in all. Prints how many did; the exit status is
    1 when one did not.

    With --mutants the solution is edited in one place after the other, and the tests must notice:
    rubrics, and plain asserts. Prints each edit that they do not; the exit status is 1 when one is
    left that nobody has marked as right, 130 when it was stopped.
    """
    draws = range(first, first + seeds)
    if mutants:
        raise SystemExit(max(_try_mutants(name, draws, as_json) for name in _or_all(names)))
    import json
    from dataclasses import asdict

    import torch

    from nbjudge.authoring import verify as verifier
    from nbjudge.course import RubricError, course_root
    from nbjudge.process.zygote import JudgeFault

    begun = time.monotonic()
    torch.set_num_threads(1)  # rubrics use small tensors, where more threads only wait
    found = []
    try:
        root = course_root(Path.cwd())
        for assignment in _or_all(names):
            tried = verifier.verify(root, assignment, draws)
            if names and not tried:
                raise RubricError(
                    f"No notebook in source/{assignment} calls a rubric. Check the name of the "
                    "assignment. --mutants tries plain asserts, too."
                )
            found += tried
    except (RubricError, JudgeFault) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
    else:
        click.echo(verifier.to_text(found))
        click.echo(f"Verified in {time.monotonic() - begun:.0f} s.")
    if any(one.problems for one in found):
        raise SystemExit(1)


def _or_all(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of assignments that were given, or those of all in `source/`."""
    from nbjudge.course import RubricError, assignments, course_root

    try:
        return names or tuple(assignments(course_root(Path.cwd())))
    except RubricError as error:
        raise click.ClickException(str(error)) from error


def _try_mutants(assignment: str, seeds: range, as_json: bool) -> int:
    _need_linux()
    from nbjudge.classrun.forkserver import Ancestors

    with Ancestors() as ancestors:
        from nbjudge.classrun.progress import progress
        from nbjudge.course import RubricError, course_root
        from nbjudge.mutation import report
        from nbjudge.mutation.survey import survey
        from nbjudge.notebook.submission import NotGraded

        begun, root = time.monotonic(), course_root(Path.cwd())
        try:
            told = survey(
                root,
                assignment,
                seeds,
                ancestors,
                partial(progress, doing="Trying mutants", counted="pass"),
            )
        except (RubricError, NotGraded) as error:
            raise click.ClickException(str(error)) from error
        seconds = time.monotonic() - begun
        click.echo(report.to_json(told, seconds)) if as_json else report.show(told, seconds)
        return 130 if told.stopped else int(not told.is_well)


@main.command(epilog="Example: nbjudge judge submitted/ada/attention/attention.ipynb --seed 7")
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--assignment", help="The folder in source/, where several masters have this name.")
@click.option("--seed", type=int, help="Draw the hidden inputs of an earlier run again.")
@click.option(
    "--files",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of what was submitted beside it.",
)
@click.option("--executed", type=click.Path(path_type=Path), help="Write the executed copy here.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--unconfined", is_flag=True, help="Go on where a layer of the sandbox is missing.")
def judge(
    notebook: Path,
    assignment: str | None,
    seed: int | None,
    files: Path | None,
    executed: Path | None,
    as_json: bool,
    unconfined: bool,
) -> None:
    """Judge one NOTEBOOK as a class is judged, without a gradebook.

    Prints the criteria of every exercise, what was mended, and the time per cell. The exit status
    is 0 when the notebook was judged, whatever its score, and 1 when it was not.
    """
    import json

    import nbformat

    from nbjudge.authoring import single
    from nbjudge.course import RubricError
    from nbjudge.notebook.submission import NotGraded
    from nbjudge.rubric.grading import new_seed

    seed = new_seed() if seed is None else seed
    try:
        judged, mended = single.judge_file(notebook, assignment, seed, files, unconfined)
    except (NotGraded, RubricError) as error:
        raise click.ClickException(str(error)) from error
    if executed is not None:
        nbformat.write(judged.notebook, executed)
    told = single.to_dict if as_json else single.to_text
    result = told(judged, mended, seed)
    click.echo(json.dumps(result, indent=2) if as_json else result)


@main.command(
    epilog="Example: nbjudge autograde attention --workers 2 --Judge.limits cell_seconds=30",
    context_settings={"ignore_unknown_options": True},
)
@click.option("--workers", type=click.IntRange(1), help="Processes that judge; default: cores.")
@click.option(
    "--cluster",
    metavar="ADDRESS|local",
    help="Judge on a Dask cluster: its scheduler's address, or one started here for this run.",
)
@click.option("--student", "students", multiple=True, help="Grade this one only; repeatable.")
@click.option("--force", is_flag=True, help="Grade again what has not changed, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument(
    "words", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT]... [NBGRADER OPTION]..."
)
def autograde(
    workers: int | None,
    cluster: str | None,
    students: tuple[str, ...],
    force: bool,
    as_json: bool,
    words: tuple[str, ...],
) -> None:
    """Grade every submission of each ASSIGNMENT into nbgrader's gradebook.

    Without a name, every assignment in source/ is graded that somebody has submitted; all of them
    share the workers. A cluster grades one assignment at a time.

    Only what changed is graded again. Stop it with Ctrl-C, and start it again to go on. The exit
    status is 0 when every submission is graded, 1 when one is not or when the cluster is lost, 130
    when it was stopped.
    """
    from nbjudge.classrun.forkserver import Ancestors

    if workers and cluster not in (None, "local"):
        raise click.UsageError(f"--workers is for processes here; those of {cluster} run already.")
    names = tuple(takewhile(lambda word: not word.startswith("-"), words))
    if cluster is not None and len(names) != 1:
        raise click.UsageError("A cluster grades one assignment at a time: name one.")
    if cluster in (None, "local"):
        _need_linux(*names)
    options = words[len(names) :]
    with Ancestors() if cluster is None else nullcontext(cluster) as judges_from:
        raise SystemExit(
            _run_and_show(names, judges_from, workers, students, force, as_json, options)
        )


def _need_linux(*assignments: str) -> None:
    if sys.platform != "linux":
        raise click.ClickException(
            f"Student code can be confined on Linux only, and this is {sys.platform}. Run the same "
            "in a container or in WSL, or grade without isolation: "
            f"nbgrader autograde {' '.join(assignments) or '<assignment>'} --Judge.engine=plain"
        )


def _run_and_show(names: tuple[str, ...], judges_from: Any, *how: Any) -> int:
    from sqlalchemy.exc import DBAPIError

    from nbjudge.classrun.progress import run_and_show
    from nbjudge.course import RubricError
    from nbjudge.exchange.renewal import after_grading
    from nbjudge.judge.job import NoJudges
    from nbjudge.nbgrader_ext.soundness import explained
    from nbjudge.notebook.submission import NotGraded

    try:
        return run_and_show(after_grading, names, judges_from, *how)
    except (NotGraded, RubricError, NoJudges) as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:  # such as a lock that another program did not give back
        raise click.ClickException(explained(error)) from error


@main.command(
    epilog="Example: nbjudge watch attention", context_settings={"ignore_unknown_options": True}
)
@click.option(
    "--workers", type=click.IntRange(1), help="Processes that judge; default: cores, at least 2."
)
@click.option("--once", is_flag=True, help="Grade what has arrived, then end.")
@click.argument(
    "words", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT]... [NBGRADER OPTION]..."
)
def watch(workers: int | None, once: bool, words: tuple[str, ...]) -> None:
    """Grade each submission as it arrives in the exchange; release its feedback to its author.

    Without an ASSIGNMENT, all are watched that are released now or later, and those that are left
    to a person are named. What students see, how many attempts are graded and which one counts is
    c.FeedbackOnSubmit in nbgrader_config.py. Stop it with Ctrl-C, and start it again to go on.
    """
    names = list(takewhile(lambda word: not word.startswith("-"), words))
    _need_linux(*names)
    # Nothing is begun before all is imported, and an import that is interrupted may raise anything.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from nbjudge.classrun.forkserver import Ancestors

    with Ancestors() as ancestors:
        from nbgrader.exchange import ExchangeError
        from sqlalchemy.exc import DBAPIError

        from nbjudge.course import RubricError, course_root
        from nbjudge.exchange.assignments import watch as on_submit
        from nbjudge.exchange.watch import NotWatched
        from nbjudge.nbgrader_ext.soundness import explained

        # Two, also on one core: nobody waits behind an endless loop.
        number, options = workers or max(os.cpu_count() or 1, 2), words[len(names) :]
        try:
            for stop in _STOPS:
                signal.signal(stop, _stop_once)
            on_submit(course_root(Path.cwd()), names, ancestors, number, options, once, click.echo)
        except (ExchangeError, NotWatched, RubricError) as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            raise click.ClickException(explained(error)) from error
        except KeyboardInterrupt:
            click.echo("Stopped. The same command goes on.", err=True)


@main.command(
    epilog="Example: nbjudge results --open", context_settings={"ignore_unknown_options": True}
)
@click.option("--open", "opened", is_flag=True, help="Open it in this machine's browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: one that is free.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[NBGRADER OPTION]...")
def results(opened: bool, port: int, options: tuple[str, ...]) -> None:
    """Serve the page where results appear: attempts, their states, and their feedback.

    As a service of JupyterHub it shows each student their own, and instructors all of them. Without
    a hub it serves all of them to this machine's browser, at a secret address that it prints. Stop
    it with Ctrl-C.
    """
    from sqlalchemy.exc import DBAPIError

    from nbjudge.course import RubricError, course_root
    from nbjudge.nbgrader_ext.soundness import explained

    try:
        root = course_root(Path.cwd())
        if "JUPYTERHUB_SERVICE_URL" in os.environ:
            from nbjudge.results import hub

            hub.serve(root, options, click.echo)
        else:
            from nbjudge.results import alone

            alone.serve(root, options, port, opened, click.echo)
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(explained(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"Port {port} cannot be used ({error.strerror}). Choose another by --port."
        ) from error
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


@main.command(epilog="Example: nbjudge extend attention --student ada --days 2")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Who gets more time; repeatable.")
@click.option(
    "--days",
    type=click.FloatRange(0, 3650),
    help="So long after the due date; 0 takes an extension back.",
)
@click.option(
    "--csv",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the columns 'until', and 'student' or 'group'.",
)
@click.option(
    "--groups",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file that says who is in a group: the columns 'student' and 'group'.",
)
@click.option("--list", "only_list", is_flag=True, help="Change nothing; show who has more time.")
def extend(
    assignment: str,
    students: tuple[str, ...],
    days: float | None,
    file: Path | None,
    groups: Path | None,
    only_list: bool,
) -> None:
    """Let students submit an ASSIGNMENT later than the others, before or after they submit.

    A time in a file has its time zone: '2026-12-05 18:00 Europe/Berlin'. An extension takes the
    place of an earlier one. Prints all of them, in the course's time zone. Where anything is wrong,
    nothing is changed, and the exit status is 1.
    """
    ways = [bool(students) or days is not None, file is not None, only_list]
    if sum(ways) != 1 or (ways[0] and not (students and days is not None)):
        raise click.UsageError("Give --student and --days, or --csv, or --list.")
    if groups and file is None:
        raise click.UsageError("--groups says who is in the groups of --csv. Add that.")
    from sqlalchemy.exc import DBAPIError

    from nbjudge.course import RubricError, course_root
    from nbjudge.exchange.extend import Desk
    from nbjudge.nbgrader_ext.soundness import explained

    try:
        desk = Desk(course_root(Path.cwd()), assignment)
        if file is not None:
            click.echo(desk.by_file(file, groups))
        elif days is not None:
            click.echo(desk.by_days(students, days))
        else:
            click.echo(desk.listed())
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(explained(error)) from error


@main.command(epilog="Example: nbjudge doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(as_json: bool) -> None:
    """Say what this machine and this course give to grading, what is missing, and the mend.

    The exit status is 1 when something is missing that grading needs.
    """
    import json
    from dataclasses import asdict

    from nbjudge.doctor.check import to_text
    from nbjudge.doctor.machine import examine

    checks = examine()
    click.echo(json.dumps([asdict(c) for c in checks], indent=2) if as_json else to_text(checks))
    if any(check.needed and not check.well for check in checks):
        raise SystemExit(1)


@contextmanager
def _stopped_once() -> Iterator[None]:
    """Let both signals interrupt the block, once: what it takes back then is taken back whole."""
    before = [signal.signal(stop, _stop_once) for stop in _STOPS]
    try:
        yield
    finally:
        for stop, handler in zip(_STOPS, before, strict=True):
            signal.signal(stop, handler)


def _stop_once(*_: object) -> None:
    """Interrupt the command; another signal, such as a hub's second, must not interrupt its end."""
    for stop in _STOPS:
        signal.signal(stop, signal.SIG_IGN)
    raise KeyboardInterrupt


def _report(assignment: str, stale: list[str]) -> None:
    if stale:
        raise click.ClickException(
            "\n".join(stale) + f"\nRun 'nbjudge build {assignment}' and commit what it writes."
        )
    click.echo(f"{assignment}: release/ and solutions/ are as source/ says.")
