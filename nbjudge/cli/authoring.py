"""New assignments, and what is built from masters."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nbjudge.cli.needs import or_all
from nbjudge.cli.stops import stopped_once

if TYPE_CHECKING:
    from nbjudge.authoring.tried import Tried


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
    from nbjudge.authoring.masters import BuildError
    from nbjudge.course import RubricError, course_root
    from nbjudge.process.zygote import JudgeFault

    try:
        with stopped_once():
            made = scaffold.scaffold(course_root(Path.cwd()), name, title, function)
    except (BuildError, RubricError, JudgeFault) as error:
        raise click.ClickException(str(error)) from error
    click.echo(made.to_text())
    _warn(made.warnings)


@click.command(epilog="Example: nbjudge build attention")
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Write nothing; say what is stale and exit with 1.")
def build(names: tuple[str, ...], check: bool) -> None:
    """Write release/ and solutions/ from the master notebooks in source/.

    Without a name, every assignment in source/ is built. The solutions run first, with the hidden
    tests, and nothing is written unless they have full marks. The masters are written last, without
    outputs, and what changed in them is said.

    Then the judge tries each test on the solution and on the release, and says how each cell is
    graded. The exit status is 1 where a test cannot be used, so that a person grades its cell.
    """
    # Imported in this function, so that `nbjudge --help` does not wait for nbgrader.
    from nbjudge.authoring.build import stale
    from nbjudge.authoring.masters import BuildError
    from nbjudge.authoring.tried import build_and_try
    from nbjudge.course import RubricError, course_root

    left: list[str] = []
    try:
        root = course_root(Path.cwd())
        for assignment in or_all(names):
            if check:
                _report(assignment, stale(root, assignment))
            else:
                tried = build_and_try(root, assignment)
                _say_what_was_built(tried)
                left += [one.cell for one in tried.ways if one.left]
    except (BuildError, RubricError) as error:
        raise click.ClickException(str(error)) from error
    if left:
        click.echo(
            f"Built. A person grades, although there is a test: {', '.join(left)}.", err=True
        )
        raise SystemExit(1)


def _say_what_was_built(tried: "Tried") -> None:
    from nbjudge.authoring.ways import to_text

    built = tried.built
    click.echo(f"Release:   {built.release}")
    click.echo(f"Solutions: {built.solutions}")
    click.echo(f"Executed, with outputs and plots: {built.executed}")
    for line in built.changed:
        click.echo(f"Changed in {line}")
    for path in tried.noted:
        click.echo(f"Changed in {path}: how each test is graded is written down.")
    _warn(built.warnings)
    if tried.stubs:
        click.echo(f"nbgrader's stub, because a placeholder passes: {', '.join(tried.stubs)}")
    if tried.untried:
        click.echo(f"How cells are graded was not tried on this machine. {tried.untried}")
    elif tried.ways:
        click.echo(to_text(tried.ways))


def _warn(warnings: list[str]) -> None:
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)


def _report(assignment: str, stale: list[str]) -> None:
    if stale:
        raise click.ClickException(
            "\n".join(stale) + f"\nRun 'nbjudge build {assignment}' and commit what it writes."
        )
    click.echo(f"{assignment}: release/ and solutions/ are as source/ says.")
