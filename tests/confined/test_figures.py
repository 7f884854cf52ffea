"""A plot that is drawn once looks like the one that IPython draws twice."""

import io

import numpy
import pytest
from IPython.core.pylabtools import print_figure
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

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
def test_a_picture_is_trimmed_to_what_is_drawn(how, monkeypatch):
    one, two = figure(**how), figure(**how)
    for made in (one, two):
        lines(made.subplots())
    monkeypatch.setattr(figures, "print_figure", None)  # what draws twice
    ours, theirs = pixels(figures.png(one)), pixels(print_figure(two))
    margin = 2 * rcParams["savefig.pad_inches"] * one.dpi  # there may be less room for it
    for mine, wanted in zip(ours.shape, theirs.shape, strict=True):
        assert wanted - margin <= mine <= wanted + 3
    # The same picture but for a shift of part of a pixel: as much ink.
    assert (255 - ours).sum() == pytest.approx((255 - theirs).sum(), rel=0.02)


def test_what_reaches_beyond_the_figure_is_not_cut_off():
    made = figure()
    axes = made.subplots()
    lines(axes)
    axes.legend(bbox_to_anchor=(1.05, 1), loc="upper left")
    assert figures.png(made) == print_figure(made)
    assert pixels(figures.png(made)).shape[1] > made.bbox.width


def test_an_empty_figure_has_no_picture():
    assert figures.png(figure()) is None


def test_a_figure_keeps_its_size_and_can_be_shown_again():
    made = figure()
    lines(made.subplots())
    first = figures.png(made)
    assert tuple(made.get_size_inches()) == (6, 5)
    assert figures.png(made) == first
