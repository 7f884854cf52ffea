"""What is slow the first time, done once in the zygote for all forks of it.

Libraries import and look up much at first use only: matplotlib its fonts, torch its symbolic tools
at the first backward pass, IPython its formatters. Each fork would do that again. So the zygote
runs a cell as notebooks have them (arithmetic, a layer, an optimiser, a printed tensor, a
traceback, plots and their display), and calls as the judge process makes them. None of it is a
solution. Neither names nor figures are left behind.
"""

import contextlib
import io
import os
import sys

import torch

from nbjudge.boundary.wire import decode, encode
from nbjudge.confined import cells, figures
from nbjudge.confined.calls import Calls

_CELL = """
def _warm_up():
    import traceback
    import seaborn, torch
    from IPython.display import display
    from matplotlib import pyplot
    from torch import nn
    from torch.nn import functional

    class Layer(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.linear = nn.Linear(width, width, bias=False)

        def forward(self, x):
            parts = self.linear(x).view(2, 3, 2, 2).transpose(1, 2).contiguous()
            print(torch.bmm(x, x.transpose(1, 2)).sum(dim=-1, keepdim=True).squeeze(-1))
            print(torch.einsum("bij,bkj->bik", x, x).unsqueeze(1).size(-1))
            return torch.matmul(parts, parts.transpose(-2, -1)) / 2 ** 0.5

    traceback.format_stack()
    weights = Layer(4)(torch.ones(2, 3, 4)).masked_fill(torch.tril(torch.ones(3, 3)) == 0, -1.0)
    print(functional.softmax(weights, dim=-1))
    torch.optim.Adam(Layer(4).parameters())  # imports torch's compiler: 1 s, 40 MB
    weights = torch.softmax(torch.ones(2, 2) @ torch.ones(2, 2), dim=-1)
    figure, axes = pyplot.subplots(1, 2, sharey=True)
    for numbered, panel in enumerate(axes):
        seaborn.heatmap(weights.numpy(), ax=panel, vmin=0, vmax=1, annot=True, cbar=False)
        panel.set(title=f"Head {numbered}", xlabel="Key position", ylabel="Query position")
    figure.colorbar(panel.collections[0], ax=axes, label="Attention weight")
    display(figure, metadata={"image/png": {"alt": "Two heatmaps"}})
    pyplot.close(figure)
    pyplot.figure(figsize=(6, 6))
    seaborn.heatmap(weights.numpy(), cmap="Blues", cbar=False, square=True)
    pyplot.title("Attention (1 = can attend, 0 = masked)")
    pyplot.xlabel("Key position")
    pyplot.ylabel("Query position")
    pyplot.show()
_warm_up()
del _warm_up
"""


def warm_up(shell: cells.Shell) -> None:
    """Run the cell in `shell`, then make the calls."""
    # The doctor starts a zygote without modules, which needs no plots.
    if "seaborn" in sys.modules:
        figures.heatmaps_draw_nothing()
        shell.recorder = cells.Recorder(100, 2**20)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            shell.run_cell(_CELL, store_history=False)
    _call_a_layer()


def _call_a_layer() -> None:
    """Make a layer, and call it with and without gradients, in float32 and in float64."""
    # The first backward pass with explicit gradients makes torch import sympy and torch.fx, which
    # takes some 400 ms. With a GPU it would start autograd's device threads, which do not survive a
    # fork, so a machine with a GPU pays in each student process.
    backward = not os.path.exists("/dev/nvidiactl")
    calls = Calls({"Linear": torch.nn.Linear})
    (made,) = calls.call_all([{"target": "Linear", "args": [3, 3], "keep": True, "watched": True}])
    for dtype in (torch.float32, torch.float64):
        state = {name: tensor.to(dtype) for name, tensor in made["module"]["state"].items()}
        call = {
            "target": made["object"],
            "args": [torch.ones(2, 3, dtype=dtype)],
            "watched": True,
            "state": state,
            "training": True,
        }
        along = {"directions": [torch.ones(2, 3, dtype=dtype)]} if backward else {}
        decode(encode(calls.call_all([{**call, "grad": False}, {**call, **along}])))
