"""Where the course around a notebook is, and which assignments it has."""

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


def assignments(root: Path) -> list[str]:
    """Return the names of the assignments of the course: the folders of `source/` with a notebook.

    Raises `RubricError` where there is none.
    """
    found = sorted({path.parent.name for path in root.glob("source/*/*.ipynb")})
    if not found:
        raise RubricError(
            f"There is no notebook in {root / 'source'}/<assignment>. 'nbjudge new NAME' lays down "
            "an assignment to begin with."
        )
    return found
