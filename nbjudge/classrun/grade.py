"""Grade a class: what changed is judged by the workers and written by nbgrader's own steps.

    submitted/ -> Job -> workers or cluster -> JobResult -> Books -> gradebook, autograded/

A submission is graded again when something that decides its result has changed: its files, the
master, the rubric, the limits, our code. A submission is reported after it is committed, so a run
that is stopped has lost nothing that it reported.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nbgrader.api import InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun import done, interrupts
from nbjudge.classrun.fingerprint import conditions, digest, fingerprint
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.course import RubricError
from nbjudge.judge.job import ClassSettings, Job, JobResult
from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.gradebook import of_database, patiently
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.nbgrader_ext.writer import Books, Recorder
from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded
from nbjudge.rubric.grading import new_seed
from nbjudge.verdict import Verdict

_AT_ONCE = 50  # students whose earlier seeds are asked for together


class ClassRun:
    """One run over the submissions of an assignment of the course in `root`.

    `options` are those of a command line, such as `--Judge.limits`. Raises `RubricError` where the
    assignment has no master notebook.
    """

    def __init__(self, root: Path, assignment: str, options: Iterable[str] = ()):
        self.root, self.assignment = root, assignment
        config = configuration(root, options)
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = assignment
        if "root" not in config.CourseDirectory:
            coursedir.root = str(root)
        self.books = Books(Recorder(coursedir=coursedir, config=config, log=_no_log()), assignment)
        judge = JudgeOptions(config=config)
        source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
        if not any(source.glob("*.ipynb")):
            raise RubricError(f"There is no notebook in {source}. Check the assignment's name.")
        self.settings = ClassSettings(root, source, judge.submission_limits(), judge.confinement())
        self.coursedir, self.config = coursedir, config

    def submissions(self) -> dict[str, Path]:
        """Return the folder of each student who submitted."""
        pattern = self.coursedir.format_path(
            self.coursedir.submitted_directory, "*", self.assignment
        )
        base = Path(pattern.split("*")[0])
        folders = base.glob(pattern[len(str(base)) + 1 :])
        return {folder.relative_to(base).parts[0]: folder for folder in sorted(folders)}

    def run(
        self,
        results: Callable[[Sequence[Job]], Iterator[JobResult]],
        force: bool,
        students: Iterable[str] = (),
    ) -> Iterator[SubmissionOutcome]:
        """Yield the outcome of each submission after it is committed, unchanged ones first.

        `results` judges jobs; see `workers.Workers.results`. With `force` unchanged submissions are
        graded again. `students` are names to grade; without any, all are.
        """
        folders = self.submissions()
        chosen = {name: folders[name] for name in (students or folders)}
        with self.books as books:
            known = patiently(self.remembered, books)
            decided_by = conditions(self.settings, self.assignment)
            prints = {name: fingerprint(folder, decided_by) for name, folder in chosen.items()}
            changed = {}
            for name, folder in chosen.items():
                if not force and self._unchanged(name, prints[name], known.get(name)):
                    yield SubmissionOutcome.remembered(known[name].outcome)
                else:
                    changed[name] = folder
            for result in results(_Jobs(changed, partial(patiently, self._kept_seeds, books))):
                # Ctrl-C between commit and yield would leave a submission committed and unreported.
                with interrupts.held():
                    try:
                        yield self._written(books, result, prints[result.student])
                    except ChangedMeanwhile as change:  # its new files are graded by the next run
                        yield SubmissionOutcome.of(JobResult.refused(result.student, change))

    def record(self, books: Books, result: JobResult) -> SubmissionOutcome:
        """Write one result, judged from the files in `submitted/`; return its outcome.

        `books` must be open. Raises `ChangedMeanwhile` when other files lie there by now.
        """
        folder = Path(
            self.coursedir.format_path(
                self.coursedir.submitted_directory, result.student, self.assignment
            )
        )
        now = fingerprint(folder, conditions(self.settings, self.assignment))
        return self._written(books, result, now)

    def remembered(self, books: Books) -> dict[str, Any]:
        """Return what earlier runs graded, a row for each student.

        Raises `RubricError` when the assignment was never built.
        """
        with books.transaction():
            try:
                books.gradebook.find_assignment(self.assignment)
            except MissingEntry:
                raise RubricError(
                    f"The gradebook knows no assignment '{self.assignment}'. "
                    f"Run 'nbjudge build {self.assignment}' first."
                ) from None
            return done.remembered(books.gradebook, self.assignment)

    def _kept_seeds(self, books: Books, students: list[str]) -> dict[str, dict[str, int]]:
        with books.gradebook.transaction():
            return scorecards.kept_seeds(books.gradebook, self.assignment, students)

    def _written(self, books: Books, result: JobResult, fingerprint: str) -> SubmissionOutcome:
        """Write one result; return its outcome.

        What nbgrader cannot record costs this submission alone: it is written as not graded. A
        failure of the database is raised, since it would fail for the others as well.
        """
        outcome = SubmissionOutcome.of(result)

        def mark(book: Any) -> None:
            again = result.verdict is Verdict.FAULT  # a fault of ours: the next run tries again
            done.remember(
                book,
                self.assignment,
                result.student,
                fingerprint="" if again else fingerprint,
                written=self._autograded(result.student),
                outcome=outcome.to_json(),
            )

        try:
            patiently(books.write, result, mark)
        except (Exception, SystemExit) as error:
            if of_database(error) or isinstance(error, ChangedMeanwhile):
                raise
            result = _not_recorded(result.student, error)
            outcome = SubmissionOutcome.of(result)
            with contextlib.suppress(InvalidEntry):  # a student's name that the gradebook refuses
                patiently(books.write, result, mark)
        return outcome

    def _unchanged(self, student: str, fingerprint: str, known: Any) -> bool:
        return (
            known is not None
            and known.fingerprint == fingerprint
            and known.written == self._autograded(student)
        )

    def _autograded(self, student: str) -> str:
        """Return a digest of a student's notebooks in autograded/.

        It differs from the one that was remembered when a run was killed between files and rows.
        """
        folder = self.coursedir.format_path(
            self.coursedir.autograded_directory, student, self.assignment
        )
        return digest(sorted(Path(folder).glob("*.ipynb")), Path(folder))


class _Jobs(Sequence[Job]):
    """The jobs of a run, made when they are asked for.

    The gradebook is asked for the earlier seeds of 50 students at a time, so that a large class
    neither waits at the start nor asks for each student. All notebooks without an earlier seed get
    one seed: the class is asked the same questions, and equal answers are judged once.
    """

    def __init__(
        self, folders: dict[str, Path], seeds: Callable[[list[str]], dict[str, dict[str, int]]]
    ):
        self._folders, self._seeds = list(folders.items()), seeds
        self._known: dict[str, dict[str, int]] = {}
        self._seed = new_seed()

    def __len__(self) -> int:
        return len(self._folders)

    def __getitem__(self, index: Any) -> Any:
        name, folder = self._folders[index]
        if name not in self._known:
            self._known = self._seeds([one for one, _ in self._folders[index : index + _AT_ONCE]])
        return Job(name, folder, self._known[name], self._seed)


def _not_recorded(student: str, error: BaseException) -> JobResult:
    if isinstance(error, NotGraded):
        return JobResult.refused(student, error)
    reason = f"nbgrader could not record it ({type(error).__name__}: {error})."
    return JobResult.fault(student, reason)


def _no_log() -> logging.Logger:
    """Return a log that drops everything: the table at the end says what matters of a student."""
    logger = logging.getLogger("nbjudge.class")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return logger
