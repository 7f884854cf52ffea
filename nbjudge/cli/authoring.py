"""New assignments, and what is built from masters."""

from pathlib import Path

import click

from nbjudge.cli.needs import or_all
from nbjudge.cli.stops import stopped_once


@click.command(epilog="Example: nbjudge new softmax --title 'Week 2: softmax'")
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
        with stopped_once():
            made = scaffold.scaffold(course_root(Path.cwd()), name, title, function)
    except (BuildError, RubricError, JudgeFault) as error:
        raise click.ClickException(str(error)) from error
    click.echo(made.to_text())


@click.command(epilog="Example: nbjudge build attention")
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
        for assignment in or_all(names):
            if check:
                _report(assignment, builder.stale(root, assignment))
            else:
                built = builder.build(root, assignment)
                click.echo(f"Release:   {built.release}")
                click.echo(f"Solutions: {built.solutions}")
                click.echo(f"Executed, with outputs and plots: {built.executed}")
    except (builder.BuildError, RubricError) as error:
        raise click.ClickException(str(error)) from error


def _report(assignment: str, stale: list[str]) -> None:
    if stale:
        raise click.ClickException(
            "\n".join(stale) + f"\nRun 'nbjudge build {assignment}' and commit what it writes."
        )
    click.echo(f"{assignment}: release/ and solutions/ are as source/ says.")
