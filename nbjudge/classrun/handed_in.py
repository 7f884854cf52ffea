"""What lies in `submitted/`: the folder of each student, and what lies at a wrong place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory

from nbjudge.notebook.submission import NotGraded


def course_directory(config: Any, root: Path, assignment: str) -> CourseDirectory:
    """Return nbgrader's own view of the course in `root`, for one assignment."""
    coursedir = CourseDirectory(config=config)
    coursedir.assignment_id = assignment
    if "root" not in config.CourseDirectory:
        coursedir.root = str(root)
    return coursedir


def submissions(coursedir: CourseDirectory) -> dict[str, Path]:
    """Return the folder of each student who submitted the assignment that `coursedir` names."""
    pattern = coursedir.format_path(coursedir.submitted_directory, "*", coursedir.assignment_id)
    base = Path(pattern.split("*")[0])
    folders = base.glob(pattern[len(str(base)) + 1 :])
    return {folder.relative_to(base).parts[0]: folder for folder in sorted(folders)}


def misplaced(coursedir: CourseDirectory, source: Path) -> Iterator[tuple[str, NotGraded]]:
    """Yield who has handed in something beside the folder of the assignment, with where it belongs.

    Such as `submitted/ada/attention.ipynb`, or a folder with another case in its name. `source`
    holds the assignment's master notebooks.
    """
    names = {path.name.casefold() for path in source.glob("*.ipynb")}
    names.add(coursedir.assignment_id.casefold())
    for folder in sorted(Path(coursedir.root, coursedir.submitted_directory).glob("*/")):
        right = coursedir.format_path(
            coursedir.submitted_directory, folder.name, coursedir.assignment_id
        )
        near = [path for path in sorted(folder.iterdir()) if path.name.casefold() in names]
        if near and not Path(right).exists():
            yield (
                folder.name,
                NotGraded(
                    f"{near[0]} lies where no submission is looked for. Put the notebook into "
                    f"{right}/, then grade again."
                ),
            )
