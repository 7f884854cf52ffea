"""A `torch.nn.Module` that mirrors a module in the student process.

How it works. The mirror holds copies of the parameters and buffers, under the same names. A test
uses it as the module itself: it loads its own weights, and differentiates with respect to them. A
state travels only when it has changed:

    judge -> student    with a call, if the mirror has changed since the state was last sent
    student -> judge    with an answer, if the call has changed the module

So the two are equal before and after each call. Calls that change nothing send no state, and that
is nearly all of them.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary.wire import WireError, mapping, named
from nbjudge.proxy import batch
from nbjudge.rubric.calls import Call, Elsewhere, Outcome


class Module(nn.Module, Elsewhere):
    """The mirror of a student's module; `objects` asks for it, `number` names it there.

    `named_parameters`, `state_dict`, `load_state_dict`, `to`, `train` and gradients with respect to
    parameters work as on the module itself. An attribute that is no state is asked for. `described`
    is a `messages.ModuleState`. Raises `WireError` where that has the wrong form.
    """

    def __init__(self, objects: Any, number: int, described: Any):
        super().__init__()
        # Past nn.Module's __setattr__, which would register a tensor or a module among them as a
        # part of the student's state. Names in __dict__ also never reach `__getattr__`, below.
        self.__dict__["_objects"], self.__dict__["_number"] = objects, number
        self.mirror(described)

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._objects.ask, calls)

    def standing_in(self, stand_ins: Any) -> Any:
        """Let stand-ins take places over there."""
        raise NotImplementedError

    def is_of(self, defined: Any) -> bool:
        """Say whether its class is the one that the notebook defined."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        # Python calls this for names that it does not find. First the mirror's own parameters and
        # submodules; then the student process. Special names, which copy, pickle and torch look
        # for, are not asked for.
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
        return self._objects.attribute(self._number, name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run the student's module with the state of this mirror."""
        return self._objects.call(self._number, args, kwargs, self)

    def request(self) -> dict[str, Any]:
        """Return the fields of a `messages.CallRequest` but for the arguments."""
        state = self.unsent()
        self._remember()
        return {"target": self._number, "training": self.training, "state": state}

    def answered(self, answer: dict[str, Any]) -> Any:
        """Return the result in a `messages.CallAnswer`; take over the state, if it brings one."""
        if answer.get("module") is not None:
            self.mirror(answer["module"])
        return answer.get("result")

    def unsent(self) -> dict[str, Tensor] | None:
        """Return the state if it may differ from what the student process has, else None.

        A tensor counts as the same when three things are: the memory (`data_ptr`), since a test may
        have replaced the tensor; the number of writes (`_version`), since it may have written into
        it; and the dtype, since `to` keeps neither. Comparing values would need a copy of them all.
        """
        state = self.state_dict()
        fresh = {name: (tensor, tensor._version) for name, tensor in state.items()}
        known = self.__dict__["_sent"]  # by __dict__, as in __init__; attributes are the student's
        same = fresh.keys() == known.keys() and all(
            tensor.data_ptr() == known[name][0].data_ptr()
            and (tensor.dtype, version) == (known[name][0].dtype, known[name][1])
            for name, (tensor, version) in fresh.items()
        )
        return None if same and self.training == self.__dict__["_sent_training"] else state

    def mirror(self, described: Any) -> None:
        """Take over the state that the student process describes; raises `WireError` if it is none.

        Tensors keep their identity where they can: a test may hold on to a parameter, as an
        optimiser does.
        """
        told = mapping(described)
        state, types = mapping(told.get("state")), mapping(told.get("types"))
        if list(state) != list(self.state_dict()):
            self._rebuild(state, types, told.get("parameters"))
        with torch.no_grad():
            for name, tensor in self.state_dict(keep_vars=True).items():
                take_over(tensor, state[name])
        self.training = bool(told.get("training"))
        self._remember()

    def _remember(self) -> None:
        # The tensors are kept alive: the memory of a freed one could be given to its replacement,
        # whose data_ptr would then look like the old one's.
        state = self.state_dict()
        self.__dict__["_sent"] = {name: (t, t._version) for name, t in state.items()}
        self.__dict__["_sent_training"] = self.training

    def _rebuild(self, state: dict, types: dict, parameters: Any) -> None:
        """Make the tree of submodules, parameters and buffers anew, from names such as a.b.weight.

        torch's own dictionaries are filled directly: register_parameter asks `hasattr`, and the
        mirror answers that by asking the student process.
        """
        self._modules.clear()
        self._parameters.clear()
        self._buffers.clear()
        made: dict[int, nn.Parameter] = {}
        for name, tensor in state.items():
            if not (isinstance(name, str) and isinstance(tensor, Tensor)):
                raise WireError("The state of a module is not made of named tensors.")
            *path, last = name.split(".")
            place = self._place(path, types)
            if isinstance(parameters, list) and name in parameters:
                # One tensor under two names is one parameter under two names.
                parameter = made.setdefault(
                    id(tensor), nn.Parameter(tensor.detach().clone(), tensor.requires_grad)
                )
                place._parameters[last] = parameter
            else:
                place._buffers[last] = tensor.detach().clone()

    def _place(self, path: list[str], types: dict) -> nn.Module:
        """Return the submodule at `path`, made where it is missing, with its type's name."""
        place: nn.Module = self
        for depth, part in enumerate(path, start=1):
            if part not in place._modules:
                kind = types.get(".".join(path[:depth]))
                place._modules[part] = named(nn.Module, kind if isinstance(kind, str) else "")()
            place = place._modules[part]  # type: ignore[assignment]
        return place


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
