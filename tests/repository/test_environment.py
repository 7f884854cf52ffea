"""Versions are pinned in one place, and everything else agrees with it."""

import tomllib

import yaml
from packaging.requirements import Requirement
from support.course import ROOT

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
