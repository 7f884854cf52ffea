"""The results page in a browser: it renews itself, all can read it, the launcher leads there."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect, sync_playwright
from support.axe import violations
from support.browser import find_chromium
from support.course import ROOT
from support.ports import free_port
from support.results import NAME, ResultsCourse, served

pytestmark = pytest.mark.slow
WIDTHS = (1366, 390)
ADDRESS = "http://results--service.hub.localhost:8000/services/results/"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def course(tmp_path):
    now = datetime.now(UTC)
    rule = "c.FeedbackOnSubmit.after_deadline = 'shown'"
    found = ResultsCourse(tmp_path, rule, due=(now - timedelta(hours=3)).replace(tzinfo=None))
    found.add("ada", 1, 82.0, "<p>Page of ada</p>", came=now - timedelta(hours=30))
    found.add("ada", 2, 91.0, "<p>Late page</p>", came=now - timedelta(hours=1))
    found.add("ada", 3)
    found.add("a-student-with-quite-a-long-name", 1, 57.5, "<p>Page</p>")
    found.beat({"ada": 3})
    return found


def opened(browser, site, who, width=1366, asked=""):
    page = browser.new_page(
        viewport={"width": width, "height": 900}, extra_http_headers={"X-Visitor": who}
    )
    page.goto(site.url + asked)
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("who", ["ada", "teacher", "new-student"])
def test_everybody_can_read_it_and_nothing_is_cut_off(browser, course, who, width):
    with served(course.root) as site:
        page = opened(browser, site, who, width)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_states_change_without_a_reload_and_the_keyboard_stays_where_it_is(browser, course):
    with served(course.root) as site:
        page = opened(browser, site, "ada")
        page.evaluate("window.sameDocument = true")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Attempt 3"))
        expect(row).to_contain_text("Being graded")
        page.get_by_role("link", name="Feedback on attempt 1").focus()
        course.add("ada", 3, 64.0, "<p>New page</p>")
        course.beat()
        expect(row).to_contain_text("64 of 100", timeout=20_000)
        expect(page.get_by_role("status")).to_contain_text("attempt 3: graded, 64 points")
        assert page.evaluate("window.sameDocument")
        focused = page.evaluate("document.activeElement.textContent")
        assert focused == f"Feedback on attempt 1 at {NAME}"
        row.get_by_role("link").click()
        expect(page.get_by_text("New page")).to_be_visible()
        page.close()


def test_who_asks_for_the_newest_feedback_waits_for_it_and_is_led_there_once(browser, course):
    with served(course.root) as site:
        page = opened(browser, site, "ada", asked="#newest=week1")
        expect(page.locator("#fresh")).to_have_text(
            "The feedback opens here as soon as it is there."
        )
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Attempt 3"))
        expect(row).to_contain_text("Being graded")
        page.wait_for_timeout(1500)  # older attempts have feedback, and the page was renewed
        expect(row).to_contain_text("Being graded")
        course.add("ada", 3, 64.0, "<p>New page</p>")
        course.beat()
        expect(page.get_by_text("New page")).to_be_visible(timeout=20_000)
        page.go_back()
        expect(row).to_contain_text("64 of 100")
        page.wait_for_timeout(1500)
        expect(row).to_contain_text("64 of 100")
        page.close()


def test_the_launcher_of_jupyterlab_opens_it(browser, tmp_path):
    port, etc = free_port(), ROOT / "deploy/jupyterhub/etc"
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root",
         "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"],
        env={**os.environ, "HOME": str(tmp_path), "NBJUDGE_RESULTS": ADDRESS,
             "JUPYTER_CONFIG_PATH": f"{etc}/student:{etc}/common"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    page = browser.new_page()
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                page.goto(f"http://127.0.0.1:{port}/lab")
                break
            except Exception:
                assert time.monotonic() < deadline
                time.sleep(0.5)
        card = page.locator(".jp-LauncherCard", has_text="Results")
        with page.context.expect_page():
            card.click(timeout=120_000)
        page.wait_for_timeout(500)
        assert ADDRESS in asked  # nobody answers there
    finally:
        page.close()
        lab.terminate()
        lab.wait(30)
