"""The house rules that a machine can check."""

import re
import subprocess

import pytest
from support.course import ROOT, run

CHECKS = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "imports": ("lint-imports",),
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_checkout_passes(check):
    run(*CHECKS[check], cwd=ROOT)


def tracked():
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]
    assert ROOT / "pyproject.toml" in files
    return files


def test_no_path_of_a_machine_and_no_mojibake_in_any_file():
    secret = re.compile(r"/(work|root|home)/\w+|‚úì|√ó")
    for path in tracked():
        if path.suffix in {".py", ".md", ".toml", ".yml", ".ipynb", ".txt", ""} and (
            path.name not in ("attention_exercises.txt", "test_release.py", "test_house.py")
        ):
            assert not secret.search(path.read_text(encoding="utf-8")), path


def test_no_student_data_is_tracked():
    for path in tracked():
        assert path.relative_to(ROOT).parts[0] not in ("submitted", "feedback", "gradebook.db")


@pytest.mark.parametrize(
    "path",
    [
        "grades.csv", "export.csv", "grades.xlsx", "result.json", "page.html", "autograde.log",
        "moodle.zip", "downloaded/attention/archive/ada.zip", "downloaded/attention/extracted/a.py",
        "attempts/attention/ada/001/attempt.json", "submitted/ada/attention/attention.ipynb",
        "submitted_before/ada/attention/attention.ipynb", "autograded/ada/attention/a.ipynb",
        "autograded/.nbjudge-17/ada/a.ipynb", "feedback/ada/attention/attention.html",
        "feedback_old/ada/a.html", "gradebook.db", "gradebook.db-wal", "gradebook.db-journal",
        "gradebook.db.2026-11-27", "before/gradebook.db", "other.db", "exchange/nlp-llm/inbound/a",
        "inbound/ada+attention+x/a.ipynb", "outbound/attention/a.ipynb", "reports/class.md",
        "exported/grades.txt", "accounts",
    ],
)  # fmt: skip
def test_what_has_names_or_grades_is_ignored_and_nothing_else(path):
    ignored = ["git", "check-ignore", "--no-index", "--quiet"]
    assert subprocess.run([*ignored, path], cwd=ROOT).returncode == 0
    kept = [str(file.relative_to(ROOT)) for file in tracked()]
    named = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=ROOT, input="\n".join(kept), capture_output=True, text=True,
    )  # fmt: skip
    assert named.stdout.split() == []


def test_nbjudge_imports_nothing_by_itself():
    script = "import sys, nbjudge; print(len([m for m in sys.modules if m.startswith('nb')]))"
    assert run("python", "-c", script, cwd=ROOT).stdout.strip() == "1"


def test_the_rubrics_of_the_course_import_the_public_surface_alone():
    lines = [
        line.replace("from nbjudge import ", "from nbjudge.").split()
        for path in (ROOT / "rubrics").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("from nbjudge", "import nbjudge"))
    ]
    assert {line[1] for line in lines} == {"nbjudge.rubric", "nbjudge.tensors"}
