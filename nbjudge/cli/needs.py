"""What several commands ask for: Linux, packages, and assignments that are there."""

import importlib.util
import sys
from pathlib import Path

import click


def need_linux(*assignments: str) -> None:
    """Raise `click.ClickException` where student code cannot be confined at all."""
    if sys.platform != "linux":
        raise click.ClickException(
            f"Student code can be confined on Linux only, and this is {sys.platform}. Run the same "
            "in a container or in WSL, or grade without isolation: "
            f"nbgrader autograde {' '.join(assignments) or '<assignment>'} --Judge.engine=plain"
        )


def need_extra(extra: str, *modules: str) -> None:
    """Raise `click.ClickException` where modules are missing that an extra of this package has."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"Not installed: {', '.join(missing)}. Install it: pip install 'nbjudge[{extra}]'"
        )


def or_all(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of assignments that were given, or those of all in `source/`."""
    from nbjudge.course import RubricError, assignments, course_root

    try:
        return names or tuple(assignments(course_root(Path.cwd())))
    except RubricError as error:
        raise click.ClickException(str(error)) from error
