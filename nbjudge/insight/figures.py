"""The plots of a report, as SVG: they read in grey, and on a telephone's width.

Each is 4.6 inches wide, so that a screen of 390 pixels shrinks its letters by a sixth only. Series
differ by lightness and by hatching. The letters are paths: a reader's machine needs no font.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from nbjudge.insight.items import Item
from nbjudge.insight.scores import ExerciseScores, changing, distribution, middle, of_exercises
from nbjudge.insight.timeline import Timeline
from nbjudge.insight.work import ClassWork

_WIDTH = 4.6  # inches
_LONGEST = 16  # characters of a label beside an axis: the bars need the width
_DARK, _MIDDLE, _LIGHT = "#1f4e79", "#7fa7cf", "#e8edf3"
_KINDS = (  # of scores: in words, colour, hatching
    ("all points", _DARK, ""),
    ("some", _MIDDLE, "//"),
    ("none", _LIGHT, ".."),
    ("not graded", "white", "xx"),
)
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "nbjudge",  # the same report is the same bytes
    "font.size": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}


@dataclass(frozen=True)
class Picture:
    """A plot: its title, as SVG, and in words for who does not see it."""

    title: str
    svg: str
    alternative: str


def scores(work: ClassWork) -> Picture:
    """Return the distribution of scores."""
    ranges, half = distribution(work), middle(work) or 0.0
    median = f"the median, {half:g}{changing(work)}"

    def draw(axes: Axes) -> None:
        _columns(axes, [(low, high, count) for low, high, count in ranges])
        axes.axvline(half, color=_DARK, linestyle="--", linewidth=1.5)
        axes.set_title(f"Dashed: {median}", fontsize=10.5, loc="left")
        axes.set_xlabel(f"Points of {work.most:g}")
        axes.set_ylabel("Students")

    told = ", ".join(f"{low:g} to {high:g}: {count}" for low, high, count in ranges if count)
    words = f"Number of students by points. {told}. Dashed: {median}."
    return Picture("Scores", _svg(draw, 2.9), words)


def exercises(work: ClassWork) -> Picture:
    """Return the exercises side by side: who has full marks, a part, none, and no score yet."""
    rows = of_exercises(work)
    titles = [one.title for one in rows]
    kinds = _KINDS if any(one.not_graded for one in rows) else _KINDS[:-1]
    parts = np.array([_parts(one)[: len(kinds)] for one in rows])  # (exercises, kinds), shares

    def draw(axes: Axes) -> None:
        left = np.zeros(len(titles))
        for number, (label, colour, hatch) in enumerate(kinds):
            axes.barh(
                range(len(titles)), parts[:, number], left=left, color=colour, hatch=hatch,
                edgecolor="white" if colour == _DARK else _DARK, linewidth=0.6, label=label,
            )  # fmt: skip
            left += parts[:, number]
        axes.set_yticks(range(len(titles)), [_short(title) for title in titles])
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("Share of students")
        # Above the whole picture: beside long labels, the axes are narrower than the legend.
        axes.figure.legend(
            ncols=len(kinds), loc="outside upper left", frameon=False,
            handlelength=1.4, handletextpad=0.5, columnspacing=1.0,
        )  # fmt: skip

    told = "; ".join(
        f"{title}: "
        + ", ".join(f"{share:.0%} {kind}" for share, (kind, *_) in zip(row, kinds, strict=True))
        for title, row in zip(titles, parts, strict=True)
    )
    return Picture("Exercises", _svg(draw, 1.3 + 0.42 * len(titles)), f"{told}.")


def item_map(items: Sequence[Item]) -> Picture:
    """Return difficulty against discrimination, a point an item; those to look at are filled."""
    known = [one for one in items if one.discrimination is not None]

    def draw(axes: Axes) -> None:
        for look, marker, colour in ((False, "o", _MIDDLE), (True, "D", _DARK)):
            some = [one for one in known if bool(one.advice) == look]
            axes.scatter(
                [one.met for one in some],
                [one.discrimination or 0.0 for one in some],
                marker=marker, s=42, facecolor=colour if look else "white", edgecolor=_DARK,
                label="look at it" if look else "nothing to look at",
            )  # fmt: skip
        axes.axhline(0, color="#595959", linewidth=0.8)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(min(-0.25, *(one.discrimination or 0 for one in known), 0) - 0.05, 1.03)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("Met by (left: hard, right: easy)")
        axes.set_ylabel("Goes with the rest")
        axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1), frameon=False)

    told = "; ".join(f"{one.name}: {one.met:.0%}, {one.discrimination:.2f}" for one in known)
    return Picture(
        "Criteria: how hard they are, and whether they go with the rest of the score",
        _svg(draw, 3.4),
        f"Share that meets a criterion, and its correlation with the rest. {told}.",
    )


def attempts(found: Timeline) -> Picture:
    """Return how many attempts came on each day before the due date, and after it."""

    def draw(axes: Axes) -> None:
        _columns(axes, [(day, day + 1, count) for day, count in found.days])
        axes.axvline(0, color=_DARK, linewidth=2)
        axes.invert_xaxis()
        axes.set_title("Line: the due date", fontsize=10.5, loc="left")
        axes.set_xlabel("Days before the due date")
        axes.set_ylabel("Attempts")

    told = ", ".join(f"{day} to {day + 1}: {count}" for day, count in found.days if count)
    words = f"Attempts by days before the due date. {told}."
    return Picture("When attempts came", _svg(draw, 2.8), words)


def gains(found: Timeline, most: float) -> Picture:
    """Return the last score against the first one, a point a student."""
    pairs = [pair for pair, _ in found.pairs]
    top = 1.05 * max(most, *(max(pair) for pair in pairs))

    def draw(axes: Axes) -> None:
        axes.plot([0, top], [0, top], color="#595959", linewidth=0.8)
        axes.scatter(
            [first for first, _ in pairs], [last for _, last in pairs],
            s=[18 + 10 * count for _, count in found.pairs],
            facecolor=_MIDDLE, edgecolor=_DARK, alpha=0.9,
        )  # fmt: skip
        axes.set_xlim(-0.03 * top, top)
        axes.set_ylim(-0.03 * top, top)
        axes.set_aspect("equal")
        axes.set_title("Above the line: better. Larger: more students", fontsize=10.5, loc="left")
        axes.set_xlabel("First score")
        axes.set_ylabel("Last score")

    better = sum(last > first for first, last in found.gains)
    told = f"{better} of {len(found.gains)} students have a better last score than their first"
    return Picture("First and last score", _svg(draw, 4.2), f"{told}; mean gain {found.gain:.1f}.")


def _parts(one: ExerciseScores) -> list[float]:
    """Return the shares of the students with each of the kinds of scores."""
    counts = one.full, one.scores - one.full - one.none, one.none, one.not_graded
    return [count / sum(counts) for count in counts]


def _columns(axes: Axes, rows: Sequence[tuple[float, float, int]]) -> None:
    """Draw a histogram of what is counted already: from, to, and how many."""
    edges = sorted({edge for low, high, _ in rows for edge in (low, high)})
    lows, weights = [low for low, _, _ in rows], [count for _, _, count in rows]
    sns.histplot(x=lows, weights=weights, bins=edges, color=_MIDDLE, edgecolor=_DARK, ax=axes)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def _short(title: str) -> str:
    """Return a title as a label; a long one loses its middle, as ids differ at their ends."""
    label = title.split(":")[0]
    if len(label) <= _LONGEST:
        return label
    return f"{label[: _LONGEST // 2]}…{label[1 - _LONGEST // 2 :]}"


def _svg(draw: Callable[[Axes], None], height: float) -> str:
    with mpl.rc_context(_STYLE), sns.axes_style("ticks", _STYLE):
        figure = Figure((_WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure.subplots())
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
