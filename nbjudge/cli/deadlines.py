"""Who may submit later than the others."""

from pathlib import Path

import click


@click.command(epilog="Example: nbjudge extend attention --student ada --days 2")
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
