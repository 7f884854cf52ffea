"""Environments made anew: the student's pins, and the five packages that release/ needs.

Conda's own solve is not run here: the pins of environment.yml are installed with pip.
"""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from support.course import ROOT

pytestmark = pytest.mark.slow
PINS = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][2]["pip"]
LEAST = ("torch", "numpy", "matplotlib", "seaborn", "ipykernel")


@pytest.fixture(scope="module", params=["environment.yml", "least"])
def python(request, tmp_path_factory):
    """The Python of a fresh environment with the student's packages, or with five of them."""
    folder = tmp_path_factory.mktemp("fresh") / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    wanted = [p for p in PINS if request.param == "environment.yml" or p.split("==")[0] in LEAST]
    python = folder / "bin/python"
    install = [str(python), "-m", "pip", "install", "-q", "--no-compile"]  # most is never imported
    subprocess.run([*install, *wanted], check=True)
    missing = subprocess.run([str(python), "-I", "-c", "import nbjudge"], capture_output=True)
    assert missing.returncode != 0
    return python


@pytest.mark.parametrize("step", ["release", "solutions"])
def test_notebooks_run_top_to_bottom(python, step, tmp_path):
    kernel = tmp_path / "kernels/student"
    kernel.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "student", "language": "python"})
    )
    notebook = nbformat.read(ROOT / step / "attention/attention.ipynb", as_version=4)
    client = NotebookClient(notebook, kernel_name="student", allow_errors=True, timeout=120)
    client.create_kernel_manager()
    client.km.kernel_spec_manager = KernelSpecManager(kernel_dirs=[str(kernel.parent)])
    client.execute(cwd=str(tmp_path))
    errors = [
        c.id for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"
    ]
    # In release/ nothing is solved, so the visible tests fail, and nothing else does.
    expected = [c.id for c in notebook.cells if c.id.endswith("-test")] if step == "release" else []
    assert errors == expected
    assert Path(python).exists()
