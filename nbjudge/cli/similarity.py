"""Solutions of a class that are alike."""

from pathlib import Path

import click


@click.command(epilog="Example: nbjudge similar attention --open")
@click.argument("assignment")
@click.option("--open", "opened", is_flag=True, help="Open the page in this machine's browser.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def similar(assignment: str, opened: bool, as_json: bool) -> None:
    """Show which submissions of an ASSIGNMENT share what few others have.

    What was handed out and what many students have is left out; other names of variables, other
    comments, another layout or order of statements hide nothing. Writes a page that shows such
    pairs side by side, and prints a table. It asks a question and answers none; no student code is
    run. The exit status is 0 whatever is found, and 1 where nothing can be compared.
    """
    import json

    from nbjudge.course import RubricError, course_root
    from nbjudge.similarity.report import Similar

    try:
        found = Similar(course_root(Path.cwd()), assignment)
        found.write()
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be written ({error.strerror}). Give yourself the right to "
            "write there, then run the same command again."
        ) from error
    click.echo(json.dumps(found.to_dict(), indent=2) if as_json else found.to_text())
    if opened:
        click.launch(found.page.as_uri())
