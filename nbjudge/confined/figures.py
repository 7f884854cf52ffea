"""Plots as pictures in the notebook, drawn once where IPython and seaborn draw several times.

IPython trims a picture to what is drawn (`bbox_inches="tight"`). matplotlib draws the figure twice
for that: once to learn where things are, once for the picture. `png` draws once, and cuts the
pixels. That gives the same picture as long as all lies within the figure; a plot that reaches
beyond its edge is drawn in IPython's way, because its outer pixels are not there to be cut.

seaborn draws the whole figure in each call of `heatmap`, only to learn whether labels of ticks
overlap. `place_ticks` does what that question needs; a test compares the pictures pixel by pixel.
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

_QUICKLY = {"compress_level": 1}  # for Pillow: a third of the time, a quarter more bytes


def draw_once(shell: InteractiveShell) -> None:
    """Let figures that `shell` shows be drawn by `png`."""
    assert shell.display_formatter is not None
    shell.display_formatter.formatters["image/png"].for_type(Figure, png)


def heatmaps_draw_nothing() -> None:
    """Let seaborn place the ticks of a figure where it would draw the figure."""
    from seaborn import matrix  # slow, and not every zygote has it

    matrix._draw_figure = place_ticks


def place_ticks(figure: Figure) -> None:
    """Put the ticks of all axes where a drawing would put them."""
    if figure.get_layout_engine() is not None:  # it moves the axes
        figure.draw_without_rendering()
        return
    for axes in figure.axes:
        axes.apply_aspect()
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_majorticklabels()  # which moves them to their ticks


def png(figure: Figure) -> bytes | None:
    """Return the trimmed picture of a figure as PNG, or None of an empty figure."""
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
    # From inches to pixels, outwards, so that no pixel that was drawn is lost.
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
