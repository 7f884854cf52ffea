"""axe-core, the accessibility checker, on a page in Chromium. Needs npm, which fetches it."""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

VERSION = "4.14.1"
_UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"


def violations(page):
    """Return what axe-core finds wrong in a page of Playwright's, whose folded parts are opened."""
    page.evaluate(_UNFOLD)
    page.evaluate(source())
    found = page.evaluate("axe.run()")
    assert found["passes"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}"
        for one in found["violations"]
    ]


@cache
def source():
    """Return the checker's script."""
    if shutil.which("npm") is None:
        pytest.fail("npm is missing; on Debian: apt-get install npm")
    folder = Path(mkdtemp(prefix="axe-"))
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*command, f"axe-core@{VERSION}"], check=True, capture_output=True)
    script = (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    shutil.rmtree(folder)
    return script
