"""Several assignments in one class run: one pool of workers, one open gradebook, a table each."""

import json
import shutil

import pytest
from nbgrader.api import Gradebook
from support.course import nbjudge
from support.samples import submit
from support.small import write_small


@pytest.fixture(scope="module")
def course(built, tmp_path_factory):
    """A course where ada has handed in two assignments and bob one; nobody a third."""
    course = tmp_path_factory.mktemp("together") / "course"
    shutil.copytree(built, course)
    write_small(course)
    nbjudge("build", "doubling", cwd=course)
    submit(course, "ada", "half_done")
    for student in ("ada", "bob"):
        folder = course / "submitted" / student / "doubling"
        shutil.copytree(course / "solutions/doubling", folder)
    return course


@pytest.fixture(scope="module")
def told(course):
    return json.loads(nbjudge("autograde", "--json", "--workers", "2", cwd=course).stdout)


def test_without_a_name_all_are_graded_that_somebody_has_handed_in(course, told):
    """`essay` and `encoder` were never built, and nobody has handed them in."""
    totals = {(one["assignment"], one["student"]): one["status"] for one in told["submissions"]}
    graded = [("attention", "ada"), ("doubling", "ada"), ("doubling", "bob")]
    assert totals == dict.fromkeys(graded, "graded")
    assert told["counts"] == {"graded": 3}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        assert book.find_submission("attention", "ada").score == 40
        for student in ("ada", "bob"):
            grades = book.find_submission("doubling", student).notebooks[0].grades
            assert {one.name: one.auto_score for one in grades}["double-test"] == 5
    for assignment, student in graded:
        assert (course / "autograded" / student / assignment / f"{assignment}.ipynb").is_file()


def test_again_nothing_is_graded_and_each_has_a_table(course, told):
    done = nbjudge("autograde", "doubling", "attention", cwd=course)
    lines = [line for line in done.stdout.splitlines() if line]
    assert [line for line in lines if line in ("attention", "doubling")] == [
        "doubling",
        "attention",
    ]
    assert "3 submissions in" in lines[-1]
    assert "0 graded, 3 unchanged, 0 not graded" in lines[-1]


def test_one_student_is_graded_in_each_that_was_handed_in(course, told):
    done = nbjudge("autograde", "--student", "bob", "--force", "--json", cwd=course)
    (one,) = json.loads(done.stdout)["submissions"]
    assert (one["assignment"], one["student"], one["status"]) == ("doubling", "bob", "graded")


def test_a_named_assignment_that_nobody_has_handed_in_is_told(course, told):
    nbjudge("build", "essay", cwd=course)
    done = nbjudge("autograde", "doubling", "essay", cwd=course, check=False)
    assert done.returncode == 1
    assert "There is no submission of anybody in submitted/ for 'essay'" in done.stderr


def test_a_cluster_grades_one_at_a_time(course):
    done = nbjudge("autograde", "--cluster", "local", cwd=course, check=False)
    assert done.returncode == 2
    assert "A cluster grades one assignment at a time: name one." in done.stderr
