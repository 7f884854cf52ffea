"""A `torch.nn.Module` that mirrors a module in the student process, and its submodules.

How it works. The mirror holds copies of the parameters and buffers, under the same names. A test
uses it as the module itself: it loads its own weights, and differentiates with respect to them. A
state travels only when it has changed:

    judge -> student    with a call, if the mirror has changed since the state was last sent
    student -> judge    with an answer, if the call has changed the module

So the two are equal before and after each call. Calls that change nothing send no state, and that
is nearly all of them.

A submodule (`Part`) is named by its path in the whole module, such as `blocks.0.norm1`. It is
called over there by itself, after the state of the whole was sent. `tree` makes the parts.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary.wire import mapping
from nbjudge.proxy import batch
from nbjudge.proxy.form import Form
from nbjudge.proxy.tree import Tree, take_over
from nbjudge.rubric.calls import Call, Elsewhere, Outcome
from nbjudge.rubric.stand_ins import StandIn


class Part(nn.Module, Elsewhere):
    """The mirror of a submodule of a student's: the one at `path` in `whole`.

    An attribute that is no state is asked for.
    """

    def __init__(self, whole: "Module", path: str):
        super().__init__()
        # Past nn.Module's __setattr__, which would register a module among them as a part of the
        # student's. Names in __dict__ also never reach `__getattr__`, below.
        self.__dict__["_whole"], self.__dict__["_path"] = whole, path

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._whole._objects, calls)

    def standing_in(self, stand_ins: Mapping[str, StandIn]) -> Any:
        """Let stand-ins take the places of submodules; see `nbjudge.rubric.parts`."""
        return self._whole._replaced(self._path, stand_ins)

    def is_of(self, defined: Any) -> bool:
        """Say whether its class over there is the one that the notebook defined."""
        return self._whole._objects.is_of(self._place(), defined)

    def __getattr__(self, name: str) -> Any:
        # Python calls this for names that it does not find. First the mirror's own parameters and
        # submodules; then the student process. Special names, which copy, pickle and torch look
        # for, are not asked for.
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
        return self._whole._attribute(self._path, name)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run the student's module with the state of this mirror."""
        return self._whole._objects.call(self._whole._number, args, kwargs, self)

    def _place(self) -> dict[str, Any]:
        """Return the fields of a question that name this module."""
        place = {"target": self._whole._number}
        return place | {"path": self._path} if self._path else place

    def asked(self) -> dict[str, Any]:
        """Return the fields of a `messages.CallRequest` but for the arguments."""
        return self._place() | self._whole._news()

    def request(self) -> dict[str, Any]:
        """Return the same; take for granted that it arrives."""
        asked = self.asked()
        self._whole._remember()
        return asked

    def answered(self, answer: dict[str, Any]) -> Any:
        """Return the result in a `messages.CallAnswer`; take over the state, if it brings one."""
        if answer.get("module") is not None:
            self._whole.mirror(answer["module"])
        return answer.get("result")


class Module(Part):
    """The mirror of a student's module; `objects` asks for it, `number` names it there.

    `named_parameters`, `state_dict`, `load_state_dict`, `to`, `train` and gradients with respect to
    parameters work as on the module itself. `described` is a `messages.ModuleState`. Raises
    `WireError` where that has the wrong form.
    """

    def __init__(self, objects: Any, number: int, described: Any):
        super().__init__(self, "")
        self.__dict__["_objects"], self.__dict__["_number"] = objects, number
        self.__dict__["_form"] = None
        self.mirror(described)

    def _attribute(self, path: str, name: str) -> Any:
        """Return an attribute of the submodule at `path`, as `Objects.attribute` does."""
        return self._objects.attribute(self._number, name, path, self)

    @contextmanager
    def _replaced(self, path: str, stand_ins: Mapping[str, StandIn]) -> Iterator[None]:
        """Let stand-ins take the places of submodules of the one at `path`."""
        place = {"target": self._number, "path": path}
        self.mirror(self._objects.stand_in(stand_ins, **place, **self._news()))
        try:
            yield
        finally:
            self.mirror(self._objects.put_back(**self._news()))

    def _news(self) -> dict[str, Any]:
        """Return the fields of a question that bring what the student process has not yet."""
        return {"training": self.training, "state": self.unsent()}

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
        form, state = Form.of(told), told["state"]
        if form != self._form:
            tree = Tree(self, self._form, form, lambda path, kind: kind(self, path), Part)
            tree.build(state)
            self.__dict__["_form"] = form
        with torch.no_grad():
            for name, tensor in self.state_dict(keep_vars=True).items():
                take_over(tensor, state[name])
        self.train(bool(told.get("training")))
        self._remember()

    def _remember(self) -> None:
        """Take what the mirror holds now for what the student process has."""
        # The tensors are kept alive: the memory of a freed one could be given to its replacement,
        # whose data_ptr would then look like the old one's.
        state = self.state_dict()
        self.__dict__["_sent"] = {name: (t, t._version) for name, t in state.items()}
        self.__dict__["_sent_training"] = self.training
