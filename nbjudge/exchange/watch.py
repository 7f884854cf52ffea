"""Feedback on submit: what arrives in the exchange is judged and told to its author at once.

    inbound -> Collect.take -> attempts/ -> Workers -> feedback page, then submitted/ and gradebook

Everything that is known stands in `attempts/`, so a stopped watch goes on where it stopped. The
gradebook gets the attempt that counts, by the steps of a class run, which may go on beside.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun
from nbjudge.classrun.workers import Workers
from nbjudge.exchange.actions import Collect, deadline
from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.notices import Notice, Notices
from nbjudge.judge.job import Job, JobResult
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.writer import Books
from nbjudge.notebook.submission import ChangedMeanwhile
from nbjudge.reports.feedback import Pages
from nbjudge.verdict import Verdict

_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 60.0  # for each time that judging failed by no fault of the submission


class AlreadyWatched(Exception):
    """Two watches would judge everything twice; the message says what to do."""


def watch(
    root: Path,
    assignment: str,
    ancestors: Ancestors,
    workers: int,
    options: Iterable[str],
    once: bool,
    say: Callable[[str], None],
) -> None:
    """Give feedback on what is submitted, until interrupted, or `once` on what there is."""
    run = ClassRun(root, assignment, options)
    with Workers(run.settings, workers, ancestors) as judges, run.books as books:
        patiently(run.remembered, books)
        on_submit = OnSubmit(run, books, say)
        with on_submit.alone():
            say(f"Watching {assignment}. Stop with Ctrl-C; the same command goes on.")
            for result in judges.results(on_submit.jobs(once)):
                on_submit.finish(result)


class OnSubmit:
    """Watches the submissions of one assignment. `books` are open; `say` tells the instructor."""

    def __init__(self, run: ClassRun, books: Books, say: Callable[[str], None]):
        self.run, self._books, self._say = run, books, say
        self._collector = Collect(coursedir=run.coursedir, config=run.config)
        self._collector.init_src()
        self._attempts, self._policy = self._collector.attempts, self._collector.policy
        released = Path(self._collector.inbound_path).with_name("feedback")
        released.mkdir(mode=0o711, exist_ok=True)
        pages = Pages(run.coursedir, run.config)
        self._notices = Notices(released, pages, self._attempts, self._policy)
        self._due: datetime | None = None
        self._busy: dict[str, Attempt] = {}  # by student: what the workers judge now
        self._seen: dict[str, int] = {}  # by folder: its newest change at the last look
        self._told: dict[str, str] = {}  # by folder: why it was put aside
        self._later: dict[str, float] = {}  # by student: not before this time (monotonic)
        self._unsettled = False  # whether something that arrived may still be on its way

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Refuse another watch while the block runs; raises `AlreadyWatched`."""
        try:
            with self._attempts.only_judge():
                yield
        except BlockingIOError:
            raise AlreadyWatched(
                f"Another nbjudge watch of {self.run.assignment} runs in this course already. "
                "Stop that one first, or leave it to it."
            ) from None

    def jobs(self, once: bool) -> Iterator[Job | None]:
        """Yield what is to be judged as it comes, None while there is nothing.

        `once` ends it when all that is there by now is done.
        """
        while True:
            begun = time.monotonic()
            self._take_in()
            found = list(self._to_judge())
            yield from found
            if once and not found and not self._busy and not self._unsettled:
                return
            while time.monotonic() - begun < _LOOK_SECONDS:
                yield None

    def finish(self, result: JobResult) -> None:
        """Keep a result, tell its author, and write it into the gradebook if it counts."""
        attempt = self._busy.pop(result.student)
        if result.verdict is Verdict.FAULT:
            self._postpone(attempt, result.reason)
            return
        notebooks = {name: one.notebook for name, one in result.judged.items()}
        self._keep(attempt, result, notebooks)
        self._tell(attempt, notebooks)
        if self._policy.counting(self._attempts.of(attempt.student)) is attempt:
            self._record(attempt, result)
        seconds = time.time() - attempt.changed / 1e9
        told = attempt.reason or f"{attempt.score:g} points"
        self._say(f"{attempt.student}, attempt {attempt.number}, {seconds:.1f} s ago: {told}")

    def _postpone(self, attempt: Attempt, reason: str) -> None:
        """Leave an attempt to a later try, and tell its author that it is not forgotten."""
        attempt.failures += 1
        attempt.verdict = Verdict.FAULT
        self._later[attempt.student] = time.monotonic() + _AGAIN_SECONDS * attempt.failures
        self._tell(attempt, self._executed(attempt))
        self._say(f"{attempt.student}, attempt {attempt.number}, is tried again later: {reason}")

    def _tell(self, attempt: Attempt, notebooks: dict[str, NotebookNode]) -> None:
        notice = self._notices.of(attempt, datetime.now(UTC), self._due)
        self._notices.tell(attempt, notice, self._due, notebooks)

    def _take_in(self) -> None:
        inbound, seen = self._collector.inbound, {}
        self._unsettled = False
        for arrival in inbound.arrivals():
            name = arrival.folder.name
            # What changed since the last look may still be on its way, however it is sent.
            if self._seen.get(name) == arrival.changed:
                self._collector.take(arrival)
            else:
                self._unsettled |= not self._attempts.has(arrival)
            seen[name] = arrival.changed
        self._seen = seen
        for name, reason in inbound.aside.items():
            if self._told.get(name) != reason:
                self._told[name] = reason
                self._say(f"Put aside, {name}: {reason}.")

    def _to_judge(self) -> Iterator[Job]:
        """Yield what is to be judged now; renew the pages that are to show something else now."""
        now, self._due = datetime.now(UTC), self._deadline()
        for attempts in self._attempts:
            if not attempts or attempts[0].student in self._busy:
                continue
            attempt = None
            if time.monotonic() >= self._later.get(attempts[0].student, 0):
                attempt = self._policy.next_of(attempts, now, self._due) or self._lost(attempts)
            for one in attempts:
                notice = self._notices.of(one, now, self._due)
                next_in_turn = attempt is not None and notice is Notice.WAITING
                if one is not attempt and one.shown != notice and not next_in_turn:
                    self._notices.tell(one, notice, self._due, self._executed(one))
            if attempt is not None:
                self._busy[attempt.student] = attempt
                seeds = {text: seed for one in attempts for text, seed in one.seeds.items()}
                folder = self._attempts.place(attempt) / "submitted"
                yield Job(attempt.student, folder, seeds)

    def _lost(self, attempts: list[Attempt]) -> Attempt | None:
        """Return the attempt that counts where the gradebook has not got it: a crash came first."""
        counting = self._policy.counting(attempts)
        return None if counting is None or counting.recorded else counting

    def _deadline(self) -> datetime | None:
        def ask() -> datetime | None:
            with self._books.gradebook.transaction():
                return deadline(self._books.gradebook, self.run.assignment)

        return patiently(ask)

    def _keep(
        self, attempt: Attempt, result: JobResult, notebooks: dict[str, NotebookNode]
    ) -> None:
        place = self._attempts.place(attempt) / "executed"
        place.mkdir(exist_ok=True)
        for name, notebook in notebooks.items():
            nbformat.write(notebook, place / name)
        cards = [card for one in result.judged.values() for card in one.cards.values()]
        attempt.judged = attempt.judged or time.time()
        attempt.verdict, attempt.reason = result.verdict, result.reason
        attempt.scores = {card.title: card.score for card in cards if not card.fault}
        attempt.verdicts = {card.title: card.verdict for card in cards}
        attempt.seeds = {card.submission: card.seed for card in cards}
        self._attempts.save(attempt)

    def _executed(self, attempt: Attempt) -> dict[str, NotebookNode]:
        folder = self._attempts.place(attempt) / "executed"
        return {path.name: nbformat.read(path, as_version=4) for path in folder.glob("*.ipynb")}

    def _record(self, attempt: Attempt, result: JobResult) -> None:
        self._collector.put(attempt)
        try:
            outcome = self.run.record(self._books, result)
        except ChangedMeanwhile:  # by one who collects by hand; the next look sees to it
            return
        if outcome.reason != result.reason:
            self._say(f"{attempt.student}, attempt {attempt.number}: {outcome.reason}")
        for one in self._attempts.of(attempt.student):
            if one.recorded != (one is attempt):
                one.recorded = one is attempt
                self._attempts.save(one)
