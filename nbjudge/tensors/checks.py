"""Right values: what a student's calls give is what the formula gives."""

from collections.abc import Sequence

from torch import Tensor

from nbjudge.rubric import NotMet, expect
from nbjudge.tensors.cases import TOLERANCE, Case, Tensors, ask


def values(cases: Sequence[Case], hint: str, tolerance: float = TOLERANCE) -> None:
    """Compare results with the formula; the first case comes once more at the end.

    Raises `NotMet` with `hint` at the end of the sentence.
    """
    for case, results in ask([*cases, *cases[:1]]):
        compare(case, results, hint, tolerance)


def compare(case: Case, results: Tensors, hint: str, tolerance: float = TOLERANCE) -> None:
    """Raise `NotMet` unless `results` agree with one of the formulas of the case."""
    if case.fitting(results, tolerance) is None:
        for result, wanted, name in zip(results, case.expected, case.names, strict=True):
            expect.close(result, wanted, name, hint, tolerance)


def varied(tensor: Tensor, what: str) -> None:
    """Raise `NotMet` where all rows (..., width) are the same: they do not follow the inputs."""
    rows = expect.exact(tensor).flatten(0, -2)
    if len(rows) > 1 and rows.numel() and expect.is_close(rows, rows[:1].expand_as(rows)):
        raise NotMet(f"All rows of {what} are the same; they should follow the inputs.")
