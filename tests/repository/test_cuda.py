"""The tests for a GPU can be started where there is none, and where nbjudge is not installed."""

import os
import subprocess
import sys

from support.course import ROOT, run

# All that `pip install nbjudge` brings besides torch, NumPy and msgpack, of what ours import.
ABSENT = (
    "IPython", "click", "jinja2", "latex2mathml", "matplotlib", "matplotlib_inline", "nbclient",
    "nbconvert", "nbformat", "nbgrader", "nh3", "pebble", "psutil", "pyseccomp", "rich", "seaborn",
    "sqlalchemy", "tenacity", "traitlets",
)  # fmt: skip
BARE = f"""
import sys
import pytest
sys.modules.update(dict.fromkeys({ABSENT}))  # whoever imports one gets an ImportError
sys.exit(pytest.main(sys.argv[1:]))
"""


def test_the_command_of_the_docs_says_what_it_needs():
    words = ("python3", "-m", "pytest", "-c", "tests/cuda/pytest.ini", "-m", "cuda", "tests/cuda")
    done = run(*words, cwd=ROOT)
    last = done.stdout.splitlines()[-1]
    if "passed" not in last:
        assert "skipped" in last
        assert "needs a GPU: torch.cuda.is_available() is False here" in done.stdout


def test_they_need_torch_numpy_and_msgpack_alone():
    """Those that need more, in a process of their own, say so."""
    done = subprocess.run(
        [sys.executable, "-c", BARE, "-c", "tests/cuda/pytest.ini", "tests/cuda", "-m", "not cuda",
         "-k", "test_wire or causal_mask and not another_process"],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout
