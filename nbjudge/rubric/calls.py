"""Try what a student defined: many calls at once, and what each of them did.

    first, second = call_all([Call(attend, (q, k, v)), Call(attend, (q, k, v, mask))])
    output, weights = first.value()

One call that raises leaves the others standing. Where the code runs in another process, all calls
travel there in one message, so that a criterion can afford many.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from nbjudge.boundary import invoke


@dataclass(frozen=True)
class Call:
    """A call of `function` on copies of `args`.

    `directions`, one tensor for each tensor of the result, asks for the gradients of the sum of
    result · direction with respect to all arguments and parameters that require one. `watched` asks
    what the call changed of what is global. Without `grad` the call is made under `no_grad`.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    directions: tuple[Tensor, ...] | None = None
    watched: bool = False
    grad: bool = True


@dataclass(frozen=True)
class Outcome:
    """What one call did.

    `changed` holds the positions of the arguments that it wrote into, `disturbed` names what a
    watched call changed of torch, NumPy or random. `gradients` maps the position of an argument, or
    the name of a parameter, to its gradient, None where it was not used.
    """

    result: Any = None
    error: Exception | None = None
    changed: tuple[int, ...] = ()
    disturbed: tuple[str, ...] = ()
    gradients: Mapping[Any, Tensor | None] = field(default_factory=dict)

    def value(self) -> Any:
        """Return the result; raise what the call raised."""
        if self.error is not None:
            raise self.error
        return self.result


def call_all(calls: Sequence[Call]) -> list[Outcome]:
    """Make the calls in order, all of functions, classes or objects of one student."""
    if not calls:
        return []
    elsewhere = getattr(type(calls[0].function), "call_all", None)
    return elsewhere(calls) if elsewhere else [_here(call) for call in calls]


def _here(call: Call) -> Outcome:
    try:
        answer = invoke.attempt(call.function, call.args, {}, call.grad, call.watched)
        result = answer["result"]
        if not isinstance(call.function, type):
            result = invoke.plain(result)
        found: dict[Any, Tensor | None] = {}
        if call.directions is not None:
            leaves = invoke.leaves_of(call.function, answer["inputs"])
            found = invoke.gradients(result, list(call.directions), leaves)
    except (Exception, SystemExit) as error:
        return Outcome(error=error if isinstance(error, Exception) else RuntimeError(repr(error)))
    return Outcome(result, None, tuple(answer["changed"]), tuple(answer["disturbed"]), found)
