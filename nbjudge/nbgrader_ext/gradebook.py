"""One gradebook, open for a whole class run, whose lookups ask the database once a submission.

nbgrader opens the gradebook nine times for each submission (an engine, the tables and a commit each
time) and asks it for each cell by a join of up to seven tables.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Column, inspect
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import with_polymorphic
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential

_RETRY_SECONDS = 120


class OpenGradebook(Gradebook):
    """A gradebook that stays open, and whose commits wait for `transaction` to end."""

    def __init__(self, db_url: str, course_id: str):
        super().__init__(db_url, course_id)
        self._commit: Callable[[], None] = self.db.commit
        self.db.commit = self.db.flush
        self._known: dict[tuple[str, ...], Any] = {}

    def close(self) -> None:
        """Stay open: nbgrader's steps close what they believe to be their own."""

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, all of it or nothing. It sees what is there by now."""
        self._begin_anew()  # what was read before may be old, and its connection lost
        try:
            yield
            self._commit()
        except BaseException:
            self._begin_anew()
            raise

    def end(self) -> None:
        """Close for good."""
        super().close()

    def find_assignment(self, name: str) -> Assignment:
        """Return an assignment; asks once in a transaction, as all that follow."""
        return self._once(super().find_assignment, name)

    def find_notebook(self, name: str, assignment: str) -> Notebook:
        """Return a notebook of the master."""
        return self._once(super().find_notebook, name, assignment)

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        """Return a cell of the master as it was released."""
        cells = self._once(self._source_cells, notebook, assignment)
        return cells.get(name) or super().find_source_cell(name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> GradeCell | TaskCell:
        """Return a cell that earns points."""
        for cell in self._once(self._cells, notebook, assignment).values():
            if cell.name == name and isinstance(cell, GradeCell | TaskCell):
                return cell
        return super().find_graded_cell(name, notebook, assignment)

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        """Return the grade of a student's cell."""
        where = notebook, assignment, student
        grades = self._once(self._grades, *where)
        return grades.get(grade_cell) or super().find_grade(grade_cell, *where)

    def find_comment(
        self, solution_cell: str, notebook: str, assignment: str, student: str
    ) -> Comment:
        """Return the comment on a student's cell."""
        where = notebook, assignment, student
        comments = self._once(self._comments, *where)
        return comments.get(solution_cell) or super().find_comment(solution_cell, *where)

    def find_submission(self, assignment: str, student: str) -> SubmittedAssignment:
        """Return a submission with the score that it has by now."""
        return self._fresh(super().find_submission(assignment, student))

    def find_submission_notebook(
        self, notebook: str, assignment: str, student: str
    ) -> SubmittedNotebook:
        """Return a notebook of a submission with the score that it has by now."""
        return self._fresh(super().find_submission_notebook(notebook, assignment, student))

    def _begin_anew(self) -> None:
        self._known.clear()
        self.db.rollback()

    def _once(self, find: Callable[..., Any], *names: str) -> Any:
        key = find.__name__, *names
        if key not in self._known:
            self._known[key] = find(*names)
        return self._known[key]

    def _source_cells(self, notebook: str, assignment: str) -> dict[str, SourceCell]:
        return {cell.name: cell for cell in self.find_notebook(notebook, assignment).source_cells}

    def _cells(self, notebook: str, assignment: str) -> dict[str, BaseCell]:
        every = with_polymorphic(BaseCell, "*")
        of_notebook = every.notebook_id == self.find_notebook(notebook, assignment).id
        return {cell.id: cell for cell in self.db.query(every).filter(of_notebook)}

    def _grades(self, *where: str) -> dict[str, Grade]:
        return self._marks(Grade, *where)

    def _comments(self, *where: str) -> dict[str, Comment]:
        return self._marks(Comment, *where)

    def _marks(self, kind: Any, notebook: str, assignment: str, student: str) -> dict[str, Any]:
        cells = self._once(self._cells, notebook, assignment)
        submitted = super().find_submission_notebook(notebook, assignment, student)
        found = self.db.query(kind).filter(kind.notebook_id == submitted.id)
        return {cells[one.cell_id].name: one for one in found}

    def _fresh(self, found: Any) -> Any:
        # Sums that the database makes when an object is loaded: nbgrader's commits would have them
        # made again.
        sums = [
            one.key
            for one in inspect(type(found)).column_attrs
            if not isinstance(one.columns[0], Column)
        ]
        self.db.expire(found, sums)
        return found


def patiently(step: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `step` does with the gradebook, again while that can't be reached."""
    again = Retrying(
        retry=retry_if_exception(of_database),
        wait=wait_exponential(max=5),
        stop=stop_after_delay(_RETRY_SECONDS),
        reraise=True,
    )
    return again(step, *arguments)


def of_database(error: BaseException | None) -> bool:
    """Whether the database failed, whatever nbgrader's steps made of that on its way up.

    Not where it only refuses what it was given: that is the submission's own.
    """
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__ or error.__context__
    return error is not None and not isinstance(error, DataError)
