"""The page where results appear."""

import os
from pathlib import Path

import click


@click.command(
    epilog="Example: nbjudge results --open", context_settings={"ignore_unknown_options": True}
)
@click.option("--open", "opened", is_flag=True, help="Open it in this machine's browser.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: one that is free.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[NBGRADER OPTION]...")
def results(opened: bool, port: int, options: tuple[str, ...]) -> None:
    """Serve the page where results appear: attempts, their states, and their feedback.

    As a service of JupyterHub it shows each student their own, and instructors all of them. Without
    a hub it serves all of them to this machine's browser, at a secret address that it prints. Stop
    it with Ctrl-C.
    """
    from sqlalchemy.exc import DBAPIError

    from nbjudge.course import RubricError, course_root
    from nbjudge.nbgrader_ext.soundness import explained

    try:
        root = course_root(Path.cwd())
        if "JUPYTERHUB_SERVICE_URL" in os.environ:
            from nbjudge.results import hub

            hub.serve(root, options, click.echo)
        else:
            from nbjudge.results import alone

            alone.serve(root, options, port, opened, click.echo)
        click.echo("Stopped.", err=True)
    except RubricError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(explained(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"Port {port} cannot be used ({error.strerror}). Choose another by --port."
        ) from error
    except KeyboardInterrupt:  # before the page is served
        click.echo("Stopped.", err=True)
