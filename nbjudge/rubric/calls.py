"""Try what a student defined: many calls at once, and what each of them did.

    q, k, v = (torch.randn(2, 7, 5, generator=random) for _ in range(3))
    plain, masked = call_all([Call(attend, (q, k, v)), Call(attend, (q, k, v, mask))])
    output, weights = plain.value()             # raises what the call raised

Gradients, along one direction for each tensor of the result:

    (outcome,) = call_all([Call(attend, (q.requires_grad_(), k, v), directions=(d1, d2))])
    outcome.gradients[0]                        # of q: has the shape of q

Arguments are copied, so a call cannot change the tensors of a criterion. Where a call raises, the
other calls are made all the same. Where student code runs in another process, all calls travel
there in one message, so that a criterion can afford many.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from nbjudge.boundary.invoke import as_tuple, gradients, invoke, leaves_of
from nbjudge.rubric.stand_ins import StandIn


@dataclass(frozen=True)
class Call:
    """A call of `function` on copies of `args`, which hold tensors of any shape, and plain values.

    `directions` asks for gradients: it holds one tensor for each tensor of the result, of the same
    shape (nothing is broadcast). Given is the gradient of the sum of result · direction with
    respect to each argument and parameter with `requires_grad`.

    `watched` asks which global settings and random numbers the call changed. Without `grad` the
    call is made under `torch.no_grad()`.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    directions: tuple[Tensor, ...] | None = None
    watched: bool = False
    grad: bool = True


@dataclass(frozen=True)
class Outcome:
    """What one call did.

        result      what it returned; an iterable other than a list, dict or array is a tuple
        error       what it raised, else None
        changed     positions of the tensors in `args` that it wrote into, from 0
        disturbed   names of global settings and random numbers that a watched call changed; "the
                    seed of ..." those numbers that it seeded, too
        gradients   by the position of a tensor in `args`, or the name of a parameter: a tensor of
                    its shape, or None where the result does not depend on it

    Of a student process, all of it is what that process says of itself.
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
    """A callable whose code runs in another process, and which makes many calls at once.

    The base class of the proxies (`nbjudge.proxy`), so that `call_all` knows them and this module
    need not import them.
    """

    @abstractmethod
    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make all calls, in order; all must be of the same process."""

    @abstractmethod
    def standing_in(self, stand_ins: Mapping[str, StandIn]) -> AbstractContextManager[None]:
        """Let stand-ins take places over there; see `nbjudge.rubric.parts`."""

    @abstractmethod
    def is_of(self, defined: Any) -> bool:
        """Say whether its class over there is the one that the notebook defined; see there."""


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
    """Make one call in this process."""
    try:
        done = invoke(call.function, call.args, {}, call.grad, call.watched)
        result = done["result"]
        # An object of a class stays as it is, even if it can be iterated.
        if not isinstance(call.function, type):
            result = as_tuple(result)
        found: dict[Any, Tensor | None] = {}
        if call.directions is not None:
            leaves = leaves_of(call.function, done["inputs"])
            found = gradients(result, list(call.directions), leaves)
    except (Exception, SystemExit) as error:
        return Outcome(error=error if isinstance(error, Exception) else RuntimeError(repr(error)))
    return Outcome(result, None, tuple(done["changed"]), tuple(done["disturbed"]), found)
