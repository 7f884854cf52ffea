"""One call across the trust boundary, and its gradients back."""

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
    """Call `target` in the student process; the result is differentiable in its arguments.

    It is so in the parameters of `module`, too. `ask` asks the student process. What the call wrote
    into its arguments is written into ours.
    """
    arguments = tensors([args, kwargs])
    leaves = [*arguments, *(module.parameters() if module is not None else [])]
    one = _Call(ask, target, args, kwargs, module, arguments)
    if torch.is_grad_enabled() and any(leaf.requires_grad for leaf in leaves):
        return one.result(list(_Bridge.apply(one, *leaves)))
    return one.result(one.run())


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
        """Make the call; return the tensors of its result, each once, in order."""
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
        with torch.no_grad():
            for index, tensor in changed.items():
                if not (isinstance(index, int) and 0 <= index < len(self.arguments)):
                    raise WireError("A changed argument has no such number.")
                take_over(self.arguments[index], tensor)

    def result(self, outputs: list[Tensor]) -> Any:
        """Return the result with `outputs` in the places of its tensors."""
        return replaced(self.value, tensors(self.value), outputs)


class _Bridge(torch.autograd.Function):
    """Carries one call over the boundary, and its gradients back."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *leaves: Tensor) -> tuple[Tensor, ...]:
        with torch.enable_grad():
            outputs = call.run()
        ctx.call = call
        ctx.differentiable = [output.requires_grad for output in outputs]
        ctx.shapes = [(leaf.shape, leaf.dtype, leaf.device) for leaf in leaves]
        ctx.set_materialize_grads(False)
        clean = tuple(output.detach() for output in outputs)
        cut = [one for one, o in zip(clean, outputs, strict=True) if not o.requires_grad]
        ctx.mark_non_differentiable(*cut)
        return clean

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *directions: Tensor | None) -> tuple[Tensor | None, ...]:
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
    if gradient is None:
        return
    if not isinstance(gradient, Tensor) or (gradient.shape, gradient.dtype) != (shape, dtype):
        raise WireError("A gradient has not the shape and dtype of its argument.")
    if gradient.device.type != device.type:
        raise WireError("A gradient is not on the device of its argument.")
