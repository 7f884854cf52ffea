"""Run a notebook's cells in this process: what they define, print and show.

For tests, pictures and measurements of the committed notebooks, without a kernel.
"""

import contextlib
import io
import os
from pathlib import Path
from typing import Any
from unittest import mock

import matplotlib
import nbformat
from IPython.core.pylabtools import print_figure
from IPython.display import Image as Shown
from matplotlib import pyplot
from matplotlib.figure import Figure
from PIL import Image

ROOT = Path(__file__).parent.parent


class Notebook:
    """The cells of a committed notebook, by id, and the names that those run so far define."""

    def __init__(self, path: str, graded: str = "") -> None:
        """`graded` is what nbgrader puts into the environment, such as "validate"."""
        matplotlib.use("agg")
        cells = nbformat.read(ROOT / path, as_version=4).cells
        self.cells = {cell.id: cell.source for cell in cells if cell.cell_type == "code"}
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.shown: list[
            Any
        ] = []  # what the last cells displayed; a line that is rewritten counts once
        self.graded = graded

    def run(self, *ids: str) -> str:
        """Run these cells; return what they print and what they display as text."""
        self.shown.clear()
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), mock.patch.dict(os.environ):
            os.environ.pop("NBGRADER_EXECUTION", None)
            if self.graded:
                os.environ["NBGRADER_EXECUTION"] = self.graded
            for one in ids:
                self.execute(self.cells[one])
        lines = [one["text/plain"] for one in self.shown if isinstance(one, dict)]
        return "\n".join([printed.getvalue(), *lines])

    def execute(self, source: str) -> None:
        """Run the text of a cell."""
        with mock.patch("IPython.display.display", self.display):
            exec(compile(source, "<cell>", "exec"), self.names)
            self.shown += [drawn(pyplot.figure(number)) for number in pyplot.get_fignums()]
            pyplot.close("all")

    def display(self, value: Any, metadata: Any = None, **options: Any) -> "Notebook":
        """Stand in for IPython's `display`, which needs a kernel."""
        self.shown.append(drawn(value, metadata) if isinstance(value, Figure) else value)
        return self

    def update(self, value: Any, **options: Any) -> None:
        """Stand in for the update of what was displayed last."""
        self.shown[-1] = value

    def pictures(self) -> list[Image.Image]:
        """Return the pictures that were shown, as RGBA."""
        images = [one for one in self.shown if isinstance(one, Shown)]
        return [Image.open(io.BytesIO(one.data)).convert("RGBA") for one in images]


def drawn(figure: Figure, metadata: Any = None) -> Shown:
    """Return a figure as the kernel shows it: a PNG with its alternative text."""
    return Shown(print_figure(figure), alt=(metadata or {}).get("image/png", {}).get("alt"))
