"""An environment made anew, with the five packages that release/ needs; the student's pins.

Conda's own solve is not run here: pip finds all pins of environment.yml, for it and beside it. A
thorough run installs them.
"""

import json
import subprocess
from pathlib import Path

import nbformat
import pytest
import yaml
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from support.course import ROOT
from support.environments import make_environment
from support.sampling import thorough

pytestmark = pytest.mark.slow
PINS = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][2]["pip"]
LEAST = ("torch", "numpy", "matplotlib", "seaborn", "ipykernel")


@pytest.fixture(scope="module", params=["least", *["environment.yml"] * thorough()])
def python(request, tmp_path_factory):
    """The Python of a fresh environment with five of the student's packages, or with all."""
    python = make_environment(tmp_path_factory.mktemp("fresh") / "environment") / "python"
    wanted = [p for p in PINS if request.param == "environment.yml" or p.split("==")[0] in LEAST]
    # Most is never imported.
    subprocess.run([*install(python), "--no-compile", *wanted], check=True)
    missing = subprocess.run([str(python), "-I", "-c", "import nbjudge"], capture_output=True)
    assert missing.returncode != 0
    return python


def install(python):
    return [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q"]


def test_all_pins_of_environment_yml_can_be_installed(python):
    report = subprocess.run(
        [*install(python), "--dry-run", "--ignore-installed", "--report", "-", *PINS],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = {one["metadata"]["name"]: one["metadata"] for one in json.loads(report)["install"]}
    pins = dict(pin.split("==") for pin in PINS)
    assert {name: found[name]["version"].split("+")[0] for name in pins} == pins


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
