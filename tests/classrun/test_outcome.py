"""What is remembered of a submission never contradicts what the gradebook's rows say now."""

from datetime import UTC, datetime

import pytest

from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.classrun.summary import sentence
from nbjudge.nbgrader_ext.recorded import CellGrade, Recorded
from nbjudge.verdict import Verdict

DUE = datetime(2026, 3, 1, tzinfo=UTC)


def rows(waits, came=DUE):
    grade = CellGrade("n", "c", 2.0, None if waits else 2.0, None, None, waits)
    return Recorded("id", came, DUE, grades=[grade])


@pytest.mark.parametrize(
    ("now", "flags"),
    [
        (rows(waits=True), ["needs manual grade", "mended"]),
        (rows(waits=False), ["mended"]),  # a person has graded since
        (rows(waits=False, came=DUE.replace(day=2)), ["late", "mended"]),
    ],
)
def test_a_flag_of_the_rows_is_said_once_and_only_while_it_holds(now, flags):
    before = SubmissionOutcome("ada", Verdict.GRADED, flags=["mended"])._with(rows(waits=True))
    assert before.flags == ["needs manual grade", "mended"]
    assert SubmissionOutcome.remembered("ada", before.to_json(), now).flags == flags


def test_what_could_not_be_graded_is_not_graded_also_when_nothing_changed():
    before = SubmissionOutcome("ada", Verdict.REFUSED, reason="No notebook.")
    again = SubmissionOutcome.remembered("ada", before.to_json(), rows(waits=True))
    assert (again.status, again.reason) == ("not graded", "No notebook.")
    assert sentence([again], 2.0) == ("1 submission in 2 s: 0 graded, 0 unchanged, 1 not graded.")


@pytest.mark.parametrize(
    ("verdict", "score", "lacks"),
    [
        (Verdict.FAULT, None, "with a test left to a person"),
        (Verdict.FAULT, 1.0, ""),  # a person has graded it
        (Verdict.MET, 1.0, ""),
    ],
    ids=["left", "by_hand", "passed"],
)
def test_not_graded_is_a_submission_without_a_score_and_nothing_else(verdict, score, lacks):
    scores = {} if score is None else {"stack": score}
    one = SubmissionOutcome("ada", Verdict.GRADED, scores, verdicts={"stack": verdict})
    assert one.lacks == lacks
    left = f", 1 {lacks}" if lacks else ""
    assert sentence([one], 2.0) == (
        f"1 submission in 2 s: 1 graded, 0 unchanged, 0 not graded{left}, 0.5 a second."
    )
