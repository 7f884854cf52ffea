"""Whether a course's configuration is loaded, and leads to the steps that make grading safe."""

import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.apps import NbGrader

from nbjudge.doctor.check import Check
from nbjudge.nbgrader_ext import wiring
from nbjudge.nbgrader_ext.configuration import ConfigurationError

_GUARD = "nbgrader_config.json"


def not_loaded(error: ConfigurationError) -> Check:
    """Say which files cannot be loaded, and why."""
    return Check(
        "configuration",
        False,
        "\n".join(str(error).splitlines()[:-1]),
        "Mend it. Until then nothing is graded, built or released.",
    )


def configured(app: NbGrader, root: Path) -> Iterator[Check]:
    """Say which files were read, and what in them is not as `configure(c)` sets it."""
    yield Check("configuration", True, f"read: {', '.join(app.loaded_config_files)}")
    for about, found in wiring.differing(app.config, root).items():
        yield Check(
            about, not found, "\n".join(found) or "as configure(c) sets it", wiring.mend(about)
        )


def everywhere() -> Check:
    """Say whether plain nbgrader and the formgrader refuse, too, where a course's file failed.

    That is the work of a file which nbgrader reads before all others; see `nbgrader_ext.checked`.
    """
    ours = (files("nbjudge") / "nbgrader_ext" / _GUARD).read_bytes()
    found = [Path(folder, _GUARD) for folder in jupyter_config_path()]
    found = [file for file in found if file.is_file() and file.read_bytes() == ours]
    return Check(
        "plain nbgrader",
        bool(found),
        f"refuses, too: {found[0]}" if found else "would grade without the sandbox",
        f"Install nbjudge again with pip: it puts {_GUARD} into {sys.prefix}/etc/jupyter, where "
        "Jupyter must find it (JUPYTER_NO_CONFIG hides it).",
    )
