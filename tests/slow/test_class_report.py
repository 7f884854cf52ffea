"""The report of a made-up class of 200, of which everything is known. Needs Chromium and npm."""

import json
from collections import Counter

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright
from report_pictures import make_class
from support import axe
from support.browser import find_chromium
from support.course import run
from support.sampling import sample_seed

pytestmark = pytest.mark.slow
STUDENTS = 200
WIDTHS = {"laptop": 1366, "phone": 390}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The course, what the class did, and the numbers of the report with names."""
    course = tmp_path_factory.mktemp("report") / "course"
    did = make_class(course, STUDENTS, sample_seed())
    run("nbjudge", "report", "attention", "--names", cwd=course)
    numbers = json.loads((course / "reports/attention-names.json").read_text(encoding="utf-8"))
    return course, did, numbers


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield started
        started.close()


def ids(names):
    return {name.split(" ")[0] for name in names}


def test_the_number_of_each_misconception_is_right_within_two(made):
    _, did, numbers = made
    counted = Counter(
        {
            (place["exercise"], one["sentence"]): place["students"]
            for one in numbers["misconceptions"]
            for place in one["exercises"]
        }
    )
    # Work that never returns shows none of its mistakes.
    slack = 2 + len(did.endless)
    keys = {*counted, *did.sentences}
    far = {key: (counted[key], did.sentences[key]) for key in keys
           if abs(counted[key] - did.sentences[key]) > slack}  # fmt: skip
    assert far == {}
    assert len(did.sentences) > 10


def test_every_student_who_lost_a_criterion_is_in_a_group_of_that_exercise(made):
    course, did, numbers = made
    grouped = {}
    for one in numbers["groups"]:
        grouped.setdefault(one["exercise"], []).extend(ids(one["names"]))
    for one in numbers["criteria_lost"]:
        assert ids(one["names"]) <= set(grouped[one["exercise"]]) | set(did.not_begun)
    assert all(len(some) == len(set(some)) for some in grouped.values())
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        failing = [one.student.id for one in book.assignment_submissions("attention")
                   if one.score < 50]  # fmt: skip
    assert failing
    assert set(failing) <= {name for some in grouped.values() for name in some}


def test_those_who_need_help_are_those_who_do(made):
    _, did, numbers = made
    needs = {one["reason"]: ids(one["names"]) for one in numbers["in_need"]}
    assert needs["Not submitted"] == set(did.absent)
    assert set(did.not_begun) <= needs["Not begun"]
    assert needs.get("Stopped", set()) == set(did.endless)


@pytest.mark.parametrize("screen", WIDTHS)
def test_nothing_is_wider_than_the_screen_and_a_checker_finds_nothing(made, browser, screen):
    page = browser.new_page(viewport={"width": WIDTHS[screen], "height": 800})
    page.goto((made[0] / "reports/attention-names.html").as_uri())
    for folded in page.query_selector_all("details:not([open]) > summary"):
        if folded.is_visible():
            folded.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    plots = page.locator("figure img")
    assert plots.count() == 5
    for plot in plots.all():
        assert plot.evaluate("img => img.naturalWidth > 0 && img.clientWidth >= 300")
    assert axe.violations(page) == []
    page.close()


def test_the_commonest_misconception_is_on_the_first_screen(made, browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((made[0] / "reports/attention-names.html").as_uri())
    sentence = made[2]["misconceptions"][0]["sentence"]
    box = page.get_by_text(sentence).first.bounding_box()
    assert box["y"] + box["height"] <= 844
    page.close()
