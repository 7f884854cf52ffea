"""Pictures of each plot in the notebooks, of the solution and of a mistake that it shows.

`examples/pictures.py --plots` draws them for docs/plots.md, by running the notebooks' own cells.
"""

import contextlib
from pathlib import Path

import torch
from in_process import Notebook
from PIL import Image

# By assignment and plot: the exercise that it shows, what the solution says there, and a mistake.
MISTAKES = {
    "attention": {
        "scaled-plot": ("scaled", "/ d_k**0.5", ""),
        "self_attention-plot": ("self_attention", "scores / embed_dim**0.5", "scores * embed_dim"),
        "multi_head-plot": ("multi_head", "scores / self.head_dim**0.5", "scores * embed_dim"),
        "causal_mask-test": ("causal_mask", "torch.tril", "torch.triu"),
    },
    "encoder": {
        "positions-plot": ("positions", "= torch.cos(angle)", "= torch.sin(angle)"),
        "layer_norm-plot": ("layer_norm", "torch.sqrt(variance + self.eps)", "1"),
        "feed_forward-plot": ("feed_forward", "F.relu(", "("),
        "block-plot": ("block", "mask == 0", "mask < 0"),
    },
}
SIDES = ("right", "wrong")


def texts() -> dict[str, str]:
    """Return what decides each picture: the cells that run, and the mistake."""
    told = {}
    for assignment, plots in MISTAKES.items():
        for plot, mistake in plots.items():
            cells = _notebook(assignment).cells
            whole = "\n".join(cells[one] for one in _before(cells, plot))
            for side in SIDES:
                told[_name(mistake[0], side)] = f"{whole}\n{mistake if side == 'wrong' else ''}"
    return told


def take(images: Path) -> None:
    """Draw all plots, and keep their pictures below `images`."""
    for assignment, plots in MISTAKES.items():
        for plot, (exercise, right, wrong) in plots.items():
            for side in SIDES:
                made = _notebook(assignment)
                if side == "wrong":
                    assert right in made.cells[exercise]
                    made.cells[exercise] = made.cells[exercise].replace(right, wrong)
                for one in _before(made.cells, plot):
                    torch.manual_seed(0)
                    # The test of a mistake fails, and the plot is drawn all the same.
                    with contextlib.suppress(AssertionError):
                        made.run(one)
                _keep(made.pictures()[-1], images / _name(exercise, side))


def _notebook(assignment: str) -> Notebook:
    return Notebook(f"solutions/{assignment}/{assignment}.ipynb")


def _before(cells: dict[str, str], plot: str) -> list[str]:
    """Return the plot's cell and those that it may need."""
    until = list(cells)[: list(cells).index(plot)]
    return [*(one for one in until if not one.endswith(("-plot", "-marks"))), plot]


def _name(exercise: str, side: str) -> str:
    return f"plots/{exercise}_{side}.png"


def _keep(picture: Image.Image, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").quantize(64).save(file, optimize=True)
