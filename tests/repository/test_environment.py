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


def installation(folder, kind):
    """Build a wheel, or an editable one, from a copy of the checkout; return its file."""
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "nbjudge", folder / "nbjudge")
    if kind == "wheel":  # as the hub's installation and the container image have it
        (folder / "setup.py").unlink()
    script = f"from setuptools.build_meta import *; build_{kind}('made')"
    run("python", "-c", script, cwd=folder)
    (made,) = (folder / "made").glob("*.whl")
    return made


def test_a_wheel_carries_the_templates_of_a_new_assignment(tmp_path):
    templates = list((ROOT / "nbjudge/authoring/template").iterdir())
    assert len(templates) == 4
    with zipfile.ZipFile(installation(tmp_path, "wheel")) as files:
        for template in templates:
            assert files.read(str(template.relative_to(ROOT))) == template.read_bytes()


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_an_installation_brings_what_makes_plain_nbgrader_refuse(tmp_path, kind):
    with zipfile.ZipFile(installation(tmp_path, kind)) as files:
        (guard,) = [
            name for name in files.namelist() if name.endswith("etc/jupyter/nbgrader_config.json")
        ]
        assert ".data/data/" in guard
        installed = files.read(guard)
    assert installed == (ROOT / "nbjudge/nbgrader_ext/nbgrader_config.json").read_bytes()
