"""One notebook, a class, and submissions as they arrive."""

import os
import signal
from contextlib import nullcontext
from itertools import takewhile
from pathlib import Path
from typing import Any

import click

from nbjudge.cli.needs import need_linux
from nbjudge.cli.stops import STOPS, stop_once


@click.command(epilog="Example: nbjudge judge submitted/ada/attention/attention.ipynb --seed 7")
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

    Prints the criteria of every exercise, the points of every other test, what was mended, and the
    time per cell. The exit status is 0 when the notebook was judged, whatever its score, and 1 when
    it was not.
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


@click.command(
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
@click.option("--preview", is_flag=True, help="Write nothing: show whose score would change.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.argument(
    "words", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT]... [NBGRADER OPTION]..."
)
def autograde(
    workers: int | None,
    cluster: str | None,
    students: tuple[str, ...],
    force: bool,
    preview: bool,
    as_json: bool,
    words: tuple[str, ...],
) -> None:
    """Grade every submission of each ASSIGNMENT into nbgrader's gradebook.

    Without a name, every assignment in source/ is graded that somebody has submitted; all of them
    share the workers. A cluster grades one assignment at a time.

    Only what changed is graded again. Stop it with Ctrl-C, and start it again to go on. The exit
    status is 0 when every submission is graded, 1 when one is not, when an exercise has no score
    for a reason that is not the student's, or when the cluster is lost, 130 when it was stopped.
    """
    from nbjudge.classrun.forkserver import Ancestors

    if workers and cluster not in (None, "local"):
        raise click.UsageError(f"--workers is for processes here; those of {cluster} run already.")
    names = tuple(takewhile(lambda word: not word.startswith("-"), words))
    if cluster is not None and len(names) != 1:
        raise click.UsageError("A cluster grades one assignment at a time: name one.")
    if preview and cluster is not None:
        raise click.UsageError("--preview judges on this machine: leave out --cluster.")
    if cluster in (None, "local"):
        need_linux(*names)
    options = words[len(names) :]
    with Ancestors() if cluster is None else nullcontext(cluster) as judges_from:
        raise SystemExit(
            _run_and_show(preview, names, judges_from, workers, students, force, as_json, options)
        )


def _run_and_show(preview: bool, names: tuple[str, ...], judges_from: Any, *how: Any) -> int:
    from sqlalchemy.exc import DBAPIError

    from nbjudge.classrun.progress import preview_and_show, run_and_show
    from nbjudge.course import RubricError
    from nbjudge.exchange.renewal import after_grading
    from nbjudge.judge.job import NoJudges
    from nbjudge.nbgrader_ext.soundness import explained
    from nbjudge.notebook.submission import NotGraded

    try:
        if preview:
            return preview_and_show(names, judges_from, *how)
        return run_and_show(after_grading, names, judges_from, *how)
    except (NotGraded, RubricError, NoJudges) as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:  # such as a lock that another program did not give back
        raise click.ClickException(explained(error)) from error


@click.command(
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
    need_linux(*names)
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
            for stop in STOPS:
                signal.signal(stop, stop_once)
            on_submit(course_root(Path.cwd()), names, ancestors, number, options, once, click.echo)
        except (ExchangeError, NotWatched, RubricError) as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            raise click.ClickException(explained(error)) from error
        except KeyboardInterrupt:
            click.echo("Stopped. The same command goes on.", err=True)
