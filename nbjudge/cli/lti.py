"""Scores to a platform by LTI 1.3: the key of this tool, and what `nbjudge export --lti` does."""

import json
from contextlib import nullcontext
from pathlib import Path

import click

from nbjudge.cli.asking import agreed, explained
from nbjudge.cli.needs import need_extra


@click.command("lti-key", epilog="Example: nbjudge lti-key lti.pem")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def lti_key(file: Path) -> None:
    """Print the public part of the key in FILE, to register this tool at a platform (LTI 1.3).

    Makes the key first where FILE is not there. FILE is the private part: it stays on this machine,
    and whoever reads it can write grades.
    """
    need_extra("hub", "jwt", "cryptography")

    def show() -> None:
        from nbjudge.platforms.tool_key import new_key, private_key, public_jwk, public_pem

        if not file.exists():
            new_key(file)
            click.echo(f"Written: {file}, a new private key. Keep it here, and closed to others.")
        key = private_key(file)
        click.echo(f"Public key, for Moodle (Public key type: RSA key):\n{public_pem(key)}")
        click.echo("The same as JSON Web Key, for Canvas and others:")
        click.echo(json.dumps(public_jwk(key), indent=2))

    explained(show)


def send(assignment: str, cap: bool, comments: bool, dry_run: bool, yes: bool) -> int:
    """Show what would be sent, ask, and send it; return the exit status."""
    need_extra("hub", "jwt", "cryptography")

    def show_and_send() -> int:
        from nbjudge.course import course_root
        from nbjudge.platforms.posted import only_one
        from nbjudge.platforms.sending import Sending
        from nbjudge.platforms.sending_table import done, planned

        root = course_root(Path.cwd())
        with nullcontext() if dry_run else only_one(root):
            sending = Sending(root, assignment, cap, comments)
            click.echo(planned(sending))
            told, number = len(sending.notes), len(sending.due)
            if number:
                if not agreed(f"Send {number} scores?", dry_run, yes, "send", "sent"):
                    return 1 if not dry_run or not sending.complete else 0
                sending.send()
                click.echo(done(sending, told))
            return 0 if sending.complete else 1

    return explained(show_and_send)
