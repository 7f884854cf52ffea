"""docs/students.md, walked word for word by a new student in a browser, on a real hub.

Needs root, Node.js, npm and Chromium. With `-s` it prints the clicks and the seconds from Submit to
the sentence that explains the mistake, and where the picture of each step lies.
"""

import re
import time
from typing import NamedTuple

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright
from support.browser import find_chromium
from support.course import ROOT
from support.hub_pages import ASSIGNMENT, IMAGES, keep_for_docs
from support.samples import NAME as NOTEBOOK
from support.walk import Reader, steps

pytestmark = pytest.mark.slow
FLAGS = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost")
SCREEN, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PAGE, CHAPTER = ROOT / "docs/students.md", "On a JupyterHub"
MISTAKE, SENTENCE = "wrong_exercise_1", "Your scores are divided by √d"


def solution():
    """Return a solution of exercise 1 with a mistake that is known by name."""
    notebook = nbformat.read(ROOT / "examples/submissions" / MISTAKE / NOTEBOOK, as_version=4)
    (cell,) = (one for one in notebook.cells if re.match("def dot_product_attention", one.source))
    return cell.source


@pytest.fixture(scope="module")
def newcomer(hub):
    """A student of whom the hub has not heard yet; the first assignment is released."""
    if not (hub.exchange / "outbound" / NOTEBOOK).exists():
        hub.as_grader("nbgrader", "release_assignment", "attention")
    return hub.others[-1]


@pytest.fixture(scope="module")
def context(hub):
    """A browser of one's own, that forgets everything afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser.new_context(viewport=SCREEN)
        browser.close()


@pytest.fixture(scope="module")
def walked(hub, newcomer, context, tmp_path_factory):
    """All steps, done; what was on the screen after each."""
    own = {
        "the address": hub.url, "your name": newcomer,
        "your password": hub.password, "your solution": solution(),
    }  # fmt: skip
    walk = Walk(Reader(context, "the address", own), tmp_path_factory.mktemp("pictures"))
    for number, step in enumerate(steps(PAGE.read_text(encoding="utf-8"), CHAPTER), start=1):
        walk.go(number, step)
    yield walk
    print(walk.told())


class Walk:
    """A walk along the page, which notes when the sentence about the mistake is read first."""

    def __init__(self, reader, pictures):
        self.reader, self.pictures, self.read = reader, pictures, None

    def go(self, number, step):
        assert "press" in {mark.action for mark in step}, f"Step {number} says nothing to do."
        try:
            for mark in self.reader.follow(step):
                if IMAGES and mark.name == "See the result":
                    self.keep_results()
            if self.read is None and (place := self._sentence()):
                self.read = Read(*self._since("Submit"), place)
        finally:
            self.picture(f"{number:02}")

    def picture(self, name):
        self.reader.page.screenshot(path=self.pictures / f"{name}.png")

    def keep_results(self):
        """Keep a picture for the documentation, of what is there for a moment."""
        while self.reader.page is self.reader.lab:
            self.reader.lab.wait_for_timeout(50)
        results, file = self.reader.page.locator("main"), self.pictures / "being_graded.png"
        results.get_by_text("Being graded", exact=True).wait_for()
        # Other tests of this hub have released other assignments, further down.
        part = results.locator(f'section[data-assignment="{ASSIGNMENT}"]').bounding_box()
        clip = results.bounding_box()
        clip["height"] = part["y"] + part["height"] - clip["y"]
        self.reader.page.screenshot(path=file, clip=clip, full_page=True)
        keep_for_docs(file, file.stem)

    def _sentence(self):
        found = self.reader.page.get_by_text(SENTENCE)
        return found.first.bounding_box() if found.count() else None

    def _since(self, name):
        """Return what was pressed since something was, and the seconds since then."""
        names = [one for one, _ in self.reader.pressed]
        begun = names.index(name)
        return names[begun + 1 :], time.monotonic() - self.reader.pressed[begun][1]

    def told(self):
        return (
            f"\nFrom Submit to the sentence: {len(self.read.pressed)} click, "
            f"{self.read.seconds:.1f} s\nPictures: {self.pictures}"
        )


class Read(NamedTuple):
    """The moment in which the sentence is read."""

    pressed: list
    seconds: float
    place: dict


def test_every_step_of_the_page_can_be_done(walked):
    pressed = [name for name, _ in walked.reader.pressed]
    for name in ("Sign in", "Fetch", "Validate", "Submit", "See the result", "Results"):
        assert name in pressed
    walked.picture("end")
    expect(walked.reader.page.get_by_text(SENTENCE).first).to_be_visible()


def test_the_mistake_is_read_one_click_after_submit_on_the_first_screen(walked):
    assert len(walked.read.pressed) <= 1
    place = walked.read.place
    assert place["y"] >= 0
    assert place["y"] + place["height"] <= SCREEN["height"]


def test_from_the_feedback_a_link_leads_to_all_attempts(walked, context):
    """It opens an ordinary tab, although the feedback itself may do nothing."""
    feedback = walked.reader.page
    with context.expect_page() as opened:
        feedback.get_by_role("link", name=re.compile("^http")).click()
    results = opened.value
    expect(results.get_by_role("row", name="Attempt 1")).to_contain_text("Graded")
    results.wait_for_timeout(1500)  # it has asked for news by then
    expect(results.locator("#fresh")).to_have_text("This page renews itself.")


def test_a_phone_shows_all_of_it(walked):
    page = walked.reader.page
    page.set_viewport_size(PHONE)
    walked.picture("feedback_on_a_phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.go_back()
    expect(page.get_by_role("heading", name="Results of")).to_be_visible()
    walked.picture("results_on_a_phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
