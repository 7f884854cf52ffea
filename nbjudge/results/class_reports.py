"""The reports of a class, `nbjudge report`, for instructors who look at the site.

A class of thousands takes seconds. So a thread of its own makes them, no student's page waits, and
each is kept for a minute.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tornado.ioloop import IOLoop

from nbjudge.course import RubricError
from nbjudge.insight.page import page
from nbjudge.insight.reading import read_class
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.course_time import CourseTime

_KEPT_SECONDS = 60.0


class ClassReports:
    """The reports of the course in `root`; `options` are nbgrader's."""

    def __init__(self, root: Path, options: Sequence[str]):
        self._root, self._options = root, options
        self._time = CourseTime(configuration(root, list(options)))
        self._thread = ThreadPoolExecutor(1)
        self._kept: dict[tuple[str, bool], tuple[float, str]] = {}

    async def page(self, assignment: str, with_names: bool) -> str | None:
        """Return the report of an assignment, now or a minute ago; None where there is none."""
        return await IOLoop.current().run_in_executor(
            self._thread, self._page, assignment, with_names
        )

    def _page(self, assignment: str, with_names: bool) -> str | None:
        made, text = self._kept.get((assignment, with_names), (0.0, ""))
        if text and time.monotonic() < made + _KEPT_SECONDS:
            return text
        try:
            text = page(read_class(self._root, assignment, self._options), self._time, with_names)
        except RubricError:  # no such assignment, or nobody who could have submitted it
            return None
        self._kept[assignment, with_names] = time.monotonic(), text
        return text
