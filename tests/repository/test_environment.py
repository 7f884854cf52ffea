"""Versions are pinned in one place, and everything else agrees with it."""

import shutil
import tomllib
import zipfile

import pytest
import yaml
from packaging.requirements import Requirement
from support.course import ROOT, run

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINS = {
    requirement.name.lower().replace("_", "-"): requirement
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
    for requirement in [Requirement(line)]
}
STUDENT = ("torch", "numpy", "matplotlib", "seaborn", "jupyterlab", "ipykernel", "nbgrader")
FOR_SPEED = ("jsonschema",)


def pinned(name):
    (pin,) = PINS[name.lower()].specifier
    assert pin.operator == "=="
    return pin.version


def test_every_requirement_of_the_project_is_pinned_within_its_bounds():
    extras = [r for extra in PROJECT["optional-dependencies"].values() for r in extra]
    for text in (*PROJECT["dependencies"], *extras):
        requirement = Requirement(text)
        assert requirement.specifier.contains(pinned(requirement.name)), text


def test_environment_file_has_the_students_packages_at_the_pinned_versions():
    content = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, packages = content["dependencies"]
    assert python.startswith("python=3.11")
    assert pip == "pip"
    listed = {line.split("==")[0]: line.split("==")[1] for line in packages["pip"]}
    assert listed == {name: pinned(name) for name in (*STUDENT, *FOR_SPEED)}


def test_no_program_of_jupyter_builds_a_parser_at_each_start():
    """jsonschema 4.25 and newer ask for this one, which takes longer than all of nbgrader."""
    assert "rfc3987-syntax" not in PINS


def test_torch_is_the_version_that_the_course_was_written_for():
    assert pinned("torch") == "2.13.0"


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_an_installation_brings_what_makes_plain_nbgrader_refuse(tmp_path, kind):
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "nbjudge", tmp_path / "nbjudge")
    if kind == "wheel":  # as the hub's installation and the container image have it
        (tmp_path / "setup.py").unlink()
    script = f"from setuptools.build_meta import *; build_{kind}('made')"
    run("python", "-c", script, cwd=tmp_path)
    (made,) = (tmp_path / "made").glob("*.whl")
    with zipfile.ZipFile(made) as files:
        (guard,) = [
            name for name in files.namelist() if name.endswith("etc/jupyter/nbgrader_config.json")
        ]
        assert ".data/data/" in guard
        installed = files.read(guard)
    assert installed == (ROOT / "nbjudge/nbgrader_ext/nbgrader_config.json").read_bytes()
