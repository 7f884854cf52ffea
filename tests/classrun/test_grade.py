"""A class run: the rows and files of plain nbgrader's, only what changed, all of it or nothing."""

import json
import re
import shutil
from datetime import datetime

import psutil
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import OperationalError
from support.course import make_course, nbjudge, run
from support.graded import files, scores, tables
from support.samples import NAME, submit

from nbjudge.classrun import done, workers
from nbjudge.classrun.forkserver import Ancestors
from nbjudge.classrun.grade import ClassRun
from nbjudge.classrun.workers import Workers
from nbjudge.judge import job
from nbjudge.judge.job import Job, JobResult
from nbjudge.nbgrader_ext.graded_files import outdated
from nbjudge.notebook.submission import NotGraded
from nbjudge.verdict import Verdict

KINDS = ("perfect", "half_done", "moved_cells", "wrong_bonus", "not_a_notebook")


def autograde(course, *options, check=True):
    return by_student(
        nbjudge("autograde", "attention", "--json", *options, cwd=course, check=check)
    )


def by_student(done):
    for line in done.stderr.splitlines():
        counts = r"\d+ of \d+ done, \d+ not graded(, \d+ with a test left to a person)?"
        assert re.fullmatch(counts, line), done.stderr
    submissions = json.loads(done.stdout)["submissions"]
    return {one["student"]: one for one in submissions}, done.returncode


@pytest.fixture(scope="module")
def submitted(built, tmp_path_factory):
    course = tmp_path_factory.mktemp("class") / "course"
    shutil.copytree(built, course)
    for kind in KINDS:
        submit(course, kind, kind)
    # One is late, and loses all that it has by then: a score that the database sums up.
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        book.update_or_create_assignment("attention", duedate=datetime(2026, 3, 1))
    (course / "submitted/wrong_bonus/attention/timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    return course


@pytest.fixture(scope="module")
def graded(submitted, tmp_path_factory):
    """A course that a class run graded, and what it said."""
    course = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(submitted, course)
    done = run("nbjudge", "autograde", "attention", "--json", cwd=course, check=False)
    return course, *by_student(done)


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded course, to change."""
    shutil.copytree(graded[0], tmp_path / "course")
    return tmp_path / "course"


def written(course):
    """All files of a course but those that grading is to write."""
    names = {path.relative_to(course) for path in course.rglob("*") if path.is_file()}
    return {name for name in names if name.parts[0] not in ("autograded", "gradebook.db")}


def test_grading_writes_nothing_into_the_rest_of_the_course(graded, submitted):
    assert written(graded[0]) == written(submitted)
    assert not any("__pycache__" in name.parts for name in written(graded[0]))


def test_rows_and_files_are_those_of_plain_nbgrader(graded, submitted, tmp_path):
    plain = tmp_path / "plain"
    shutil.copytree(submitted, plain)
    run("nbgrader", "autograde", "attention", cwd=plain, check=False)
    assert tables(graded[0]) == tables(plain)
    assert files(graded[0]) == files(plain)
    with Gradebook(f"sqlite:///{plain / 'gradebook.db'}", "nlp-llm") as book:
        assert book.find_submission("attention", "wrong_bonus").late_submission_penalty == 106


def test_each_submission_is_told_and_the_status_says_that_one_is_not_graded(graded):
    _, told, status = graded
    assert status == 1
    assert {name: one["total"] for name, one in told.items()} == {
        "perfect": 110, "half_done": 40, "moved_cells": 110, "wrong_bonus": 0,
        "not_a_notebook": None,
    }  # fmt: skip
    assert (told["wrong_bonus"]["late_penalty"], told["wrong_bonus"]["flags"]) == (106, ["late"])
    assert told["moved_cells"]["flags"] == ["mended"]
    exercises = [title.split(":")[0] for title in told["perfect"]["scores"]]
    assert exercises == [*(f"Exercise {number}" for number in (1, 2, 3, 4)), "Bonus"]
    assert "is not a Jupyter notebook" in told["not_a_notebook"]["reason"]


def earlier(course):
    """Return whose score is that of earlier work."""
    directory = CourseDirectory(root=str(course))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        return outdated(book, directory, "attention")


@pytest.mark.slow
def test_only_what_changed_is_graded_again(course):
    told, _ = autograde(course, check=False)
    assert {name for name, one in told.items() if one["status"] != "unchanged"} == {
        "not_a_notebook"
    }
    assert told["not_a_notebook"]["status"] == "not graded"
    submit(course, "half_done", "perfect")
    submit(course, "not_a_notebook", "perfect")
    assert earlier(course) == {"half_done"}  # the other one has no score
    told, _ = autograde(course)
    assert earlier(course) == set()
    changed = {name for name, one in told.items() if one["status"] == "graded"}
    assert changed == {"half_done", "not_a_notebook"}
    assert scores(course) == dict.fromkeys(told, 110.0) | {"wrong_bonus": 106.0}
    (course / "autograded/perfect" / NAME).unlink()
    told, _ = autograde(course)
    assert [name for name, one in told.items() if one["status"] == "graded"] == ["perfect"]
    told, _ = autograde(course, "--force", "--student", "perfect")
    assert {name: one["status"] for name, one in told.items()} == {"perfect": "graded"}


@pytest.mark.slow
def test_a_new_rubric_grades_all_again(course):
    rubric = course / "rubrics/attention/causal_mask.py"
    rubric.write_text(rubric.read_text() + "\n# changed\n")
    told, _ = autograde(course, "--student", "perfect", "--student", "half_done")
    assert {one["status"] for one in told.values()} == {"graded"}


@pytest.mark.slow
def test_a_submission_that_cannot_be_graded_any_more_keeps_no_score(course):
    folder = course / "submitted/perfect/attention"
    (folder / "attention.ipynb").rename(folder / "attention (1).ipynb")
    told, status = autograde(course, "--student", "perfect", check=False)
    assert status == 1
    assert "attention (1).ipynb" in told["perfect"]["reason"]
    assert scores(course)["perfect"] is None
    assert not (course / "autograded/perfect/attention").exists()


@pytest.mark.slow
def test_what_an_instructor_changed_by_hand_stays(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        grade = book.find_grade("dot_product-marks", "attention", "attention", "half_done")
        grade.manual_score = 7
        comment = book.find_comment("dot_product", "attention", "attention", "half_done")
        comment.manual_comment = "Well explained"
        book.db.commit()
    autograde(course, "--force", "--student", "half_done")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        grade = book.find_grade("dot_product-marks", "attention", "attention", "half_done")
        comment = book.find_comment("dot_product", "attention", "attention", "half_done")
        assert (grade.manual_score, grade.auto_score) == (7, 20)
        assert comment.manual_comment == "Well explained"


def test_a_failure_while_it_is_written_leaves_rows_and_files_as_they_were(course, monkeypatch):
    before = tables(course), files(course)
    monkeypatch.chdir(course)
    monkeypatch.setattr(done, "remember", lambda *_, **__: 1 / 0)
    run_ = ClassRun(course, "attention")
    with (
        Ancestors() as ancestors,
        Workers(run_.settings, 1, ancestors) as workers,
        pytest.raises(ZeroDivisionError),
    ):
        list(run_.run(workers.results, force=True, students=["wrong_bonus"]))
    assert (tables(course), files(course)) == before
    assert not list((course / "autograded").glob(".nbjudge-*"))


def test_a_lost_connection_is_waited_for_and_all_is_written_again(course, monkeypatch):
    class_run = ClassRun(course, "attention")
    remember = done.remember
    lost = [OperationalError("insert", {}, Exception("the server went away"))] * 2

    def late(*arguments, **row):
        if lost:
            raise lost.pop()
        remember(*arguments, **row)

    monkeypatch.setattr(done, "remember", late)
    before = files(course)
    with Ancestors() as ancestors, Workers(class_run.settings, 1, ancestors) as workers:
        (outcome,) = class_run.run(workers.results, force=True, students=["moved_cells"])
    assert not lost
    assert outcome.status == "graded"
    assert outcome.total == scores(course)["moved_cells"]
    assert files(course).keys() == before.keys()


@pytest.mark.slow
def test_a_date_that_is_none_fails_its_own_submission(course):
    (course / "submitted/perfect/attention/timestamp.txt").write_text("yesterday")
    told, _ = autograde(course, "--student", "perfect", "--student", "half_done", "--force",
                        check=False)  # fmt: skip
    assert told["half_done"]["status"] == "graded"
    assert "timestamp.txt" in told["perfect"]["reason"]


def test_a_run_asks_all_with_one_seed_and_the_next_run_with_another(course, monkeypatch):
    monkeypatch.delenv("NBJUDGE_SEED", raising=False)
    runs = []

    def note(works):
        runs.append({work.seed for work in works})
        return iter(())

    for _ in "12":
        list(ClassRun(course, "attention").run(note, force=True))
    assert [len(seeds) for seeds in runs] == [1, 1]
    assert runs[0] != runs[1]


def test_what_was_graded_before_keeps_its_seed(course, monkeypatch):
    asked = []

    def note(of_course, given, setting):
        asked.append((given.digest, given.seed))
        raise NotGraded("Not graded: only looked at.")

    monkeypatch.setattr(job, "judge_again", note)
    terms, folder = ClassRun(course, "attention").settings, course / "submitted/perfect/attention"
    job.judge_job(Job("ada", folder, {}, 7), terms)
    ((digest, seed),) = asked
    assert seed == 7
    job.judge_job(Job("ada", folder, {digest: 3, "another": 4}, 7), terms)
    assert asked[1] == (digest, 3)


def test_what_failed_by_no_fault_of_its_own_is_graded_by_the_next_run(course):
    asked = []

    def fail(works):
        asked.extend(work.student for work in works)
        for number, work in enumerate(works):
            ours = number % 2 == 0
            refused = JobResult.refused(work.student, NotGraded("no memory."))
            yield JobResult.fault(work.student, "no memory.") if ours else refused

    for force in (True, False):
        list(ClassRun(course, "attention").run(fail, force=force))
    assert asked == [*sorted(KINDS), *sorted(KINDS)[::2]]


@pytest.mark.slow
def test_a_worker_that_dies_is_replaced_and_its_submission_tried_again(course):
    terms = ClassRun(course, "attention").settings
    works = [Job(name, course / "submitted/perfect/attention") for name in "abcd"]
    with Ancestors() as ancestors, Workers(terms, 1, ancestors) as workers:
        results = workers.results(works)
        told = [next(results)]
        for process in psutil.Process().children():
            if any("spawn_main" in word for word in process.cmdline()):
                process.kill()
        told += results
    assert sorted(one.student for one in told) == list("abcd")
    assert [one.reason for one in told] == [""] * 4


@pytest.mark.slow
def test_a_worker_that_judges_without_end_is_ended_and_the_others_go_on(course, monkeypatch):
    terms = ClassRun(course, "attention").settings
    seconds = iter([0.1, 3600])
    monkeypatch.setattr(workers, "_longest", lambda _: next(seconds))
    works = [Job(name, course / "submitted/perfect/attention") for name in "ab"]
    with Ancestors() as ancestors, Workers(terms, 1, ancestors) as pool:
        told = {one.student: one for one in pool.results(works)}
    assert told["a"].verdict is Verdict.FAULT
    assert "judging it had no end" in told["a"].reason
    assert told["b"].reason == ""


def test_what_is_asked_for_and_not_there_is_named(submitted, tmp_path):
    options = ("--student", "nobody")
    done = nbjudge("autograde", "attention", *options, cwd=submitted, check=False)
    assert done.returncode == 1
    assert "There is no submission of nobody in submitted/" in done.stderr
    done = nbjudge("autograde", "unknown", cwd=submitted, check=False)
    assert "Check the assignment's name" in done.stderr
    empty = make_course(tmp_path / "course")
    submit(empty, "ada", "perfect")
    done = nbjudge("autograde", "attention", cwd=empty, check=False)
    assert "nbjudge build attention" in done.stderr


def test_what_lies_beside_the_assignments_folder_is_named_and_not_silently_left_out(course):
    for place in ("flat/attention.ipynb", "case/Attention/attention.ipynb"):
        (course / "submitted" / place).parent.mkdir(parents=True)
        shutil.copy(course / "submitted/perfect" / NAME, course / "submitted" / place)
    told = {one.student: one for one in ClassRun(course, "attention").misplaced()}
    assert told.keys() == {"flat", "case"}
    assert {one.status for one in told.values()} == {"not graded"}
    assert "submitted/flat/attention.ipynb lies where no submission" in told["flat"].reason
    assert "submitted/case/attention/, then grade again" in told["case"].reason
    found, status = autograde(course, check=False)
    assert status == 1
    assert found["flat"]["status"] == "not graded"


def test_a_folder_that_cannot_be_written_to_is_named(course, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("nbjudge.nbgrader_ext.writer._remove_abandoned", refuse)
    done = nbjudge("autograde", "attention", cwd=course, check=False)
    assert done.returncode == 1
    assert "autograded cannot be written to (Permission denied)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_submission_that_cannot_be_read_says_who_needs_which_right(course, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "attention.ipynb")

    monkeypatch.setattr(job, "_judged", refuse)
    terms, folder = ClassRun(course, "attention").settings, course / "submitted/perfect/attention"
    result = job.judge_job(Job("ada", folder, {}, 7), terms)
    assert result.verdict.value == "refused"
    assert "attention.ipynb cannot be read (Permission denied)" in result.reason


def test_a_rule_for_late_submissions_that_is_not_allowed_is_refused_before_grading(course):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zer0"\n')
    done = nbjudge("autograde", "attention", cwd=course, check=False)
    assert done.returncode == 1
    assert "penalty_method" in done.stderr
    assert "nbgrader_config.py" in done.stderr


def test_limits_can_be_given_as_to_nbgrader(course):
    options = ("--Judge.limits", "no_such=1")
    done = nbjudge("autograde", "attention", *options, cwd=course, check=False)
    assert done.returncode == 1
    assert "c.Judge.limits is wrong at 'no_such'" in done.stderr
