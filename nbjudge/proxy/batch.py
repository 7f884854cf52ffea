"""Many calls of student code in one question; see `nbjudge.rubric.calls`.

Each message costs a millisecond whatever it holds, and a criterion makes ten calls and more. So all
of them travel in one question (CALL_ALL), and so do the gradients that they ask for: those are
computed with the call, and no graph is kept for a later BACKWARD.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.wire import mapping
from nbjudge.rubric.calls import Call, Outcome

_MOST_NAMES = 8


def call_all(objects: Any, calls: Sequence[Call]) -> list[Outcome]:
    """Make all calls in the student process of `objects`, in order.

    Raises `WireError` where the answer has the wrong form. What one call raised is in its outcome.
    """
    proxies: list[Any] = [call.function for call in calls]
    answers = objects.ask(messages.CALL_ALL, calls=list(_requests(calls)))
    if not isinstance(answers, list) or len(answers) != len(calls):
        raise WireError("The answers are not as many as the calls.")
    return [
        _outcome(objects, proxy, mapping(one)) for proxy, one in zip(proxies, answers, strict=True)
    ]


def _requests(calls: Sequence[Call]) -> Iterator[dict[str, Any]]:
    """Yield the `messages.CallRequest` of each call.

    A state that the student process does not have yet travels with the first call of its module.
    """
    known: dict[int, dict[str, Any]] = {}
    for call in calls:
        function: Any = call.function
        first = id(function) not in known
        request = known.setdefault(id(function), function.request() if first else {})
        if not first:
            request = {**request, "state": None}
        yield {
            **request,
            "args": call.args,
            "directions": call.directions,
            "watched": call.watched,
            "grad": call.grad,
        }


def _outcome(objects: Any, proxy: Any, answer: dict[Any, Any]) -> Outcome:
    """Return the outcome that an answer describes; what has no sound form is left out."""
    if "raised" in answer:
        return Outcome(error=objects.raised(answer["raised"]))
    result = proxy.answered(answer)
    found = mapping(answer.get("gradients", {}))
    disturbed = answer.get("disturbed")
    return Outcome(
        result,
        changed=tuple(index for index in mapping(answer.get("changed")) if type(index) is int),
        disturbed=tuple(map(str, disturbed[:_MOST_NAMES])) if isinstance(disturbed, list) else (),
        gradients={name: gradient for name, gradient in found.items() if _is_gradient(gradient)},
    )


def _is_gradient(value: Any) -> bool:
    return value is None or isinstance(value, Tensor)
