"""The scripts of the repository say what they do, and do nothing, when they are asked for help."""

import runpy

import pytest
from support.course import ROOT

SCRIPTS = [
    path
    for folder in ("examples", "benchmarks", "tests/attacks", "deploy/kubernetes")
    for path in sorted((ROOT / folder).glob("*.py"))
    if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_asked_for_help_makes_nothing(script, tmp_path, monkeypatch, capsys):
    # In this process, which has imported already what most of them import.
    monkeypatch.setattr("sys.argv", [str(script), "--help"])
    monkeypatch.syspath_prepend(script.parent)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(script), run_name="__main__")
    assert end.value.code == 0
    assert "usage:" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_there_are_scripts():
    assert len(SCRIPTS) > 6
