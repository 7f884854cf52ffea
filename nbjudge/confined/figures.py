"""Plots as pictures in the notebook, drawn once where IPython and seaborn draw several times.

IPython trims a picture to what is drawn (`bbox_inches="tight"`). matplotlib lays the figure out
three times for that: to place things, to learn where they are, and for the picture. `png` draws
once, with room around the figure for what reaches beyond its edge, and cuts off the room where it
is empty. A plot that fills the room is drawn in IPython's way: its outer pixels are not there.

seaborn draws the whole figure in each call of `heatmap`, only to learn whether labels of ticks
overlap. `lay_out` does what that question needs; a test compares the pictures pixel by pixel.
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
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

Pixels = NDArray[numpy.uint8]  # (height, width, 4)

_ROOM = 1  # inches on each side. Titles, labels of axes and small legends fit into it
_QUICKLY = {"compress_level": 1}  # for Pillow: a third of the time, a quarter more bytes


def draw_once(shell: InteractiveShell) -> None:
    """Let figures that `shell` shows be drawn by `png`."""
    assert shell.display_formatter is not None
    shell.display_formatter.formatters["image/png"].for_type(Figure, png)


def heatmaps_draw_nothing() -> None:
    """Let seaborn lay a figure out where it would draw the figure."""
    from seaborn import matrix  # slow, and not every zygote has it

    matrix._draw_figure = lay_out


def lay_out(figure: Figure) -> None:
    """Put the axes where a drawing would put them. seaborn has placed their ticks."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    for axes in figure.axes:
        axes.apply_aspect()


def png(figure: Figure) -> bytes | None:
    """Return the trimmed picture of a figure as PNG, or None of an empty figure."""
    if type(figure.canvas) is not FigureCanvasAgg or not (figure.axes or figure.lines):
        return print_figure(figure)
    pixels = _with_room(figure)
    trimmed = _trimmed(figure, pixels)
    if trimmed is None:
        return print_figure(figure)
    picture = io.BytesIO()
    imsave(picture, trimmed, format="png", origin="upper", dpi=figure.dpi, pil_kwargs=_QUICKLY)
    return picture.getvalue()


def _with_room(figure: Figure) -> Pixels:
    """Draw a figure and an empty edge around it."""
    lay_out(figure)
    engine, room = figure.get_layout_engine(), figure.bbox_inches.padded(_ROOM)
    raw = io.BytesIO()
    how = {"format": "rgba", "dpi": figure.dpi, "facecolor": figure.get_facecolor()}
    figure.set_layout_engine("none")  # for an engine, matplotlib would draw once more
    try:
        figure.canvas.print_figure(raw, bbox_inches=room, **how)
    finally:
        figure.set_layout_engine(engine or "none")
    width, height = (int(inches * figure.dpi) for inches in room.size)
    return numpy.frombuffer(raw.getbuffer(), numpy.uint8).reshape(height, width, 4)


def _trimmed(figure: Figure, pixels: Pixels) -> Pixels | None:
    """Cut off what is empty around the axes. None if all is, or if it fills the room."""
    height = len(pixels)
    colours = pixels.view(numpy.uint32)[:, :, 0]
    drawn = colours != colours[0, 0]
    rows, columns = (numpy.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    if not rows.size or drawn[[0, -1]].any() or drawn[:, [0, -1]].any():
        return None
    boxes = [Bbox([(columns[0], height - 1 - rows[-1]), (columns[-1] + 1, height - rows[0])])]
    # A picture that is white at its edge keeps it.
    room, pad = (inches * figure.dpi for inches in (_ROOM, rcParams["savefig.pad_inches"]))
    shown = [axes.bbox.frozen() for axes in figure.axes if axes.get_visible()]
    boxes += [axes.translated(room, room) for axes in shown]
    box = Bbox.union(boxes).padded(pad)
    left, bottom = (max(math.floor(least), 0) for least in box.min)
    right, top = (math.ceil(most) for most in box.max)
    return pixels[max(height - top, 0) : height - bottom, left:right]
