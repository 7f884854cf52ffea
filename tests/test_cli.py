"""`nbjudge judge` and `nbjudge doctor` as a person types them."""

import json
import re

import nbformat
import pytest
from support import mixed
from support.course import ROOT, nbjudge, run

from nbjudge.cli import DESKS, main

SAMPLES = ROOT / "examples/submissions"


def judge(sample, *options, check=True):
    return nbjudge("judge", path_of(sample), *options, cwd=ROOT, check=check)


def path_of(sample):
    return str(SAMPLES / sample / "attention/attention.ipynb")


def test_judge_prints_criteria_seed_mended_and_time(tmp_path):
    copy = tmp_path / "copy.ipynb"
    options = ("--seed", "3", "--executed", str(copy))
    printed = run("nbjudge", "judge", path_of("moved_cells"), *options, cwd=ROOT).stdout
    assert "Exercise 1: dot-product attention: 20 of 20 points" in printed
    assert "Seed 3, rubric" in printed
    assert "graded by nbjudge (confined)" in printed
    assert "moved behind it" in printed
    assert "dot_product-marks" in printed
    assert "Seed 3. 1 process(es)" in printed
    nbformat.validate(nbformat.read(copy, as_version=4))


def test_judge_shows_tests_without_a_rubric_and_why_they_are_lost(tmp_path):
    course = mixed.make_mixed_course(tmp_path)
    answers = {**mixed.RIGHT, "double": "def double(x):\n    return min(2 * x, 20)"}
    file = str(mixed.hand_in(course, "ada", **answers) / "code.ipynb")
    printed = run("nbjudge", "judge", file, cwd=course, COLUMNS="100").stdout
    assert re.search(r"double-test +0 of 2 +A test is not met: Try a larger number", printed)
    assert re.search(r"share-test +4 of 4\b", printed)
    assert mixed.HIDDEN[0] not in printed
    told = json.loads(nbjudge("judge", file, "--json", cwd=course).stdout)
    assert told["reasons"] == {"double-test": "A test is not met: Try a larger number."}


def test_judge_gives_json_that_is_the_same_for_the_same_seed():
    one, two = (json.loads(judge("wrong_exercise_4", "--seed", "5", "--json").stdout) for _ in "12")
    assert one["exercises"] == two["exercises"]
    assert one["exercises"]["multi_head-marks"]["score"] == 23
    assert one["scores"]["dot_product-marks"] == 20


def keep_one_exercise(course, exercise):
    """Leave one grade cell in the master: `tests/rubric` verifies all of them."""
    path = course / "source/attention/attention.ipynb"
    master = nbformat.read(path, as_version=4)
    marks = [cell for cell in master.cells if cell.id.endswith("-marks")]
    dropped = [cell.id for cell in marks if cell.id != f"{exercise}-marks"]
    assert len(dropped) == len(marks) - 1
    master.cells = [cell for cell in master.cells if cell.id not in dropped]
    nbformat.write(master, path)


def test_verify_prints_the_confusion_table_and_finds_a_rubric_that_is_too_kind(course):
    keep_one_exercise(course, "causal_mask")
    done = run("nbjudge", "verify", "attention", "--seeds", "1", cwd=course)
    row = next(line for line in done.stdout.split("\n") if "attention/causal_mask" in line)
    assert row.split()[1:4] == ["17", "0", "0"]
    rubric = course / "rubrics/attention/causal_mask.py"
    rubric.write_text(rubric.read_text().replace("mask.dtype != torch.bool", "False"))
    done = nbjudge("verify", "attention", "--seeds", "1", cwd=course, check=False)
    assert done.returncode == 1
    assert "has full marks" in done.stdout


def test_verify_tries_the_tests_on_edits_of_the_solution(course):
    keep_one_exercise(course, "causal_mask")
    rubric = course / "rubrics/attention/causal_mask.py"
    rubric.write_text(rubric.read_text().replace("mask.dtype != torch.bool", "False"))
    options = ("--seeds", "1", "--json")
    done = nbjudge("verify", "attention", "--mutants", *options, cwd=course, check=False)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    (found,) = told["exercises"]
    assert (found["exercise"], found["points"], found["mutants"]) == (
        "attention/causal_mask",
        10,
        7,
    )
    (survivor,) = found["pass"]
    assert survivor["added"] == ["    mask = torch.tril(torch.ones(seq_len, seq_len))"]
    assert set(told["not_tried"]) > {"attention/dot_product", "attention/scaled"}


def test_judge_ends_with_1_and_a_reason_when_it_cannot(tmp_path):
    done = judge("not_a_notebook", check=False)
    assert done.returncode == 1
    assert "is not a Jupyter notebook" in done.stderr
    odd = tmp_path / "odd.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), odd)
    done = nbjudge("judge", str(odd), cwd=ROOT, check=False)
    assert "The masters are: source/attention/attention.ipynb" in done.stderr
    done = nbjudge("judge", str(odd), cwd=tmp_path, check=False)
    assert "No nbgrader_config.py in" in done.stderr


def test_doctor_finds_everything_here():
    done = run("nbjudge", "doctor", cwd=ROOT)
    assert "✗" not in done.stdout
    for check in ("Python", "alembic", "files", "network", "processes", "limits", "GPU", "rubrics"):
        assert check in done.stdout


def test_doctor_names_what_is_missing_and_the_mend(tmp_path):
    done = nbjudge("doctor", "--json", cwd=tmp_path, check=False, PATH="/usr/bin:/bin")
    assert done.returncode == 1
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert checks["alembic"]["well"] is False
    assert "first in PATH" in checks["alembic"]["mend"]
    assert checks["course"]["found"] == "none here"


def test_help_lists_every_command_by_its_work_with_a_whole_sentence():
    told = nbjudge("--help", cwd=ROOT).stdout
    assert "..." not in told.split("Options:")[1]
    assert max(map(len, told.splitlines())) <= 80
    listed = [name for desk in DESKS.values() for name in desk]
    assert len(listed) == len(main.commands) == len({one.name for one in listed})
    for title, commands in DESKS.items():
        section = told.split(f"{title}:\n")[1].split("\n\n")[0]
        assert re.findall(r"^  (\S+)", section, re.M) == [one.name for one in commands]


@pytest.mark.parametrize("command", sorted(main.commands))
def test_help_shows_an_example(command):
    assert f"Example: nbjudge {command}" in nbjudge(command, "--help", cwd=ROOT).stdout
