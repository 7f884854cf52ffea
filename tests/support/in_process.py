"""Run a notebook's cells in this process: what they define, print and show."""

import contextlib
import io
import os
from unittest import mock

import matplotlib
import nbformat
from IPython.display import Image as Shown
from matplotlib import pyplot
from PIL import Image
from support.course import ROOT


class Notebook:
    """The cells of a committed notebook, by id, and the names that those run so far define."""

    def __init__(self, path, graded=""):
        """`graded` is what nbgrader puts into the environment, such as "validate"."""
        matplotlib.use("agg")
        cells = nbformat.read(ROOT / path, as_version=4).cells
        self.cells = {cell.id: cell.source for cell in cells if cell.cell_type == "code"}
        self.names = {"__name__": "__main__"}
        self.shown = []  # what the last cells displayed; a line that is rewritten counts once
        self.graded = graded

    def run(self, *ids):
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

    def execute(self, source):
        """Run the text of a cell."""
        with mock.patch("IPython.display.display", self.display):
            exec(compile(source, "<cell>", "exec"), self.names)
            self.shown += [Shown(drawn(number)) for number in pyplot.get_fignums()]

    def display(self, value, **options):
        """Stand in for IPython's `display`, which needs a kernel."""
        self.shown.append(value)
        return self

    def update(self, value, **options):
        """Stand in for the update of what was displayed last."""
        self.shown[-1] = value

    def pictures(self):
        """Return the pictures that were shown, as RGBA."""
        images = [one for one in self.shown if isinstance(one, Shown)]
        return [Image.open(io.BytesIO(one.data)).convert("RGBA") for one in images]


def drawn(number):
    """Return an open figure as PNG, and close it, as the kernel does after a cell."""
    picture = io.BytesIO()
    pyplot.figure(number).savefig(picture, format="png")
    pyplot.close(number)
    return picture.getvalue()


def looks_drawn(picture):
    """Whether a picture is opaque and varied: neither empty nor of one colour."""
    opaque = picture.getextrema()[3] == (255, 255)
    return opaque and len(picture.getcolors(picture.width * picture.height)) > 20
