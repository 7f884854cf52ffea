"""A row of a preview names the tests that move a score, and why where that is known."""

import pytest
from nbformat.v4 import new_notebook
from support.mixed import marked

from nbjudge.classrun.change import Standing, between
from nbjudge.classrun.preview import to_text
from nbjudge.judge.decided import Failure
from nbjudge.judge.job import JobResult
from nbjudge.judge.judged import Judged, Unproven
from nbjudge.judge.unproven import left_to_a_person
from nbjudge.notebook.test_cell import TestCell
from nbjudge.verdict import Verdict

COUNTED = "### COUNT ASSERTS\nassert mean([1, 3]) == 2\nassert mean([]) == 0"


def previewed(before, after, source="assert stack()", failure=None, left=False, was_left=False):
    """Return what is shown of one student whose tests, mean and stack, have these scores."""
    cells = [
        marked("mean", source, grade=True, locked=True, points=4),
        marked("stack", "assert stack()", grade=True, locked=True, points=3),
    ]
    notebook = new_notebook(cells=cells)
    failures = {cells[0].id: failure} if failure else {}
    amiss = Unproven("stack", "it is old.")
    (card,) = left_to_a_person(amiss, TestCell.of(cells[1], notebook), 0, True).cards
    cards = {cells[1].id: card} if left else {}
    judged = Judged(notebook, cards=cards, failures=failures, unproven={cells[1].id: amiss})
    standings = [
        Standing(sum(filter(None, scores)), cards, names(scores), waits=False, known=True)
        for scores, cards in (
            (before, {"stack": card} if was_left else {}),
            (after, {"stack": card} if left else {}),
        )
    ]
    change = between(JobResult("ada", {"n.ipynb": judged}), *standings)
    return to_text({"week1": [change]}, same=0, width=80)


def names(scores):
    return dict(zip(("mean", "stack"), scores, strict=True))


def test_a_test_whose_checks_are_counted_says_so():
    text = previewed((0, 3), (2, 3), COUNTED)
    assert "mean: 0 to 2, its checks are counted" in text
    assert "stack" not in text
    assert text.rstrip().endswith("1 up; 0 as they are. Nothing was written.")


def test_what_a_test_raised_is_told():
    said = Failure(Verdict.RAISED, "ValueError", "hidden", said="the message is too long")
    text = previewed((4, 3), (0, 3), failure=said)
    assert "mean: 4 to 0, ValueError: the message is too long" in " ".join(text.split())
    assert "1 down; 0 as they are." in text


def test_a_test_that_is_left_to_a_person_is_named_as_that():
    text = previewed((0, 3), (2, None), COUNTED, left=True)
    assert "mean: 0 to 2, its checks are counted; waits for a person: stack" in " ".join(
        text.split()
    )
    assert "stack: 3" not in text
    assert "ada: stack: left to a person. It is old. 'nbjudge build' says" in text
    assert "1 down; 0 as they are, 1 with a test left to a person. Nothing" in " ".join(
        text.split()
    )


def test_what_no_longer_waits_for_a_person_is_named_too():
    text = previewed((0, None), (0, 3), was_left=True)
    assert "stack: - to 3" in text
    assert "person" not in text


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ((4, 3), "No score would change; 1 as they are."),
        ((3, 4), "1 with the same score by other criteria or tests; 0 as they are."),
    ],
    ids=["same", "other_tests"],
)
def test_equal_scores_are_counted_and_not_listed(after, told):
    text = previewed((4, 3), after)
    assert " ".join(text.split()) == f"{told} Nothing was written."
