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
SOME = ("tests/cuda/test_wire.py", "tests/cuda/test_student.py", "tests/cuda/test_sandbox.py")


def test_the_command_of_the_docs_says_what_it_needs():
    words = ("python3", "-m", "pytest", "-c", "tests/cuda/pytest.ini", "-m", "cuda", "tests/cuda")
    done = run(*words, cwd=ROOT)
    last = done.stdout.splitlines()[-1]
    if "passed" not in last:
        assert "skipped" in last
        assert "needs a GPU: torch.cuda.is_available() is False here" in done.stdout


def test_they_need_torch_numpy_and_msgpack_alone():
    """Those that need more say so."""
    done = subprocess.run(
        [sys.executable, "-c", BARE, "-c", "tests/cuda/pytest.ini", "-m", "not cuda", *SOME,
         "tests/cuda/test_rubrics.py", "-k", "causal_mask or not test_rubrics"],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "needs the sandbox, of which is missing: libseccomp" in done.stdout
    assert "passed" in done.stdout
