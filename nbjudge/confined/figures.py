"""Plots as pictures in the notebook, drawn once.

IPython trims a picture to what is drawn, and matplotlib draws it twice for that: to learn where
things are, then for the picture. Here it is drawn once, and cut. A plot that reaches beyond the
edge of its figure is drawn as IPython does it.
"""

import io
import math

import numpy
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

_QUICKLY = {"compress_level": 1}  # a third of the time, for a quarter more bytes


def draw_once(shell: InteractiveShell) -> None:
    """Let figures that `shell` shows be drawn by `png`."""
    assert shell.display_formatter is not None
    shell.display_formatter.formatters["image/png"].for_type(Figure, png)


def png(figure: Figure) -> bytes | None:
    """Return the picture of a figure, trimmed; None of an empty one."""
    canvas = figure.canvas
    if type(canvas) is not FigureCanvasAgg or not (figure.axes or figure.lines):
        return print_figure(figure)
    canvas.draw()
    pixels = numpy.asarray(canvas.buffer_rgba())  # (height, width, 4)
    height, width, _ = pixels.shape
    drawn = figure.get_tightbbox(canvas.get_renderer())  # in inches, from the lower left
    dpi, pad = figure.dpi, rcParams["savefig.pad_inches"]
    if min(drawn.x0, drawn.y0) < 0 or drawn.x1 * dpi > width or drawn.y1 * dpi > height:
        return print_figure(figure)
    left, bottom = (max(math.floor((least - pad) * dpi), 0) for least in (drawn.x0, drawn.y0))
    right, top = (math.ceil((most + pad) * dpi) for most in (drawn.x1, drawn.y1))
    picture = io.BytesIO()
    imsave(
        picture,
        pixels[max(height - top, 0) : height - bottom, left:right],
        format="png",
        origin="upper",
        dpi=dpi,
        pil_kwargs=_QUICKLY,
    )
    return picture.getvalue()
