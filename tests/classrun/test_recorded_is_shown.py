"""Whatever changes a score: table, gradebook, page and export say the same after it, and at once.

Real commands of nbgrader's and a real class run, which judges in this process: no workers start.
"""

import csv
import shutil
import sqlite3
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge
from support.pages import Page
from support.samples import NAME, submit

from nbjudge.classrun.grade import ClassRun
from nbjudge.course import RubricError
from nbjudge.exchange.renewal import after_grading
from nbjudge.judge.job import judge_job

LATE = "2026-03-02 12:00:00 UTC"


@pytest.fixture(scope="module")
def begun(built, tmp_path_factory):
    """A course with two submissions, one of them late, and a rule that takes it all."""
    course = tmp_path_factory.mktemp("events") / "course"
    shutil.copytree(built, course)
    configure(course, 'c.LateSubmissionPlugin.penalty_method = "none"')
    submit(course, "ada", "perfect")
    submit(course, "bob", "half_done")
    (course / "submitted/bob/attention/timestamp.txt").write_text(LATE)
    grade(course)
    show(course)
    return course


@pytest.fixture
def course(begun, tmp_path, monkeypatch):
    shutil.copytree(begun, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


def configure(course, *lines):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("\n".join(["", *lines, ""]))


def grade(course):
    """Grade as `nbjudge autograde` does; return the outcome of each student."""
    run = ClassRun(course, "attention")
    judged = run.run(lambda jobs: (judge_job(job, run.settings) for job in jobs), force=False)
    return {one.student: one for one in judged}


def show(course):
    nbgrader("generate_feedback", "attention", cwd=course)
    nbgrader("export", cwd=course)


def book(course):
    return Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm")


def change_grade(course, **values):
    with book(course) as opened:
        one = opened.find_grade("dot_product-marks", "attention", "attention", "bob")
        for name, value in values.items():
            setattr(one, name, value)
        opened.db.commit()


def due(course, date):
    with book(course) as opened:
        opened.update_or_create_assignment("attention", duedate=date)


def extend(course):
    due(course, datetime(2026, 3, 1))
    with book(course) as opened:
        opened.find_submission("attention", "bob").extension = timedelta(days=3)
        opened.db.commit()


def penalty(course, method="zero"):
    configure(course, f'c.LateSubmissionPlugin.penalty_method = "{method}"')


def late(course):
    penalty(course)
    due(course, datetime(2026, 3, 1))


def forgiven(course):
    late(course)
    grade(course)
    due(course, datetime(2026, 3, 5))


def own_rule(course):
    """A plugin of the course's own, which takes a part of the score, and then another part."""
    due(course, datetime(2026, 3, 1))
    (course / "rule.py").write_text(RULE.format(part=0.25))
    configure(
        course,
        f"import sys; sys.path.insert(0, {str(course)!r}); sys.modules.pop('rule', None)",
        'c.AssignLatePenalties.plugin_class = "rule.Rule"',
    )
    grade(course)
    (course / "rule.py").write_text(RULE.format(part=0.5))


RULE = """
from nbgrader.plugins import LateSubmissionPlugin


class Rule(LateSubmissionPlugin):
    def late_submission_penalty(self, student, score, seconds):
        return {part} * score
"""


def manual_after_penalty(course):
    late(course)
    grade(course)
    change_grade(course, manual_score=3.0)


def removed(course):
    nbgrader("db", "student", "remove", "bob", "--force", cwd=course)


def assignment_removed(course):
    nbgrader("db", "assignment", "remove", "attention", "--force", cwd=course)
    nbgrader("generate_assignment", "attention", "--force", cwd=course)


def restored(course):
    """A backup of an empty gradebook is put back."""
    nbgrader("db", "assignment", "remove", "attention", "--force", cwd=course)
    backup = (course / "gradebook.db").read_bytes()
    nbgrader("generate_assignment", "attention", "--force", cwd=course)
    grade(course)
    (course / "gradebook.db").write_bytes(backup)
    nbgrader("generate_assignment", "attention", "--force", cwd=course)


def gradebook_deleted(course):
    (course / "gradebook.db").unlink()
    nbgrader("generate_assignment", "attention", "--force", cwd=course)


def a_row_is_lost(course):
    with sqlite3.connect(course / "gradebook.db") as opened:
        opened.execute("update grade set auto_score = null")


def rubric_corrected(course):
    rubric = course / "rubrics/attention/dot_product.py"
    points = rubric.read_text().replace("grade_points", "grade_points")
    rubric.write_text(points + "\nrubric.criteria[0].points  # read again\n")


def points_built(course):
    change_master(course, "dot_product-marks", points=15)
    nbgrader("generate_assignment", "attention", "--force", cwd=course)


def change_master(course, name, **marks):
    path = course / "source" / NAME
    master = nbformat.read(path, as_version=4)
    (cell,) = (cell for cell in master.cells if cell.id == name)
    cell.metadata.nbgrader.update(marks)
    nbformat.write(master, path)
    return master, path


def plain_nbgrader(course):
    """nbgrader's own command grades what was submitted since."""
    submit(course, "bob", "perfect")
    nbgrader("autograde", "attention", "--student", "bob", "--force", cwd=course)


# Each event, and bob's score after it: nbgrader's, less its late penalty.
EVENTS = {
    "nothing": (lambda course: None, 40),
    "a newer submission": (lambda course: submit(course, "bob", "perfect"), 110),
    "no notebook any more": (lambda course: submit(course, "bob", "not_a_notebook"), None),
    "a grade by hand": (lambda course: change_grade(course, manual_score=3.0), 23),
    "extra credit by hand": (lambda course: change_grade(course, extra_credit=5.0), 45),
    "the penalty rule": (late, 0),
    "a due date that moves": (forgiven, 40),
    "an extension": (lambda course: (penalty(course), extend(course)), 40),
    "a rule of the course's own": (own_rule, 20),
    "a grade by hand after a penalty": (manual_after_penalty, 0),
    "the student leaves and comes back": (removed, 40),
    "the assignment is removed and built": (assignment_removed, 40),
    "a backup is restored": (restored, 40),
    "the gradebook is deleted": (gradebook_deleted, 40),
    "rows are lost": (a_row_is_lost, 40),
    "autograded/ is deleted": (lambda course: shutil.rmtree(course / "autograded"), 40),
    "a rubric is corrected": (rubric_corrected, 40),
    "the master is changed and built": (points_built, 35),
    "nbgrader's own command": (plain_nbgrader, 110),
}


# One of each kind; the others are among the slow tests.
QUICK = ("nothing", "a grade by hand", "a due date that moves", "the student leaves and comes back")


@pytest.mark.parametrize(
    "event",
    [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in EVENTS],
)
def test_table_gradebook_page_and_export_agree_after(event, course):
    happen, score = EVENTS[event]
    happen(course)
    told = grade(course)
    show(course)
    assert told["bob"].total == score
    assert (told["bob"].status == "unchanged") == (event in UNCHANGED)
    with book(course) as opened:
        row = opened.find_submission("attention", "bob")
        assert row.score - row.late_submission_penalty == (score or 0)
    with (course / "grades.csv").open() as file:
        exported = {one["student_id"]: one for one in csv.DictReader(file)}
    assert exported["bob"]["score"] == ("" if score is None else str(float(score)))
    waits = "needs manual grade" in told["bob"].flags and "needs manual grade"
    assert exported["bob"]["status"] == ("not graded" if score is None else waits or "graded")
    page = course / "feedback/bob/attention/attention.html"
    assert page.exists() == (score is not None)
    if score is not None:
        assert Page(page.read_text()).score == score
    again = "not graded" if score is None else "unchanged"
    assert grade(course)["bob"].status == again  # and nothing is left to do


# What a person writes into the gradebook is shown, and no reason to judge again.
UNCHANGED = {"nothing", "a grade by hand", "extra credit by hand"}


@pytest.mark.slow
def test_the_page_that_is_shown_is_the_work_that_is_graded(course):
    before = (course / "feedback/bob/attention/attention.html").read_text()
    assert "YOUR CODE HERE" in before
    submit(course, "bob", "perfect")
    grade(course)
    show(course)
    assert "YOUR CODE HERE" not in (course / "feedback/bob/attention/attention.html").read_text()


def test_a_comment_by_hand_makes_the_page_anew_and_no_other(course):
    pages = {
        name: (course / f"feedback/{name}/attention/attention.html") for name in ("ada", "bob")
    }
    made = {name: page.stat().st_mtime_ns for name, page in pages.items()}
    with book(course) as opened:
        opened.find_comment(
            "dot_product", "attention", "attention", "bob"
        ).manual_comment = "Well explained"
        opened.db.commit()
    show(course)
    assert "Well explained" in pages["bob"].read_text()
    assert pages["ada"].stat().st_mtime_ns == made["ada"]


def test_names_go_with_the_student(course):
    nbgrader("db", "student", "remove", "bob", "--force", cwd=course)
    with sqlite3.connect(course / "gradebook.db") as opened:
        for table, rows in (("nbjudge_graded", 1), ("nbjudge_scorecard", 5)):
            assert opened.execute(f"select count(*) from {table}").fetchone() == (rows,)
            assert "bob" not in repr(opened.execute(f"select * from {table}").fetchall())


def test_points_that_were_changed_and_not_built_are_said_with_the_mend(course):
    change_master(course, "scaled-marks", points=12)
    for done in (
        nbjudge("autograde", "attention", cwd=course, check=False),
        nbgrader("autograde", "attention", "--force", cwd=course, check=False),
    ):
        assert done.returncode == 1
        told = done.stdout + done.stderr
        assert "attention.ipynb: the cell 'scaled-marks' has 12 points now, and had 20" in told
        assert "Run 'nbjudge build attention' first." in told


@pytest.mark.slow
def test_a_graded_cell_that_was_added_and_not_built_is_said(course):
    master, path = change_master(course, "scaled-marks")
    added = nbformat.v4.new_code_cell("assert 1 == 1", id="added")
    mark = {"grade": True, "solution": False, "locked": True, "points": 2, "grade_id": "added"}
    added.metadata.nbgrader = {"schema_version": 3, "task": False, "cell_type": "code", **mark}
    master.cells.append(added)
    nbformat.write(master, path)
    with pytest.raises(RubricError, match="the cell 'added' is graded now"):
        grade(course)


def test_a_stale_page_is_not_released_and_a_released_one_is_named(course, tmp_path):
    root = tmp_path / "exchange"
    (root / "nlp-llm").mkdir(parents=True)
    configure(course, f"c.Exchange.root = {str(root)!r}")
    for name in ("ada", "bob"):
        (course / f"submitted/{name}/attention/submission_secret.txt").write_text(name)
        (course / f"submitted/{name}/attention/timestamp.txt").write_text(LATE)
    submit(course, "by_mail", "perfect")
    grade(course)
    show(course)
    done = nbgrader("release_feedback", "attention", cwd=course)
    assert "did not come through the exchange" in done.stderr
    assert "the feedback of by_mail." in done.stderr
    released = {page: page.read_bytes() for page in root.rglob("*.html")}
    assert len(released) == 2
    assert after_grading(ClassRun(course, "attention")) == []
    change_grade(course, manual_score=3.0)
    grade(course)
    (told,) = after_grading(ClassRun(course, "attention"))
    assert "an earlier result: bob." in told
    assert "nbgrader generate_feedback attention" in told
    assert {page: page.read_bytes() for page in root.rglob("*.html")} == released
    done = nbgrader("release_feedback", "attention", cwd=course, check=False)
    assert done.returncode == 1
    assert "the feedback of bob. Run" in done.stderr
    nbgrader("generate_feedback", "attention", cwd=course)
    nbgrader("release_feedback", "attention", cwd=course)
    assert after_grading(ClassRun(course, "attention")) == []
