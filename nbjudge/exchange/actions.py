"""nbgrader's exchange, made safe: `nbgrader_config.py` names these classes in `c.ExchangeFactory`.

    <root>/<course>/            for the students of the course only
        outbound/               assignments
        inbound/     03733      students put submissions in and cannot list them
            ada+attention+…     0770, of ada and the grader's group
        feedback/    00711      pages under names that only the author knows

What nbgrader's own classes do: `inbound` is not listable, but a submission is a folder of mode
0777, so that a student who knows its name can read it, change it, or replace it; and `collect`
takes a folder named after another student for that student's, with a warning only.

What these do. Students need to write to `inbound` and to nothing else. A submission is whole when
it appears, and only its author and the grader can read it. Collected is what the owner of a folder
sent under the owner's own name, at the time when the file system says that it changed.
"""

import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.exchange import default as nbgrader
from nbgrader.utils import check_directory
from traitlets import Unicode

from nbjudge.exchange.attempts import Attempt, Attempts
from nbjudge.exchange.facts import RecordedFacts
from nbjudge.exchange.inbox import Arrival, Inbound, Refused, Unsettled
from nbjudge.exchange.parcel import KB, Whole
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.nbgrader_ext.checked import CheckedExchange
from nbjudge.nbgrader_ext.extensions import due_dates
from nbjudge.reports.freshness import stale_pages, students

INBOUND_MODE = 0o3733


class ClosedRoot:
    """Does without an exchange root that everybody can write to, which nbgrader asks for."""

    def ensure_root(self) -> None:
        """Fail where the exchange is not there, or closed to this account."""
        if not check_directory(self.root, execute=True):  # type: ignore[attr-defined]
            self.fail(  # type: ignore[attr-defined]
                f"The exchange {self.root} is not there, or closed to you. "  # type: ignore[attr-defined]
                "Tell your instructor."
            )


class List(ClosedRoot, nbgrader.ExchangeList):
    """Lists what is released and what was submitted."""


class FetchAssignment(ClosedRoot, nbgrader.ExchangeFetchAssignment):
    """Fetches an assignment."""


class FetchFeedback(ClosedRoot, nbgrader.ExchangeFetchFeedback):
    """Fetches feedback."""


class ReleaseFeedback(CheckedExchange, ClosedRoot, nbgrader.ExchangeReleaseFeedback):
    """Releases feedback to the authors, but no page that shows something else than is graded."""

    def copy_files(self) -> None:
        """Release all pages but the stale ones; fail, naming their authors, where there are any."""
        coursedir = self.coursedir
        facts = RecordedFacts(coursedir, self.config)
        stale = sorted({student for student, _ in stale_pages(coursedir, facts.of)})
        elsewhere = [student for student in students(coursedir) if not self._has_secret(student)]
        if elsewhere:
            self.log.warning(
                "Not released, because the work did not come through the exchange, where its "
                "author could fetch it: the feedback of %s.",
                ", ".join(elsewhere),
            )
        left_out = [coursedir.student_id_exclude, *stale, *elsewhere]
        coursedir.student_id_exclude = ",".join(filter(None, left_out))
        super().copy_files()
        if stale:
            self.fail(
                f"Not released, because it shows an earlier result: the feedback of "
                f"{', '.join(stale)}. Run 'nbgrader generate_feedback {coursedir.assignment_id}', "
                "then release again."
            )

    def _has_secret(self, student: str) -> bool:
        # nbgrader reads both files, and fails for the whole class where one is missing.
        step, assignment = self.coursedir.feedback_directory, self.coursedir.assignment_id
        folder = Path(self.coursedir.format_path(step, student, assignment))
        return all(
            (folder / f"{name}.txt").is_file() for name in ("timestamp", "submission_secret")
        )


class ReleaseAssignment(CheckedExchange, ClosedRoot, Whole, nbgrader.ExchangeReleaseAssignment):
    """Releases an assignment; makes `inbound` a folder where nobody can remove another's work."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Release all files, or none; nbgrader leaves out those that are too large."""
        self.packed(Path(src))
        super().do_copy(src, dest, log)

    def init_dest(self) -> None:
        """Make the course's folders in the exchange."""
        super().init_dest()
        # Only where the mode differs, because nobody but a folder's owner may set it (chmod(2)).
        if stat.S_IMODE(os.stat(self.inbound_path).st_mode) != INBOUND_MODE:
            os.chmod(self.inbound_path, INBOUND_MODE)


class Collect(CheckedExchange, ClosedRoot, nbgrader.ExchangeCollect):
    """Collects each attempt into `attempts/`, and the one that counts into `submitted/`."""

    accounts = Unicode(
        "", help="A file of lines name:uid, where this machine does not know the students."
    ).tag(config=True)

    def init_src(self) -> None:
        """Find the exchange's folder of submissions."""
        if not self.coursedir.course_id:
            self.fail("No course id. Set c.CourseDirectory.course_id in nbgrader_config.py.")
        self.inbound_path = os.path.join(self.root, self.coursedir.course_id, "inbound")
        if not check_directory(self.inbound_path, read=True, execute=True):
            self.fail(f"{self.inbound_path} is not there or closed to you. Release first.")
        assignment = self.coursedir.assignment_id
        self.inbound = Inbound(Path(self.inbound_path), assignment, self.accounts)
        self.attempts = Attempts(Path(self.coursedir.root), assignment)
        self.policy = FeedbackOnSubmit(parent=self)

    def copy_files(self) -> None:
        """Take in all arrivals, then put each student's attempt that counts into `submitted/`."""
        for arrival in self.inbound.arrivals():
            self.take(arrival)
        for name, reason in self.inbound.aside.items():
            self.log.warning("Put aside, %s: %s.", name, reason)
        students = [attempts[0].student for attempts in self.attempts if attempts]
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            due = due_dates(book, self.coursedir.assignment_id)
        for student in students:
            if self.coursedir.student_id in ("*", "", student):
                self._collect(student, due.of(student))

    def take(self, arrival: Arrival) -> Attempt | None:
        """Take one arrival in; return it as an attempt.

        Returns None where it is known already, where it is refused, and where it is changing now.
        """
        name = arrival.folder.name
        if self.attempts.has(arrival):
            return None
        try:
            return self.attempts.take(arrival, self.coursedir.max_dir_size * KB)
        except Refused as reason:
            self.inbound.put_aside(name, str(reason), arrival.changed)
        except (Unsettled, FileNotFoundError):
            self.log.info("%s changes just now; it is taken at the next time.", name)
        return None

    def put(self, attempt: Attempt) -> None:
        """Put an attempt into `submitted/`, where nbgrader grades it."""
        self.attempts.put(attempt, self._submitted(attempt.student))

    def _collect(self, student: str, due: datetime | None) -> None:
        attempt = self.policy.collected(self.attempts.of(student), due, self.before_duedate)
        if attempt is None:
            self.log.info("All that %s sent is late, and late work is only shown.", student)
            return
        target = self._submitted(student)
        there = target.is_dir()
        when = self.coursedir.get_existing_timestamp(str(target)) if there else None
        if when == attempt.arrived.replace(tzinfo=None):
            self.log.info("Nothing newer to collect: %s", student)
        elif there and not (self.update or self.before_duedate):
            self.log.info("There is a submission already, use --update: %s", student)
        else:
            self.put(attempt)
            self.log.info("Collected: %s, attempt %s", student, attempt.number)

    def _submitted(self, student: str) -> Path:
        coursedir = self.coursedir
        return Path(
            coursedir.format_path(coursedir.submitted_directory, student, coursedir.assignment_id)
        )
