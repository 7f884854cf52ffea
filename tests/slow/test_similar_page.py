"""The page of similar solutions in a browser: all can read it, and nothing is cut off."""

import pytest
from playwright.sync_api import sync_playwright
from support.axe import violations
from support.browser import find_chromium
from support.course import make_course, nbjudge
from support.made_up import hand_in, make_class

pytestmark = pytest.mark.slow
NAME = "attention"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("similar") / "course")
    answers, _ = make_class(7, NAME, 60, planted=4)
    hand_in(course, NAME, answers)
    file = course / "submitted/student-0000" / NAME / f"{NAME}.ipynb"
    file.write_text("no notebook" + "-" * 300, encoding="utf-8")
    nbjudge("similar", NAME, cwd=course)
    return (course / f"reports/{NAME}-similar.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.mark.parametrize("width", [1366, 390])
def test_everybody_can_read_it_and_nothing_is_cut_off(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto(address)
    assert page.locator("mark").count() > 10
    assert page.locator("details").count() >= 4
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    cut = "[...document.querySelectorAll('pre')].filter(one => one.scrollWidth > one.clientWidth)"
    assert page.evaluate(f"{cut}.length") == 0
    page.close()


def test_it_asks_for_nothing_from_elsewhere(browser, address):
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert asked == [address]
    page.close()
