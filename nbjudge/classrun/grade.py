"""Grade a class: what changed is judged by the workers and written by nbgrader's own steps.

    submitted/ -> Job -> workers or cluster -> JobResult -> Books -> gradebook, autograded/

`run` grades one assignment. `together` grades several, whose submissions share the workers.

A submission is graded again when something that decides its score has changed: its files, the
master, the rubric, the limits, our code, nbgrader's steps, how late it is. It is graded again, too,
when the gradebook does not hold what an earlier run wrote. A submission is reported after it is
committed, so a run that is stopped has lost nothing that it reported.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, InvalidEntry

from nbjudge.classrun import adopted, change, done, handed_in, interrupts
from nbjudge.classrun.fingerprint import conditions, fingerprint, with_lateness
from nbjudge.classrun.jobs import Jobs
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.classrun.steps import scoring_steps
from nbjudge.course import RubricError
from nbjudge.judge.job import ClassSettings, Job, JobResult, Task
from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.built import unbuilt, unusable
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.conventions import conventions
from nbjudge.nbgrader_ext.extensions import write_to_submissions
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
        coursedir = handed_in.course_directory(config, root, assignment)
        recorder = Recorder(coursedir=coursedir, config=config, log=_no_log())
        self.books = Books(recorder, assignment, done.GRADED, change.CHANGES)
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
            judge.beside,
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
        with self.books as books:
            patiently(self.prepare, books)
            begun = Begun(self, force, students)
            yield from begun.unchanged()
            for result in results(begun.jobs()):
                # Ctrl-C between commit and yield would leave a submission committed and unreported.
                with interrupts.held():
                    yield begun.written(result)

    def record(self, books: Books, result: JobResult) -> SubmissionOutcome:
        """Write one result, judged from the files in `submitted/`; return its outcome.

        `books` must be open. Raises `ChangedMeanwhile` when other files lie there by now.
        """
        decides = fingerprint(self._submitted(result.student), self.conditions())
        return self.written(books, result, decides)

    def prepare(self, books: Books) -> None:
        """Let due dates of submissions be what extensions say by now; then `refuse_unbuilt`."""
        self.refuse_unbuilt(books)
        with books.transaction():
            write_to_submissions(books.gradebook, self.assignment)

    def refuse_unbuilt(self, books: Books) -> None:
        """Raise `RubricError` where the gradebook does not know the masters as they are now."""
        with books.transaction():
            settings = self.settings
            if reason := unbuilt(
                books.gradebook, self.assignment, settings.source, settings.conventions
            ):
                raise RubricError(reason)

    def refuse_unusable(self) -> None:
        """Raise `RubricError` where a rubric cannot be used."""
        settings = self.settings
        if reason := unusable(settings.root, settings.source, settings.conventions):
            raise RubricError(reason)

    def conditions(self) -> str:
        """Return what decides a score besides the submission itself."""
        return conditions(self.settings, self.assignment, scoring_steps(self.config))

    def known(
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

    def kept_seeds(self, books: Books, students: list[str]) -> dict[str, dict[str, int]]:
        """Return the seeds that earlier runs graded these students with."""
        with books.gradebook.transaction():
            return scorecards.kept_seeds(books.gradebook, self.assignment, students)

    def written(self, books: Books, result: JobResult, fingerprint: str) -> SubmissionOutcome:
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
        """Write one result, and remember it in the same transaction; return its outcome.

        What it changes of an earlier result is kept, too.
        """
        outcomes: list[SubmissionOutcome] = []

        def mark(book: Gradebook) -> None:
            now = recorded(book, self.assignment, [result.student])[result.student]
            after = change.standing(book, self.assignment, result.student)
            moved = change.between(result, before, after)
            if moved.changes:
                change.keep(book, now.submission, moved)
            outcomes.append(SubmissionOutcome.of(result, now))
            again = result.verdict is Verdict.FAULT  # a fault of ours: the next run tries again
            done.remember(
                book,
                now.submission,
                fingerprint="" if again else with_lateness(fingerprint, now.lateness()),
                written=done.digest_of_written(self.coursedir, result.student),
                automatic=now.automatic(),
                outcome=outcomes[-1].to_json(),
            )

        before = patiently(self.standing, books, result.student)
        patiently(books.write, result, mark)
        return outcomes[-1]

    def standing(self, books: Books, student: str) -> change.Standing:
        """Return how a student's submission stands in the gradebook."""
        with books.gradebook.transaction():
            return change.standing(books.gradebook, self.assignment, student)

    def unchanged(self, student: str, fingerprint: str, known: "_Remembered") -> bool:
        """Return whether the gradebook and the files hold what an earlier run wrote of this."""
        return (
            self._decides(student, fingerprint, known)
            and known.row.automatic == known.now.automatic()
            # It differs when a run was killed between files and rows.
            and known.row.written == done.digest_of_written(self.coursedir, student)
        )

    def _decides(self, student: str, fingerprint: str, known: "_Remembered") -> bool:
        return known.row.fingerprint == with_lateness(
            fingerprint, known.now.lateness()
        ) or known.row.fingerprint == adopted.decided_by_files(self._submitted(student))

    def _submitted(self, student: str) -> Path:
        """Return the folder that a student handed in."""
        return Path(
            self.coursedir.format_path(self.coursedir.submitted_directory, student, self.assignment)
        )


class Begun:
    """What one run has to do for one assignment, whose books are open.

    First come the outcomes that are `unchanged`; then the others can be judged.
    """

    def __init__(self, run: ClassRun, force: bool, students: Iterable[str]):
        self.run, self._force = run, force
        folders = run.submissions()
        self._chosen = {name: folders[name] for name in (students or folders) if name in folders}
        decided_by = run.conditions()
        self._prints = {name: fingerprint(one, decided_by) for name, one in self._chosen.items()}
        self._changed: dict[str, Path] = {}

    def unchanged(self) -> Iterator[SubmissionOutcome]:
        """Yield the outcome of each submission that need not be graded again.

        Raises `RubricError` at the end where there are others, and a rubric cannot be used: nothing
        of them is judged then.
        """
        for name, known in self.run.known(self.run.books, list(self._chosen)):
            same = known is not None and self.run.unchanged(name, self._prints[name], known)
            if self._force or known is None or not same:
                self._changed[name] = self._chosen[name]
            else:
                yield SubmissionOutcome.remembered(name, known.row.outcome, known.now)
        if self._changed:
            self.run.refuse_unusable()

    def jobs(self) -> Jobs:
        """Return what is to be judged."""
        return Jobs(self._changed, partial(patiently, self.run.kept_seeds, self.run.books))

    def tasks(self) -> Iterator[Task]:
        """Yield what is to be judged, with the settings of the assignment."""
        yield from ((job, self.run.settings) for job in self.jobs())

    def written(self, result: JobResult) -> SubmissionOutcome:
        """Write one result; return its outcome."""
        try:
            return self.run.written(self.run.books, result, self._prints[result.student])
        except ChangedMeanwhile as change:  # its new files are graded by the next run
            return SubmissionOutcome.of(JobResult.refused(result.student, change))


def together(
    runs: Sequence[ClassRun],
    judged: Callable[[Iterable[Task]], Iterator[tuple[ClassSettings, JobResult]]],
    force: bool,
    students: Iterable[str] = (),
) -> Iterator[tuple[ClassRun, SubmissionOutcome]]:
    """Yield each outcome as `ClassRun.run` does, of several assignments, with its run.

    Their submissions are judged in turns by the same workers, and written into one open gradebook.
    `judged` is `workers.Pool.judged`.
    """
    first, *others = runs
    with first.books as books:
        for run in others:
            run.books.beside(books)
        for run in runs:
            patiently(run.prepare, run.books)
        begun = [Begun(run, force, students) for run in runs]
        for one in begun:
            yield from ((one.run, outcome) for outcome in one.unchanged())
        turns = zip_longest(*(one.tasks() for one in begun))
        tasks = (task for turn in turns for task in turn if task)
        for settings, result in judged(tasks):
            (one,) = (one for one in begun if one.run.settings == settings)
            with interrupts.held():
                yield one.run, one.written(result)


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
