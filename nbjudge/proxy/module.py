"""A torch.nn.Module that mirrors one in the student process."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary.wire import WireError, mapping, named
from nbjudge.proxy import batch
from nbjudge.rubric.calls import Call, Elsewhere, Outcome


class Module(nn.Module, Elsewhere):
    """A module of the student's; its parameters and buffers travel when they have changed.

    Tests use it as the module itself: `named_parameters`, `state_dict`, `load_state_dict`, `to`,
    `train`, gradients with respect to parameters. Attributes that are no state are asked for.
    """

    def __init__(self, objects: Any, number: int, described: Any):
        super().__init__()
        # Past nn.Module's __setattr__, for which these names would be attributes of the student's.
        self.__dict__["_objects"], self.__dict__["_number"] = objects, number
        self.mirror(described)

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._objects.ask, calls)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
        return self._objects.attribute(self._number, name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run the student's module with the state that this one has."""
        return self._objects.call(self._number, args, kwargs, self)

    def request(self) -> dict[str, Any]:
        """Return what a call of many has to say besides its arguments: the state, if it is new."""
        state = self.unsent()
        self._remember()
        return {"target": self._number, "training": self.training, "state": state}

    def answered(self, answer: dict[str, Any]) -> Any:
        """Return the result that an answer brings, and take over the state that it tells of."""
        if answer.get("module") is not None:
            self.mirror(answer["module"])
        return answer.get("result")

    def unsent(self) -> dict[str, Tensor] | None:
        """Return the state if it differs from what the student process has, else None."""
        state = self.state_dict()
        fresh = {name: (tensor, tensor._version) for name, tensor in state.items()}
        known = self.__dict__["_sent"]
        same = fresh.keys() == known.keys() and all(
            tensor.data_ptr() == known[name][0].data_ptr()
            and (tensor.dtype, version) == (known[name][0].dtype, known[name][1])
            for name, (tensor, version) in fresh.items()
        )
        return None if same and self.training == self.__dict__["_sent_training"] else state

    def mirror(self, described: Any) -> None:
        """Take over the state that the student process describes."""
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
        # The tensors are kept, so that their memory is not given to others meanwhile.
        state = self.state_dict()
        self.__dict__["_sent"] = {name: (t, t._version) for name, t in state.items()}
        self.__dict__["_sent_training"] = self.training

    def _rebuild(self, state: dict, types: dict, parameters: Any) -> None:
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
    if isinstance(old, nn.Parameter):
        old.requires_grad_(new.requires_grad)
    if (old.shape, old.dtype, old.device) == (new.shape, new.dtype, new.device):
        old.detach().copy_(new.detach())
    else:
        try:
            old.data = new.detach().clone()
        except RuntimeError as error:
            raise WireError("A tensor was replaced by one of another kind.") from error
