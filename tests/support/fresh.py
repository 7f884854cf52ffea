"""A course that has its configuration and nothing else, and all that is inside a course."""

from support.course import ROOT


def empty_course(folder, more=""):
    """Make a course that has its configuration and nothing else."""
    folder.mkdir()
    text = (ROOT / "nbgrader_config.py").read_text("utf-8")
    (folder / "nbgrader_config.py").write_text(text + more, encoding="utf-8")
    return folder


def inside(course):
    """Return the path of everything in a course."""
    return {path.relative_to(course) for path in course.rglob("*")}
