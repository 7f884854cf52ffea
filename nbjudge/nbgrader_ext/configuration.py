"""nbgrader's configuration of a course, as nbgrader's own commands read it."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGrader


def configuration(root: Path, options: Iterable[str] = ()) -> Any:
    """Return the configuration of the course in `root`.

    `options` of a command line, such as `--Judge.limits`, win over the file.
    """
    # nbgrader looks for its file in the working directory.
    before = Path.cwd()
    os.chdir(root)
    try:
        app = NbGrader()
        app.parse_command_line(list(options))
        app.load_config_file()
    finally:
        os.chdir(before)
    return app.config
