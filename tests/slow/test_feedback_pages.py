"""Feedback pages of every sample: in a browser, and beside gradebook and export."""

import csv
import shutil
from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright
from support.axe import violations
from support.browser import find_chromium
from support.course import nbgrader
from support.pages import Page

from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.late import settle
from nbjudge.nbgrader_ext.options import FeedbackOptions

pytestmark = pytest.mark.slow
LATE, NEARLY, BY_HAND = "wrong_exercise_1", "wrong_exercise_4", "wrong_exercise_2"
LOOKED_AT = ("perfect", NEARLY, "empty", LATE, BY_HAND)
WIDTHS = (1366, 390)
PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin


class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        return score / 2
"""
RULES = {
    "counts": ["c.FeedbackOnSubmit.after_deadline = 'counts'"],
    "nbgrader's own, nothing": ["c.LateSubmissionPlugin.penalty_method = 'none'"],
    "nbgrader's own, all": ["c.LateSubmissionPlugin.penalty_method = 'zero'"],
    "a plugin of the course": [
        "import sys; sys.path.insert(0, {course!r})",
        "c.AssignLatePenalties.plugin_class = 'half.Half'",
    ],
    "shown": ["c.FeedbackOnSubmit.after_deadline = 'shown'"],
}
# What is left of the 104 points of the late one.
LEFT = dict(zip(RULES, (104, 104, 0, 52, 0), strict=True))


@pytest.fixture(scope="module")
def course(graded, tmp_path_factory):
    """The demo's course; every second submission came late, and one has points by hand."""
    course = tmp_path_factory.mktemp("pages") / "course"
    shutil.copytree(graded[0], course, ignore=shutil.ignore_patterns("feedback", "grades.csv"))
    with open_book(course) as book:
        book.update_or_create_assignment("attention", duedate=datetime(2026, 3, 1))
        for number, one in enumerate(book.assignment_submissions("attention")):
            one.timestamp = datetime(2026, 3, 3 if number % 2 else 1)
        book.find_submission("attention", LATE).timestamp = datetime(2026, 3, 4)
        grade = book.find_grade("dot_product-marks", "attention", "attention", BY_HAND)
        grade.manual_score = 7
        book.db.commit()
    return course


@pytest.fixture(scope="module")
def shown(course):
    """The same, with its pages, where lateness takes half."""
    return make_pages(course, "a plugin of the course")


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu"]
        opened = play.chromium.launch(executable_path=find_chromium(), args=flags)
        yield opened
        opened.close()


def open_book(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm")


def make_pages(course, rule):
    (course / "half.py").write_text(PLUGIN)
    original = (course / "nbgrader_config.py").read_text()
    lines = [line.format(course=str(course)) for line in RULES[rule]]
    (course / "nbgrader_config.py").write_text("\n".join([original, *lines, ""]))
    try:
        options = FeedbackOptions(config=configuration(course))
        with open_book(course) as book:
            settle(book, "attention", options)
            book.db.commit()
        nbgrader("generate_feedback", "attention", cwd=course)
        nbgrader("export", "--assignment", "attention", cwd=course)
    finally:
        (course / "nbgrader_config.py").write_text(original)
    return course


@pytest.mark.parametrize("rule", RULES)
def test_page_gradebook_and_export_have_one_score(course, rule):
    make_pages(course, rule)
    with (course / "grades.csv").open() as file:
        rows = [one for one in csv.DictReader(file) if one["assignment"] == "attention"]
    exported = {one["student_id"]: float(one["score"]) for one in rows if one["score"]}
    with open_book(course) as book:
        kept = {
            one.student_id: one.score - one.late_submission_penalty
            for one in book.assignment_submissions("attention")
        }
    pages = {
        one.parts[-3]: Page(one.read_text("utf-8")).score
        for one in (course / "feedback").glob("*/attention/attention.html")
    }
    assert len(pages) > 20
    assert pages == {name: pytest.approx(kept[name]) for name in pages}
    assert pages == {name: pytest.approx(exported[name]) for name in pages}
    assert pages[LATE] == LEFT[rule]


def test_every_page_is_small_and_runs_nothing(shown):
    for file in shown.glob("feedback/*/*/*.html"):
        assert file.stat().st_size < 250_000, file
        assert "<script" not in file.read_text("utf-8")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("student", LOOKED_AT)
def test_the_checker_finds_nothing_and_nothing_is_cut_off(shown, browser, student, width):
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto((shown / f"feedback/{student}/attention/attention.html").as_uri())
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_sentence_stands_on_the_first_screen(shown, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 844 if width < 500 else 768})
    page.goto((shown / f"feedback/{NEARLY}/attention/attention.html").as_uri())
    sentence = page.get_by_text("Your scores are divided by √embed_dim").first
    box = sentence.bounding_box()
    assert box["y"] + box["height"] < page.viewport_size["height"]
    page.close()


def test_a_keyboard_unfolds_what_is_folded(shown, browser):
    page = browser.new_page()
    page.goto((shown / "feedback/perfect/attention/attention.html").as_uri())
    criteria = page.get_by_role("table").nth(1)
    assert not criteria.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert criteria.is_visible()
    page.close()
