"""What people see of the hub, as pages with the actions that they take there."""

import os
import re
from pathlib import Path

import layout
from PIL import Image
from playwright.sync_api import expect

IMAGES = os.environ.get("NBJUDGE_HUB_IMAGES")
ASSIGNMENT = "attention"
SECONDS = 1000  # Playwright counts milliseconds
SERVER_STARTS = 180 * SECONDS
GRADED = 180 * SECONDS


def keep_for_docs(file, name):
    """Keep a picture for the documentation, where NBJUDGE_HUB_IMAGES names a folder for them."""
    if IMAGES:
        picture = Image.open(file).convert("RGB").quantize(128)
        picture.save(Path(IMAGES, f"{name}.png"), optimize=True)


def log_in(page, hub, name):
    """Log in from the address that the demo prints; the browser then goes on by itself."""
    page.goto(hub.url)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(hub.password)
    page.get_by_role("button", name="Sign in").click()


def open_service(page, name):
    """Open a service as the docs say, from the page of the hub that an instructor comes to."""
    menu = page.get_by_role("button", name="Toggle navigation")
    if menu.is_visible():  # on a phone
        menu.click()
    page.get_by_role("button", name="Services").click()
    page.get_by_role("link", name=name).click()


class Lab:
    """JupyterLab, where the browser comes to by itself, and its notebook that is open."""

    def __init__(self, page, url):
        self.page = page
        page.wait_for_url(f"{url}lab**", timeout=SERVER_STARTS)

    def open(self, *menu):
        for entry in menu:
            self.page.get_by_role("menuitem", name=entry).click()

    def hide_files(self):
        """Give the room of the file list to the tabs."""
        files = self.page.locator("#jp-left-stack")
        expect(files).to_be_visible()
        self.page.keyboard.press("Control+B")
        expect(files).to_be_hidden()

    def run_all(self):
        """Restart, run all cells, and wait for the kernel."""
        self.open("Run", "Restart Kernel and Run All Cells")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        last = self.notebook.locator(".jp-CodeCell .jp-InputPrompt").last
        expect(last).to_have_text(re.compile(r"\[\d+\]:"), timeout=GRADED)

    @property
    def notebook(self):
        return self.page.locator(".jp-Notebook:visible")

    def write(self, name, source):
        """Paste over the cell that defines a function or class."""
        editor = self.notebook.locator(".jp-CodeCell .cm-content").filter(
            has_text=re.compile(rf"^(def|class) {name}\b")
        )
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def save(self):
        self.page.keyboard.press("Control+S")
        expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)

    def validate(self):
        """Press Validate; return what its dialog says."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog-content")
        expect(dialog).to_contain_text("Validation Results", timeout=GRADED)
        return dialog

    def close_tab(self):
        """Close what is open: the viewer does not notice that a file is another one now."""
        self.open("File", "Close Tab")

    def dismiss(self, dialog):
        dialog.get_by_role("button", name="Ok").click()
        expect(dialog).to_have_count(0)


class AssignmentList:
    """The student's tab: an assignment that is released, downloaded, and submitted."""

    def __init__(self, lab, name=ASSIGNMENT):
        self.lab, self.page, self.name = lab, lab.page, name
        self.show()

    def show(self):
        self.lab.open("Nbgrader", "Assignment List")
        self.released, self.fetched, self.submitted = (
            self.page.locator(f"#{part}_assignments_list .list_item")
            .filter(has=self.page.get_by_text(self.name, exact=True))
            .first
            for part in ("released", "fetched", "submitted")
        )
        self.attempts = self.submitted.locator(".nested_list_item")

    def refresh(self):
        self.page.locator("#refresh_assignments_list").click()
        expect(self.page.locator(".list_loading:visible")).to_have_count(0)

    def fetch(self):
        self.released.get_by_role("button", name="Fetch").click()
        expect(self.fetched.get_by_role("button", name="Submit")).to_be_visible()

    def open_notebook(self):
        self.fetched.locator(".assignment-notebooks-link").click()
        self.fetched.locator(".nested_list_item").get_by_text(self.name, exact=True).click()
        expect(self.lab.notebook).to_be_visible()
        idle = self.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]:visible')
        expect(idle).to_be_visible(timeout=SERVER_STARTS)

    def submit(self):
        count = self.attempts.count()
        self.fetched.get_by_role("button", name="Submit").click()
        expect(self.attempts).to_have_count(count + 1)

    def wait_for_feedback(self, attempt):
        """Refresh, as an impatient student does, until feedback of an attempt can be fetched."""
        told = self.attempts.nth(attempt)
        expect(self.submitted).to_contain_text(self.name)
        for _ in range(60):
            self.refresh()
            if "feedback available" in told.inner_text():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("No feedback can be fetched.")

    def fetch_feedback(self):
        with self.page.expect_response(lambda answer: "fetch_feedback" in answer.url):
            self.submitted.get_by_role("button", name="Fetch Feedback").click()
        expect(self.submitted.get_by_text("view feedback").first).to_be_visible()

    def view_feedback(self, attempt):
        """Open the page that was fetched; return its frame in JupyterLab."""
        self.attempts.nth(attempt).get_by_text("view feedback").click()
        self.page.locator(".jp-DirListing-item", has_text=f"{self.name}.html").dblclick()
        return self.page.frame_locator(".jp-HTMLViewer:visible iframe")


def follow(links):
    """Click each link of a page to a place in it, which must then stand where the reader looks.

    Returns how many there are.
    """
    found = links.count()
    for number in range(found):
        link = links.nth(number)
        # The place has its id, or the older `name`, as the browser finds it for the address.
        place = link.evaluate(
            "link => { const name = decodeURIComponent(link.hash.slice(1));"
            "return document.getElementById(name) ? `[id=${CSS.escape(name)}]`"
            " : `[name=${CSS.escape(name)}]` }"
        )
        link.click()
        # Not `to_be_in_viewport`, which never finds an element without a size.
        page = link.page.frame_locator(".jp-HTMLViewer:visible iframe")
        top = page.locator(place).first.evaluate(
            "place => place.getBoundingClientRect().top / window.innerHeight"
        )
        assert -0.01 < top < 1, place
    return found


class Formgrader:
    """The formgrader's tab in the grader's JupyterLab."""

    def __init__(self, page, url):
        page.wait_for_url("**/hub/home")
        open_service(page, layout.COURSE_ID)
        self.lab, self.page, self.url = Lab(page, url), page, url
        self.lab.hide_files()
        self.lab.open("Nbgrader", "Formgrader")
        self.frame = page.frame_locator("#formgrader-iframe iframe")
        expect(self.frame.locator("tbody tr").first).to_contain_text(ASSIGNMENT)

    def row(self, text=ASSIGNMENT):
        # Not has_text: student2 and its date 2026, without a space, begin with student22.
        cell = self.page.get_by_text(text, exact=True)
        return self.frame.locator("tbody tr").filter(has=cell)

    def press(self, column, row=ASSIGNMENT):
        """Press a button of the table; return what the dialog says that follows."""
        self.row(row).locator(f"td.{column} a").click()
        dialog = self.frame.locator(".modal-content")
        expect(dialog.locator(".modal-title")).to_have_text("Success", timeout=GRADED)
        text = dialog.inner_text()
        dialog.get_by_role("button", name="OK").click()
        expect(dialog).to_have_count(0)
        return text

    def visit(self, path):
        """Show a page of the formgrader in its tab."""
        self.tab.goto(f"{self.url}formgrader/{path}")

    @property
    def tab(self):
        (tab,) = [one for one in self.page.frames if "/formgrader" in one.url]
        return tab

    def submissions(self):
        """Show the table of the assignment's submissions."""
        self.visit(f"manage_submissions/{ASSIGNMENT}")
        expect(self.frame.locator("td.student-name").first).to_be_visible()

    def submission(self, student):
        """Open a student's notebook to grade it."""
        self.submissions()
        self.row(student).locator("td.student-name a").click()
        self.frame.locator("tbody a[href*='/formgrader/submissions/']").click()
        expect(self.frame.locator(".score").first).to_be_visible()

    def grade(self, exercise, points, comment):
        """Write a comment below the solution of an exercise, and set its points by hand."""
        for name, text in ((f"{exercise}-comment", comment), (f"{exercise}-marks", str(points))):
            field = self.frame.locator(f"#{name}")
            expect(field).to_have_attribute("placeholder", re.compile("."))  # heeds what is typed
            with self.page.expect_response(lambda answer: answer.request.method == "PUT"):
                field.fill(text)
                field.press("Tab")

    def show_report(self, exercise):
        """Scroll to the points of an exercise and its criteria table."""
        field = self.frame.locator(f"#{exercise}-marks")
        field.focus()  # the page scrolls there, gently
        self.tab.wait_for_function("$('html, body').filter(':animated').length === 0")
        field.evaluate("field => window.scrollBy(0, field.getBoundingClientRect().top - 100)")
