"""One call across the trust boundary, and its gradients back.

How it works. A call runs in the student process, which keeps its autograd graph and names it by a
number. In the judge process, `_Bridge` is one node of the test's own graph: its inputs are the
arguments and the parameters of the call, its outputs the tensors of the result.

    judge process      arguments ──> _Bridge.forward  ──> result ──> loss
                                        │ CALL                         │ backward()
    student process                     └─> graph 7                    │
    judge process      gradients <── _Bridge.backward <── directions <─┘
                                        │ BACKWARD of graph 7

So `.backward()` and `torch.autograd.grad` in a test work as they do in one process. The gradients
come from student code: shape, dtype and device of each are checked.

Source: "Extending torch.autograd" in PyTorch's documentation.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from nbjudge.boundary import messages
from nbjudge.boundary.trees import replaced, tensors
from nbjudge.boundary.wire import WireError, mapping
from nbjudge.proxy.module import Module, take_over


def call(
    ask: Callable[..., Any],
    target: str | int,
    args: tuple,
    kwargs: dict,
    module: Module | None = None,
) -> Any:
    """Call `target` in the student process; return its result.

    The result is differentiable in the arguments and in the parameters of `module`, where it is
    differentiable in the student process. What the call wrote into its arguments is written into
    the tensors of `args` and `kwargs`. `ask` asks the student process. Raises `RemoteError` where
    student code raises, and `WireError` where the answer has the wrong form.
    """
    arguments = tensors([args, kwargs])
    leaves = [*arguments, *(module.parameters() if module is not None else [])]
    crossing = _Call(ask, target, args, kwargs, module, arguments)
    if torch.is_grad_enabled() and any(leaf.requires_grad for leaf in leaves):
        return crossing.result(list(_Bridge.apply(crossing, *leaves)))
    return crossing.result(crossing.run())


class _Call:
    """One call across the boundary: what is sent, and what its answer means for the test."""

    def __init__(
        self,
        ask: Callable[..., Any],
        target: str | int,
        args: tuple,
        kwargs: dict,
        module: Module | None,
        arguments: list[Tensor],
    ):
        self.ask, self.module, self.arguments = ask, module, arguments
        self.request: dict[str, Any] = {"target": target, "args": list(args), "kwargs": kwargs}
        self.graph: int | None = None
        self.value: Any = None

    def run(self) -> list[Tensor]:
        """Make the call; return the tensors of its result, each once, in the order of `tensors`."""
        request = {**self.request, "grad": torch.is_grad_enabled()}
        if self.module is not None:
            request["training"] = self.module.training
            request["state"] = self.module.unsent()
        answer = mapping(self.ask(messages.CALL, **request))
        if self.module is not None and answer.get("module") is not None:
            self.module.mirror(answer["module"])
        self._write_back(mapping(answer.get("changed")))
        graph = answer.get("graph")
        self.graph = graph if isinstance(graph, int) else None
        self.value = answer.get("result")
        return tensors(self.value)

    def _write_back(self, changed: dict) -> None:
        """Write into the test's arguments what the call wrote into its copies of them."""
        # Under no_grad: a leaf that requires a gradient refuses writes that autograd would record.
        with torch.no_grad():
            for index, tensor in changed.items():
                if not (isinstance(index, int) and 0 <= index < len(self.arguments)):
                    raise WireError("A changed argument has no such number.")
                take_over(self.arguments[index], tensor)

    def result(self, outputs: list[Tensor]) -> Any:
        """Return the result with `outputs` in the places of its tensors."""
        return replaced(self.value, tensors(self.value), outputs)


class _Bridge(torch.autograd.Function):
    """Carries one call across the trust boundary, and its gradients back."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *leaves: Tensor) -> tuple[Tensor, ...]:
        # torch runs `forward` without grad mode, and `run` tells the student process which mode the
        # test has.
        with torch.enable_grad():
            outputs = call.run()
        ctx.call = call
        ctx.differentiable = [output.requires_grad for output in outputs]
        # Only what a gradient must look like: saving the leaves would keep their memory, and their
        # values are not needed on this side.
        ctx.shapes = [(leaf.shape, leaf.dtype, leaf.device) for leaf in leaves]
        # An output that the test did not use gets None in `backward`, and no tensor of zeros. Zeros
        # would be sent, and the student process would then go back through parts of its graph that
        # the test did not use.
        ctx.set_materialize_grads(False)
        # Outputs without a gradient in the student process must have none in the test. And the
        # tensors that were decoded keep a requires_grad that means nothing on this side.
        clean = tuple(output.detach() for output in outputs)
        cut = [one for one, o in zip(clean, outputs, strict=True) if not o.requires_grad]
        ctx.mark_non_differentiable(*cut)
        return clean

    @staticmethod
    # Gradients come back as numbers, without the graph that made them. A second derivative through
    # them would silently be wrong; with this, torch raises.
    @once_differentiable
    def backward(ctx: Any, *directions: Tensor | None) -> tuple[Tensor | None, ...]:
        # The student process knows only the outputs that can be differentiated there.
        asked = [d for d, kept in zip(directions, ctx.differentiable, strict=True) if kept]
        if ctx.call.graph is None or all(direction is None for direction in asked):
            return (None,) * (1 + len(ctx.shapes))
        gradients = ctx.call.ask(messages.BACKWARD, graph=ctx.call.graph, directions=asked)
        if not isinstance(gradients, list) or len(gradients) != len(ctx.shapes):
            raise WireError("The gradients do not fit the arguments.")
        for gradient, (shape, dtype, device) in zip(gradients, ctx.shapes, strict=True):
            _check_gradient(gradient, shape, dtype, device)
        return (None, *(None if g is None else g.detach() for g in gradients))


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
