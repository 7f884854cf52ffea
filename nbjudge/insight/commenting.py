"""One comment for all whose answers are alike, or who lost the same criterion.

Who gets it is what `nbjudge report` counts; the rows are `nbgrader_ext.shared_comments`.
"""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import nbformat
from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import is_grade, is_solution, is_task

from nbjudge.classrun.handed_in import course_directory
from nbjudge.course import RubricError
from nbjudge.insight.groups import groups
from nbjudge.insight.misunderstood import criteria_lost
from nbjudge.insight.reading import read_class
from nbjudge.insight.work import StudentWork
from nbjudge.nbgrader_ext import shared_comments
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.gradebook import patiently

_WIDTH = 100  # characters


@dataclass(frozen=True)
class Target:
    """An exercise, in words what its students share, and who they are."""

    exercise: str
    about: str
    students: tuple[StudentWork, ...]


class CommentDesk:
    """Gives comments to many students of one assignment of the course in `root`.

    Each method returns what a person reads, and raises `RubricError` where nothing was written.
    With `dry_run` none writes, and each says what it would have done.
    """

    def __init__(self, root: Path, assignment: str, dry_run: bool = False):
        self._dry_run = dry_run
        self._config = configuration(root)
        self._root, self._assignment = root, assignment
        self._coursedir: CourseDirectory = course_directory(self._config, root, assignment)
        self._work = read_class(root, assignment)  # refuses a gradebook that cannot be used

    def to_group(self, name: str, text: str, points: float | None) -> str:
        """Give a comment to a group of the report."""
        known = [one for some in groups(self._work).values() for one in some]
        found = next((one for one in known if one.name == name), None)
        if found is None:
            raise RubricError(
                f"{self._assignment} has no group '{name}' now. 'nbjudge report "
                f"{self._assignment}' shows the groups; a regrade may have changed them."
            )
        return self._give(Target(found.exercise, found.shared, found.students), text, points)

    def to_criterion(self, criterion: str, exercise: str, text: str, points: float | None) -> str:
        """Give a comment to all who lost a criterion; `exercise` is a title, or its beginning."""
        lost = criteria_lost(self._work)
        found = [
            one for one in lost if one.criterion == criterion and one.exercise.startswith(exercise)
        ]
        if len(found) > 1:
            titles = ", ".join(f"'{one.exercise}'" for one in found)
            raise RubricError(f"Several exercises have it: {titles}. Add --exercise.")
        if not found:
            near = get_close_matches(criterion, [one.criterion for one in lost], n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise RubricError(f"Nobody lost a criterion '{criterion}'.{hint}")
        (one,) = found
        return self._give(Target(one.exercise, one.criterion, one.students), text, points)

    def undo(self, number: int) -> str:
        """Take a comment back."""

        def write(book: Gradebook) -> str:
            told = None
            if number in [one.number for one in self._given(book)]:
                told = shared_comments.take_back(book, number)
            if told is None:
                raise RubricError(
                    f"{self._assignment} has no comment {number}. --list shows those it has."
                )
            does = "would be" if self._dry_run else "is"
            said = f"Comment {number} {does} taken back from {_named(told.students)}.{_left(told)}"
            return f"{said}\nNothing is written." if self._dry_run else said

        return self._written(write)

    def listed(self) -> str:
        """Return the comments that were given."""
        return self._written(self._all)

    def _give(self, target: Target, text: str, points: float | None) -> str:
        def write(book: Gradebook) -> str:
            to = dict(self._rows(book, target))
            if points is not None and not all(grade.max_score for grade in to):
                raise RubricError(
                    f"'{target.exercise}' is a bonus, whose points nbgrader keeps as extra credit. "
                    "Change them in the formgrader; a comment without --points can be given."
                )
            about = f"{target.exercise}: {target.about}"
            told = shared_comments.give(book, about, text, points, to)
            if not told.students:
                raise RubricError(f"It can be given to nobody.{_left(told)}")
            whose = (
                f"{_named(told.students)}, for '{target.exercise}' ({target.about.rstrip('.')})."
                f"{_left(told)}"
            )
            if self._dry_run:
                return f"A comment would be given to {whose}\nNothing is written."
            return (
                f"Comment {told.number} is given to {whose}\n"
                f"Take it back: nbjudge comment {self._assignment} --undo {told.number}\n"
                f"Then make their pages anew: nbgrader generate_feedback {self._assignment}"
            )

        return self._written(write)

    def _rows(self, book: Gradebook, target: Target) -> Iterator[tuple[Grade, Comment]]:
        """Yield the grade of each student's exercise, and the comment on the answer to it."""
        answers = _answers(self._coursedir, self._assignment)
        for one in target.students:
            cell = next(work.cell for work in one.exercises if work.title == target.exercise)
            if cell not in answers:
                raise RubricError(
                    f"The master of {self._assignment} has no answer before the cell '{cell}', "
                    "so a comment has no place. Comment in the formgrader."
                )
            notebook, answer = answers[cell]
            place = notebook, self._assignment, one.student
            yield book.find_grade(cell, *place), book.find_comment(answer, *place)

    def _given(self, book: Gradebook) -> list[shared_comments.Shared]:
        grades = [
            grade.id
            for submission in book.assignment_submissions(self._assignment)
            for notebook in submission.notebooks
            for grade in notebook.grades
        ]
        return shared_comments.given(book, grades)

    def _all(self, book: Gradebook) -> str:
        found = self._given(book)
        if not found:
            return f"{self._assignment}: no comment was given to a group or a criterion."
        time = CourseTime(self._config)
        return "\n\n".join(_described(one, time.text(one.given)) for one in found)

    def _written(self, write: Callable[[Gradebook], str]) -> str:
        def all_of_it() -> str:
            with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as book:
                told = write(book)
                if self._dry_run:
                    book.db.rollback()
                else:
                    book.db.commit()
                return told

        told: str = patiently(all_of_it)
        return told


def _answers(coursedir: CourseDirectory, assignment: str) -> dict[str, tuple[str, str]]:
    """Return notebook and answer cell of each graded cell: the last answer at or above it."""
    found: dict[str, tuple[str, str]] = {}
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
    for file in sorted(folder.glob("*.ipynb")):
        answer = ""
        for cell in nbformat.read(file, as_version=4).cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if is_solution(cell) or is_task(cell):
                answer = name
            if is_grade(cell) and answer:
                found[name] = file.stem, answer
    return found


def _described(one: shared_comments.Shared, when: str) -> str:
    points = "" if one.points is None else f", {one.points:+g} points"
    lines = [f"Comment {one.number}, to {_named(one.students)} on {when}{points}"]
    for label, text in (("About", one.about), ("Text", one.text)):
        if text:
            lines.append(
                textwrap.fill(
                    f"{label}: {text}", _WIDTH, initial_indent="  ", subsequent_indent="    "
                )
            )
    return "\n".join(lines)


def _students(number: int) -> str:
    return "1 student" if number == 1 else f"{number} students"


def _named(students: Sequence[str]) -> str:
    return f"{_students(len(students))} ({', '.join(students)})"


def _left(told: shared_comments.Told) -> str:
    """Return sentences on what a person did, which stays, and on whose score is at its end."""
    said = ""
    if told.by_hand:
        names = ", ".join(told.by_hand)
        said += f" What a person or an earlier comment gave stays as it is: {names}."
    if told.less:
        names = ", ".join(told.less)
        said += (
            f" The exercise gives no more and no less than its range, so a part or none: {names}."
        )
    return said
