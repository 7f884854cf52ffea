"""Who needs help, and why: one list a reason, so that a student may stand in several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbjudge.insight.work import ClassWork, StudentWork
from nbjudge.verdict import Verdict

_FAR_BELOW = 0.3  # of what an assignment gives, against the mean of the other ones
_STUCK_AFTER = 3  # judged attempts since the best one
_LIMITS = "a limit of time, memory, files or threads"


@dataclass(frozen=True)
class Need:
    """A reason to look at students, what it means, and who they are."""

    reason: str
    meaning: str
    students: tuple[StudentWork, ...]


def in_need(work: ClassWork) -> list[Need]:
    """Return the reasons that hold for someone, the most pressing first."""
    reasons: Sequence[tuple[str, str, Callable[[StudentWork], bool]]] = [
        ("Not graded", "Something was submitted that cannot be graded as it is.", _not_graded),
        ("Not submitted", _not_submitted(work), lambda one: not one.submitted),
        ("Not begun", "Submitted, and no exercise was begun.", _not_begun),
        ("Stopped", f"Code crashed, or went over {_LIMITS}.", _stopped),
        (
            "Stuck",
            f"The last {_STUCK_AFTER} attempts or more were no better than an earlier one.",
            lambda one: _stuck(one, work.most),
        ),
        (
            "Far below their other work",
            f"At least {_FAR_BELOW:.0%} below the mean of their other assignments.",
            lambda one: _far_below(one, work.most),
        ),
    ]
    found = [
        Need(reason, meaning, tuple(one for one in work.students if holds(one)))
        for reason, meaning, holds in reasons
    ]
    return [one for one in found if one.students]


def _not_submitted(work: ClassWork) -> str:
    still = " The due date is still to come." if work.due and work.due > work.read else ""
    return f"In the gradebook, without a submission.{still}"


def _not_graded(one: StudentWork) -> bool:
    return one.submitted and (one.total is None or not one.verdict.graded)


def _not_begun(one: StudentWork) -> bool:
    verdicts = [each.verdict for each in one.exercises if each.marks]
    return bool(verdicts) and all(each is Verdict.NOT_BEGUN for each in verdicts)


def _stopped(one: StudentWork) -> bool:
    # A cell that was stopped before it defined anything leaves exercises "not defined".
    return "stopped" in one.flags or any(each.verdict.stopped for each in one.exercises)


def _stuck(one: StudentWork, most: float) -> bool:
    scores = [each.score for each in one.attempts if each.graded]
    if not scores or max(scores) >= most:
        return False
    return len(scores) - 1 - scores.index(max(scores)) >= _STUCK_AFTER


def _far_below(one: StudentWork, most: float) -> bool:
    if one.total is None or not one.elsewhere or not most:
        return False
    return sum(one.elsewhere) / len(one.elsewhere) - one.total / most >= _FAR_BELOW
