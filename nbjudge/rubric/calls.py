"""Try what a student defined: many calls at once, and what each of them did.

    first, second = call_all([Call(attend, (q, k, v)), Call(attend, (q, k, v, mask))])
    output, weights = first.value()

One call that raises leaves the others standing. Where the code runs in another process, all calls
travel there in one message, so that a criterion can afford many.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from nbjudge.boundary.invoke import as_tuple, gradients, invoke, leaves_of


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


class Elsewhere(ABC):
    """A callable of a student whose code runs in another process: it makes many calls at once."""

    @abstractmethod
    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make all calls there, in order; all are of the same process."""


def call_all(calls: Sequence[Call]) -> list[Outcome]:
    """Make the calls in order, all of functions, classes or objects of one student.

    What one of them raises is in its `Outcome`. Raises `NotMet` where a limit ends the process.
    """
    if not calls:
        return []
    first = calls[0].function
    if isinstance(first, Elsewhere):
        return first.call_all(calls)
    return [_made(call) for call in calls]


def _made(call: Call) -> Outcome:
    try:
        done = invoke(call.function, call.args, {}, call.grad, call.watched)
        result = done["result"]
        if not isinstance(call.function, type):
            result = as_tuple(result)
        found: dict[Any, Tensor | None] = {}
        if call.directions is not None:
            leaves = leaves_of(call.function, done["inputs"])
            found = gradients(result, list(call.directions), leaves)
    except (Exception, SystemExit) as error:
        return Outcome(error=error if isinstance(error, Exception) else RuntimeError(repr(error)))
    return Outcome(result, None, tuple(done["changed"]), tuple(done["disturbed"]), found)
