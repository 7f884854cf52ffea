"""Scores that wait for a person, on the page of a report and in the numbers behind it."""

from bs4 import BeautifulSoup
from support.class_work import exercise, student, ungraded, work
from traitlets.config import Config

from nbjudge.insight.numbers import to_dict
from nbjudge.insight.page import page
from nbjudge.nbgrader_ext.course_time import CourseTime

GRADED = student("bob", exercise("+-"))
WAITS = student("ada", exercise("++"), ungraded("Essay"))


def shown(*students):
    return BeautifulSoup(page(work(*students), CourseTime(Config())), "html.parser")


def numbers(*students):
    return to_dict(work(*students), lambda _: [])


def test_the_median_says_how_many_scores_will_change():
    assert "the median; 1 score will change" in shown(WAITS, GRADED).find(class_="facts").text
    assert "will change" not in shown(GRADED).text
    assert (numbers(WAITS, GRADED)["will_change"], numbers(GRADED)["will_change"]) == (1, 0)


def test_the_table_behind_the_plots_tells_what_is_not_graded_from_no_points():
    table = shown(WAITS, GRADED).find(id="scores").find_next("table")
    heads = [one.text for one in table.thead("th")]
    assert heads == ["Exercise", "Scores", "All points", "None", "Not graded", "Mean"]
    cells = [one.text.split(": ")[-1] for one in table.tbody("tr")[1](["th", "td"])]
    assert cells == ["Essay", "0", "0", "0", "1", "– / 10"]
    assert "Not graded" not in shown(GRADED).text
    assert numbers(WAITS, GRADED)["exercises"][1]["not_graded"] == 1
