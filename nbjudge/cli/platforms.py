"""Who is in the course and what was handed in, from Moodle and Canvas; and grades back to them."""

import sys
from pathlib import Path
from typing import Any

import click

from nbjudge.cli.asking import agreed, explained
from nbjudge.cli.lti import send

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


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
        if number and agreed(f"Write {number} students into the gradebook?", dry_run, yes):
            enrolment.write()
            click.echo("They are in the gradebook.")
        return 1 if enrolment.roster.refused else 0

    raise SystemExit(explained(show_and_write))


@click.command("import", epilog="Example: nbjudge import submissions.zip attention")
@click.argument("archive", type=_FILE)
@click.argument("assignment")
@click.option("--worksheet", type=_FILE, help="Moodle's grading worksheet: who is who, and when.")
@click.option("--groups", type=_FILE, help="A CSV file with the columns 'student' and 'group'.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before anything is written.")
def import_(
    archive: Path,
    assignment: str,
    worksheet: Path | None,
    groups: Path | None,
    dry_run: bool,
    yes: bool,
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

        intake = Intake(course_root(Path.cwd()), assignment, archive, worksheet, groups)
        plan = intake.plan
        click.echo(told(assignment, archive.name, plan, intake.time))
        number = sum(row.state != THERE for row in plan.rows)
        if number and agreed(f"Put {number} into submitted/?", dry_run, yes):
            intake.write()
            click.echo(f"They are in submitted/. Grade them: nbjudge autograde {assignment}")
        return 1 if plan.not_taken or not plan.rows else 0

    raise SystemExit(explained(show_and_write))


@click.command(epilog="Example: nbjudge export attention --canvas gradebook.csv")
@click.argument("assignment")
@click.option("--canvas", type=_FILE, help="The gradebook that Canvas exported, as CSV.")
@click.option("--moodle", type=_FILE, help="The grading worksheet that Moodle gave.")
@click.option("--lti", is_flag=True, help="Send scores to where students log in from, by LTI 1.3.")
@click.option("--to", type=_NEW, help="The file to write [default: <FILE>-filled.csv beside it].")
@click.option("--feedback", type=_NEW, help="With --moodle: write the feedback pages as this ZIP.")
@click.option(
    "--column", "columns", multiple=True, help="WORD=HEADING, where headings are unclear."
)
@click.option("--cap", is_flag=True, help="Write points above the platform's maximum as that.")
@click.option("--scale/--no-scale", default=None, help="Fit points to another maximum, or do not.")
@click.option("--no-comments", is_flag=True, help="With --moodle and --lti: grades alone.")
@click.option("--force", is_flag=True, help="Replace files that an earlier export wrote.")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask: a guessed column is right; scores are sent.")
def export(
    assignment: str,
    canvas: Path | None,
    moodle: Path | None,
    lti: bool,
    to: Path | None,
    feedback: Path | None,
    columns: tuple[str, ...],
    cap: bool,
    scale: bool | None,
    no_comments: bool,
    force: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Fill a platform's own file with the scores of an ASSIGNMENT, to be uploaded there.

    Writes a new file: only the cells of this assignment's grades change, and in Moodle's file the
    comments; every other byte stays. Shows what is not written, and why. The exit status is 1 where
    a score of the gradebook is not in the file, and where a row is nobody of the gradebook.

    With --lti there is no file: shows what would be sent, asks, and sends each score to the
    platform. The exit status is 1 where a score is not sent.
    """
    if lti:
        if any((canvas, moodle, to, feedback, columns, force, scale is not None)):
            raise click.UsageError(
                "--lti fills no file: only --cap, --no-comments, --dry-run and --yes go with it."
            )
        raise SystemExit(send(assignment, cap, not no_comments, dry_run, yes))
    if (canvas is None) == (moodle is None) or (feedback is not None and moodle is None):
        raise click.UsageError(
            "Give --canvas FILE or --moodle FILE, or --lti. --feedback is for Moodle."
        )
    named = dict(_column(one) for one in columns)
    given = canvas or moodle
    assert given is not None
    target = to or given.with_name(f"{given.stem}-filled.csv")
    if feedback is not None and feedback.absolute() == target.absolute():
        raise click.UsageError(f"--to and --feedback both name {target}.")

    def show_and_write() -> int:
        from nbjudge.course import course_root
        from nbjudge.platforms.delivery import Delivery, put, refuse_taken
        from nbjudge.platforms.filling import Terms
        from nbjudge.platforms.filling_table import told

        for one in filter(None, (target, feedback)):
            refuse_taken(one, given, force or dry_run)
        delivery = Delivery(course_root(Path.cwd()), assignment)
        fill = delivery.to_canvas if canvas else delivery.to_moodle
        filling = fill(given, named, Terms(cap, scale, not no_comments))
        sure = not dry_run and (yes or not delivery.guess.headings)
        click.echo(told(assignment, delivery.grade, filling, sure))
        if dry_run or not _right(delivery.guess, yes):
            click.echo("Nothing is written.")
            return 1 if not dry_run or not filling.complete else 0
        put(target, filling.data())
        click.echo(f"Written: {target}. Upload this file.")
        without: list[str] = []
        if feedback is not None:
            pages, without = delivery.feedback()
            put(feedback, pages)
            click.echo(_about_pages(feedback, without, assignment))
        return 0 if filling.complete and not without else 1

    raise SystemExit(explained(show_and_write))


def _column(told: str) -> tuple[str, str]:
    from nbjudge.platforms.headings import words

    word, found, heading = told.partition("=")
    if not found or word not in words():
        raise click.UsageError(
            f"--column '{told}': write WORD=HEADING, where WORD is one of {', '.join(words())}."
        )
    return word, heading


def _right(guess: Any, yes: bool) -> bool:
    """Return whether guessed columns are to be used: a person is asked, a program says so."""
    if not guess.headings:
        return True
    click.echo("These columns are a guess: " + guess.options())
    if yes or not sys.stdin.isatty():
        if not yes:
            click.echo("Say this, or --yes, where it is right.")
        return yes
    return click.confirm("Are they right?")


def _about_pages(file: Path, without: list[str], assignment: str) -> str:
    if not without:
        return f"Written: {file}, the feedback pages."
    some = ", ".join(without[:10]) + (f" and {len(without) - 10} more" if without[10:] else "")
    return (
        f"Written: {file}, without a page for {some}: it is not there, or shows an earlier result. "
        f"Make the pages: nbgrader generate_feedback {assignment}"
    )
