"""What a class understood."""

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
