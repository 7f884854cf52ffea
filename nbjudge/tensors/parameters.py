"""The modules of a student's class, made once and loaded with parameters of ours.

    modules = Modules(make, {"wide": (5, 7)}, lambda n, m: {"weight": (m, n)}, random)
    module, stored = modules.loaded("wide")

Results are compared with a formula of parameters that the rubric chose, and that are written in
place. What a module says of its own parameters is not believed: student code could say anything.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.rubric import Call, NotMet, call_all, expect
from nbjudge.tensors import inputs
from nbjudge.tensors.cases import Case
from nbjudge.tensors.formulas import Formula

Shapes = Mapping[str, tuple[int, ...]]
Draw = Callable[[torch.Generator, str, tuple[int, ...]], Tensor]


def drawn(random: torch.Generator, name: str, shape: tuple[int, ...]) -> Tensor:
    """Return values for a parameter: a product with a matrix has the variance of its input."""
    values = inputs.normal(random, *shape)
    return values / shape[-1] ** 0.5 if len(shape) > 1 else values


class Modules:
    """A student's modules, made in one message: one for each of `sizes`.

        make     the student's class
        sizes    by a name of the author's choice, the arguments that make a module
        shapes   shapes(*arguments): the shape of each parameter, by its name in the module
        draw     draw(random, name, shape): its values
        rename   rename(module, name): the name that a parameter has in this module
        partly   partly(module, name): whether a parameter is left out where it is missing, or of
                 another shape

    A module that cannot be made, or loaded, costs the criteria that use it, and no others.
    """

    def __init__(
        self,
        make: Callable[..., Any],
        sizes: Mapping[str, tuple[Any, ...]],
        shapes: Callable[..., Shapes],
        random: torch.Generator,
        draw: Draw = drawn,
        rename: Callable[[nn.Module, str], str] = lambda module, name: name,
        partly: Callable[[nn.Module, str], bool] = lambda module, name: False,
    ):
        self._rename, self._partly = rename, partly
        self.sizes, self.shapes = sizes, {name: shapes(*size) for name, size in sizes.items()}
        outcomes = call_all([Call(make, size, watched=True) for size in sizes.values()])
        self.made = dict(zip(sizes, outcomes, strict=True))
        # Drawn for all, whatever the student's code is, so that inputs drawn later are the same.
        self._values = {
            name: {one: draw(random, one, shape) for one, shape in self.shapes[name].items()}
            for name in sizes
        }
        self._random = torch.Generator().manual_seed(random.initial_seed())
        self._start = {name: _state(outcome.result) for name, outcome in self.made.items()}
        self._loaded: dict[str, tuple[nn.Module, dict[str, Tensor]]] = {}

    def module(self, name: str) -> nn.Module:
        """Return a module; raises what its making raised, and `NotMet` if it is no nn.Module."""
        made = self.made[name].value()
        if not isinstance(made, nn.Module):
            raise NotMet(f"Expected an nn.Module; your class makes a {type(made).__name__}.")
        return made

    def start(self, name: str) -> Mapping[str, Tensor]:
        """Return the parameters and buffers that a module had when it was made."""
        self.module(name)
        return self._start[name]

    def loaded(self, name: str) -> tuple[nn.Module, dict[str, Tensor]]:
        """Return a module in eval mode, and the parameters of ours that it holds, by name.

        Raises `NotMet` where one of them is missing, or has another shape.
        """
        if name not in self._loaded:
            module = self.module(name)
            values = {self._rename(module, one): v for one, v in self._values[name].items()}
            stored = load(module, values, functools.partial(self._partly, module))
            fill_others(module, stored, self._random)
            self._loaded[name] = module.eval(), stored
        return self._loaded[name]

    def case(self, name: str, formula: Formula, *args: Any) -> Case:
        """Return a call of a module that is loaded; raises what `loaded` raises."""
        module, stored = self.loaded(name)
        return Case(module, args, formula, stored)

    def check(self, name: str) -> None:
        """Check that the parameters are there, of their shapes, trainable, and distinct.

        Those that may be left out are checked only where they have their shape.
        """
        module = self.module(name)
        there = {one: tuple(tensor.shape) for one, tensor in named(module).items()}
        renamed = {self._rename(module, one): s for one, s in self.shapes[name].items()}
        shapes = {
            one: shape
            for one, shape in renamed.items()
            if there.get(one) == shape or not self._partly(module, one)
        }
        check(module, shapes)

    def untouched(self, looked_at: Sequence[str]) -> None:
        """Raise `NotMet` where making a module changed something global.

        `looked_at` are the beginnings of the names that count: drawing random numbers is fine.
        """
        for made in self.made.values():
            disturbed = [one for one in made.disturbed if one.startswith(tuple(looked_at))]
            expect.side_effects((), disturbed, ())


def load(
    module: nn.Module,
    values: Mapping[str, Tensor],
    partly: Callable[[str], bool] = lambda name: False,
) -> dict[str, Tensor]:
    """Write `values` in place into the parameters of these names; return what is stored there.

    One memory under two names gets the first one's values: that it is shared is for `check` to say.
    A tensor that is no parameter and no buffer cannot be written into: its own values are returned.
    Raises `NotMet` where there is no such tensor, or its shape is another one, unless
    `partly(name)`.
    """
    state = named(module)
    stored: dict[str, Tensor] = {}
    written: set[int] = set()
    for name, value in values.items():
        try:
            found = _found(module, state, name, tuple(value.shape))
        except NotMet:
            if partly(name):
                continue
            raise
        if name in state and found.data_ptr() not in written:
            written.add(found.data_ptr())
            with torch.no_grad():
                found.copy_(value)
            stored[name] = value
        else:
            stored[name] = expect.exact(found).float()
    return stored


def fill_others(module: nn.Module, known: Iterable[str], random: torch.Generator) -> None:
    """Write random values into all trainable parameters but those in `known`.

    A parameter that no formula knows must not matter for the results.
    """
    state = named(module)
    memory = {state[name].data_ptr() for name in known if name in state}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad and name not in known and parameter.data_ptr() not in memory:
            with torch.no_grad():
                parameter.copy_(inputs.normal(random, *parameter.shape))


def check(module: nn.Module, shapes: Shapes) -> None:
    """Check that a module's parameters have these shapes, are trainable, and do not share memory.

    Raises `NotMet` where one of them is missing, is no parameter, cannot be trained, or is another
    one too.
    """
    state, parameters = named(module), dict(module.named_parameters(remove_duplicate=False))
    names: dict[int, str] = {}
    for name, shape in shapes.items():
        _found(module, state, name, shape)
        if name not in parameters or not parameters[name].requires_grad:
            raise NotMet(f"'{name}' should be trainable; its values are no nn.Parameter.")
        # By memory: two nn.Parameter objects may share one tensor.
        twin = names.setdefault(parameters[name].data_ptr(), name)
        if twin != name:
            raise NotMet(f"'{name}' and '{twin}' are one and the same; make two.")


def _state(module: Any) -> dict[str, Tensor]:
    if not isinstance(module, nn.Module):
        return {}
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def named(module: nn.Module) -> dict[str, Tensor]:
    """Return parameters and buffers, each under all of its names."""
    named = dict(module.named_buffers(remove_duplicate=False))
    return named | dict(module.named_parameters(remove_duplicate=False))


def _found(
    module: nn.Module, state: Mapping[str, Tensor], name: str, shape: tuple[int, ...]
) -> Tensor:
    """Return the tensor of a name; raise `NotMet` where there is none of this shape."""
    found = state.get(name)
    if found is None:
        found = attribute(module, name)
    if not isinstance(found, Tensor):
        said = "is None" if found is None else f"is a {type(found).__name__}"
        raise NotMet(f"Your module should have a parameter '{name}' of shape {shape}; it {said}.")
    if tuple(found.shape) != shape:
        raise NotMet(f"The shape of '{name}' should be {shape}; it is {tuple(found.shape)}.")
    return found


def attribute(module: Any, path: str) -> Any:
    """Return what stands at a path of attributes, such as "norm1.weight"; None if nothing does.

    A submodule that is not registered counts as nothing: it cannot be seen from another process.
    It raises nothing, whatever student code raises when it is asked.
    """
    parts = list(module.modules()) if isinstance(module, nn.Module) else []
    for part in path.split("."):
        try:
            module = getattr(module, part)
        except Exception:
            return None
        if isinstance(module, nn.Module) and not any(module is one for one in parts):
            return None
    return module
