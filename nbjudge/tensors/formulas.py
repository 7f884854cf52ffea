"""How results follow from parameters and arguments, as a formula in float64."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from nbjudge.boundary.trees import replaced, tensors

Stored = Mapping[str, Tensor]
Compute = Callable[..., Any]


@dataclass(frozen=True)
class Formula:
    """How the results of a function or of a module follow from its parameters and arguments.

    compute     compute(parameters, *args), all in float64: a tensor, or a tuple with a tensor
                or a list of tensors for each result
    results     names of the results, in the exercise's words
    arguments   names of the arguments
    masks       those of the arguments that keep their dtype when the others change theirs, and
                that have no gradient
    free        free(*args): for each result a bool tensor that says what the student may choose
                there, broadcast against the result, or None
    """

    compute: Compute
    results: tuple[str, ...]
    arguments: tuple[str, ...]
    masks: tuple[str, ...] = ()
    free: Callable[..., Sequence[Tensor | None]] | None = None

    def native(self, parameters: Stored, *args: Any) -> Any:
        """Return the results in the dtype and on the device of the first argument.

        So does right student code, and so does a reference. Computed in float64, and differentiable
        in arguments and parameters. All tensors but masks are real.
        """
        exact = [
            one.double() if isinstance(one, Tensor) and name not in self.masks else one
            for name, one in zip(self.arguments, args, strict=False)
        ]
        stored = {name: one.double() for name, one in parameters.items()}
        results = self.compute(stored, *exact)
        found = tensors(results)
        return replaced(results, found, [one.to(args[0]) for one in found])
