"""The plots of a report: whole, whatever the names of cells are, and true where a grade is missing.

Letters are paths; before those of each text, matplotlib writes the text as a comment.
"""

import re

import pytest
from support.class_work import exercise, student, ungraded, work

from nbjudge.insight.figures import exercises, scores

LONG = "What the mean of a list of numbers is, and when there is none"
IDS = [f"cell-{number}aef2caea9c352f{number}" for number in range(3)]  # nbgrader's own
TEXT = re.compile(
    r"<!-- (?P<text>.+?) -->.*?translate\((?P<left>\S+) \S+\) (?:rotate\S+ )?"
    r"scale\((?P<scale>\S+) .*?</g>",
    re.S,
)


def texts(svg):
    """Return each text of a picture, and where its last letter begins."""
    found = {}
    for one in TEXT.finditer(svg):
        *_, last = [0.0, *map(float, re.findall(r"<use [^>]*translate\((\S+) ", one[0]))]
        found[one["text"]] = float(one["left"]) + float(one["scale"]) * last
    return found


def width(svg):
    return float(re.search(r'viewBox="0 0 (\S+) ', svg)[1])


def bars(svg):
    """Return how wide the axes are."""
    x = re.findall(r"[ML] (\S+) ", re.search(r'id="patch_2".*?d="(.*?)"', svg, re.S)[1])
    return max(map(float, x)) - min(map(float, x))


def of(*parts):
    return work(student("ada", *parts), student("bob", *parts))


@pytest.mark.parametrize("titles", [["Exercise 1"], IDS, [LONG]], ids=["short", "ids", "long"])
@pytest.mark.parametrize("waits", [False, True])
def test_the_legend_is_whole_and_bars_are_wide_whatever_the_titles(titles, waits):
    parts = [exercise("+-", title) for title in titles] + [ungraded("Essay")] * waits
    svg = exercises(of(*parts)).svg
    shown = texts(svg)
    assert {"all points", "some", "none"} <= shown.keys()
    assert ("not graded" in shown) is waits
    assert max(shown.values()) < width(svg) - 8  # the last letter has its place, too
    assert bars(svg) > width(svg) / 2


def test_a_long_label_keeps_both_ends():
    shown = texts(exercises(of(*(exercise("+", name) for name in IDS))).svg)
    assert {"cell-0ae…9c352f0", "cell-1ae…9c352f1", "cell-2ae…9c352f2"} <= shown.keys()


def test_what_nobody_has_graded_is_drawn_and_told_as_such():
    picture = exercises(of(exercise("+"), ungraded("Essay")))
    assert "Essay: 0% all points, 0% some, 0% none, 100% not graded." in picture.alternative
    graded = exercises(of(exercise("+")))
    assert "not graded" not in graded.alternative + graded.svg


def test_the_median_says_how_many_scores_will_change():
    picture = scores(of(exercise("+"), ungraded("Essay")))
    assert "Dashed: the median, 10; 2 scores will change" in texts(picture.svg)
    assert "the median, 10; 2 scores will change" in picture.alternative
    assert "Dashed: the median, 10" in texts(scores(of(exercise("+"))).svg)
