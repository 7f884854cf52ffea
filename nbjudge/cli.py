"""The command line: one verb a job."""

from pathlib import Path

import click


@click.group()
@click.version_option(package_name="nbjudge")
def main() -> None:
    """Build and grade notebook assignments with nbgrader."""


@main.command(epilog="Example: nbjudge build attention")
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Write nothing; say what is stale and exit with 1.")
def build(assignments: tuple[str, ...], check: bool) -> None:
    """Write release/ and solutions/ from the master notebooks in source/.

    Without a name, every assignment in source/ is built. The solutions run first, with the hidden
    tests, and nothing is written unless they have full marks.
    """
    # Imported here, so that `nbjudge --help` does not wait for nbgrader.
    from nbjudge import build as builder
    from nbjudge.rubric import RubricError, course_root

    try:
        root = course_root(Path.cwd())
        for assignment in assignments or sorted(p.name for p in (root / "source").iterdir()):
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
