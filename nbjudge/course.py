"""Where the course around a notebook is: the folder that holds `nbgrader_config.py`."""

from pathlib import Path


class RubricError(Exception):
    """The rubric or the course around it is wrong: our fault, never the student's."""


def course_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds `nbgrader_config.py`.

    Raises `RubricError` where there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise RubricError(
        f"No nbgrader_config.py in {start} or above it. Run this inside the course folder."
    )
