"""Name what a wrong solution is an instance of, by its behaviour.

A misconception is a wrong implementation with a sentence for the student. A submission that gives
the same results on the hidden inputs is told that sentence. Nothing is said when none gives them,
when several do, or when the right implementation gives them too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from nbjudge.trial import Call, call_all
from nbjudge.wire import tensors

_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Misconception:
    """A wrong implementation, the sentence that explains it, the criterion that it loses."""

    name: str
    sentence: str
    loses: Callable[..., Any]
    solution: Any


def diagnose(
    behaviour: Callable[[Any], list[Call]],
    solution: Any,
    reference: Any,
    known: Sequence[Misconception],
) -> Misconception | None:
    """Return the one misconception whose results are those of `solution`, if there is one."""
    results = _results(behaviour, solution)
    if not any(results) or _alike(results, _results(behaviour, reference)):
        return None
    found = [one for one in known if _alike(results, _results(behaviour, one.solution))]
    return found[0] if len(found) == 1 else None


def _results(behaviour: Callable[[Any], list[Call]], solution: Any) -> list[list[Tensor]]:
    """Return the tensors of each call's result, none where it raised."""
    try:
        outcomes = call_all(behaviour(solution))
    except Exception:  # student code; what it raised is said by the criteria
        return []
    return [[] if outcome.error else tensors(outcome.result) for outcome in outcomes]


def _alike(first: list[list[Tensor]], second: list[list[Tensor]]) -> bool:
    if [len(one) for one in first] != [len(one) for one in second]:
        return False
    pairs = zip(first, second, strict=True)
    return all(_close(a, b) for one, two in pairs for a, b in zip(one, two, strict=True))


def _close(first: Tensor, second: Tensor) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    one, two = (tensor.detach().double().cpu() for tensor in (first, second))
    return torch.allclose(one, two, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
