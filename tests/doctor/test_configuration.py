"""What `nbjudge doctor` says of a course's configuration."""

import json

from support.course import nbjudge

from nbjudge.doctor import hub

OWN = "nbgrader_config.py"


def append(course, text):
    (course / OWN).write_text((course / OWN).read_text() + text)


def by_name(course):
    return {check.name: check for check in hub.course_checks(course)}


def test_a_course_as_it_should_be(course):
    checks = by_name(course)
    assert str(course / OWN) in checks["configuration"].found
    assert "etc/jupyter/nbgrader_config.json" in checks["plain nbgrader"].found
    assert [check.name for check in checks.values() if not check.well] == ["exchange"]


def test_a_file_that_cannot_be_loaded_is_named_with_its_line(course):
    append(course, "c.FeedbackOnSubmit.counts = best\n")
    done = nbjudge("doctor", "--json", cwd=course, check=False)
    assert done.returncode == 1
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert not checks["configuration"]["well"]
    told = f"{course / OWN}, line 21: NameError: name 'best' is not defined."
    assert checks["configuration"]["found"] == told
    assert "nothing is graded, built or released" in checks["configuration"]["mend"]


def test_every_file_that_cannot_be_loaded_is_named(course, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    (tmp_path / OWN).write_text("1 / 0\n")
    append(course, "c.FeedbackOnSubmit.counts = best\n")
    found = by_name(course)["configuration"].found
    assert f"{tmp_path / OWN}, line 1: ZeroDivisionError" in found
    assert "line 21: NameError" in found


def test_steps_that_are_inserted_or_missing_are_found(course):
    step = '"nbjudge.preprocessors.Judge"'  # its name of 0.1.0
    append(
        course,
        f"c.Autograde.autograde_preprocessors.insert(0, {step})\n"
        'c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.ClearOutput"]\n'
        'c.ExchangeFactory.submit = "nbgrader.exchange.default.ExchangeSubmit"\n'
        "c.HTMLExporter.sanitize_html = False\nc.Judge.limit = {}\n",
    )
    checks = by_name(course)
    assert "Autograde.autograde_preprocessors has" in checks["steps"].found
    assert "Autograde.sanitize_preprocessors lacks" in checks["steps"].found
    assert "GenerateAssignment" not in checks["steps"].found
    (told,) = checks["exchange classes"].found.splitlines()
    assert told.startswith("c.ExchangeFactory.submit is nbgrader.exchange.default.submit")
    assert checks["students' text in pages"].found == "c.HTMLExporter.sanitize_html is False."
    assert "c.Judge.limit is no option" in checks["options"].found
    assert "call configure(c)" in checks["steps"].mend
    assert checks["options"].mend == "Correct that line."


def test_plain_nbgrader_is_told_what_it_lacks(course):
    (course / OWN).write_text("c = get_config()\n")
    checks = by_name(course)
    for name in ("steps", "exchange classes", "students' text in pages"):
        assert not checks[name].well


def test_an_environment_whose_plain_nbgrader_would_not_refuse(course, monkeypatch):
    monkeypatch.setenv("JUPYTER_NO_CONFIG", "1")
    check = by_name(course)["plain nbgrader"]
    assert not check.well
    assert check.needed
    assert "Install nbjudge again" in check.mend


def test_an_environment_without_jupyters_templates_is_told_what_it_lacks(
    course, tmp_path, monkeypatch
):
    """So it is where packages are found without the share/jupyter that belongs to them."""
    where = "nbconvert.exporters.templateexporter.jupyter_path"
    monkeypatch.setattr(where, lambda *parts: [str(tmp_path)])
    found = by_name(course)["students' text in pages"].found
    assert found.startswith("No template sub-directory with name 'lab'")
