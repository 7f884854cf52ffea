"""nbgrader's configuration of a course, as its own commands would read it."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGrader


def configuration(root: Path, options: Iterable[str] = ()) -> Any:
    """Return the configuration of the course in `root`, below options such as --Judge.limits."""
    before = Path.cwd()
    os.chdir(root)
    try:
        app = NbGrader()
        app.parse_command_line(list(options))
        app.load_config_file()
    finally:
        os.chdir(before)
    return app.config
