"""nbgrader's steps that read a submission, and put its text into the master's cells."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.checked import NotebookExporter
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.notebook import submission
from nbjudge.notebook.arrival import arrived
from nbjudge.notebook.master import read_master
from nbjudge.notebook.submission import NotGraded

Resources = dict[str, Any]
HIDDEN = ".*"  # names that begin with a dot, in `CourseDirectory.ignore`


class SubmissionExporter(NotebookExporter):
    """Reads a submission. One that cannot be graded loses the scores of an earlier run.

    An exporter, and not a step: nbgrader reads the file before its first step, and a file that is
    no notebook fails there. nbgrader alone would leave the old scores, and export them.
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        # Made before anything else: nbgrader would fail at the first submission, with a traceback.
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is not None:
            try:
                refuse_unusable(coursedir.db_url, coursedir.assignment_id)
            except RubricError as error:
                coursedir.log.error("%s", error)
                raise NbGraderException(str(error)) from error

    def from_filename(
        self, filename: str, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Convert one notebook; take back the scores of an earlier run when that fails."""
        try:
            return super().from_filename(filename, resources=resources, **kwargs)
        except Exception:
            where = (resources or {}).get("nbgrader", {})
            with Gradebook(where["db_url"]) as book:
                scorecards.withdraw(book, where["notebook"], where["assignment"], where["student"])
            raise

    def from_file(
        self, file_stream: Any, resources: Resources | None = None, **kwargs: Any
    ) -> tuple[NotebookNode, Resources]:
        """Read and convert an open file; raises `NotGraded` when it is not a notebook."""
        # nbconvert opens the file as text in UTF-8, which it need not be.
        notebook = submission.read(getattr(file_stream, "buffer", file_stream))
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


class RepairSubmission(nbgrader.NbGraderPreprocessor):
    """First step of sanitising: the student's text in the master's cells.

    First, because nbgrader's next steps raise, or stop the run of the whole class, where a cell was
    copied or has lost its metadata.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Repair one notebook, and say on top of it what was mended."""
        where = resources["nbgrader"]
        coursedir = self.parent.parent.coursedir  # this step < exporter < Autograde
        submitted = coursedir.format_path(
            coursedir.submitted_directory, where["student"], where["assignment"]
        )
        _refuse_links(Path(submitted), coursedir)
        source = source_folder(coursedir, where)
        file = Path(submitted) / f"{where['notebook']}.ipynb"
        notebook, notes = arrived(master_of(coursedir, where, self.config), nb, file, source)
        for note in notes:
            self.log.warning("Mended in the notebook of %s: %s", where["student"], note)
        submission.say_what_is_missing(notebook, file, source)
        return notebook, resources


def _refuse_links(submitted: Path, coursedir: CourseDirectory) -> None:
    submission.refuse_links(submitted)
    if HIDDEN in coursedir.ignore:
        return
    # nbgrader has copied the files already, and follows links: only what its own list of files to
    # ignore names did not arrive in autograded/.
    for path in submitted.rglob(HIDDEN):
        if path.is_symlink() or path.is_dir():
            raise NotGraded(
                f"{path} may hold links. Let c.CourseDirectory.ignore name '{HIDDEN}', or remove "
                "it; grade again."
            )


def master_of(coursedir: CourseDirectory, where: dict[str, str], config: Config) -> NotebookNode:
    """Return the instructor's notebook, with solutions and hidden tests.

    `config` is a step's, because that of a `CourseDirectory` may be older than the course's file.
    """
    written = conventions(config, Path(coursedir.root))
    return read_master(source_folder(coursedir, where) / f"{where['notebook']}.ipynb", written)


def source_folder(coursedir: CourseDirectory, where: dict[str, str]) -> Path:
    """Return the folder of the assignment's master notebooks."""
    return Path(coursedir.format_path(coursedir.source_directory, ".", where["assignment"]))
