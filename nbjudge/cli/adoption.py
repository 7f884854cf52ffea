"""A course that grades with plain nbgrader, and is to grade with nbjudge."""

from pathlib import Path

import click

_WIDEST = 100


@click.command(epilog="Example: nbjudge adopt --write")
@click.argument("names", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--write", is_flag=True, help="Add the two lines to nbgrader_config.py.")
def adopt(names: tuple[str, ...], write: bool) -> None:
    """Say how a course of plain nbgrader would be graded here, and let it be.

    Every assignment is built in a temporary copy of the course, and its tests are tried there. What
    is printed says how each cell would be graded, what a build would change in source/, and what
    cannot be built. Nothing in the course changes.

    With --write, two lines are added to nbgrader_config.py, and what plain nbgrader has graded is
    taken as graded. The exit status is 1 where a cell is left to a person although it has a test,
    or an assignment cannot be built.
    """
    # Imported in this function, so that `nbjudge --help` does not wait for nbgrader.
    from nbjudge.authoring.adoption import adoption, course_to_adopt
    from nbjudge.authoring.adoption_text import to_text, to_write, written
    from nbjudge.course import RubricError, assignments
    from nbjudge.tables import fitting

    width = fitting(_WIDEST)
    try:
        root = course_to_adopt(Path.cwd())
        with adoption(root) as course:
            looked = []
            names = names or tuple(assignments(root))
            for name in names:
                click.echo(f"Trying {name} ...", err=True)
                looked.append(course.looked_at(name))
            click.echo(course.of_course(to_text(looked, width)))
            told = written(course, course.write(names), width) if write else to_write(course, width)
            click.echo(told, nl=False)
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    if any(one.left for one in looked):
        raise SystemExit(1)
