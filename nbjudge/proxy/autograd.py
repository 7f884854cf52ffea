"""One call across the trust boundary, and its gradients back.

How it works. A call runs in the student process, which keeps its autograd graph and names it by a
number. In the judge process the call is one node of the test's own graph (`boundary.bridge`): its
inputs are the arguments and the parameters of the call, its outputs the tensors of the result.

    CALL        ──>  the student process runs the call, and keeps graph 7
    BACKWARD 7  ──>  it goes back through graph 7

So `.backward()` and `torch.autograd.grad` in a test work as they do in one process. The gradients
come from student code: shape, dtype and device of each are checked.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.bridge import Crossing, outputs
from nbjudge.boundary.trees import replaced, tensors
from nbjudge.boundary.wire import mapping
from nbjudge.proxy import contents
from nbjudge.proxy.module import Part
from nbjudge.proxy.tree import take_over


def call(
    ask: Callable[..., Any],
    target: str | int,
    args: tuple,
    kwargs: dict,
    module: Part | None = None,
) -> Any:
    """Call `target` in the student process; return its result.

    The result is differentiable in the arguments and in the parameters of `module`, where it is
    differentiable in the student process. What the call wrote into its arguments is written into
    the tensors of `args` and `kwargs`. `ask` asks the student process. Raises `RemoteError` where
    student code raises, and `WireError` where the answer has the wrong form.
    """
    crossing = _Call(ask, target, args, kwargs, module)
    return crossing.result(outputs(crossing, crossing.leaves))


class _Call(Crossing):
    """One call across the boundary: what is sent, and what its answer means for the test."""

    def __init__(
        self,
        ask: Callable[..., Any],
        target: str | int,
        args: tuple,
        kwargs: dict,
        module: Part | None,
    ):
        self.ask, self.module, self.arguments = ask, module, tensors([args, kwargs])
        self.leaves = [*self.arguments, *(module.parameters() if module is not None else [])]
        self.request: dict[str, Any] = {"target": target, "args": list(args), "kwargs": kwargs}
        self.shapes: list[tuple[torch.Size, torch.dtype, torch.device]] = []
        self.graph: int | None = None
        self.value: Any = None

    def run(self) -> list[Tensor]:
        """Make the call; return the tensors of its result, each once, in the order of `tensors`."""
        request = {**self.request, "grad": torch.is_grad_enabled()}
        if self.module is not None:
            request |= self.module.asked()
        answer = mapping(self.ask(messages.CALL, **request))
        self.value = answer.get("result") if self.module is None else self.module.answered(answer)
        self._write_back(mapping(answer.get("changed")))
        if "contents" in answer:
            contents.take_over(self.request["args"], self.request["kwargs"], answer)
        if "given_back" in answer:
            given = [*self.request["args"], *self.request["kwargs"].values()]
            self.value = contents.given_back(given, answer["given_back"])
        graph = answer.get("graph")
        self.graph = graph if isinstance(graph, int) else None
        # After the call, which may have written an argument of another shape.
        self.shapes = [(leaf.shape, leaf.dtype, leaf.device) for leaf in self.leaves]
        return tensors(self.value)

    def _write_back(self, changed: dict) -> None:
        """Write into the test's arguments what the call wrote into its copies of them."""
        # Under no_grad: a leaf that requires a gradient refuses writes that autograd would record.
        with torch.no_grad():
            for index, tensor in changed.items():
                if not (isinstance(index, int) and 0 <= index < len(self.arguments)):
                    raise WireError("A changed argument has no such number.")
                take_over(self.arguments[index], tensor)

    def result(self, found: list[Tensor]) -> Any:
        """Return the result with `found` in the places of its tensors."""
        return self.value if not found else replaced(self.value, tensors(self.value), found)

    def back(self, directions: list[Tensor | None]) -> list[Tensor | None] | None:
        """Ask for the gradients of the call; raises `WireError` where one has the wrong form."""
        if self.graph is None:
            return None
        gradients = self.ask(messages.BACKWARD, graph=self.graph, directions=directions)
        if not isinstance(gradients, list) or len(gradients) != len(self.shapes):
            raise WireError("The gradients do not fit the arguments.")
        for gradient, (shape, dtype, device) in zip(gradients, self.shapes, strict=True):
            _check_gradient(gradient, shape, dtype, device)
        return gradients


def _check_gradient(
    gradient: Any, shape: torch.Size, dtype: torch.dtype, device: torch.device
) -> None:
    """Raise `WireError` unless a gradient is None or looks like its argument."""
    if gradient is None:
        return
    if not isinstance(gradient, Tensor) or (gradient.shape, gradient.dtype) != (shape, dtype):
        raise WireError("A gradient has not the shape and dtype of its argument.")
    # The type alone: "cuda" and "cuda:0" are the same device, and not equal.
    if gradient.device.type != device.type:
        raise WireError("A gradient is not on the device of its argument.")
