"""Grade a class: what changed is judged by the workers and written by nbgrader's own steps.

    submitted/ -> Work -> judge_ahead (workers, cluster) -> Ahead -> Books -> gradebook, autograded/

A submission is graded again when something that decides its result has changed: its files, the
master, the rubric, the limits, our version. What was reported as done is committed.
"""

import contextlib
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbgrader.api import InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun import interrupts
from nbjudge.course import RubricError
from nbjudge.judge.job import Ahead, Terms, Work
from nbjudge.nbgrader_ext import scorecards
from nbjudge.nbgrader_ext.autograde import Judge
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.gradebook import of_database, patiently
from nbjudge.nbgrader_ext.writer import Books, Recorder
from nbjudge.notebook.submission import ChangedMeanwhile, NotGraded
from nbjudge.process.scratch import digest, our_code
from nbjudge.rubric import new_seed

_AT_ONCE = 50  # students whose earlier seeds are asked for together


@dataclass
class Outcome:
    """What a run says of one submission. `scores` is empty when it is not graded."""

    student: str
    status: str  # "graded", "unchanged" or "not graded"
    scores: dict[str, float] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def total(self) -> float | None:
        """The sum of the scores, the bonus included; None when it is not graded."""
        return sum(self.scores.values()) if self.scores else None


class ClassRun:
    """One run over the submissions of an assignment."""

    def __init__(self, root: Path, assignment: str, options: Iterable[str] = ()):
        self.root, self.assignment = root, assignment
        config = configuration(root, options)
        coursedir = CourseDirectory(config=config)
        coursedir.assignment_id = assignment
        if "root" not in config.CourseDirectory:
            coursedir.root = str(root)
        logger = logging.getLogger("nbjudge.class")
        logger.propagate = False  # what it says of each student stands in the table, as flags
        logger.addHandler(logging.NullHandler())
        self.books = Books(Recorder(coursedir=coursedir, config=config, log=logger), assignment)
        step = Judge(config=config)
        source = Path(coursedir.format_path(coursedir.source_directory, ".", assignment))
        if not any(source.glob("*.ipynb")):
            raise RubricError(f"There is no notebook in {source}. Check the assignment's name.")
        self.terms = Terms(root, source, step.submission_limits(), step.setting())
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
        results: Callable[[Sequence[Work]], Iterator[Ahead]],
        force: bool,
        students: Iterable[str] = (),
    ) -> Iterator[Outcome]:
        """Yield the outcome of each submission once it is committed, unchanged ones first.

        `results` judges; see `workers.Workers.results`.
        """
        folders = self.submissions()
        chosen = {name: folders[name] for name in (students or folders)}
        with self.books as books:
            known = patiently(self.remembered, books)
            conditions = _conditions(self.terms, self.assignment)
            prints = {name: _fingerprint(folder, conditions) for name, folder in chosen.items()}
            changed = {}
            for name, folder in chosen.items():
                if not force and self._unchanged(name, prints[name], known.get(name)):
                    yield Outcome(**{**json.loads(known[name].outcome), "status": "unchanged"})
                else:
                    changed[name] = folder
            for ahead in results(_Works(changed, partial(patiently, self._kept_seeds, books))):
                with interrupts.held():  # what is committed is reported
                    try:
                        yield self._written(books, ahead, prints[ahead.student])
                    except ChangedMeanwhile as reason:  # who changed it grades it
                        yield Outcome(ahead.student, "not graded", reason=str(reason))

    def record(self, books: Books, ahead: Ahead) -> Outcome:
        """Write the result of what lies in `submitted/`; return what to say.

        `books` are open. Raises `ChangedMeanwhile` when something else lies there by now.
        """
        folder = Path(
            self.coursedir.format_path(
                self.coursedir.submitted_directory, ahead.student, self.assignment
            )
        )
        fingerprint = _fingerprint(folder, _conditions(self.terms, self.assignment))
        return self._written(books, ahead, fingerprint)

    def remembered(self, books: Books) -> dict[str, Any]:
        """Return what earlier runs graded; raises `RubricError` where it was never built."""
        with books.transaction():
            try:
                books.gradebook.find_assignment(self.assignment)
            except MissingEntry:
                raise RubricError(
                    f"The gradebook knows no assignment '{self.assignment}'. "
                    f"Run 'nbjudge build {self.assignment}' first."
                ) from None
            return scorecards.remembered(books.gradebook, self.assignment)

    def _kept_seeds(self, books: Books, students: list[str]) -> dict[str, dict[str, int]]:
        with books.gradebook.transaction():
            return scorecards.kept_seeds(books.gradebook, self.assignment, students)

    def _written(self, books: Books, ahead: Ahead, fingerprint: str) -> Outcome:
        """Write one result; return what to say."""
        outcome = _outcome(ahead)

        def mark(book: Any) -> None:
            scorecards.remember(
                book, self.assignment, ahead.student,
                fingerprint="" if ahead.again else fingerprint,  # the next run tries again
                written=self._autograded(ahead.student), outcome=json.dumps(asdict(outcome)),
            )  # fmt: skip

        try:
            patiently(books.write, ahead, mark)
        except (Exception, SystemExit) as error:
            if of_database(error) or isinstance(error, ChangedMeanwhile):
                raise
            reason = f"Not graded: nbgrader could not record it ({type(error).__name__}: {error})."
            ours = not isinstance(error, NotGraded)
            ahead = Ahead(ahead.student, refused=reason if ours else str(error), again=ours)
            outcome = _outcome(ahead)
            with contextlib.suppress(InvalidEntry):  # a name that the gradebook has no room for
                patiently(books.write, ahead, mark)
        return outcome

    def _unchanged(self, student: str, fingerprint: str, known: Any) -> bool:
        return (
            known is not None
            and known.fingerprint == fingerprint
            and known.written == self._autograded(student)
        )

    def _autograded(self, student: str) -> str:
        """Return a digest of what is in autograded/: it shows a crash between two writes."""
        folder = self.coursedir.format_path(
            self.coursedir.autograded_directory, student, self.assignment
        )
        return digest(sorted(Path(folder).glob("*.ipynb")), Path(folder))


class _Works(Sequence[Work]):
    """What is to be judged; the gradebook is asked for seeds when the turn of some comes.

    All that have none yet get the same: the class is asked the same, and judged faster.
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
        return Work(name, folder, self._known[name], self._seed)


def _outcome(ahead: Ahead) -> Outcome:
    if ahead.refused:
        return Outcome(ahead.student, "not graded", reason=ahead.refused)
    cards = {name: card for one in ahead.judged.values() for name, card in one.cards.items()}
    flags = []
    if any(card.fault for card in cards.values()):
        flags.append("needs manual grade")
    for one in ahead.judged.values():
        flags += ["mended"] * any(cell.id == "mended" for cell in one.notebook.cells)
        flags += ["files left out"] * bool(one.left_out)
        flags += ["stopped"] * (one.processes > 1)
    flags += ["unconfined"] * any(not card.confined for card in cards.values())
    scores = {card.title: card.score for card in cards.values() if not card.fault}
    return Outcome(ahead.student, "graded", scores, flags)


def _fingerprint(folder: Path, conditions: str) -> str:
    """Return a digest of all that decides the result of a submission."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256((digest(files, folder) + conditions).encode()).hexdigest()


def _conditions(terms: Terms, assignment: str) -> str:
    """Return a digest of all that decides a result besides the submission."""
    rubrics = terms.root / "rubrics" / assignment
    files = [
        *sorted(path for path in terms.source.rglob("*") if path.is_file()),
        *sorted(rubrics.rglob("*.py")),
    ]
    seed = os.environ.get("NBJUDGE_SEED", "")
    decides = (digest(files, terms.root), our_code(), terms.limits, terms.setting, seed)
    return hashlib.sha256(repr(decides).encode()).hexdigest()
