"""nbgrader's own bookkeeping for a class: each submission in one transaction.

Theory of operation. One process writes, for all workers. nbgrader's own converter and steps run in
this process, so that rows and files are those of `nbgrader autograde`. For each submission:

    1  begin a transaction; lock the assignment's row, so that other runs wait
    2  nbgrader's steps write rows, whose commits are held back (`gradebook`), and files, in a
       staging folder of this process below `autograded/`
    3  the folder that is in place is renamed aside, and the new one is renamed into its place
    4  the transaction is committed, and the folder aside is removed

When a step fails, the rows are rolled back and the old folder is renamed back. When the process is
killed between 3 and 4, files and rows do not fit together. A class run sees that by the digest in
its own table (`classrun.done`), and grades the submission again.

Why a rename: within one file system it is done as a whole or not at all (rename(2)). So the staging
folder lies below `autograded/`, and not in a temporary folder, which may be on another disk.
"""

import contextlib
import gc
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import sqlalchemy as sa
from nbconvert.writers.files import FilesWriter
from nbgrader.api import Assignment, Gradebook
from nbgrader.converters import Autograde
from nbgrader.utils import rmtree
from sqlalchemy.exc import SAWarning
from traitlets.utils.importstring import import_item

from nbjudge.course import RubricError
from nbjudge.judge.job import JobResult
from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.autograde import Judge, ShowJudged
from nbjudge.nbgrader_ext.extensions import EXTENSIONS, write_to_submissions
from nbjudge.nbgrader_ext.gradebook import OpenGradebook, patiently
from nbjudge.nbgrader_ext.graded_files import GRADED_FILES
from nbjudge.nbgrader_ext.speedups import fast_steps
from nbjudge.nbgrader_ext.tied import adopt
from nbjudge.notebook.submission import NotGraded

_STAGING = ".nbjudge-"  # and the process id


class TakenBack(Exception):
    """What a rehearsal wrote is taken back."""


class Recorder(Autograde):
    """nbgrader's Autograde for submissions that are judged already.

    nbgrader's `start` converts all submissions of an assignment, and an error of some kinds stops
    it. Here one submission is converted at a time, by the same methods.
    """

    staging = ""

    @property
    def _output_directory(self) -> str:
        # nbgrader asks this property where files go.
        return self.staging

    def prepare(self, staging: Path) -> None:
        """Make what `start` makes, once for all submissions; let files go below `staging`."""
        self.staging = str(staging.relative_to(self.coursedir.root))
        # nbconvert would validate the whole notebook after each step; this does after the last one.
        self.exporter = self.exporter_class(
            parent=self, config=self.config, optimistic_validation=True
        )

    def record(self, assignment: str, result: JobResult) -> None:
        """Write rows and files of one submission as nbgrader does."""
        # A new writer: each makes its folder once, and a try that failed has removed that folder.
        self.writer = FilesWriter(parent=self, config=self.config)
        folder = Path(self._format_source(assignment, result.student))
        self._refuse_timestamp(folder)
        self.notebooks = [str(folder / name) for name in sorted(result.judged)]
        self.run_pre_convert_hook()
        self.init_assignment(assignment, result.student)
        self._register_steps(ShowJudged(result.judged, parent=self.exporter))
        for notebook in list(self.notebooks):
            self.convert_single_notebook(notebook)
        self.set_permissions(assignment, result.student)
        self.run_post_convert_hook()

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Sanitise and autograde in one conversion.

        nbgrader makes two, and writes and reads a file between them.
        """
        super(Autograde, self).convert_single_notebook(notebook_filename)

    def _register_steps(self, in_place_of_judge: ShowJudged) -> None:
        """Register the configured steps, but for the one that judges."""
        self.exporter._preprocessors = []
        for step in (*self.sanitize_preprocessors, *self.autograde_preprocessors):
            kind = import_item(step) if isinstance(step, str) else step
            judges = isinstance(kind, type) and issubclass(kind, Judge)
            self.exporter.register_preprocessor(in_place_of_judge if judges else kind)

    def _refuse_timestamp(self, folder: Path) -> None:
        try:
            self.coursedir.get_existing_timestamp(str(folder))
        except (Exception, SystemExit):  # nbgrader would end the run of the whole class
            raise NotGraded(
                f"{folder / 'timestamp.txt'} holds no date. Write the date of the "
                "submission into it, or remove it, then grade again."
            ) from None


class Books:
    """Where results are written: the gradebook, and `autograded/`.

        with Books(converter, assignment, table) as books:
            books.write(result, mark)

    `tables`, of `tied.tied_table`, are those that `mark` writes to.
    Files are staged below `autograded/`, in a folder with this process's id.
    """

    def __init__(self, converter: Recorder, assignment: str, *tables: sa.Table):
        self.converter, self.assignment = converter, assignment
        self._tables = tables
        self.coursedir = converter.coursedir
        root = Path(self.coursedir.root)
        self._autograded = root / self.coursedir.autograded_directory
        self._staging = self._autograded / f"{_STAGING}{os.getpid()}"
        self.gradebook: OpenGradebook

    def __enter__(self) -> "Books":
        # What is loaded by now stays for the whole run. Frozen, no collection looks at it again.
        gc.freeze()
        url = self.coursedir.db_url
        # nbgrader's steps open the gradebook without a course, which makes a row for a course
        # without a name. A class run makes that row too, so that all rows are equal.
        patiently(lambda: Gradebook(url).close())
        try:
            self._autograded.mkdir(exist_ok=True)
            _remove_abandoned(self._autograded)
            self._staging.mkdir()
        except PermissionError as error:
            raise RubricError(
                f"{self._autograded} cannot be written to ({error.strerror}). Give the account "
                "that grades the right to write there. Nothing was graded."
            ) from error
        self.converter.prepare(self._staging)
        self.gradebook = patiently(OpenGradebook, url, self.coursedir.course_id)
        patiently(self._adopt_tables)
        self._inside = contextlib.ExitStack()
        self._inside.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", SAWarning)  # of how nbgrader makes its rows
        self._inside.enter_context(fast_steps(self.gradebook))
        self._inside.enter_context(contextlib.chdir(self.coursedir.root))
        return self

    def _adopt_tables(self) -> None:
        with self.gradebook.transaction():
            for table in (scorecards.SCORECARDS, GRADED_FILES, EXTENSIONS, *self._tables):
                adopt(self.gradebook, table)

    def beside(self, opened: "Books") -> "Books":
        """Write, for another assignment, into the gradebook that `opened` holds open; return self.

        One process has one open gradebook: nbgrader's steps are led to it.
        """
        self.gradebook = opened.gradebook
        self.converter.prepare(self._staging)
        return self

    def __exit__(self, *_: object) -> None:
        self._inside.close()
        self.gradebook.end()
        rmtree(self._staging)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, all of it or nothing, while other runs wait."""
        row = Assignment.__table__
        with self.gradebook.transaction():
            # An update that changes nothing locks the row until the commit; in SQLite it locks the
            # whole gradebook. Without it two runs could each read, and then write over one another.
            same = row.update().where(row.c.name == self.assignment).values(name=self.assignment)
            self.gradebook.db.execute(same)
            yield

    def write(self, result: JobResult, mark: Callable[[Gradebook], None]) -> None:
        """Write one submission, with its rows and its files, or nothing of it.

        `mark(gradebook)` adds to the same transaction. A submission without a result loses the
        scores of an earlier one. Raises what nbgrader's steps raise.
        """
        place = Path(self._format(self.coursedir.autograded_directory, result.student))
        with (
            self._staged(result),
            _replacing(place, self._staging / "before") as put,
            self.transaction(),
        ):
            put(self._rows(result))
            mark(self.gradebook)

    def rehearse(self, result: JobResult, look: Callable[[Gradebook], None]) -> None:
        """Write the rows of one submission, let `look` read them, and take all back.

        Nothing in `autograded/` is replaced. Raises what nbgrader's steps raise.
        """
        with self._staged(result), contextlib.suppress(TakenBack), self.transaction():
            write_to_submissions(self.gradebook, self.assignment, [result.student])
            self._rows(result)
            look(self.gradebook)
            raise TakenBack

    @contextlib.contextmanager
    def _staged(self, result: JobResult) -> Iterator[None]:
        try:
            yield
        finally:
            shutil.rmtree(self._staging / result.student, ignore_errors=True)

    def _rows(self, result: JobResult) -> Path | None:
        """Write rows, and files in the staging folder; return that of the student, if any."""
        if not result.verdict.graded:
            self._withdraw(result.student)
            return None
        self.converter.record(self.assignment, result)
        return Path(self._format(self.converter.staging, result.student))

    def _format(self, step: str, student: str) -> str:
        return self.coursedir.format_path(step, student, self.assignment)

    def _withdraw(self, student: str) -> None:
        """Write that a student has submitted and has no score: "needs manual grade"."""
        self.gradebook.update_or_create_student(student)
        self.gradebook.update_or_create_submission(self.assignment, student)
        for notebook in self.gradebook.find_assignment(self.assignment).notebooks:
            scorecards.withdraw(self.gradebook, notebook.name, self.assignment, student)


@contextlib.contextmanager
def _replacing(place: Path, aside: Path) -> Iterator[Callable[[Path | None], None]]:
    """Give the block a function that puts a folder, or nothing, at `place`.

    If the block fails after that, the folder that was at `place` comes back.
    """
    changed = False

    def put(new: Path | None) -> None:
        nonlocal changed
        changed = True
        if place.exists():
            place.rename(aside)
        if new is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            new.rename(place)

    try:
        yield put
    except BaseException:
        if changed and place.exists():
            rmtree(place)
        if aside.exists():
            aside.rename(place)
        raise
    if aside.exists():
        rmtree(aside)


def _remove_abandoned(autograded: Path) -> None:
    """Remove the staging folders of runs that were killed."""
    for folder in autograded.glob(f"{_STAGING}*"):
        pid = folder.name.removeprefix(_STAGING)
        ours = pid == str(os.getpid())  # in a container, each run may have the same process id
        if pid.isdigit() and (ours or not psutil.pid_exists(int(pid))):
            with contextlib.suppress(FileNotFoundError):  # another run removes it, too
                rmtree(folder)
