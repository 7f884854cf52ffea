"""When and why regrades changed results, for who asks."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from nbgrader.api import Gradebook

from nbjudge.classrun.change import Change, kept
from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.tables import fitting

_WIDEST = 100  # columns


def told(root: Path, assignment: str, students: Sequence[str]) -> str:
    """Return what regrades changed for these students, or for all, the oldest first.

    Raises `RubricError` where the gradebook cannot be used or knows no such assignment.
    """
    config = configuration(root)
    coursedir = course_directory(config, root, assignment)
    refuse_unusable(coursedir.db_url, assignment)
    time = CourseTime(config)

    def ask() -> list[tuple[datetime, Change]]:
        with Gradebook(coursedir.db_url, coursedir.course_id) as book:
            unknown = sorted(set(students) - {one.id for one in book.students})
            if unknown:
                raise RubricError(f"The gradebook knows no student {', '.join(unknown)}.")
            return list(kept(book, assignment, students))

    lines = [line for when, one in patiently(ask) for line in _lines(time.text(when), one)]
    whose = f" of {', '.join(students)}" if students else ""
    return "\n".join(lines) or f"{assignment}: no regrade has changed a result{whose}."


def _lines(when: str, change: Change) -> Iterator[str]:
    before, after = (_points(points) for points in (change.before, change.after))
    yield f"{when}  {change.student}: {before} to {after}"
    for moved in change.moved:
        points = f"{_points(moved.before)} to {_points(moved.after)}"
        what = ", ".join(dict.fromkeys([moved.exercise, moved.criterion]))
        why = f", {moved.why}" if moved.why else ""
        yield _indented(f"{what}: {points}{why}")
    for version in change.rubrics:
        yield _indented(f"another rubric, {version}")
    yield from map(_indented, filter(None, [change.reason, *change.faults]))


def _indented(text: str) -> str:
    return textwrap.fill(text, fitting(_WIDEST), initial_indent="  ", subsequent_indent="    ")


def _points(points: float | None) -> str:
    return "-" if points is None else f"{points:g}"
