"""Where Chromium is, for the tests that look at pages with it."""

import shutil

import pytest


def find_chromium():
    """Return the path of Chromium, or fail with the way to get it."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is missing; on Debian: apt-get install chromium")
    return path
