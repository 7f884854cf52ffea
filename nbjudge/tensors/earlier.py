"""Parts of a module that the student wrote in an earlier exercise, whose mistakes count there.

    class Blocks:                      # what a rubric prepares
        at_fault                       the parts whose exercise has not full marks
        stood_in()                     a context with such Blocks, right parts in their place

    @rubric.criterion("The output is that of a block", points=9)
    @earlier.fairly
    def output(blocks, random): ...

A student's block that uses a wrong norm of an earlier exercise gives wrong numbers. So a block is
right, too, that agrees with the formula when that calls its own norm (`called`). Where that is not
enough, the check is tried once more with right parts in the place of those at fault (`fairly`).
"""

import functools
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from nbjudge.rubric import Rubric


class Prepared(Protocol):
    """What a rubric prepares for its criteria, where an exercise uses earlier ones."""

    @property
    def at_fault(self) -> Collection[str]:
        """The parts whose exercise has not full marks."""

    def stood_in(self) -> AbstractContextManager["Prepared"]:
        """Return a context with the same, and right parts in the place of those at fault."""


Check = Callable[[Any, torch.Generator], None]


def fairly(check: Check, unless: type[Exception] | tuple[()] = ()) -> Check:
    """Return a check that is tried once more with right parts, where an earlier one is at fault.

    It is not where the first try raises an exception of the type `unless`. Raises what the first
    try raised, unless the second one passes.
    """

    @functools.wraps(check)
    def checked(subject: Prepared, random: torch.Generator) -> None:
        state = random.get_state()
        try:
            check(subject, random)
        except Exception as error:
            if isinstance(error, unless) or not subject.at_fault:
                raise
            try:
                with subject.stood_in() as again:
                    check(again, random.set_state(state))
            except Exception:
                raise error from None

    return checked


def has_full_marks(
    rubric: Rubric, defined: Any, seed: int, beside: Mapping[str, Any] | None = None
) -> bool:
    """Return whether what a student defined for an earlier exercise is right.

    `beside` holds what that exercise's rubric needs of others, by name. Raises what `Rubric.mark`
    raises.
    """
    marks, _ = rubric.mark(defined, seed, beside)
    return all(mark.met for mark in marks)


def called(module: nn.Module, path: str) -> Callable[..., Any]:
    """Return a function that calls the part at `path`, for a formula in float64.

    The part gets its first argument in the dtype that the module has when it is called.
    The function raises what the part raises.
    """

    def call(x: Tensor, *args: Any) -> Any:
        dtype = next(module.parameters()).dtype
        found = module.get_submodule(path)(x.to(dtype), *args)
        return found.double() if isinstance(found, Tensor) else [one.double() for one in found]

    return call


def part_of(stored: Mapping[str, Tensor], path: str) -> dict[str, Tensor]:
    """Return the parameters of the part at `path`, by their names in it; raises nothing."""
    start = f"{path}."
    return {name.removeprefix(start): one for name, one in stored.items() if name.startswith(start)}
