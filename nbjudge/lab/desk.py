"""nbgrader's Assignment List, each step of which answers in a sentence.

nbgrader's own shows a traceback where a submission is refused, and nothing at all where there is no
feedback to fetch, or an assignment cannot be fetched.
"""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList

_WIDTH = 76  # of nbgrader's dialog, which does not break lines
Answer = dict[str, Any]


class Desk(AssignmentList):
    """Fetches and submits for a student.

    `say` tells the browser a sentence, its kind, and the assignment where one was submitted, or "".
    """

    say: Callable[[str, str, str], None]

    def submit_assignment(self, course_id: str, assignment_id: str) -> Answer:
        """Submit; say what was sent besides, or why nothing was."""

        def told(step: Any) -> str:
            beside = ", ".join(getattr(step, "beside", ()))
            also = f" Sent, too, and not what the assignment asks for: {beside}." if beside else ""
            return f"Submitted: {assignment_id}.{also}"

        return self._done("Submit", course_id, assignment_id, told)

    def fetch_assignment(self, course_id: str, assignment_id: str) -> Answer:
        """Fetch an assignment, or say why it cannot be fetched."""
        return self._done(
            "FetchAssignment", course_id, assignment_id, lambda _: f"Fetched: {assignment_id}."
        )

    def fetch_feedback(self, course_id: str, assignment_id: str) -> Answer:
        """Fetch feedback; say of how many attempts there is some."""

        def told(step: Any) -> str:
            here = len({time for _, time, _ in step.feedback_files})
            sent = len(list(Path(step.cache_path).glob(f"*+{assignment_id}+*")))
            if not here:
                return f"There is no feedback on {assignment_id} yet. Fetch it again later."
            if here < sent:
                return f"Feedback on {here} of {sent} attempts is here. The others have none yet."
            return f"Feedback on {assignment_id} is here: press '(view feedback)'."

        return self._done("FetchFeedback", course_id, assignment_id, told)

    def _done(
        self,
        kind: str,
        course_id: str,
        assignment_id: str,
        told: Callable[[Any], str],
    ) -> Answer:
        submits = kind == "Submit"
        # Nothing may be raised inside of this block: it would not go back to the folder before.
        with self.get_assignment_dir_config():
            try:
                step = self._step(kind, course_id, assignment_id)
                step.start()
                self.say(told(step), "info", assignment_id if submits else "")
                return {"success": True}
            except ExchangeError as error:
                reason = str(error)
            except Exception as error:
                self.log.exception("%s of %s failed.", kind, assignment_id)
                what = f"{type(error).__name__}: {error}"
                reason = f"It failed ({what}). Show this to your instructor."
        if not submits:  # of that step nbgrader shows the answer in a dialog, and of no other
            self.say(reason, "error", "")
        lines = (textwrap.fill(line, _WIDTH) for line in reason.splitlines())
        return {"success": False, "value": "\n".join(lines)}

    def _step(self, kind: str, course_id: str, assignment_id: str) -> Any:
        config = self.load_config()
        config.CourseDirectory.update(course_id=course_id, assignment_id=assignment_id)
        return getattr(ExchangeFactory(config=config), kind)(
            coursedir=CourseDirectory(config=config),
            authenticator=Authenticator(config=config),
            config=config,
        )
