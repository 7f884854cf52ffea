"""A real browser on every page, with no network but this machine: nothing is missing, or asked for.

Needs Chromium.
"""

import json
import shutil
import subprocess
import time
from urllib.parse import urlsplit

import nbformat
import pytest
from demo import command, environment
from nbgrader.api import Gradebook
from playwright.sync_api import sync_playwright
from support.browser import find_chromium
from support.course import nbgrader

pytestmark = pytest.mark.slow
FLAGS = ("--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
STUDENT = "ada"
FORMULAS = r"""
Weights are $\mathrm{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)$, so

$$\sum_{j=1}^{n} w_{ij} = 1$$

\begin{equation} a < b \end{equation}

and this one is wrong: $\left( x_{$. Planted:
$\text{<img src=x onerror="document.title='planted'">}$
$\href{javascript:document.title='planted'}{press}$
"""


@pytest.fixture(scope="module")
def course(built, tmp_path_factory):
    """A course with one graded submission that has formulas, and its feedback."""
    folder = tmp_path_factory.mktemp("offline") / "course"
    shutil.copytree(built, folder)
    notebook = nbformat.read(folder / "release/attention/attention.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell(FORMULAS, id="formulas"))
    place = folder / "submitted" / STUDENT / "attention"
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "attention.ipynb")
    nbgrader("autograde", "attention", cwd=folder)
    nbgrader("generate_feedback", "attention", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    """JupyterLab in the course folder; returns its address."""
    home = tmp_path_factory.mktemp("home")
    process = subprocess.Popen(
        command("jupyter", "lab", "--no-browser", "--allow-root", "--IdentityProvider.token="),
        cwd=course,
        env={**environment(), "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield address(process, home / "runtime")
    process.terminate()
    process.wait(30)


def address(process, runtime):
    for _ in range(300):
        for file in runtime.glob("jpserver-*.json"):
            return json.loads(file.read_text())["url"].replace("localhost", "127.0.0.1")
        assert process.poll() is None
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not start within 30 s.")


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page, and at the end of the test, what it asked others for and what it complained of."""
    context = chromium.new_context()
    page = context.new_page()
    amiss = []
    page.on("request", lambda r: here(r.url) or amiss.append(f"asked for {r.url}"))
    page.on("requestfailed", lambda r: amiss.append(f"failed: {r.url} ({r.failure})"))
    page.on("console", lambda m: m.type != "error" or amiss.append(f"console: {m.text}"))
    page.on("pageerror", lambda e: amiss.append(f"error: {e}"))
    yield page
    context.close()
    assert amiss == []


def here(url):
    parts = urlsplit(url)
    return parts.scheme in ("file", "data", "blob") or parts.hostname == "127.0.0.1"


def check_formulas(page, title):
    page.wait_for_load_state("networkidle")
    assert page.title() == title
    for folded in page.query_selector_all("details:not([open]) > summary"):
        folded.click()
    boxes = [formula.bounding_box() for formula in page.locator("math").all()]
    assert len(boxes) > 4
    assert all(box["width"] > 5 and box["height"] > 5 for box in boxes)
    fraction = page.locator("math mfrac").first.bounding_box()
    assert fraction["height"] > 1.5 * page.locator("math mi").first.bounding_box()["height"]
    assert page.locator("code.math").all_inner_texts() == [r"$\left( x_{$"]
    assert page.locator("math a, math img, math [href], math [style]").count() == 0


def test_the_browser_sees_no_other_machine(chromium):
    page = chromium.new_page()
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://cdnjs.cloudflare.com/")
    page.close()


def test_feedback_is_complete_and_has_no_script(course, page):
    file = course / "feedback" / STUDENT / "attention/attention.html"
    page.goto(file.as_uri())
    check_formulas(page, f"attention, 0 of 100 points, {STUDENT}")
    assert page.locator("script").count() == 0


def test_the_view_of_a_submission_is_complete(course, server, page):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        (notebook,) = book.find_submission("attention", STUDENT).notebooks
        page.goto(f"{server}formgrader/submissions/{notebook.id}/")
    check_formulas(page, "attention")
    page.locator(".score").first.fill("3")
    page.locator(".score").first.press("Tab")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    "path",
    [
        "manage_assignments",
        "manage_submissions/attention",
        "gradebook",
        "gradebook/attention",
        "gradebook/attention/attention",
        "manage_students",
        f"manage_students/{STUDENT}",
        f"manage_students/{STUDENT}/attention",
    ],
)
def test_pages_of_the_formgrader_are_complete(server, page, path):
    page.goto(f"{server}formgrader/{path}")
    page.wait_for_load_state("networkidle")
    page.locator("tbody tr td").first.wait_for()
    assert "attention" in page.content() or STUDENT in page.content()


def test_lab_and_its_formgrader_tab_are_complete(server, page):
    page.goto(f"{server}lab")
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_text("Formgrader", exact=True).first.click()
    frame = page.frame_locator("iframe")
    frame.get_by_text("attention").first.wait_for()
    page.wait_for_load_state("networkidle")
