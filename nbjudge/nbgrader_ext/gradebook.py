"""One gradebook, open for a whole class run, which asks the database once for many cells.

Why. nbgrader opens the gradebook nine times for each submission, each time with a new engine, a
look at all tables and a commit. It asks for each cell by a join of up to seven tables. That makes
more than a hundred queries a submission; this class makes some twenty.

How it works. nbgrader's steps call `commit` and `close` as they are used to. In this class `commit`
only sends what has changed (a flush), and `close` does nothing. `transaction` commits at its end,
so a submission is written whole or not at all. What a lookup has found is kept until the end of the
transaction, because other runs may write between two of them.
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
        # On the session itself, because nbgrader's steps and its Gradebook call self.db.commit().
        # A flush, so that later queries in the transaction see what was written.
        self._commit: Callable[[], None] = self.db.commit
        self.db.commit = self.db.flush
        self._known: dict[tuple[str, ...], Any] = {}

    def close(self) -> None:
        """Do nothing: each of nbgrader's steps closes the gradebook that it believes it opened."""

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, all of it or nothing.

        The block sees what others have committed by now.
        """
        # The session's objects may be older than what another run has written since, and its
        # connection may be lost. A rollback drops both.
        self._begin_anew()
        try:
            yield
            self._commit()
        except BaseException:
            self._begin_anew()
            raise

    def end(self) -> None:
        """Close the gradebook, at the end of the run."""
        super().close()

    def find_assignment(self, name: str) -> Assignment:
        """Return an assignment; this and the next methods ask once in a transaction."""
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

    # What these find is more than was asked for: all cells of a notebook, by one query. The methods
    # above fall back to nbgrader's own query, which raises its own error for a name that is
    # missing.

    def _source_cells(self, notebook: str, assignment: str) -> dict[str, SourceCell]:
        return {cell.name: cell for cell in self.find_notebook(notebook, assignment).source_cells}

    def _cells(self, notebook: str, assignment: str) -> dict[str, BaseCell]:
        # Cells of all kinds with their kind's own columns: without with_polymorphic SQLAlchemy asks
        # for those once more for each cell.
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
        # Scores of a submission are sums, which the database makes when the object is loaded. A
        # commit would expire them, a flush does not; so they are expired by hand.
        sums = [
            one.key
            for one in inspect(type(found)).column_attrs
            if not isinstance(one.columns[0], Column)
        ]
        self.db.expire(found, sums)
        return found


def patiently(step: Callable[..., Any], *arguments: Any) -> Any:
    """Return what `step` returns; try it again for two minutes while the database fails.

    Another run may hold the lock of an SQLite file, and a PostgreSQL server may be restarted.
    """
    again = Retrying(
        retry=retry_if_exception(of_database),
        wait=wait_exponential(max=5),
        stop=stop_after_delay(_RETRY_SECONDS),
        reraise=True,
    )
    return again(step, *arguments)


def of_database(error: BaseException | None) -> bool:
    """Return whether the database failed, whichever error nbgrader's steps raised because of it.

    Return False where the database refused a value (`DataError`), such as a name that is too long:
    that is a fault of the submission.
    """
    while error is not None and not isinstance(error, DBAPIError):
        error = error.__cause__ or error.__context__
    return error is not None and not isinstance(error, DataError)
