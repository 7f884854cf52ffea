"""The tree of a module's mirror: submodules, parameters and buffers, made from a description.

A submodule that can be gone through over there is a container here, too: as the student process
says which submodules it gives, in order or under keys.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor, nn

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.references import Opaque, named
from nbjudge.boundary.trees import rebuilt
from nbjudge.proxy.form import DEEPEST, MOST_PARTS, Form
from nbjudge.rubric.expect import NotMet


class Listed:
    """A module that holds others in order, as nn.ModuleList and nn.Sequential do."""

    _held: Any = ()

    def __getitem__(self, index: Any) -> Any:
        """Return one of the submodules, or a list of them for a slice."""
        return self._held[index]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._held)

    def __iter__(self) -> Iterator[Any]:
        """Go through them in order."""
        return iter(self._held)


class Keyed(Listed):
    """A module that holds others under keys, as nn.ModuleDict does."""

    def __contains__(self, key: Any) -> bool:
        """Say whether there is one under this key."""
        return key in self._held

    def keys(self) -> Any:
        """Return the keys in order."""
        return self._held.keys()

    def values(self) -> Any:
        """Return the submodules in order."""
        return self._held.values()

    def items(self) -> Any:
        """Return pairs of key and submodule in order."""
        return self._held.items()


def kind(part: type, name: str, held: Any) -> type:
    """Return a subclass of `part` that is called `name`, a container where `held` says what of."""
    mixin = Listed if isinstance(held, list) else Keyed if isinstance(held, dict) else None
    return named(_mixed(part, mixin), name)


@functools.lru_cache
def _mixed(part: Any, mixin: type | None) -> type:
    return part if mixin is None else type(part.__name__, (mixin, part), {})


class Tree:
    """Makes the tree below `root`, of the form `before`; `make(path, kind)` makes a submodule.

    Parts and parameters of the tree before are used again where they fit, since a test may hold
    them. torch's own dictionaries are filled directly: register_parameter asks `hasattr`, and the
    mirror answers that by asking the student process.
    """

    def __init__(
        self,
        root: Any,
        before: Form | None,
        form: Form,
        make: Callable[[str, type], Any],
        part: type,
    ):
        self._form, self._make, self._part = form, make, part
        self._parts = dict(root.named_modules(remove_duplicate=False))
        # None is used again where tensors share memory, now or before: it would share too much.
        shared = form.views or (before is not None and before.views)
        old = {} if shared else dict(root.named_parameters(remove_duplicate=False))
        self._parameters: dict[str, nn.Parameter] = old
        self._places: dict[str, Any] = {"": root}
        self._used: set[int] = set()
        for one in self._parts.values():
            one._modules.clear()
            one._parameters.clear()
            one._buffers.clear()

    def build(self, state: dict[str, Tensor]) -> None:
        """Make parts, parameters and buffers; raises `WireError` where that makes no tree."""
        for path in self._form.types:
            self._place(path)
        for path, held in self._form.contains.items():
            inside = (
                {key: self._places[one] for key, one in held.items()}
                if isinstance(held, dict)
                else [self._places[one] for one in held]
            )
            self._places[path].__dict__["_held"] = inside
        self._fill(state)
        root = self._places[""]
        _check_depth(root)
        if set(root.state_dict()) != set(state):
            raise WireError("The state of a module has names that do not fit its parts.")

    def _place(self, path: str) -> Any:
        """Return the part at `path`, made where it is missing, as are those above it."""
        if path not in self._places:
            above, _, name = path.rpartition(".")
            first = self._form.twins.get(path)
            made = self._part_of(path) if first is None else self._places.get(first)
            if made is None:
                raise WireError("A part is the same as one that comes later.")
            self._place(above)._modules[name] = made
            self._places[path] = made
        return self._places[path]

    def _part_of(self, path: str) -> Any:
        told = self._form.types.get(path, ""), self._form.contains.get(path)
        new = kind(self._part, *told)
        old = self._parts.get(path)
        if old is not None and (type(old).__name__, type(old).__bases__) == (
            new.__name__,
            new.__bases__,
        ):
            return old
        return self._make(path, new)

    def _fill(self, state: dict[str, Tensor]) -> None:
        parameters, made = set(self._form.parameters), dict[int, nn.Parameter]()
        held: dict[str, Tensor] = {}
        for name, tensor in state.items():
            above, _, last = name.rpartition(".")
            place = self._place(above)
            if name in parameters:
                # One tensor under two names is one parameter under two names.
                if id(tensor) not in made:
                    made[id(tensor)] = self._parameter(name, tensor, held)
                held[name] = place._parameters[last] = made[id(tensor)]
            else:
                held[name] = place._buffers[last] = self._memory(name, tensor, held)

    def _parameter(self, name: str, tensor: Tensor, held: dict[str, Tensor]) -> nn.Parameter:
        old = self._parameters.get(name)
        # Once only: what was one parameter under two names may be two by now.
        if old is None or id(old) in self._used:
            return nn.Parameter(self._memory(name, tensor, held), tensor.requires_grad)
        self._used.add(id(old))
        return old

    def _memory(self, name: str, tensor: Tensor, held: dict[str, Tensor]) -> Tensor:
        """Return a tensor like `tensor`, in the memory of one of `held` where the form says so."""
        if name not in self._form.views:
            return tensor.detach().clone()
        owner, offset, strides = self._form.views[name]
        try:
            return held[owner].detach().as_strided(tensor.shape, strides, offset)
        except (KeyError, RuntimeError, ValueError) as error:  # a number beyond 64 bits, too
            raise WireError("A tensor of a module shares memory that is not there.") from error


def _check_depth(root: nn.Module) -> None:
    """Raise `WireError` where parts hold each other in a circle, or in too many ways."""
    left, seen = [(root, 0)], 0
    while left:
        part, depth = left.pop()
        seen += 1
        if depth > DEEPEST + 1 or seen > 2 * MOST_PARTS:
            raise WireError("A module holds itself.")
        left += [(one, depth + 1) for one in part._modules.values() if one is not None]


class NoPart(Opaque):
    """Something of a student's that does not travel, and that a test takes for a module."""

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Raise `NotMet`: what is not registered cannot be called from here."""
        raise NotMet(
            f"Expected a registered submodule; found {type(self).__name__} outside of them. A part "
            "is registered when it is assigned to self in __init__, and the parts in a list when "
            "the list is an nn.ModuleList."
        )


def without_parts(value: Any) -> Any:
    """Return an attribute with a `NoPart` in the place of each thing that does not travel."""
    if isinstance(value, Opaque):
        return named(NoPart, type(value).__name__)()
    return rebuilt(value, without_parts)


def take_over(old: Tensor, new: Any) -> None:
    """Give `old` the values, dtype and device of `new`, which came from the student process."""
    if not isinstance(new, Tensor):
        raise WireError("A tensor was replaced by something else.")
    # A test must see whether a parameter is trainable in the student process.
    if isinstance(old, nn.Parameter):
        old.requires_grad_(new.requires_grad)
    if (old.shape, old.dtype, old.device) == (new.shape, new.dtype, new.device):
        old.detach().copy_(new.detach())
    else:
        # `data` changes shape, dtype and device of a tensor that keeps its identity.
        try:
            old.data = new.detach().clone()
        except RuntimeError as error:
            raise WireError("A tensor was replaced by one of another kind.") from error
