"""A student's JupyterLab with the hub's own configuration, in a browser; without the hub."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright
from support.browser import find_chromium
from support.course import ROOT
from support.exchange import NAME, Exchange
from support.hub_pages import AssignmentList, Lab
from support.ports import free_port

pytestmark = pytest.mark.slow
STUDENT = ROOT / "deploy/jupyterhub/etc/student"
SAMPLE = ROOT / "examples/submissions/perfect/attention" / NAME
SHOWN = 20_000  # milliseconds


@pytest.fixture(scope="module")
def released(built, tmp_path_factory):
    return Exchange(built, tmp_path_factory.mktemp("exchange"))


@pytest.fixture(scope="module")
def server(released, tmp_path_factory):
    """The address of JupyterLab in the student's home."""
    folder = tmp_path_factory.mktemp("jupyter")
    port = free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
        "HOME": str(folder), "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_PATH": str(STUDENT), "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root",
             f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="],
            cwd=released.home, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}/"
    for _ in range(600):
        with suppress(OSError), urllib.request.urlopen(url + "api"):
            break
        assert process.poll() is None, (folder / "log").read_text()
        time.sleep(0.2)
    yield url
    process.terminate()
    process.wait()


@pytest.fixture
def page(server, request):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        one = browser.new_page(viewport={"width": 1366, "height": 768})
        one.set_default_timeout(SHOWN)
        one.goto(server + "lab?reset")
        yield one
        if picture := os.environ.get("NBJUDGE_PICTURES"):
            one.screenshot(path=str(Path(picture) / f"{request.node.name}.png"))
        browser.close()


@pytest.fixture
def lab(page, server):
    made = Lab(page, server)
    expect(page.locator(".jp-Launcher")).to_be_visible(timeout=SHOWN)  # tabs stay from then on
    return made


@pytest.fixture
def work(released):
    """The student's folder, with work in it."""
    folder = released.home / "attention"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(released.inbound, ignore_errors=True)
    released.inbound.mkdir(mode=0o733)
    released.feedback.mkdir(exist_ok=True)
    folder.mkdir()
    shutil.copy(SAMPLE, folder / NAME)
    return folder


def sent(released):
    (folder,) = (one for one in released.inbound.iterdir() if not one.name.startswith("."))
    return nbformat.read(folder / NAME, as_version=4)


def open_notebook(lab, assignments):
    assignments.open_notebook()
    expect(lab.page.get_by_role("button", name="Validate")).to_be_visible()


def test_validate_names_what_is_marked_besides(lab, work):
    open_notebook(lab, AssignmentList(lab))
    dialog = lab.validate()
    expect(dialog).to_contain_text("The visible tests pass. More is marked:Exercise 1: Dot-Product")
    expect(dialog).not_to_contain_text("Success")


def test_submit_sends_what_is_on_the_screen_and_says_what_was_sent_besides(lab, work, released):
    shutil.copy(SAMPLE, work / "attention (1).ipynb")
    assignments = AssignmentList(lab)
    open_notebook(lab, assignments)
    lab.write("dot_product_attention", "def dot_product_attention(q, k, v):\n    'on the screen'")
    assignments.show()
    assignments.submit()
    assert any("on the screen" in cell.source for cell in sent(released).cells)
    told = lab.page.locator(".jp-toastContainer")
    expect(told).to_contain_text("not what the assignment asks for: attention (1).ipynb")


def test_a_renamed_notebook_is_refused_in_a_sentence(lab, work):
    (work / NAME).rename(work / "attention (1).ipynb")
    assignments = AssignmentList(lab)
    assignments.fetched.get_by_role("button", name="Submit").click()
    dialog = lab.page.locator(".jp-Dialog-content")
    expect(dialog).to_contain_text("Nothing was sent, because")
    expect(dialog).not_to_contain_text("Traceback")


def test_fetching_feedback_that_is_not_there_is_answered(lab, work):
    assignments = AssignmentList(lab)
    assignments.submit()
    assignments.submitted.get_by_role("button", name="Fetch Feedback").click()
    told = lab.page.locator(".jp-toastContainer")
    expect(told).to_contain_text("There is no feedback on attention yet.")


def test_what_is_typed_is_saved_within_five_seconds(lab, work):
    open_notebook(lab, AssignmentList(lab))
    lab.write("dot_product_attention", "def dot_product_attention(q, k, v):\n    'typed'")
    lab.page.wait_for_timeout(5500)
    assert "'typed'" in "".join(c.source for c in nbformat.read(work / NAME, as_version=4).cells)


def test_nbgraders_own_validate_is_off(lab, work):
    config = json.loads(lab.page.locator("#jupyter-config-data").text_content())
    assert "@jupyter/nbgrader:validate-assignment" in config["disabledExtensions"]


def test_validate_names_the_test_that_fails(lab, work):
    notebook = nbformat.read(work / NAME, as_version=4)
    for cell in notebook.cells:
        if cell.id == "dot_product":
            cell.source = "def dot_product_attention(query, keys, values):\n    return query, keys"
    nbformat.write(notebook, work / NAME)
    open_notebook(lab, AssignmentList(lab))
    dialog = lab.validate()
    expect(dialog).to_contain_text("Of 5 visible tests, ")
    expect(dialog).to_contain_text("Exercise 1: Dot-Product Attention (20 points): AssertionError")
    expect(dialog).not_to_contain_text("The visible tests pass")
