"""What stops the set-up is said plainly; the CPU build comes from torch's own index."""

import functools
import http.server
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

import bootstrap

PIN = re.search(r"^torch==(\S+)$", Path(bootstrap.CONSTRAINTS).read_text(), re.M)[1]


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
    monkeypatch.setattr(bootstrap, "cpu_build", lambda python: f"the build for {python}")
    bootstrap.set_up(str(tmp_path / "venv"), cpu=True)
    assert f"the build for {first}" in calls[3]
    assert not [word for word in calls[3] if "index" in word]


def test_a_test_that_hangs_is_named_and_the_others_run(tmp_path):
    for name, line in {"hangs": "time.sleep(600)", "ends": "pass"}.items():
        text = f"import time\n\ndef test_it():\n    {line}\n"
        tmp_path.joinpath(f"test_{name}.py").write_text(text)
    assert set(bootstrap.HANGS) < set(bootstrap.COMMANDS["test"][0])
    assert set(bootstrap.HANGS) < set(bootstrap.COMMANDS["slow"][0])
    soon = [option.replace("=600", "=3") for option in bootstrap.HANGS]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", *soon], cwd=tmp_path,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "1 failed, 1 passed" in ran.stdout
    assert "crashed while running 'test_hangs.py::test_it'" in ran.stdout
    assert 'test_hangs.py", line 4 in test_it' in ran.stderr


class Index(http.server.SimpleHTTPRequestHandler):
    """An index of packages, as pip reads it; what was asked of it stands in `asked`."""

    asked = ()

    def log_request(self, *_):
        self.asked.append(self.path)


@pytest.fixture
def index(monkeypatch, tmp_path):
    """An index in the place of torch's own, which no test reaches; pip itself is the real one."""
    asked = []
    handler = type("Asked", (Index,), {"asked": asked})
    serve = functools.partial(handler, directory=tmp_path / "served")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/whl/cpu"
        monkeypatch.setattr(bootstrap, "CPU_WHEELS", url)
        yield url, tmp_path / "served/whl/cpu", asked
        server.shutdown()


def make_wheel(folder, version):
    folder.mkdir(parents=True)
    name = f"torch-{version}-py3-none-any.whl"
    with zipfile.ZipFile(folder / name, "w") as wheel:
        about = f"torch-{version}.dist-info"
        wheel.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return name


def test_torchs_own_index_is_asked_for_torch_and_for_nothing_else(index, monkeypatch, tmp_path):
    url, folder, asked = index
    name = make_wheel(folder / "torch", f"{PIN}+cpu")
    make_wheel(tmp_path / "links", f"{PIN}+elsewhere")  # a higher version in pip's configuration
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    found = bootstrap.cpu_build(sys.executable)
    assert found.replace("%2B", "+") == f"{url}/torch/{name}"
    assert {path.split("/")[3] for path in asked} == {"torch"}


def test_where_torchs_own_index_cannot_be_reached_one_sentence_says_so(monkeypatch, capfd):
    monkeypatch.setattr(bootstrap, "CPU_WHEELS", "http://127.0.0.1:9/whl/cpu")
    assert bootstrap.cpu_build(sys.executable) == "torch"
    said = capfd.readouterr()
    assert re.fullmatch(
        r"torch's own index, http://127\.0\.0\.1:9/whl/cpu, cannot be reached[^.]*"
        r"comes from the registry that pip knows[^.]*\.\n",
        said.out,
    )
    assert said.err == ""


def test_of_several_runs_all_are_made_and_one_that_is_killed_counts(monkeypatch):
    left = [-9, 0]
    monkeypatch.setattr(bootstrap.sys, "argv", ["bootstrap.py", "thorough"])
    monkeypatch.setattr(bootstrap, "set_up", lambda *_: "python")
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda *_, **__: left.pop(0))
    assert bootstrap.main() == 1
    assert left == []
