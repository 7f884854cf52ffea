"""Who is in the course and what was handed in, from Moodle and Canvas."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Example: nbjudge roster gradebook.csv --dry-run")
@click.argument("file", type=_FILE)
@click.option("--id", "column", help="The heading of the column with nbgrader's student ids.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is written.")
def roster(file: Path, column: str | None, dry_run: bool, yes: bool) -> None:
    """Enter the students of a FILE into nbgrader's gradebook: Canvas's, Moodle's, or any CSV.

    Shows who is new, what changed, who is gone (and stays), and which rows are not taken; asks;
    then writes names, e-mail addresses and the platform's ids. The exit status is 1 where a row is
    not taken.
    """

    def show_and_write() -> int:
        from nbjudge.course import course_root
        from nbjudge.platforms.enrolment import Enrolment

        enrolment = Enrolment(course_root(Path.cwd()), file, column)
        click.echo(enrolment.told())
        number = len(enrolment.changes)
        if number and _agreed(f"Write {number} students into the gradebook?", dry_run, yes):
            enrolment.write()
            click.echo("They are in the gradebook.")
        return 1 if enrolment.roster.refused else 0

    raise SystemExit(_explained(show_and_write))


@click.command("import", epilog="Example: nbjudge import submissions.zip attention")
@click.argument("archive", type=_FILE)
@click.argument("assignment")
@click.option("--worksheet", type=_FILE, help="Moodle's grading worksheet: who is who, and when.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is written.")
def import_(
    archive: Path, assignment: str, worksheet: Path | None, dry_run: bool, yes: bool
) -> None:
    """Take submissions out of an ARCHIVE of Moodle or Canvas, as the platform gave it.

    Shows whose each file is, what is late, and what is not taken and why; asks; then puts each
    submission into submitted/, whole or not at all. What cannot be taken stops nobody else's. The
    exit status is 1 where a file is not taken, and where nothing was to be taken.
    """

    def show_and_write() -> int:
        from nbjudge.course import course_root
        from nbjudge.platforms.intake import THERE, Intake
        from nbjudge.platforms.plan_table import told

        intake = Intake(course_root(Path.cwd()), assignment, archive, worksheet)
        plan = intake.plan
        click.echo(told(assignment, archive.name, plan, intake.time))
        number = sum(row.state != THERE for row in plan.rows)
        if number and _agreed(f"Put {number} into submitted/?", dry_run, yes):
            intake.write()
            click.echo(f"They are in submitted/. Grade them: nbjudge autograde {assignment}")
        return 1 if plan.not_taken or not plan.rows else 0

    raise SystemExit(_explained(show_and_write))


def _agreed(question: str, dry_run: bool, yes: bool) -> bool:
    """Return whether something is to be written; a person is asked, a program says --yes."""
    if dry_run or not (yes or sys.stdin.isatty()):
        click.echo("Nothing is written." + ("" if dry_run else " Say --yes to write it."))
        return False
    return yes or click.confirm(question)


def _explained(do: Callable[[], Any]) -> Any:
    """Return what `do` returns; say in a sentence what is wrong with files or the gradebook."""
    from sqlalchemy.exc import DBAPIError

    from nbjudge.course import RubricError
    from nbjudge.nbgrader_ext import soundness

    try:
        return do()
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(soundness.explained(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from error
