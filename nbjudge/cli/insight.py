"""What a class understood."""

import math
from pathlib import Path

import click


@click.command(
    epilog="Example: nbjudge report attention --open",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("assignment", required=False)
@click.option("--names", is_flag=True, help="Say who: for the teachers of the course only.")
@click.option("--open", "opened", is_flag=True, help="Open the page in this machine's browser.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[NBGRADER OPTION]...")
def report(assignment: str | None, names: bool, opened: bool, options: tuple[str, ...]) -> None:
    """Write what the class misunderstood in ASSIGNMENT, and who needs help, as a page.

    Without ASSIGNMENT each that the gradebook holds. The page is reports/ASSIGNMENT.html, with the
    numbers behind it as CSV and JSON. It names no student, unless by --names.
    """
    from sqlalchemy.exc import DBAPIError

    from nbjudge.course import RubricError, course_root
    from nbjudge.insight.report import write
    from nbjudge.nbgrader_ext.soundness import explained

    try:
        pages = write(course_root(Path.cwd()), assignment, options, names, click.echo)
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(explained(error)) from error
    if opened:
        for page in pages:
            click.launch(page.as_uri())


@click.command(
    epilog="Example: nbjudge comment attention --group 3f2a1b --text 'Look at the mask again.'"
)
@click.argument("assignment")
@click.option("--group", help="A group of the report: students whose answers behave alike.")
@click.option("--criterion", help="All who began the exercise and lost this criterion.")
@click.option(
    "--exercise", default="", help="Where several exercises have it: the title, or its beginning."
)
@click.option("--text", default="", help="What they read, in Markdown.")
@click.option("--points", type=float, help="What to add to their score, such as 3 or -2.")
@click.option("--undo", type=int, metavar="NUMBER", help="Take a comment and its points back.")
@click.option("--list", "only_list", is_flag=True, help="Change nothing; show what was given.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show who would get what.")
def comment(
    assignment: str,
    group: str | None,
    criterion: str | None,
    exercise: str,
    text: str,
    points: float | None,
    undo: int | None,
    only_list: bool,
    dry_run: bool,
) -> None:
    """Give one comment, or one change of points, to many students of an ASSIGNMENT.

    It stands in the gradebook like one that was written in the formgrader. A regrade keeps it, and
    asks for a person only where the submission has changed since.
    """
    ways = [group is not None, criterion is not None, undo is not None, only_list]
    if sum(ways) != 1:
        raise click.UsageError("Give one of --group, --criterion, --undo and --list.")
    if points is not None and (not math.isfinite(points) or not points):
        raise click.UsageError("--points takes a number that is not 0, such as 3 or -2.")
    if any(ways[:2]) and not text.strip() and points is None:
        raise click.UsageError("Say what to give: --text, --points, or both.")
    from sqlalchemy.exc import DBAPIError

    from nbjudge.course import RubricError, course_root
    from nbjudge.insight.commenting import CommentDesk
    from nbjudge.nbgrader_ext.soundness import explained

    try:
        desk = CommentDesk(course_root(Path.cwd()), assignment, dry_run)
        if group is not None:
            click.echo(desk.to_group(group, text.strip(), points))
        elif criterion is not None:
            click.echo(desk.to_criterion(criterion, exercise, text.strip(), points))
        elif undo is not None:
            click.echo(desk.undo(undo))
        else:
            click.echo(desk.listed())
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(explained(error)) from error


@click.command(epilog="Example: nbjudge changes attention --student ada")
@click.argument("assignment")
@click.option("--student", "students", multiple=True, help="Of this one only; repeatable.")
def changes(assignment: str, students: tuple[str, ...]) -> None:
    """Say when and why regrades of an ASSIGNMENT changed a result: the answer to "why?".

    Each change has the score before and after, the criteria that moved it, and whether the rubric
    was another one. What a person changed by hand stands in the formgrader.
    """
    from sqlalchemy.exc import DBAPIError

    from nbjudge.classrun.history import told
    from nbjudge.course import RubricError, course_root
    from nbjudge.nbgrader_ext.soundness import explained

    try:
        click.echo(told(course_root(Path.cwd()), assignment, students))
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(explained(error)) from error
