"""A plot that is drawn once looks like the one that IPython draws twice."""

import io

import numpy
import pytest
import seaborn
from IPython.core.pylabtools import print_figure
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from seaborn import matrix

from nbjudge.confined import figures


def figure(**how):
    made = Figure(figsize=(6, 5), **how)
    FigureCanvasAgg(made)
    return made


def lines(axes):
    axes.plot([0, 1, 4], label="weights")
    axes.set_title("Attention\nof one query")
    axes.set_xlabel("Key position")


def pixels(data):
    return numpy.asarray(Image.open(io.BytesIO(data)).convert("L"), dtype=float)


@pytest.mark.parametrize("how", [{}, {"layout": "constrained"}, {"dpi": 173}])
@pytest.mark.parametrize("beyond", [False, True])
def test_a_picture_is_drawn_once_and_trimmed_to_what_is_drawn(how, beyond, monkeypatch):
    one, two = figure(**how), figure(**how)
    for made in (one, two):
        lines(made.subplots())
        if beyond:
            made.axes[0].legend(bbox_to_anchor=(1.05, 1), loc="upper left")
    monkeypatch.setattr(figures, "print_figure", None)  # what draws twice
    drawn = []
    one.canvas.mpl_connect("draw_event", drawn.append)
    ours, theirs = pixels(figures.png(one)), pixels(print_figure(two))
    assert len(drawn) == 1
    for mine, wanted in zip(ours.shape, theirs.shape, strict=True):
        assert wanted - 12 <= mine <= wanted + 3  # a text may be smaller than its box
    # The same picture but for a shift of part of a pixel: as much ink.
    assert (255 - ours).sum() == pytest.approx((255 - theirs).sum(), rel=0.02)


def test_what_fills_the_room_around_the_figure_is_not_cut_off():
    made = figure()
    axes = made.subplots()
    lines(axes)
    axes.legend(bbox_to_anchor=(1.5, 1), loc="upper left")
    assert figures.png(made) == print_figure(made)
    assert pixels(figures.png(made)).shape[1] > made.bbox.width + 100


def test_an_image_keeps_its_white_edge():
    made = figure()
    axes = made.subplots()
    digit = numpy.zeros((28, 28))
    digit[10:12, 10:12] = 1
    axes.imshow(digit, cmap="gray_r")
    axes.set_axis_off()
    height, width = pixels(figures.png(made)).shape
    assert (height, width) == pytest.approx((axes.bbox.height + 20, axes.bbox.width + 20), abs=2)


@pytest.mark.parametrize("size", [3, 30])
@pytest.mark.parametrize(
    ("how", "options"),
    [
        ({}, {}),
        ({}, {"square": True, "cbar": False, "annot": True}),
        ({"layout": "constrained"}, {"square": True}),
        ({}, {"xticklabels": "every key", "yticklabels": False}),
    ],
)
def test_a_heatmap_is_the_same_where_seaborn_draws_nothing(how, options, size, monkeypatch):
    if options.get("xticklabels"):  # too long for their places: they are turned
        options = options | {"xticklabels": [f"key number {n}" for n in range(size)]}

    def made():
        one = figure(**how)
        for axes in one.subplots(1, 2):
            seaborn.heatmap(numpy.eye(size), ax=axes, **options)
        return one

    monkeypatch.setattr(matrix, "_draw_figure", seaborn.utils._draw_figure)
    wanted = figures.png(made())
    figures.heatmaps_draw_nothing()
    with monkeypatch.context() as within:
        if not how:  # a layout is found by a drawing without pixels
            within.setattr(FigureCanvasAgg, "draw", None)
        ours = made()
    assert figures.png(ours) == wanted


def test_an_empty_figure_has_no_picture():
    assert figures.png(figure()) is None


def test_a_figure_keeps_its_size_and_can_be_shown_again():
    made = figure()
    lines(made.subplots())
    engine, place = made.get_layout_engine(), made.axes[0].bbox.extents
    first = figures.png(made)
    assert tuple(made.get_size_inches()) == (6, 5)
    assert made.get_layout_engine() is engine
    assert list(made.axes[0].bbox.extents) == list(place)
    assert figures.png(made) == first
