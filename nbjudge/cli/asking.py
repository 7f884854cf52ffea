"""What commands ask before they change something, and how they say what is wrong."""

import sys
from collections.abc import Callable
from typing import Any

import click


def agreed(
    question: str, dry_run: bool, yes: bool, do: str = "write", done: str = "written"
) -> bool:
    """Return whether something is to be done; a person is asked, a program says --yes."""
    if dry_run or not (yes or sys.stdin.isatty()):
        click.echo(f"Nothing is {done}." + ("" if dry_run else f" Say --yes to {do} it."))
        return False
    return yes or click.confirm(question)


def explained(do: Callable[[], Any]) -> Any:
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
