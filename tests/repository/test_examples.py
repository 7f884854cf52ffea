"""The scripts of the repository say what they do, and do nothing, when they are asked for help."""

import pytest
from support.course import ROOT, run

SCRIPTS = [
    path
    for folder in ("examples", "benchmarks", "tests/attacks", "deploy/kubernetes")
    for path in sorted((ROOT / folder).glob("*.py"))
    if "__main__" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_asked_for_help_makes_nothing(script, tmp_path):
    done = run("python", str(script), "--help", cwd=tmp_path, PYTHONDONTWRITEBYTECODE="1")
    assert "usage:" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_there_are_scripts():
    assert len(SCRIPTS) > 6
