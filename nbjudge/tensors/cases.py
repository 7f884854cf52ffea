"""One call of student code, and what a formula in float64 says of it.

    def scaled(parameters, x):
        return x * parameters["weight"]

    formula = Formula(scaled, results=("the output",), arguments=("x",))
    case = Case(module, (x,), formula, {"weight": weight})
    ((_, (output,)),) = ask([case])
    expect.close(output, case.expected[0], "the output", "Multiply by weight.")

A result may be a list of tensors, as one map for each layer of a network. All that is compared is a
flat tuple of tensors; `Case.names` are their names in the student's words.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary.trees import replaced, tensors
from nbjudge.rubric import Call, NotMet, Outcome, call_all, expect
from nbjudge.tensors.formulas import Compute, Formula, Stored

Tensors = tuple[Tensor, ...]
TOLERANCE = 1e-3  # of float32 results, absolute or as a share of the largest value


@dataclass(frozen=True, eq=False)
class Case:
    """A call of the student's `function` on `args`: float32 tensors, masks, and plain values.

    `stored` holds the parameters that were loaded into the student's module, by name. `others` are
    further formulas that are as right, for an exercise that leaves a choice. `only` are the numbers
    of the results that are looked at, all if it is None.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    formula: Formula
    stored: Stored = field(default_factory=dict)
    others: tuple[Compute, ...] = ()
    only: tuple[int, ...] | None = None

    def of(self, *only: int) -> "Case":
        """Return the same call, of which only the results with these numbers are looked at."""
        return replace(self, only=only)

    def given(self, *args: Any) -> "Case":
        """Return a call of the same function with other arguments."""
        return replace(self, args=args)

    def call(self, **how: Any) -> Call:
        """Return the call to make; `how` holds further fields of `Call`."""
        return Call(self.function, self.args, **how)

    def moved(self, device: torch.device, dtype: torch.dtype) -> "Case":
        """Return the case with its tensors on another device, and but for masks in another dtype.

        The student's module is the author's to move.
        """
        return self.given(*self._moved(device, dtype))

    @cached_property
    def expected(self) -> Tensors:
        """What the formula gives, in float64, as a flat tuple."""
        return self._flat(self._parts)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tensors of the flat tuple."""
        return tuple(name for name, _ in self._named_parts())

    def exact_args(self) -> tuple[Any, ...]:
        """Return the arguments with all real tensors in float64, but for masks."""
        return self._moved(torch.device("cpu"), torch.float64)

    @property
    def named_args(self) -> dict[str, Tensor]:
        """The tensors of the arguments, each once, by name: in the order of `Outcome`'s numbers."""
        found = dict[int, str]()
        for name, arg in zip(self.formula.arguments, self.args, strict=False):
            if isinstance(arg, Tensor):
                found.setdefault(id(arg), name)
        return dict(zip(found.values(), tensors(self.args), strict=True))

    def is_real(self, name: str) -> bool:
        """Return whether an argument holds real numbers, and is no mask."""
        return name not in self.formula.masks and self.named_args[name].is_floating_point()

    def exact_stored(self) -> Stored:
        """Return the parameters in float64."""
        return {name: expect.exact(tensor) for name, tensor in self.stored.items()}

    def computed(self, args: tuple[Any, ...], stored: Stored) -> Tensors:
        """Return what the formula gives for other arguments and parameters, as a flat tuple.

        Differentiable in both, and zero where the student is free.
        """
        return self._flat(self._computed(args, stored))

    def look(self, outcome: Outcome) -> Tensors:
        """Return the tensors that the call gave, zero where the student is free.

        Raises what the call raised, and `NotMet` unless the results are as many, and of the shapes,
        that the formula gives.
        """
        return self.marked(self.raw(outcome))

    def raw(self, outcome: Outcome) -> Tensors:
        """Return what `look` does, with the values where the student is free."""
        value, names = outcome.value(), self.formula.results
        parts = [value] if len(names) == 1 else expect.parts(value, *names)
        flat = []
        for number in self._numbers:
            wanted = self._parts[number]
            if isinstance(wanted, Tensor):
                flat.append(expect.tensor(parts[number], names[number]))
            else:
                flat += expect.tensors(parts[number], len(wanted), names[number])
        for tensor, wanted, name in zip(flat, self.expected, self.names, strict=True):
            expect.shape(tensor, tuple(wanted.shape), name, self.sizes)
        return tuple(flat)

    def marked(self, found: Tensors) -> Tensors:
        """Return tensors of the flat tuple with zeros where the student is free."""
        return tuple(
            one if free is None else one.masked_fill(free.to(one.device), 0)
            for one, free in zip(found, self._free, strict=True)
        )

    def fitting(self, results: Tensors, tolerance: float = TOLERANCE) -> "Case | None":
        """Return the case with the first of its formulas that agrees with `results`, else None."""
        return next(self.all_fitting(results, tolerance), None)

    def all_fitting(self, results: Tensors, tolerance: float = TOLERANCE) -> Iterator["Case"]:
        """Yield the case with each of its formulas that agrees with `results`."""
        others = (
            replace(self, formula=replace(self.formula, compute=one), others=())
            for one in self.others
        )
        for one in itertools.chain((self,), others):  # another formula costs time, so at need
            if one.agrees(results, tolerance):
                yield one

    def agrees(self, results: Tensors, tolerance: float = TOLERANCE) -> bool:
        """Return whether `results` are as close to the formula as `expect.close` asks."""
        pairs = zip(results, self.expected, strict=True)
        return all(expect.is_close(one, wanted, tolerance) for one, wanted in pairs)

    @property
    def sizes(self) -> str:
        """The sizes of the arguments, in words."""
        said = [
            f"{name} of shape {tuple(arg.shape)}" if isinstance(arg, Tensor) else f"{name}={arg}"
            for name, arg in zip(self.formula.arguments, self.args, strict=False)
            if arg is not None
        ]
        return " and ".join(said)

    def _moved(self, device: torch.device, dtype: torch.dtype) -> tuple[Any, ...]:
        old = self.named_args
        new = [
            arg.detach().to(device, dtype if self.is_real(name) else arg.dtype)
            for name, arg in old.items()
        ]
        return replaced(self.args, list(old.values()), new)

    @property
    def _numbers(self) -> tuple[int, ...]:
        return self.only if self.only is not None else tuple(range(len(self.formula.results)))

    @cached_property
    def _parts(self) -> Sequence[Any]:
        with torch.no_grad():
            return self._computed(self.exact_args(), self.exact_stored())

    def _computed(self, args: tuple[Any, ...], stored: Stored) -> Sequence[Any]:
        found = self.formula.compute(stored, *args)
        return (found,) if len(self.formula.results) == 1 else found

    def _flat(self, parts: Sequence[Any]) -> Tensors:
        return self.marked(tuple(one for n in self._numbers for one in _listed(parts[n])))

    def _named_parts(self) -> list[tuple[str, int]]:
        found = []
        for number in self._numbers:
            name, part = self.formula.results[number], self._parts[number]
            single = isinstance(part, Tensor)
            listed = [name] if single else [f"{name}[{n}]" for n in range(len(part))]
            found += [(one, number) for one in listed]
        return found

    @cached_property
    def _free(self) -> list[Tensor | None]:
        if self.formula.free is None:
            return [None] * len(self._named_parts())
        free = self.formula.free(*self.args)
        return [free[number] for _, number in self._named_parts()]


Looked = tuple[Case, Tensors]


def ask(cases: Sequence[Case]) -> list[Looked]:
    """Make all calls in one message; return each case with the student's tensors.

    Raises what a call raised, and `NotMet` where its results are not as many, or of other shapes.
    """
    outcomes = call_all([case.call() for case in cases])
    return [(case, case.look(outcome)) for case, outcome in zip(cases, outcomes, strict=True)]


def readable(cases: Sequence[Case], *certain: int) -> list[Case]:
    """Return the cases; of the results `certain` alone, where the others have no right form.

    The first case is tried. For criteria that should not be lost by what another one asks for:
    gradients of the output, say, where the weights are no list. Raises what `call_all` raises.
    """
    (outcome,) = call_all([cases[0].call()])
    try:
        cases[0].raw(outcome)
    except NotMet:
        return [one.of(*certain) for one in cases]
    return list(cases)


def _listed(part: Any) -> list[Tensor]:
    return [part] if isinstance(part, Tensor) else list(part)
