"""Grade a class: what changed is judged by the workers and written by nbgrader's own steps.

    submitted/ -> Job -> workers or cluster -> JobResult -> Books -> gradebook, autograded/

A submission is graded again when something that decides its score has changed: its files, the
master, the rubric, the limits, our code, nbgrader's steps, how late it is. It is graded again, too,
when the gradebook does not hold what an earlier run wrote. A submission is reported after it is
committed, so a run that is stopped has lost nothing that it reported.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun import done, handed_in, interrupts
from nbjudge.classrun.fingerprint import conditions, digest, fingerprint, with_lateness
from nbjudge.classrun.jobs import Jobs
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.classrun.steps import scoring_steps
from nbjudge.course import RubricError
from nbjudge.judge.job import ClassSettings, Job, JobResult
from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.built import unbuilt
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.gradebook import of_database, patiently
from nbjudge.nbgrader_ext.options import JudgeOptions
from nbjudge.nbgrader_ext.recorded import Recorded, recorded
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.nbgrader_ext.writer import Books, Recorder
from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded
from nbjudge.verdict import Verdict

_AT_ONCE = 50  # students of whom the gradebook is asked together


class ClassRun:
    """One run over the submissions of an assignment of the course in `root`.

    `options` are those of a command line, such as `--Judge.limits`. Raises `RubricError` where the
    assignment has no master notebook or was never built, and where the gradebook cannot be used.
    """

    def __init__(self, root: Path, assignment: str, options: Iterable[str] = ()):
        self.root, self.assignment = root, assignment
        config = configuration(root, options)
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = assignment
        if "root" not in config.CourseDirectory:
            coursedir.root = str(root)
        recorder = Recorder(coursedir=coursedir, config=config, log=_no_log())
        self.books = Books(recorder, assignment, done.GRADED)
        judge = JudgeOptions(config=config)
        source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
        if not any(source.glob("*.ipynb")):
            raise RubricError(f"There is no notebook in {source}. Check the assignment's name.")
        refuse_unusable(coursedir.db_url, assignment)
        self.settings = ClassSettings(
            root,
            source,
            judge.submission_limits(),
            judge.confinement(),
            conventions(config, Path(coursedir.root)),
        )
        self.coursedir, self.config = coursedir, config

    def submissions(self) -> dict[str, Path]:
        """Return the folder of each student who submitted."""
        return handed_in.submissions(self.coursedir)

    def misplaced(self) -> list[SubmissionOutcome]:
        """Return the outcome of what lies in `submitted/` where nothing looks for it."""
        return [
            SubmissionOutcome(student, reason.verdict, reason=str(reason))
            for student, reason in handed_in.misplaced(self.coursedir, self.settings.source)
        ]

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
            patiently(self.refuse_unbuilt, books)
            decided_by = self._conditions()
            prints = {name: fingerprint(folder, decided_by) for name, folder in chosen.items()}
            changed = {}
            for name, known in self._known(books, list(chosen)):
                if force or known is None or not self._unchanged(name, prints[name], known):
                    changed[name] = chosen[name]
                else:
                    yield SubmissionOutcome.remembered(name, known.row.outcome, known.now)
            for result in results(Jobs(changed, partial(patiently, self._kept_seeds, books))):
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
        return self._written(books, result, fingerprint(folder, self._conditions()))

    def refuse_unbuilt(self, books: Books) -> None:
        """Raise `RubricError` where the gradebook does not know the masters as they are now."""
        with books.transaction():
            settings = self.settings
            if reason := unbuilt(
                books.gradebook, self.assignment, settings.source, settings.conventions
            ):
                raise RubricError(reason)

    def _conditions(self) -> str:
        return conditions(self.settings, self.assignment, scoring_steps(self.config))

    def _known(
        self, books: Books, students: list[str]
    ) -> Iterator[tuple[str, "_Remembered | None"]]:
        """Yield what is remembered of each student, asked for in groups."""

        def ask(names: list[str]) -> dict[str, _Remembered]:
            with books.gradebook.transaction():
                rows = done.remembered(books.gradebook, self.assignment, names)
                now = recorded(books.gradebook, self.assignment, names)
            return {name: _Remembered(row, now[name]) for name, row in rows.items()}

        for first in range(0, len(students), _AT_ONCE):
            names = students[first : first + _AT_ONCE]
            found = patiently(ask, names)
            yield from ((name, found.get(name)) for name in names)

    def _kept_seeds(self, books: Books, students: list[str]) -> dict[str, dict[str, int]]:
        with books.gradebook.transaction():
            return scorecards.kept_seeds(books.gradebook, self.assignment, students)

    def _written(self, books: Books, result: JobResult, fingerprint: str) -> SubmissionOutcome:
        """Write one result; return its outcome.

        What nbgrader cannot record costs this submission alone: it is written as not graded. A
        failure of the database is raised, since it would fail for the others as well.
        """
        try:
            return self._write(books, result, fingerprint)
        except (Exception, SystemExit) as error:
            if of_database(error) or isinstance(error, ChangedMeanwhile):
                raise
            result = _not_recorded(result.student, error)
        try:
            return self._write(books, result, fingerprint)
        except InvalidEntry:  # a student's name that the gradebook refuses
            return SubmissionOutcome.of(result)

    def _write(self, books: Books, result: JobResult, fingerprint: str) -> SubmissionOutcome:
        """Write one result, and remember it in the same transaction; return its outcome."""
        outcomes = []

        def mark(book: Gradebook) -> None:
            now = recorded(book, self.assignment, [result.student])[result.student]
            outcomes.append(SubmissionOutcome.of(result, now))
            again = result.verdict is Verdict.FAULT  # a fault of ours: the next run tries again
            done.remember(
                book,
                now.submission,
                fingerprint="" if again else with_lateness(fingerprint, now.lateness()),
                written=self._autograded(result.student),
                automatic=now.automatic(),
                outcome=outcomes[-1].to_json(),
            )

        patiently(books.write, result, mark)
        return outcomes[-1]

    def _unchanged(self, student: str, fingerprint: str, known: "_Remembered") -> bool:
        return (
            known.row.fingerprint == with_lateness(fingerprint, known.now.lateness())
            and known.row.automatic == known.now.automatic()
            and known.row.written == self._autograded(student)
        )

    def _autograded(self, student: str) -> str:
        """Return a digest of a student's notebooks in autograded/.

        It differs from the one that was remembered when a run was killed between files and rows.
        """
        folder = self.coursedir.format_path(
            self.coursedir.autograded_directory, student, self.assignment
        )
        return digest(sorted(Path(folder).glob("*.ipynb")), Path(folder))


@dataclass(frozen=True)
class _Remembered:
    """What an earlier run remembered of a submission, and what the gradebook holds of it now."""

    row: Any
    now: Recorded


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
