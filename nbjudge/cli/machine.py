"""What this machine gives to grading."""

import click


@click.command(epilog="Example: nbjudge doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
def doctor(as_json: bool) -> None:
    """Say what this machine and this course give to grading, what is missing, and the mend.

    The exit status is 1 when something is missing that grading needs.
    """
    import json
    from dataclasses import asdict

    from nbjudge.doctor.check import to_text
    from nbjudge.doctor.machine import examine

    checks = examine()
    click.echo(json.dumps([asdict(c) for c in checks], indent=2) if as_json else to_text(checks))
    if any(check.needed and not check.well for check in checks):
        raise SystemExit(1)
