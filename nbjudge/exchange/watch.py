"""Feedback on submit: an arrival in the exchange is judged at once, and its author is told.

    inbound -> Collect.take -> attempts/ -> workers -> feedback page, then submitted/ and gradebook

Theory of operation. This is one assignment; `assignments` runs all of them in one process, which
looks, writes pages and writes rows. The workers of a class run judge.

    look      every second: look into `inbound`, take in what two looks found the same, renew the
              pages that should show something else now, return what is to be judged
    finish    keep the result in `attempts/`, write the page, then write the gradebook if this
              attempt counts

Who dies. All state is in the files of `attempts/`, so a watch that was killed goes on. An attempt
that was judged and not yet recorded is judged again with its own seed, which gives the same result.
A fault of ours is tried again later, after a longer time each time. A second watch is refused: two
would judge everything twice. A class run by hand may go on beside; see `nbgrader_ext.writer`.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.classrun.grade import ClassRun
from nbjudge.exchange import executed
from nbjudge.exchange.actions import Collect
from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.notices import Notice, Notices
from nbjudge.exchange.policy import is_slow
from nbjudge.exchange.pulse import beat
from nbjudge.exchange.renewal import Renewal
from nbjudge.judge.job import Job, JobResult
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.extensions import DueDates, due_dates
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.late import settle
from nbjudge.nbgrader_ext.writer import Books
from nbjudge.notebook.submission import ChangedMeanwhile
from nbjudge.reports.feedback import Pages
from nbjudge.reports.freshness import Graded, graded
from nbjudge.reports.standing import Standing
from nbjudge.verdict import Verdict

_RENEW_SECONDS = 10.0
_TELL_SECONDS = 0.2  # of a look, for the pages of attempts that were judged before
_AGAIN_SECONDS = 60.0  # for each time that judging failed by no fault of the submission


class NotWatched(Exception):
    """An assignment cannot be graded as submissions arrive; the message says why."""


class AlreadyWatched(NotWatched):
    """Another watch of the assignment runs already; the message says what to do."""


class OnSubmit:
    """Watches the submissions of one assignment. `books` must be open; `say` tells the instructor.

    The private dictionaries below hold what need not survive this process.
    """

    def __init__(self, run: ClassRun, books: Books, say: Callable[[str], None]):
        self.run, self._books, self._say = run, books, say
        self._collector = Collect(coursedir=run.coursedir, config=run.config)
        self._collector.init_src()
        self._attempts, self._policy = self._collector.attempts, self._collector.policy
        released = Path(self._collector.inbound_path).with_name("feedback")
        released.mkdir(mode=0o711, exist_ok=True)
        pages, time_zone = Pages(run.coursedir, run.config), CourseTime(run.config)
        self._notices = Notices(released, pages, self._attempts, self._policy, time_zone)
        self._renewal = Renewal(run.coursedir, self._attempts, self._notices)
        self._renewed = 0.0  # when the pages were last compared with the gradebook (monotonic)
        self._due = DueDates()
        self._behind = False  # whether pages are left that should show something else
        self._busy: dict[str, Attempt] = {}  # by student: what the workers have, or get next
        self._judging: dict[str, int] = {}  # by student: the number of what a worker has
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

    def look(self) -> list[Job]:
        """Look once; return what is to be judged now."""
        self._take_in()
        self._due = self._due_dates()
        self._renew()
        jobs = list(self._to_judge())
        self._tell_others()
        self._beat()
        return jobs

    def begun(self, job: Job) -> None:
        """Say that the workers have a job of the last look."""
        self._judging[job.student] = self._busy[job.student].number
        self._beat()

    @property
    def resting(self) -> bool:
        """Whether nothing is being judged, is still on its way, or is still to be told."""
        return not (self._busy or self._unsettled or self._behind)

    def finish(self, result: JobResult) -> None:
        """Keep a result, tell its author, and write it into the gradebook if it counts."""
        attempt = self._busy.pop(result.student)
        self._judging.pop(result.student, None)
        if result.verdict is Verdict.FAULT:
            self._postpone(attempt, result.reason)
            return
        notebooks = {name: one.notebook for name, one in result.judged.items()}
        self._keep(attempt, result, notebooks)
        if self._counting(attempt.student) is attempt:
            self._record(attempt, result)
        self._tell(attempt, notebooks)
        seconds = time.time() - attempt.changed / 1e9
        told = attempt.reason or f"{attempt.score:g} points"
        late = self._standing(attempt).in_short()
        self._say(f"{self._name(attempt)}, {seconds:.1f} s ago: {told}{late and f', {late}'}")

    def _beat(self) -> None:
        beat(self._attempts.folder, self._judging, self._collector.inbound.aside)

    def _postpone(self, attempt: Attempt, reason: str) -> None:
        """Leave an attempt to a later try, and tell its author that it is not forgotten."""
        attempt.failures += 1
        attempt.verdict = Verdict.FAULT
        self._later[attempt.student] = time.monotonic() + _AGAIN_SECONDS * attempt.failures
        self._tell(attempt, self._executed(attempt))
        self._say(f"{self._name(attempt)}, is tried again later: {reason}")

    def _name(self, attempt: Attempt) -> str:
        return f"{attempt.student}, attempt {attempt.number} at {self.run.assignment}"

    def _tell(self, attempt: Attempt, notebooks: dict[str, NotebookNode]) -> None:
        standing, notice = self._standing(attempt), self._notice(attempt)
        self._notices.tell(attempt, notice, standing, notebooks, self._graded(attempt))

    def _notice(self, attempt: Attempt) -> Notice:
        return self._notices.of(attempt, datetime.now(UTC), self._due.of(attempt.student))

    def _standing(self, attempt: Attempt) -> Standing:
        return self._notices.standings(attempt.student, self._due)[attempt.number]

    def _tell_others(self) -> None:
        """Renew pages that should show something else by now, such as messages after the deadline.

        Some of them, and the rest at the next looks: a class has many pages at its deadline, and
        who submits then does not wait for them.
        """
        begun = time.monotonic()
        self._behind = False
        for attempts in self._attempts:
            if not attempts or attempts[0].student in self._busy:
                continue
            standings = self._notices.standings(attempts[0].student, self._due)
            for one in attempts:
                if self._notices.is_told(one, self._notice(one), standings[one.number]):
                    continue
                if time.monotonic() > begun + _TELL_SECONDS:
                    self._behind = True
                    return
                self._tell(one, self._executed(one))

    def _graded(self, attempt: Attempt) -> Graded | None:
        """Return what is graded of the author, where that is this attempt."""

        def ask() -> Graded | None:
            with self._books.gradebook.transaction():
                book = self._books.gradebook
                ((_, now),) = graded(book, self.run.coursedir, [attempt.student])
                return now

        return patiently(ask) if attempt.recorded else None

    def _renew(self) -> None:
        """Compare the pages with the gradebook, from time to time: a person may change a grade.

        Or a due date, which the late penalties follow first.
        """

        def renew() -> None:
            book = self._books.gradebook
            with book.transaction():
                settle(book, self.run.assignment, self._policy)
                self._renewal.renew(book, frozenset(self._busy))

        if time.monotonic() >= self._renewed + _RENEW_SECONDS:
            patiently(renew)
            self._renewed = time.monotonic()

    def _take_in(self) -> None:
        """Look into `inbound` once; take in what is as it was at the last look."""
        inbound, seen = self._collector.inbound, {}
        self._unsettled = False
        for arrival in inbound.arrivals():
            name = arrival.folder.name
            # A folder that has changed since the last look may still be on its way: not every
            # program makes it in one step, as our Submit does.
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
        """Yield what is to be judged now, at most one attempt of each student.

        Students whose code ran out of time come last, and one at a time: it may need all its time
        once more, and another worker is left to the others.
        """
        now = datetime.now(UTC)
        for attempts in sorted(self._attempts, key=is_slow):
            if not attempts or attempts[0].student in self._busy:
                continue
            student = attempts[0].student
            others = map(self._attempts.of, self._busy)
            if is_slow(attempts) and any(map(is_slow, others)):
                continue
            if time.monotonic() < self._later.get(student, 0):
                continue
            attempt = self._policy.next_of(attempts, now, self._due.of(student))
            if attempt := attempt or self._lost(student):
                self._busy[student] = attempt
                seeds = {text: seed for one in attempts for text, seed in one.seeds.items()}
                folder = self._attempts.place(attempt) / "submitted"
                yield Job(student, folder, seeds)

    def _lost(self, student: str) -> Attempt | None:
        """Return the attempt that counts, if the gradebook has another one or none.

        A crash may have kept it out, or a due date has moved since.
        """
        counting = self._counting(student)
        return None if counting is None or counting.recorded else counting

    def _counting(self, student: str) -> Attempt | None:
        return self._policy.counting(self._attempts.of(student), self._due.of(student))

    def _due_dates(self) -> DueDates:
        def ask() -> DueDates:
            with self._books.gradebook.transaction():
                return due_dates(self._books.gradebook, self.run.assignment)

        found: DueDates = patiently(ask)
        return found

    def _keep(
        self, attempt: Attempt, result: JobResult, notebooks: dict[str, NotebookNode]
    ) -> None:
        executed.keep(self._attempts.place(attempt) / "executed", notebooks)
        attempt.judged = attempt.judged or time.time()
        attempt.verdict = result.verdict
        attempt.reason, attempt.for_author = result.reason, result.for_author
        attempt.mark(executed.marks_of(notebooks))
        self._attempts.save(attempt)

    def _executed(self, attempt: Attempt) -> dict[str, NotebookNode]:
        return executed.kept(self._attempts.place(attempt) / "executed")

    def _record(self, attempt: Attempt, result: JobResult) -> None:
        self._collector.put(attempt)
        try:
            outcome = self.run.record(self._books, result)
        except ChangedMeanwhile:
            # Somebody collects by hand. The attempt is not marked as recorded, so the next look
            # finds it in `_lost`.
            return
        if outcome.reason != result.reason:
            self._say(f"{self._name(attempt)}: {outcome.reason}")
        for one in self._attempts.of(attempt.student):
            if one.recorded != (one is attempt):
                one.recorded = one is attempt
                self._attempts.save(one)
