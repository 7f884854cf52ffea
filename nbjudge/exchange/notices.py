"""The feedback page of each attempt, which nbgrader's "Fetch Feedback" gets for its author."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from nbformat import NotebookNode

from nbjudge.exchange.attempts import Attempt, Attempts
from nbjudge.exchange.facts import Facts
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.nbgrader_ext.course_time import CourseTime, span
from nbjudge.nbgrader_ext.extensions import DueDates
from nbjudge.nbgrader_ext.recorded import Recorded
from nbjudge.reports.attempt_facts import Shows
from nbjudge.reports.feedback import Pages, Subject, page_of
from nbjudge.reports.freshness import Graded
from nbjudge.reports.standing import Standing

_NOT_GRADED = "It could not be graded."
_ASK = "Show this page to your instructor, who is told the reason."
_DELAYED = (
    "It could not be graded yet, for a reason that is not yours, and is tried again. You need not "
    "submit it again. Fetch feedback later; if it takes long, ask your instructor."
)


class Notice(StrEnum):
    """What the feedback page of an attempt says; `attempt.json` keeps which one was released."""

    ONE_TOO_MANY = "one too many"
    WAITING = "waiting"
    DELAYED = "delayed"
    NOT_GRADED = "not graded"
    # The attempt is graded, and its page shows so much:
    NOTHING = "nothing"
    RESULTS = "results"
    MESSAGES = "messages"


_SHOWS: dict[Notice, Shows] = {
    Notice.NOTHING: "nothing",
    Notice.RESULTS: "results",
    Notice.MESSAGES: "messages",
}


class Notices:
    """The pages in `folder`, the exchange's feedback folder.

    Students cannot list it. The name of a page is a digest of a secret that the author has.
    """

    def __init__(
        self,
        folder: Path,
        pages: Pages,
        attempts: Attempts,
        policy: FeedbackOnSubmit,
        time: CourseTime,
    ):
        self._folder, self._pages, self._attempts, self._policy = folder, pages, attempts, policy
        self._facts = Facts(policy, time)

    def of(self, attempt: Attempt, now: datetime, deadline: datetime | None) -> Notice:
        """Return the notice that the page of an attempt should have at the time `now`."""
        if self._policy.beyond(attempt):
            return Notice.ONE_TOO_MANY
        if attempt.judged is None:
            return Notice.DELAYED if attempt.failures else Notice.WAITING
        if not attempt.verdict.graded:
            return Notice.NOT_GRADED
        return Notice(self._policy.shows(now, deadline))

    def standings(self, student: str, due: DueDates) -> dict[int, Standing]:
        """Return how each attempt of a student stands, by its number."""
        attempts = self._attempts.of(student)
        standings = self._policy.standings(attempts, due)
        return {one.number: how for one, how in zip(attempts, standings, strict=True)}

    def is_told(self, attempt: Attempt, notice: Notice, standing: Standing) -> bool:
        """Return whether the pages of an attempt say this already."""
        return (attempt.shown, attempt.standing) == (notice, _digest(repr(standing).encode()))

    def tell(
        self,
        attempt: Attempt,
        notice: Notice,
        standing: Standing,
        judged: Mapping[str, NotebookNode],
        now: Graded | None = None,
    ) -> None:
        """Write the pages of an attempt, one for each notebook; `judged` are the judged notebooks.

        `now` is what is graded of its author, where that is this attempt: its scores are shown.
        A page that an instructor has released since stays: its digest is not the one that is kept.
        An attempt without a secret gets no page: no name of it would be the author's alone.
        """
        secret = self._attempts.secret(attempt)
        folder = self._attempts.place(attempt) / "submitted"
        for name in sorted(path.stem for path in folder.glob("*.ipynb")) if secret else ():
            page = page_of(self._folder, secret, name)
            if page.exists() and not is_automatic(page, name, [attempt]):
                continue
            rows = now.rows if now else None
            text = self.page(attempt, name, notice, standing, judged.get(f"{name}.ipynb"), rows)
            attempt.pages[name] = _digest(text.encode())
            # Renamed into place, so that nobody fetches half a page.
            new = page.with_name(f".{page.name}")
            new.write_text(text, encoding="utf-8")
            new.chmod(0o644)
            new.replace(page)
        attempt.total = _total(attempt, notice, standing, now.rows if now else None)
        attempt.shown, attempt.told = notice, "" if now is None else now.digest
        attempt.standing = _digest(repr(standing).encode())
        self._attempts.save(attempt)

    def page(
        self,
        attempt: Attempt,
        name: str,
        notice: Notice,
        standing: Standing,
        judged: NotebookNode | None,
        now: Recorded | None = None,
    ) -> str:
        """Return the page of the notebook `name` of an attempt, as HTML; see `tell`."""
        if shows := _SHOWS.get(notice):
            # The score in the gradebook has its late penalty there; a person may have changed it.
            known = replace(standing, penalty=now.penalty) if now else standing
            facts = self._facts.of(attempt, known, shows, name)
        else:
            facts = self._facts.alone(standing)
        subject = Subject(name, self._pages.assignment, attempt.student, facts, now)
        if shows and judged is not None:
            return self._pages.page(judged, subject)
        return self._pages.notice(subject, [*facts.sentences, self._sentence(notice, attempt)])

    def _sentence(self, notice: Notice, attempt: Attempt) -> str:
        policy = self._policy
        match notice:
            case Notice.ONE_TOO_MANY:
                graded = "attempt is" if policy.attempts == 1 else "attempts are"
                return f"Only {policy.attempts} {graded} graded, so this one is not."
            case Notice.WAITING:
                pause = timedelta(seconds=policy.minimum_interval)
                rule = f" At least {span(pause)} must lie between two gradings." if pause else ""
                return f"It waits for its turn.{rule} Fetch feedback again later."
            case Notice.DELAYED:
                return _DELAYED
            case Notice.NOT_GRADED:
                return f"{_NOT_GRADED} {attempt.for_author or _ASK}"
        return "This file has no result of its own: the assignment asks for no such notebook."


def _total(
    attempt: Attempt, notice: Notice, standing: Standing, now: Recorded | None
) -> float | None:
    """Return the points that the pages of an attempt show in all, less its late penalty."""
    if notice not in (Notice.RESULTS, Notice.MESSAGES):
        return None
    if now is not None:
        return now.total
    lost = 0.0 if standing.rule == "shown" else standing.penalty
    return max(0.0, attempt.score - lost)


def is_automatic(page: Path, name: str, attempts: Iterable[Attempt]) -> bool:
    """Return whether the page of the notebook `name` is as we wrote it for one of `attempts`."""
    return _digest(page.read_bytes()) in [attempt.pages.get(name) for attempt in attempts]


def _digest(page: bytes) -> str:
    return hashlib.sha256(page).hexdigest()
