"""Released feedback that shows something else than is graded now: made anew, or named.

A page that `nbjudge watch` made is automatic, and is made anew. A page that a person released is
that person's: it is named, and the person's own command replaces it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun.grade import ClassRun
from nbjudge.exchange import executed
from nbjudge.exchange.actions import ReleaseFeedback
from nbjudge.exchange.attempts import Attempt, Attempts
from nbjudge.exchange.facts import RecordedFacts
from nbjudge.exchange.notices import Notices, is_automatic
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.extensions import DueDates, due_dates
from nbjudge.reports.feedback import Pages, page_of
from nbjudge.reports.freshness import Graded, graded, made_from, stamp_of


class Renewal:
    """Makes the automatic pages of one assignment anew."""

    def __init__(self, coursedir: CourseDirectory, attempts: Attempts, notices: Notices):
        self._coursedir, self._attempts, self._notices = coursedir, attempts, notices

    def renew(self, book: Gradebook, busy: frozenset[str] = frozenset()) -> None:
        """Make each page anew whose attempt the gradebook holds with another result than it shows.

        An attempt whose rows are gone is not recorded any more, so that the watch records it again.
        `busy` names students whose attempts are being judged, and are left alone.
        """
        due = due_dates(book, self._coursedir.assignment_id)
        counting = {
            one.student: one
            for attempts in self._attempts
            for one in attempts
            if one.recorded and one.student not in busy
        }
        for student, now in graded(book, self._coursedir, list(counting)):
            attempt = counting[student]
            if now is None:
                attempt.recorded = False
                self._attempts.save(attempt)
            elif attempt.told != now.digest:
                self._renew(attempt, now, due)

    def _renew(self, attempt: Attempt, now: Graded, due: DueDates) -> None:
        notebooks = now.notebooks()
        if notebooks:  # none where the submission could not be graded again
            executed.keep(self._attempts.place(attempt) / "executed", notebooks)
            attempt.mark(executed.marks_of(notebooks))
        notice = self._notices.of(attempt, datetime.now(UTC), due.of(attempt.student))
        standing = self._notices.standings(attempt.student, due)[attempt.number]
        self._notices.tell(attempt, notice, standing, notebooks, now)


def after_grading(run: ClassRun) -> list[str]:
    """Make automatic pages anew after a class run; return sentences on what a person should do."""
    coursedir = run.coursedir
    exchange = ReleaseFeedback(coursedir=coursedir, config=run.config)
    released = Path(exchange.root, coursedir.course_id, "feedback")
    if not coursedir.course_id or not released.is_dir():
        return []
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        attempts = None
        if Path(coursedir.root, "attempts", run.assignment).is_dir():
            attempts = Attempts(Path(coursedir.root), run.assignment)
            policy = FeedbackOnSubmit(config=run.config)
            pages, time = Pages(coursedir, run.config), CourseTime(run.config)
            notices = Notices(released, pages, attempts, policy, time)
            try:
                with attempts.only_judge():
                    Renewal(coursedir, attempts, notices).renew(book)
            except BlockingIOError:
                pass  # a watch runs, and does this itself
        stale = sorted(set(_stale(book, run, released, attempts)))
    if not stale:
        return []
    return [
        f"Released feedback that shows an earlier result: {', '.join(stale)}. Run 'nbgrader "
        f"generate_feedback {run.assignment}', then 'nbgrader release_feedback {run.assignment}'."
    ]


def _stale(
    book: Gradebook, run: ClassRun, released: Path, attempts: Attempts | None
) -> Iterator[str]:
    """Yield the authors of pages that a person released and that are not what is graded now."""
    folders = run.submissions()
    facts = RecordedFacts(run.coursedir, run.config)
    for student, now in graded(book, run.coursedir, list(folders)):
        secret = _secret(folders[student])
        if now is None or not secret:
            continue
        own = attempts.of(student) if attempts else []
        for notebook in now.files:
            page = page_of(released, secret, notebook.stem)
            if not page.is_file() or is_automatic(page, notebook.stem, own):
                continue
            if stamp_of(page) != made_from(notebook, now.rows, facts.of(student, now.rows)):
                yield student


def _secret(submitted: Path) -> str:
    try:
        return (submitted / "submission_secret.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
