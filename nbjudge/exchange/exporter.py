"""The exporter of `nbgrader generate_feedback`: a page is made anew when it is stale, and stamped.

nbgrader makes a page once, and skips it until a newer submission comes. A regrade, a grade that a
person changed and a due date that moved would leave it as it was.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.utils import rmtree

from nbjudge.exchange.facts import RecordedFacts
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.nbgrader_ext import checked
from nbjudge.nbgrader_ext.late import settle
from nbjudge.nbgrader_ext.recorded import recorded
from nbjudge.reports.feedback import PageExporter, Resources, Subject
from nbjudge.reports.freshness import made_from, stale_pages, stamped


class FeedbackExporter(PageExporter, checked.HTMLExporter):
    """Makes feedback pages. nbgrader's converter makes it before it looks which pages are there."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        converter: Any = self.parent
        if hasattr(converter, "coursedir"):
            self._settle(converter.coursedir)
            self._remove_stale(converter)

    def from_filename(  # type: ignore[override]  # a page is a text
        self, filename: str, resources: Resources | None = None, **kw: Any
    ) -> tuple[str, Resources]:
        """Convert one graded notebook into a page; see `HTMLExporter.from_filename`."""
        assert resources is not None
        where = resources["nbgrader"]
        name, assignment, student = where["notebook"], where["assignment"], where["student"]
        with Gradebook(where["db_url"]) as book:
            now = recorded(book, assignment, [student])[student]
        facts = self._facts.of(student, now)
        resources["subject"] = Subject(name, assignment, student, facts, now)
        page, resources = super().from_filename(filename, resources=resources, **kw)
        return stamped(page, made_from(Path(filename), now, facts)), resources

    @cached_property
    def _facts(self) -> RecordedFacts:
        converter: Any = self.parent
        return RecordedFacts(converter.coursedir, self.config)

    def _settle(self, coursedir: Any) -> None:
        """Let late penalties follow a due date that was moved since the work was graded.

        Else a page would say that an attempt does not count, above a score that counts.
        """
        with Gradebook(coursedir.db_url, coursedir.course_id) as book:
            settle(book, coursedir.assignment_id, FeedbackOnSubmit(config=self.config))
            book.db.commit()

    def _remove_stale(self, converter: Any) -> None:
        coursedir = converter.coursedir
        for student in sorted({student for student, _ in stale_pages(coursedir, self._facts.of)}):
            step, assignment = coursedir.feedback_directory, coursedir.assignment_id
            rmtree(coursedir.format_path(step, student, assignment))
            converter.log.info("The page of %s showed an earlier result; it is made anew.", student)
