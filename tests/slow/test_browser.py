"""A real browser on the feedback of a submission with planted scripts. Needs Chromium."""

import subprocess

import pytest
from support.browser import find_chromium

pytestmark = pytest.mark.slow
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=3000", "--dump-dom"),
)


def title(page, profile):
    done = subprocess.run(
        [find_chromium(), *FLAGS, f"--user-data-dir={profile}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout.split("<title>")[1].split("</title>")[0]


def test_the_browser_would_run_a_script(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<title>quiet</title><img src=x onerror=\"document.title='planted'\">")
    assert title(page, tmp_path / "profile") == "planted"


def test_planted_scripts_do_not_run_in_feedback(graded, tmp_path):
    folder, _ = graded
    page = folder / "feedback/scripts/attention/attention.html"
    assert title(page, tmp_path / "profile") == "attention, 110 of 100 points, scripts"
