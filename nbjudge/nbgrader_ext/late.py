"""What lateness takes off, by the rule of the course, `c.FeedbackOnSubmit.after_deadline`.

    "counts"     like any other, whatever nbgrader's plugin would take off
    "penalty"    less what nbgrader's LateSubmissionPlugin takes off; that is nothing, unless
                 `c.LateSubmissionPlugin` or `c.AssignLatePenalties` says otherwise
    "shown"      it is marked and shown, and never the grade: all its points are taken off

The rule decides in nbgrader's own place, `submitted_notebook.late_submission_penalty`. So the
formgrader, an export and a page agree, whoever graded.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.plugins import BasePlugin, LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties

from nbjudge.nbgrader_ext.extensions import DueDates, due_dates, write_to_submissions
from nbjudge.nbgrader_ext.options import FeedbackOptions

# The plugin that does what a rule says; for "penalty" it is the course's.
_ALWAYS = {"counts": "none", "shown": "zero"}


def plugin(options: FeedbackOptions, step: AssignLatePenalties | None = None) -> BasePlugin:
    """Return nbgrader's plugin that says what is taken off; `step` is the one that asks it."""
    if method := _ALWAYS.get(options.after_deadline):
        return LateSubmissionPlugin(penalty_method=method)
    step = step or AssignLatePenalties(config=options.config)
    return step.plugin_class(parent=step)


def penalty(takes: BasePlugin, student: str, score: float, late: timedelta) -> float | None:
    """Return what a notebook with this score loses, as nbgrader's step `AssignLatePenalties` does.

    That is between 0 and the score, and 0 where it is not late. None where a plugin of the course's
    own fails: nbgrader's step says so when it grades.
    """
    if late <= timedelta(0):
        return 0.0
    try:
        given = takes.late_submission_penalty(student, score, late.total_seconds())
        return min(max(float(given or 0), 0.0), score)
    except Exception:
        return None


def settle(
    book: Gradebook,
    assignment: str,
    options: FeedbackOptions,
    students: Sequence[str] = (),
    taken_back: bool = False,
) -> None:
    """Let the late penalties in the gradebook follow due date, extensions and rule as they are now.

    `students` are names; without any, those of all submissions. With `taken_back` nbgrader's column
    keeps no extension that our table lacks. Nothing is judged for it. Does not commit.
    """
    submissions = write_to_submissions(book, assignment, students, taken_back)
    due = due_dates(book, assignment)
    for submission in submissions:
        _settle(submission, due, options)


def _settle(submission: SubmittedAssignment, due: DueDates, options: FeedbackOptions) -> None:
    came = submission.timestamp
    late = due.late(submission.student_id, came.replace(tzinfo=UTC)) if came else timedelta(0)
    if not late and not submission.late_submission_penalty:
        return
    takes = plugin(options)
    for notebook in submission.notebooks:
        lost = penalty(takes, submission.student_id, notebook.score, late)
        if lost is not None and lost != (notebook.late_submission_penalty or 0.0):
            notebook.late_submission_penalty = lost or None
