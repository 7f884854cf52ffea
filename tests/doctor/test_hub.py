"""The checks of `nbjudge doctor` for machines that students share, on real folders and modes."""

import json
import os
import sys
from importlib import metadata
from pathlib import Path

import pytest

from nbjudge.doctor import hub


@pytest.fixture
def exchange(tmp_path):
    """An exchange as it should be."""
    root = tmp_path / "exchange"
    for name, mode in {"": 0o750, **hub._FOLDERS}.items():
        folder = root / "nlp-llm" / name
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
    root.chmod(0o755)
    return root


def by_name(checks):
    return {check.name: check for check in checks}


def folders(exchange):
    return by_name(hub.exchange_folders(exchange / "nlp-llm"))


def test_an_exchange_as_it_should_be_is_well(exchange):
    assert hub.exchange_root(exchange).well
    checks = folders(exchange)
    assert len(checks) == 4
    assert all(check.well for check in checks.values())
    (exchange / "nlp-llm/outbound").chmod(0o2755)
    assert folders(exchange)["exchange: nlp-llm/outbound"].well


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("inbound", 0o2733),  # nbgrader's own: what others sent can be renamed
        ("inbound", 0o1733),  # the grader's group would not get what is sent
        ("inbound", 0o3777),  # listable
        ("outbound", 0o777),
        ("feedback", 0o755),  # listable
        ("", 0o755),
    ],
)
def test_a_folder_that_is_too_open_is_named_with_its_mend(exchange, name, mode):
    folder = exchange / "nlp-llm" / name
    folder.chmod(mode)
    (bad,) = [check for check in folders(exchange).values() if not check.well]
    assert bad.name == "exchange: nlp-llm" + (f"/{name}" if name else "")
    assert f"{mode:04o}" in bad.found
    command, wanted, path = bad.mend.split()
    assert (command, Path(path)) == ("chmod", folder)
    folder.chmod(int(wanted, 8))
    assert all(check.well for check in folders(exchange).values())


def test_a_folder_of_another_account_and_one_that_is_missing(exchange, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    assert "this is 4321" in folders(exchange)["exchange: nlp-llm/inbound"].found
    missing = by_name(hub.exchange_folders(exchange / "other"))
    assert missing["exchange: other"].needed
    assert "install -d -m 0750" in missing["exchange: other"].mend
    assert not missing["exchange: other/inbound"].needed


def test_a_root_that_students_can_write_to(exchange):
    exchange.chmod(0o1777)
    check = hub.exchange_root(exchange)
    assert not check.well
    assert check.mend == f"chmod go-w {exchange}"


def test_homes_are_closed(tmp_path):
    homes = [tmp_path / name for name in ("ada", "bo", "gone")]
    for home in homes[:2]:
        home.mkdir(mode=0o700)
    assert hub.homes(homes).well
    homes[1].chmod(0o750)
    check = hub.homes(homes)
    assert not check.well
    assert check.found == f"open to others: {homes[1]}"


def test_a_python_in_a_closed_folder_does_not_serve_students(tmp_path):
    python = tmp_path / "closed/venv/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    python.chmod(0o755)
    assert hub.readable([Path("/usr/bin")]).well
    (tmp_path / "closed").chmod(0o700)
    assert f"{tmp_path / 'closed'} has mode 0700" in hub.readable([python]).found


def test_the_courses_own_configuration_is_well(course):
    checks = hub.course_checks(course)
    assert [check.name for check in checks if not check.well] == ["exchange"]
    assert not by_name(checks)["exchange"].needed


def test_a_course_with_an_exchange_is_asked_for_all_of_it(course, exchange):
    text = f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n"
    file = course / "nbgrader_config.py"
    file.write_text(file.read_text() + text)
    checks = by_name(hub.course_checks(course))
    assert checks["exchange"].well
    assert checks["exchange: nlp-llm/inbound"].well
    assert {"homes", "Python for all"} <= set(checks)
    file.write_text(file.read_text() + 'c.Exchange.root = "/nowhere"\n')
    gone = by_name(hub.course_checks(course))
    assert "/nowhere is not there" in gone["exchange"].found
    assert "homes" not in gone


def test_versions_are_held_against_the_bounds_of_the_packages(monkeypatch):
    check = hub.versions()
    assert check.well
    assert f"nbgrader {metadata.version('nbgrader')}" in check.found
    true = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: "5.0" if name == "jupyterlab" else true(name)
    )
    check = hub.versions()
    assert not check.well
    assert "jupyterlab 5.0, and nbgrader wants" in check.found


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (["/nowhere/python"], "No such file"),
        (["/bin/false"], "has no ipykernel"),
        (["/bin/echo"], "runs in"),
    ],
)
def test_a_kernel_of_another_python_is_found_out(tmp_path, monkeypatch, argv, found):
    kernel = tmp_path / "kernels/odd"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "odd"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    check = hub.kernel("odd")
    assert not check.well
    assert found in check.found
    assert sys.executable in check.mend


def test_kernels():
    assert hub.kernel().well
    assert hub.kernel("none-such").found == "no kernel named none-such"


@pytest.mark.parametrize(
    ("address", "well", "told"),
    [
        ("https://results--service.hub.example.edu/services/results/", True, "results--service"),
        ("https://hub.example.edu/services/results/", False, "browser's sandbox alone"),
        ("", False, "names none"),
    ],
)
def test_a_results_page_without_a_host_name_of_its_own_is_named(address, well, told):
    check = hub.results_page(address)
    assert check.well is well
    assert told in check.found
    assert not check.needed  # the page's own sandbox keeps students' work apart
