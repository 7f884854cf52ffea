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
from matplotlib.axes import Axes
from matplotlib.axis import Axis
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
    canvas = figure.canvas
    if type(canvas) is not FigureCanvasAgg or not (figure.axes or figure.lines):
        return print_figure(figure)
    pixels = _pixels(figure, canvas)
    box = _drawn(figure, pixels)
    height, width, _ = pixels.shape
    if box is None or min(box.min) <= 0 or box.x1 >= width or box.y1 >= height:
        return print_figure(figure)
    box = box.padded(rcParams["savefig.pad_inches"] * figure.dpi)
    left, bottom = (max(math.floor(least), 0) for least in box.min)
    right, top = (math.ceil(most) for most in box.max)
    trimmed = pixels[max(height - top, 0) : height - bottom, left:right]
    picture = io.BytesIO()
    imsave(picture, trimmed, format="png", origin="upper", dpi=figure.dpi, pil_kwargs=_QUICKLY)
    return picture.getvalue()


def _room(figure: Figure) -> int:
    """Return how many inches around a figure are drawn, too."""
    # A layout engine keeps all within the figure. With one, matplotlib would draw once more.
    return 0 if figure.get_layout_engine() else _ROOM


def _pixels(figure: Figure, canvas: FigureCanvasAgg) -> Pixels:
    """Draw a figure with room around it."""
    if not _room(figure):
        canvas.draw()
    else:
        lay_out(figure)
        canvas.print_figure(
            io.BytesIO(),
            format="rgba",
            dpi=figure.dpi,
            facecolor=figure.get_facecolor(),
            edgecolor=figure.get_edgecolor(),
            bbox_inches=figure.bbox_inches.padded(_room(figure)),
        )
    return numpy.asarray(canvas.renderer.buffer_rgba())  # what was drawn last


def _drawn(figure: Figure, pixels: Pixels) -> Bbox | None:
    """Return where the pixels are that are not background, and all parts. None if all is empty."""
    colours = pixels.view(numpy.uint32)[:, :, 0]
    drawn = colours != colours[0, 0]
    rows, columns = (numpy.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    height = len(pixels)
    ink = Bbox([(columns[0], height - 1 - rows[-1]), (columns[-1] + 1, height - rows[0])])
    return Bbox.union([ink, *_parts(figure)])


def _parts(figure: Figure) -> list[Bbox]:
    """Return where parts of a figure are in its pixels, or would be.

    Of an image with a white edge, the ink does not tell. A legend may lie outside of the pixels.
    Ticks are left out: they lie at their axes, and take longer than all else.
    """
    parts = figure.get_default_bbox_extra_artists()
    boxes = [part.get_tightbbox() for part in parts if not isinstance(part, Axes | Axis)]
    shown = [box for box in boxes if box and 0 < box.width < math.inf and 0 < box.height < math.inf]
    room = _room(figure) * figure.dpi
    return [box.frozen().translated(room, room) for box in shown]
