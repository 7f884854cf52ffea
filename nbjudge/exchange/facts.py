"""What pages say of attempts: number, time, whether it counts, and how much is shown now.

Feedback on submit, nbgrader's own command and a page of results ask here, so that they say the
same.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from nbjudge.exchange.attempts import Attempt, Attempts
from nbjudge.exchange.policy import FeedbackOnSubmit
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.nbgrader_ext.extensions import DueDates, due_dates
from nbjudge.nbgrader_ext.late import penalty, plugin
from nbjudge.nbgrader_ext.recorded import Recorded
from nbjudge.reports.attempt_facts import AttemptFacts, Shows
from nbjudge.reports.standing import Standing


class Facts:
    """Tells of attempts by the rules of a course, in its time zone."""

    def __init__(self, policy: FeedbackOnSubmit, time: CourseTime):
        self._policy, self._time = policy, time

    def of(self, attempt: Attempt, standing: Standing, shows: Shows, name: str) -> AttemptFacts:
        """Return what the page of the notebook `name` says of an attempt."""
        return replace(
            self.of_standing(standing, shows), penalty=self._penalty(attempt, standing, name)
        )

    def of_standing(self, standing: Standing, shows: Shows) -> AttemptFacts:
        """Return what a page says of an attempt whose score stands in the gradebook."""
        said = standing.sentences(self._time)
        # Where the best attempt counts, which one that is tells of the results.
        if shows != "nothing":
            said.append(self._counts(standing))
        return AttemptFacts(
            standing.number,
            tuple(filter(None, said)),
            self._later(standing, shows),
            shows,
            results=self._policy.results_page,
        )

    def alone(self, standing: Standing) -> AttemptFacts:
        """Return what a page says of an attempt that has no result."""
        said = tuple(standing.sentences(self._time))
        return AttemptFacts(standing.number, said, results=self._policy.results_page)

    def _counts(self, standing: Standing) -> str:
        if standing.number is None:
            return ""
        rule = f"The {self._policy.counts} attempt counts."
        if standing.counts:
            return f"{rule} That is this one."
        if standing.counting is None:
            return f"{rule} None does yet."
        return f"{rule} That is attempt {standing.counting}."

    def _later(self, standing: Standing, shows: Shows) -> str:
        due = standing.due
        until = f"the deadline, {self._time.text(due)}" if due else "your instructor releases it"
        match shows:
            case "nothing":
                return f"It is graded. Feedback comes after {until}."
            case "results":
                return f"Messages come after {until}."
        return ""

    def _penalty(self, attempt: Attempt, standing: Standing, name: str) -> float:
        """Return what the notebook `name` loses by lateness; nothing where it is only shown."""
        if not standing.penalty or standing.rule == "shown":
            return 0.0
        score = attempt.points.get(f"{name}.ipynb", attempt.score)
        return penalty(plugin(self._policy), attempt.student, score, standing.late) or 0.0


class RecordedFacts:
    """Tells of the submissions that the gradebook holds, for pages that a person makes."""

    def __init__(self, coursedir: CourseDirectory, config: Any):
        self._policy = FeedbackOnSubmit(config=config)
        self._facts = Facts(self._policy, CourseTime(config))
        root, assignment = Path(coursedir.root), coursedir.assignment_id
        # A course without feedback on submit has no attempts, and gets no folder of them.
        there = (root / "attempts" / assignment).is_dir()
        self._attempts = Attempts(root, assignment) if there else None
        with Gradebook(coursedir.db_url, coursedir.course_id) as book:
            self._due = due_dates(book, assignment)

    def of(self, student: str, rows: Recorded) -> AttemptFacts:
        """Return what the page of a student's submission says of it.

        One that is none of the attempts came another way, and has no number. Before the due date
        the page shows what the course allows then; where there is none, making it releases it.
        """
        if rows.came is None:
            return AttemptFacts()
        due = self._due.of(student)
        shows = cast(Shows, self._policy.shows(datetime.now(UTC), due)) if due else "messages"
        return self._facts.of_standing(self._standing(student, rows, self._due), shows)

    def _standing(self, student: str, rows: Recorded, due: DueDates) -> Standing:
        attempts = self._attempts.of(student) if self._attempts else []
        for one, standing in zip(attempts, self._policy.standings(attempts, due), strict=True):
            if one.arrived == rows.came:
                return replace(standing, penalty=rows.penalty)
        assert rows.came is not None
        return Standing(
            number=None,
            most=0,
            came=rows.came,
            due=due.of(student),
            extended=student in due.extended,
            late=due.late(student, rows.came),
            rule=self._policy.after_deadline,
            penalty=rows.penalty,
            counting=None,
        )
