"""The life of an assignment in a browser, on a real hub: the tests are its acts, in this order.

Needs root, Node.js, npm and Chromium. `python examples/pictures.py --hub` makes the pictures in
docs/images/hub anew, by this module and test_hub_walk.py.

With `-s`, it prints what each step took, and what stopped a student who tried others' doors.
"""

import contextlib
import re
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import layout
import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright
from support.browser import find_chromium
from support.course import ROOT
from support.hub_pages import (
    AssignmentList,
    Formgrader,
    Lab,
    follow,
    keep_for_docs,
    log_in,
    open_service,
)
from support.samples import NAME as NOTEBOOK
from support.small import write_small

pytestmark = pytest.mark.slow
FLAGS = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost")
PATIENCE = 120_000  # milliseconds: other tests run beside, and a page may wait for its turn
SIZE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
FEEDBACK_SECONDS = 10
COMMENT = "Right idea, but the scale belongs to exercise 2."


class Stage:
    """The browser, those who use it, and notes of all that happens."""

    def __init__(self, browser, hub, folder):
        self.browser, self.hub, self.folder = browser, hub, folder
        self.took, self.elsewhere, self.errors, self.dialogs = {}, [], [], []

    def enter(self, name, size=SIZE):
        """Log in with a browser of one's own."""
        page = self.browser.new_context(viewport=size).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self.note(request.url))
        page.on("websocket", lambda socket: self.note(socket.url))
        page.on("pageerror", lambda error: self.errors.append(f"{name}: {error}"))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        log_in(page, self.hub, name)
        return page

    def note(self, url):
        parts = urlsplit(url)
        local = parts.scheme in ("data", "blob", "file", "about")
        if not local and not parts.hostname.endswith(".localhost"):
            self.elsewhere.append(url)

    @contextlib.contextmanager
    def step(self, title):
        begun = time.monotonic()
        yield
        self.took[title] = time.monotonic() - begun

    def picture(self, page, name, in_docs=False):
        file = self.folder / f"{len(list(self.folder.iterdir())):02}_{name}.png"
        page.screenshot(path=file)
        if in_docs:
            keep_for_docs(file, name)

    def table(self):
        return "".join(f"\n{seconds:6.1f} s  {title}" for title, seconds in self.took.items())


@pytest.fixture(scope="module")
def stage(hub, tmp_path_factory):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        expect.set_options(timeout=PATIENCE)
        stage = Stage(browser, hub, tmp_path_factory.mktemp("pictures"))
        yield stage
        browser.close()
        print(f"{stage.table()}\nPictures: {stage.folder}")


@pytest.fixture(scope="module")
def formgrader(stage, hub):
    with stage.step("instructor: log in, open the formgrader"):
        return Formgrader(stage.enter(hub.instructor), hub.formgrader)


@pytest.fixture(scope="module")
def student(hub):
    return hub.others[0]


@pytest.fixture(scope="module")
def assignments(stage, hub, student):
    with stage.step("student: log in, start the server, open the assignment list"):
        return AssignmentList(Lab(stage.enter(student), hub.server(student)))


def solutions(sample):
    """Return the solution cells of a sample submission, by the name that each defines."""
    notebook = nbformat.read(ROOT / "examples/submissions" / sample / NOTEBOOK, as_version=4)
    sources = [
        cell.source for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")
    ]
    return {re.match(r"(?:def|class) (\w+)", source)[1]: source for source in sources}


def test_an_instructor_with_a_phone_comes_to_the_formgrader_by_its_link(stage, hub):
    page = stage.enter(hub.instructor, PHONE)
    page.wait_for_url("**/hub/home")
    open_service(page, layout.COURSE_ID)
    Lab(page, hub.formgrader)
    stage.picture(page, "phone")


def test_the_instructor_releases(stage, formgrader):
    with stage.step("instructor: generate"):
        formgrader.press("assign")
    if "draft" in formgrader.row().inner_text():
        with stage.step("instructor: release"):
            formgrader.press("release")
    expect(formgrader.row().locator("td.status")).to_have_text("released")
    stage.picture(formgrader.page, "formgrader")


def test_a_student_works_and_validates(stage, hub, student, assignments):
    lab = assignments.lab
    with stage.step("student: fetch"):
        assignments.fetch()
    stage.picture(lab.page, "fetched")
    with stage.step("student: open the notebook"):
        assignments.open_notebook()
    with stage.step("student: validate what is not done yet"):
        dialog = lab.validate()
    stage.picture(lab.page, "not_valid")
    expect(dialog).to_contain_text("visible tests, 5 fail")
    lab.dismiss(dialog)
    wanted = solutions("wrong_exercise_1")
    with stage.step("student: paste five solutions, save"):
        for name, source in wanted.items():
            lab.write(name, source)
        lab.save()
    saved = nbformat.read(Path("/home", student, NOTEBOOK), as_version=4)
    assert set(wanted.values()) <= {cell.source for cell in saved.cells}
    with stage.step("student: restart and run all cells"):
        lab.run_all()
    stage.picture(lab.page, "run")
    with stage.step("student: validate"):
        dialog = lab.validate()
    stage.picture(lab.page, "valid")
    expect(dialog).to_contain_text("The visible tests pass. More is marked:")
    lab.dismiss(dialog)


def test_feedback_comes_within_seconds(stage, assignments):
    assignments.show()
    title = "student: from Submit until feedback can be fetched"
    with stage.step(title):
        assignments.submit()
        assignments.wait_for_feedback(0)
    stage.picture(assignments.page, "fetch_feedback")
    assert stage.took[title] < FEEDBACK_SECONDS
    with stage.step("student: fetch and open the feedback"):
        assignments.fetch_feedback()
        feedback = assignments.view_feedback(0)
        told = feedback.get_by_text("Your scores are divided by √d").first
        expect(told).to_be_visible()
    stage.picture(assignments.page, "feedback", in_docs=True)
    expect(feedback.locator("body")).to_contain_text("Attempt 1")
    expect(feedback.locator("table", has_text="formula").first).to_be_visible()
    assignments.lab.close_tab()


def test_a_second_assignment_is_graded_too_and_one_for_a_person_is_named(
    stage, hub, formgrader, assignments
):
    for path in write_small(hub.course):
        shutil.chown(path, layout.GRADER, layout.GRADER)
    for name in ("doubling", "essay"):
        hub.as_grader("nbjudge", "build", name)
    formgrader.visit("manage_assignments")
    for name in ("doubling", "essay"):
        formgrader.press("release", name)
    assignments.show()
    assignments.refresh()
    second = AssignmentList(assignments.lab, "doubling")
    with stage.step("student: fetch, submit a second assignment, until feedback can be fetched"):
        second.fetch()
        second.submit()
        second.wait_for_feedback(0)
    second.fetch_feedback()
    feedback = second.view_feedback(0)
    expect(feedback.locator("body")).to_contain_text("Attempt 1")
    feedback.locator("body").evaluate(
        "body => body.querySelectorAll('details').forEach(one => one.open = true)"
    )
    assert follow(feedback.locator(".notebook a[href^='#']")) == 2
    link = feedback.get_by_role("link", name="PyTorch")
    link.hover()
    stage.picture(second.page, "link_elsewhere")
    link.click()  # JupyterLab says that it is disabled; the page must not be lost
    expect(feedback.locator("body")).to_contain_text("Attempt 1")
    second.lab.close_tab()
    log = hub.log.read_text()
    assert "Watching doubling. Left to a person: why." in log
    assert "essay is left to a person. No cell in" in log


def test_the_instructor_has_the_last_word(stage, formgrader, student, assignments):
    formgrader.visit("manage_assignments")
    with stage.step("instructor: collect"):
        formgrader.press("collect")
    formgrader.submissions()
    with stage.step("instructor: autograde one submission"):
        formgrader.press("autograde", student)
    stage.picture(formgrader.page, "submissions", in_docs=True)
    with stage.step("instructor: grade by hand"):
        formgrader.submission(student)
        formgrader.grade("dot_product", 7, COMMENT)
    formgrader.show_report("dot_product")
    stage.picture(formgrader.page, "by_hand", in_docs=True)
    formgrader.submissions()
    with stage.step("instructor: generate and release feedback"):
        formgrader.press("generate-feedback", student)
        formgrader.press("release-feedback", student)
    with stage.step("student: fetch and open the final feedback"):
        assignments.show()
        assignments.wait_for_feedback(0)
        assignments.fetch_feedback()
        feedback = assignments.view_feedback(0)
        expect(feedback.locator("body")).to_contain_text(COMMENT)
        expect(feedback.locator("body")).to_contain_text("7 of 20")
    stage.picture(assignments.page, "final_feedback")


def test_planted_scripts_do_not_run(stage, hub, formgrader):
    vandal = hub.others[1]
    hub.as_student(vandal, "nbgrader", "fetch_assignment", "attention")
    work = Path("/home", vandal, NOTEBOOK)
    shutil.copy(ROOT / "examples/submissions/scripts" / NOTEBOOK, work)
    shutil.chown(work, vandal, vandal)
    hub.as_student(vandal, "nbgrader", "submit", "attention")
    page = formgrader.page
    while_waiting(page, lambda: f"{vandal}, attempt 1" in hub.log.read_text())
    formgrader.submission(vandal)
    view = formgrader.frame.locator("#notebook-container").first
    expect(view).to_contain_text("My notes")
    expect(view.locator("script, [onerror], [href^='javascript']")).to_have_count(0)
    hub.as_student(vandal, "nbgrader", "fetch_feedback", "attention")
    (feedback,) = Path("/home", vandal, "attention/feedback").glob("*/attention.html")
    other = stage.browser.new_page()
    other.on("dialog", lambda dialog: stage.dialogs.append(dialog.message))
    other.goto(feedback.as_uri())
    assert other.title().startswith("attention, attempt 1")
    assert "planted" not in [frame.title() for frame in page.frames]
    assert stage.dialogs == []
    other.goto("about:blank")  # feedback itself forbids all scripts
    other.set_content("<title>quiet</title><img src=x onerror=\"document.title = 'planted'\">")
    while_waiting(other, lambda: other.title() == "planted")  # the browser would run one


def test_another_student_is_kept_out(stage, hub, student, formgrader):
    thief = hub.others[2]
    formgrader.submissions()
    score = formgrader.row(student).locator("td.score").inner_text()
    page = stage.enter(thief)
    Lab(page, hub.server(thief))
    stopped = {
        url: f"HTTP {page.goto(url).status}"
        for url in (
            hub.server(student),
            f"{hub.server(student)}files/{NOTEBOOK}",
            hub.formgrader,
            f"{hub.formgrader}formgrader",
        )
    }
    stage.picture(page, "forbidden")
    (sent,) = (hub.exchange / "inbound").glob(f"{student}+attention+*")
    for path in (
        Path("/home", student, NOTEBOOK),
        hub.exchange / "inbound",
        sent,
        sent / "attention.ipynb",
        hub.course / "source" / NOTEBOOK,
        hub.course / "gradebook.db",
        hub.exchange / "feedback",
    ):
        assert path.exists()
        stopped[str(path)] = errno_of(hub, thief, path)
    forged = forge(hub, thief, student, sent)
    while_waiting(page, lambda: f"Put aside, {forged}" in hub.log.read_text())
    stopped[f"submission {forged}"] = re.search(
        rf"Put aside, {re.escape(forged)}: (.*)", hub.log.read_text()
    )[1]
    print("".join(f"\n{what}: {why}" for what, why in stopped.items()))
    assert set(list(stopped.values())[:-1]) == {"HTTP 403", "EACCES"}
    formgrader.submissions()
    expect(formgrader.row(student).locator("td.score")).to_have_text(score)


def test_nothing_was_asked_of_the_internet_and_no_page_failed(stage):
    assert stage.took
    assert stage.elsewhere == []
    assert stage.errors == []


def errno_of(hub, name, path):
    """Return the name of the error that a user gets when he lists or reads a path."""
    script = (
        "import errno, os, sys; path = sys.argv[1]\n"
        "try: os.listdir(path) if sys.argv[2] == 'True' else open(path, 'rb').read()\n"
        "except OSError as error: print(errno.errorcode[error.errno], end='')"
    )
    return hub.as_student(name, "python", "-c", script, str(path), str(path.is_dir())).stdout


def forge(hub, thief, victim, genuine):
    """Send, as the thief, a later submission in the victim's name; return how it is called."""
    name = re.sub(r"\+\d{4}", "+2030", genuine.name, count=1)
    script = 'mkdir "$1" && cp "$2" "$1/attention.ipynb" && chmod -R u+rwX,g+rwX "$1"'
    work = hub.exchange / "outbound" / NOTEBOOK
    place = genuine.with_name(name)
    hub.as_student(thief, "sh", "-c", script, "sh", str(place), str(work))
    return name


def while_waiting(page, done):
    for _ in range(600):
        if done():
            return
        page.wait_for_timeout(200)
    raise AssertionError("It did not happen within two minutes.")
