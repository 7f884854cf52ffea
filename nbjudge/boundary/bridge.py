"""A call whose code runs in the other process, as one node of this process's autograd graph.

Both processes have such calls. A test calls what a student defined (`proxy.autograd`); student code
calls a stand-in that the rubric answers (`confined.asking`).

    here     arguments ──> _Bridge.forward  ──> result ──> loss
                              │ run                         │ backward()
    there                     └─> the call                  │
    here     gradients <── _Bridge.backward <── directions <─┘
                              │ back

Source: "Extending torch.autograd" in PyTorch's documentation.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class Crossing(ABC):
    """One call across the trust boundary."""

    @abstractmethod
    def run(self) -> list[Tensor]:
        """Make the call; return the tensors of its result."""

    @abstractmethod
    def back(self, directions: list[Tensor | None]) -> list[Tensor | None] | None:
        """Return the gradient of each leaf, None where unused; None for no gradients at all.

        `directions` holds one tensor for each output that can be differentiated, None for one that
        was not used.
        """


def outputs(crossing: Crossing, leaves: Sequence[Tensor]) -> list[Tensor]:
    """Make a call; return the tensors of its result, differentiable in `leaves` where they are."""
    if torch.is_grad_enabled() and any(leaf.requires_grad for leaf in leaves):
        return list(_Bridge.apply(crossing, *leaves))
    return crossing.run()


class _Bridge(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, crossing: Crossing, *leaves: Tensor) -> tuple[Tensor, ...]:
        # torch runs `forward` without grad mode, and `run` tells the other process which mode the
        # caller has.
        with torch.enable_grad():
            found = crossing.run()
        ctx.crossing, ctx.leaves = crossing, len(leaves)
        ctx.differentiable = [output.requires_grad for output in found]
        # An output that was not used gets None in `backward`, and no tensor of zeros. Zeros would
        # be sent, and the other process would then go back through parts of its graph that were
        # not used.
        ctx.set_materialize_grads(False)
        # Outputs without a gradient over there must have none here. And the tensors that were
        # decoded keep a requires_grad that means nothing on this side.
        clean = tuple(output.detach() for output in found)
        cut = [one for one, o in zip(clean, found, strict=True) if not o.requires_grad]
        ctx.mark_non_differentiable(*cut)
        return clean

    @staticmethod
    # Gradients come back as numbers, without the graph that made them. A second derivative through
    # them would silently be wrong; with this, torch raises.
    @once_differentiable
    def backward(ctx: Any, *directions: Tensor | None) -> tuple[Tensor | None, ...]:
        # The other process knows only the outputs that can be differentiated there.
        asked = [d for d, kept in zip(directions, ctx.differentiable, strict=True) if kept]
        nothing = (None,) * (1 + ctx.leaves)
        if all(direction is None for direction in asked):
            return nothing
        gradients = ctx.crossing.back(asked)
        if gradients is None:
            return nothing
        return (None, *(None if g is None else g.detach() for g in gradients))
