"""What stops the set-up is said plainly."""

import pytest

import bootstrap


def test_an_old_python_is_named_with_the_way_to_a_new_one():
    with pytest.raises(SystemExit, match=r"Python 3\.8 is too old: 3\.11 or newer"):
        bootstrap.need_python((3, 8))
    bootstrap.need_python((3, 11))


def test_a_python_without_ensurepip_is_named(monkeypatch):
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        bootstrap.need_python((3, 11))


def test_a_full_disk_is_named_with_what_is_needed(monkeypatch, tmp_path):
    usage = bootstrap.shutil.disk_usage(tmp_path)._replace(free=5e8)
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(SystemExit, match=r"Not enough disk: 0\.5 GB are free"):
        bootstrap.need_space(str(tmp_path), cpu=False)


def test_an_unreachable_registry_is_named_and_leaves_no_finished_mark(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    environment = tmp_path / "venv"
    with pytest.raises(SystemExit, match="no package registry can be reached"):
        bootstrap.set_up(str(environment), cpu=False)
    assert not (environment / "set-up-done").exists()


def test_the_environments_programs_come_first(tmp_path):
    path = bootstrap.programs_first(str(tmp_path / "python"))["PATH"]
    assert path.startswith(str(tmp_path) + bootstrap.os.pathsep)


def test_set_up_is_done_once_and_again_when_pins_change(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(bootstrap, "check", lambda command, failure: calls.append(command))
    tmp_path.joinpath("venv").mkdir()
    first = bootstrap.set_up(str(tmp_path / "venv"), cpu=False)
    assert len(calls) == 2
    assert bootstrap.set_up(str(tmp_path / "venv"), cpu=False) == first
    assert len(calls) == 2
    bootstrap.set_up(str(tmp_path / "venv"), cpu=True)
    assert bootstrap.CPU_WHEELS in calls[3]


def test_of_several_runs_all_are_made_and_one_that_is_killed_counts(monkeypatch):
    left = [-9, 0]
    monkeypatch.setattr(bootstrap.sys, "argv", ["bootstrap.py", "thorough"])
    monkeypatch.setattr(bootstrap, "set_up", lambda *_: "python")
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_, **__: left.pop(0))
    assert bootstrap.main() == 1
    assert left == []
