"""The documentation is true: commands run, links lead somewhere, figures come from the code."""

import re
import subprocess
import zipfile

import pytest
from course import ROOT, run
from make_submissions import EXERCISES

from nbjudge.rubric import load

PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "autograded/README.md"]
# Every command of a ```bash block, and what runs it. ```console blocks are the student's own
# machine: tests/slow/test_fresh_environments.py installs the same pins.
COMMANDS = {
    "python3 bootstrap.py demo": ".ci/run",
    "python3 bootstrap.py test": ".ci/run",
    "python3 bootstrap.py slow": ".ci/run",
    "nbjudge build attention": "tests/test_build.py",
    "nbgrader autograde attention": "tests/test_nbgrader.py",
    "nbgrader generate_feedback attention": "examples/demo.py",
    "nbgrader export": "examples/demo.py",
    "mkdir -p build": "tests/test_docs.py",
    "git archive --format=zip --output build/handout.zip "
    "HEAD release/attention environment.yml docs/students.md": "tests/test_docs.py",
}


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


def test_the_readme_opens_with_the_two_commands():
    first, second, *_ = re.findall(
        r"^```.*?\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S
    )
    assert first == "python3 bootstrap.py demo\n"
    assert second == "python3 bootstrap.py test\n"


def test_every_command_of_the_docs_is_run_by_something():
    found = {line for page in PAGES for block in blocks(page, "bash") for line in block.split("\n")}
    assert found - {""} == set(COMMANDS)
    for command, runner in COMMANDS.items():
        text = (ROOT / runner).read_text(encoding="utf-8")
        assert command in text or command.split()[1] in text, (command, runner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere_and_no_machine_is_named(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (page.parent / target).exists(), target
    for name in re.findall(r"`((?:tests|examples|docs)/[\w/.]+\.\w+)`", text):
        assert (ROOT / name).exists(), name


def test_the_criteria_of_the_docs_are_those_of_the_rubrics(monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs/instructors.md").read_text(encoding="utf-8")
    rows = []
    for exercise in EXERCISES:
        rubric, _ = load(f"attention/{exercise}")
        rows += [f"| {rubric.title} | {title} | {points} |" for title, points, _ in rubric.criteria]
    assert "\n".join(rows) in text


def test_the_students_pip_line_has_the_pins_of_environment_yml():
    pins = re.findall(r"- (\w+==[\d.]+)", (ROOT / "environment.yml").read_text())
    assert "pip install " + " ".join(pins) in (ROOT / "docs/students.md").read_text()


def test_the_hand_out_holds_what_students_need_and_nothing_else(tmp_path):
    (command,) = [c for c in COMMANDS if c.startswith("git archive")]
    words = command.replace("build/handout.zip", str(tmp_path / "handout.zip")).split()
    subprocess.run(words, cwd=ROOT, check=True)
    with zipfile.ZipFile(tmp_path / "handout.zip") as handout:
        files = {name for name in handout.namelist() if not name.endswith("/")}
    assert files == {"release/attention/attention.ipynb", "environment.yml", "docs/students.md"}


def test_help_shows_an_example():
    assert "Example: nbjudge build attention" in run("nbjudge", "build", "--help", cwd=ROOT).stdout
