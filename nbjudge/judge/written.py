"""The result of a test, written behind the outputs of its cell, where nbgrader reads the score."""

import math
from dataclasses import replace

from nbformat import NotebookNode

from nbjudge.judge.decided import Decided, Failure
from nbjudge.judge.judged import Judged
from nbjudge.notebook.counted import checks
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.sanitize import outputs
from nbjudge.sanitize.text import strip_control
from nbjudge.verdict import Verdict


def write(
    judged: Judged, submission: Submission, cell: NotebookNode, test: TestCell, decided: Decided
) -> None:
    """Write the result of a test into its cell, and into what is known of the notebook.

    The last output is the score: one `execute_result` with a plain float. nbgrader gives full
    points to a cell without a result, and to a result that is not a number.
    """
    for card in decided.cards:
        card = replace(card, submission=submission.digest)
        if card.verdict is not Verdict.FAULT and _is_untouched(submission, test):
            card = replace(card, verdict=Verdict.NOT_BEGUN)
        judged.cards[cell.id] = card
        shown = outputs.new_output("display_data", data=dict(card._repr_mimebundle_()))
        cell.outputs.append(shown)
    judged.scores[cell.id] = 0.0
    if decided.failure is not None:
        judged.verdicts[cell.id] = decided.failure.verdict
        judged.failures[cell.id] = decided.failure
        if decided.value is None:
            kind = strip_control(decided.failure.kind)
            cell.outputs.append(outputs.error(kind, decided.failure.text))
            return
        cell.outputs.append(outputs.unmet(_counted(decided.value, test, decided.failure)))
    judged.scores[cell.id] = score = _score(decided, test)
    result = outputs.new_output("execute_result", data={"text/plain": str(score)})
    result.execution_count = cell.execution_count
    cell.outputs.append(result)


def _score(decided: Decided, test: TestCell) -> float:
    # A test without a value and without an error passes, as in nbgrader. NaN would be a result
    # that is no number, hence full points; more than the points would fail the submission.
    earned = test.points if decided.value is None else decided.value
    # A whole number may be too large for a float.
    nothing = isinstance(earned, float) and math.isnan(earned)
    return 0.0 if nothing else float(min(max(earned, 0), test.points))


def _counted(value: float, test: TestCell, failure: Failure) -> str:
    """Return how many checks of a test are met, and what is said of the first that is not."""
    every = checks(test.source)
    met = round(value / test.points * every) if test.points else 0
    return f"{met} of {every} checks are met. The first that is not: {failure.text}"


def _is_untouched(submission: Submission, test: TestCell) -> bool:
    """Whether the solution cell that a test marks is as it was handed out."""
    found = (cell for cell in submission.notebook.cells if cell.id == test.solution)
    return any(cell.source.strip() == test.placeholder for cell in found)
