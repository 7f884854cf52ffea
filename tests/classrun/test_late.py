"""Late work by each rule: gradebook, class run, plain nbgrader and export say the same."""

import csv
import shutil
from datetime import timedelta

import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge
from support.graded import tables
from support.mixed import ASSIGNMENT, RIGHT, hand_in, make_mixed_course

from nbjudge.classrun import summary
from nbjudge.classrun.grade import ClassRun
from nbjudge.judge.job import judge_job

DUE = "2026-03-01 12:00:00 UTC"
CAME = {  # eve and dan may submit until two hours later
    "ada": "2026-03-01 11:00:00 UTC",
    "bob": "2026-03-01 13:00:00 UTC",
    "dan": "2026-03-02 14:00:00 UTC",
    "eve": "2026-03-01 13:00:00 UTC",
}
RULES = {
    "counts": {"ada": 11, "bob": 11, "dan": 11, "eve": 11},
    "penalty": {"ada": 11, "bob": 5.5, "dan": 5.5, "eve": 11},
    "shown": {"ada": 11, "bob": 0, "dan": 0, "eve": 11},
}
HALF = """
from nbgrader.plugins import LateSubmissionPlugin


class Half(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        return score / 2
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A course whose students are known; extensions were given, then work was handed in."""
    folder = tmp_path_factory.mktemp("late")
    (folder / "half_late.py").write_text(HALF)
    config = f"""
import sys
sys.path.insert(0, {str(folder)!r})
c.AssignLatePenalties.plugin_class = "half_late.Half"
c.Exchange.timezone = "Europe/Berlin"
"""
    course = make_mixed_course(folder / "course", config)
    nbgrader("db", "assignment", "add", ASSIGNMENT, f"--duedate={DUE}", cwd=course)
    for student in CAME:
        nbgrader("db", "student", "add", student, cwd=course)
    hours = str(2 / 24)
    nbjudge(
        "extend", ASSIGNMENT, "--student", "eve", "--student", "dan", "--days", hours, cwd=course
    )
    for student, came in CAME.items():
        folder = hand_in(course, student, **RIGHT)
        (folder / "timestamp.txt").write_text(came)
    return course


@pytest.fixture
def course(begun, tmp_path, monkeypatch):
    monkeypatch.setenv("NBJUDGE_SEED", "0")  # as the commands of these tests
    return shutil.copytree(begun, tmp_path / "course")


def rule(course, name):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.FeedbackOnSubmit.after_deadline = {name!r}\n")


def grade(course):
    run = ClassRun(course, ASSIGNMENT)
    judged = run.run(lambda jobs: (judge_job(job, run.settings) for job in jobs), force=False)
    return {one.student: one for one in judged}


def book(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "mixed")


def in_gradebook(course):
    with book(course) as opened:
        found = opened.assignment_submissions(ASSIGNMENT)
        return {one.student_id: one.score - one.late_submission_penalty for one in found}


def exported(course):
    nbgrader("export", cwd=course)
    with (course / "grades.csv").open() as file:
        return {one["student_id"]: float(one["score"]) for one in csv.DictReader(file)}


@pytest.mark.parametrize("name", RULES)
def test_each_rule_gives_the_same_in_gradebook_table_and_export(name, course):
    rule(course, name)
    told = grade(course)
    assert {student: one.total for student, one in told.items()} == RULES[name]
    assert in_gradebook(course) == RULES[name]
    assert exported(course) == RULES[name]
    assert [one for one, said in told.items() if "late" in said.flags] == ["bob", "dan"]
    assert {one.status for one in grade(course).values()} == {"unchanged"}


@pytest.mark.parametrize("name", RULES)
def test_plain_nbgrader_writes_the_same_rows(name, course, tmp_path):
    rule(course, name)
    plain = shutil.copytree(course, tmp_path / "plain")
    grade(course)
    nbgrader("autograde", ASSIGNMENT, cwd=plain)
    assert tables(course) == tables(plain)
    assert in_gradebook(plain) == RULES[name]


def test_the_table_and_json_say_who_is_late_by_how_much(course):
    rule(course, "penalty")
    told = {ASSIGNMENT: list(grade(course).values())}
    lines = [line.strip() for line in summary.to_text(told, 1.0).splitlines()]
    (head,) = [line for line in lines if line.startswith("Student")]
    assert head.split("Late by")[1].split()[:2] == ["Penalty", "Total"]
    row = {line.split()[0]: line for line in lines if line[:3] in CAME}
    assert "1 hour " in row["bob"]
    assert "-5.5" in row["bob"]
    assert "1 day " in row["dan"]  # after the extension, not after the due date
    assert "hour" not in row["ada"] + row["eve"]
    submissions = summary.to_dict(told, 1.0)["submissions"]
    seconds = {one["student"]: (one["late_seconds"], one["due"]) for one in submissions}
    assert seconds["bob"] == (3600, "2026-03-01T12:00:00+00:00")
    assert seconds["dan"] == (86400, "2026-03-01T14:00:00+00:00")
    assert seconds["eve"] == (0, "2026-03-01T14:00:00+00:00")


def test_an_extension_afterwards_takes_the_penalty_back_at_once_and_judges_nothing(course):
    rule(course, "shown")
    grade(course)
    said = nbjudge("extend", ASSIGNMENT, "--student", "bob", "--days", "1", cwd=course).stdout
    assert "bob       2026-03-02 13:00:00 CET   1 day      in time" in said
    assert "late by 1 day" in said  # dan
    assert in_gradebook(course) == {**RULES["shown"], "bob": 11}
    assert exported(course)["bob"] == 11
    assert grade(course)["bob"].total == 11
    assert grade(course)["bob"].status == "unchanged"
    nbjudge("extend", ASSIGNMENT, "--student", "bob", "--days", "0", cwd=course)
    assert in_gradebook(course) == RULES["shown"]
    with book(course) as opened:
        assert opened.find_submission(ASSIGNMENT, "bob").extension is None


def test_a_due_date_that_moves_leaves_what_a_student_was_told(course):
    rule(course, "penalty")
    grade(course)
    with book(course) as opened:  # an hour later for all, so bob is in time; eve and dan as before
        opened.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-01 13:00:00 UTC")
    assert {one: said.total for one, said in grade(course).items()} == {
        **RULES["penalty"], "bob": 11,
    }  # fmt: skip
    with book(course) as opened:
        assert opened.find_submission(ASSIGNMENT, "eve").extension == timedelta(hours=1)
