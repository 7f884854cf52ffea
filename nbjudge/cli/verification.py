"""Rubrics, tried on what is known to be right and to be wrong."""

import time
from functools import partial
from pathlib import Path

import click

from nbjudge.cli.needs import need_linux, or_all


@click.command(epilog="Example: nbjudge verify attention --seeds 10")
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
        raise SystemExit(max(_try_mutants(name, draws, as_json) for name in or_all(names)))
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
        for assignment in or_all(names):
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


def _try_mutants(assignment: str, seeds: range, as_json: bool) -> int:
    need_linux()
    from nbjudge.classrun.forkserver import Ancestors

    with Ancestors() as ancestors:
        from nbjudge.classrun.bar import progress
        from nbjudge.course import RubricError, course_root
        from nbjudge.mutation import report
        from nbjudge.mutation.survey import PASS, survey
        from nbjudge.notebook.submission import NotGraded

        begun, root = time.monotonic(), course_root(Path.cwd())
        try:
            told = survey(
                root,
                assignment,
                seeds,
                ancestors,
                partial(progress, doing="Trying mutants", always=PASS),
            )
        except (RubricError, NotGraded) as error:
            raise click.ClickException(str(error)) from error
        seconds = time.monotonic() - begun
        click.echo(report.to_json(told, seconds)) if as_json else report.show(told, seconds)
        return 130 if told.stopped else int(not told.is_well)
