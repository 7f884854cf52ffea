"""docs/lms.md is followed word for word: Canvas's road and Moodle's, each in its own course."""

import re
import shutil
import sqlite3
import zipfile

import pytest
from support.course import ROOT
from support.page import alike, follow, steps
from support.platforms import canvas, canvas_importer, moodle, moodle_importer
from support.platforms.people import LEARNERS

PAGE = ROOT / "docs/lms.md"
SAMPLES = ROOT / "examples/submissions"
ADA, ANA, HAN, _, SEAMUS, *_ = LEARNERS
CLASS = (ADA, ANA, HAN, SEAMUS)


def notebook(kind):
    return (SAMPLES / kind / "attention/attention.ipynb").read_bytes()


@pytest.fixture
def course(built, tmp_path):
    """A course folder with what was downloaded from both platforms."""
    course = shutil.copytree(built, tmp_path / "course")
    (course / "gradebook.csv").write_text(
        canvas.gradebook(CLASS, ["Attention (4711)"]), encoding="utf-8"
    )
    came = {"ada": moodle.LATE, "seamus": "-"}
    (course / "worksheet.csv").write_text(moodle.worksheet(CLASS, came), encoding="utf-8")
    perfect, half = notebook("perfect"), notebook("half_done")
    canvas.archive(course / "canvas.zip", {
        canvas.entry(ADA, "attention-1.ipynb", 71, late=True): perfect,
        canvas.entry(ANA, "attention (1).ipynb", 72): half,
        canvas.entry(HAN, "attention.ipynb", 73): perfect,
        canvas.entry(HAN, "data.csv", 74): b"1,2",
        f"{canvas.slug('OBrien, Séamus')}_105_text.html": b"see my e-mail",
    })  # fmt: skip
    canvas.archive(course / "moodle.zip", {
        moodle.entry(ADA, "attention (1).ipynb"): perfect,
        moodle.entry(ANA, "attention.ipynb"): half,
        moodle.entry(HAN, "attention.ipynb.txt"): perfect,
        moodle.entry(HAN, "data.csv"): b"1,2",
    })  # fmt: skip
    return course


def road(name, tmp_path):
    """Return the steps of one section of the page."""
    found = re.search(rf"^## {name}\n.*?(?=^## )", PAGE.read_text("utf-8"), re.M | re.S)
    (tmp_path / "section.md").write_text(found[0], encoding="utf-8")
    return list(steps(tmp_path / "section.md"))


@pytest.mark.parametrize("name", ["Canvas", "Moodle"])
def test_the_page_leads_from_the_platforms_files_to_submissions(course, tmp_path, name):
    before = "nbjudge (roster|import)|nbgrader db"
    way_in = [one for one in road(name, tmp_path) if re.match(before, one.text)]
    assert len(way_in) > name.count("Canvas")
    for step in way_in:
        printed = follow(step, course)
        assert step.shown is None or alike(printed, step.shown), printed
    found = {path.parent.parent.name for path in course.glob("submitted/*/attention/*.ipynb")}
    assert found == {"ada", "ana", "xiaoming"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Canvas", "Moodle"])
def test_the_whole_road_is_followed(course, tmp_path, name):
    for step in road(name, tmp_path):
        printed = follow(step, course)
        assert step.shown is None or alike(printed, step.shown), printed
    with sqlite3.connect(course / "gradebook.db") as opened:
        graded = opened.execute("select student_id from submitted_assignment").fetchall()
    assert {one for (one,) in graded} == {"ada", "ana", "xiaoming"}
    takes, full = {"Canvas": (canvas_takes, 110), "Moodle": (moodle_takes, 100)}[name]
    assert takes(course) == {"ada": full, "ana": 40, "xiaoming": full}


def canvas_takes(course):
    """Return what Canvas would take from the file that the page leads to."""
    people = [(int(one.number), one.name, f"{one.last}, {one.first}", f"S{one.number}", one.login)
              for one in CLASS]  # fmt: skip
    data = (course / "gradebook-filled.csv").read_bytes()
    found = canvas_importer.upload(data, canvas_importer.Course(people, {4711: "Attention"}))
    assert not found.new_students[1:]  # Canvas has its test student, and we have not
    logins = {int(one.number): one.login for one in CLASS}
    return {logins[student]: float(score) for (student, _), score in found.scores.items()}


def moodle_takes(course):
    """Return what Moodle would take; each page of feedback has its participant."""
    there = {int(one.participant): moodle_importer.Participant() for one in CLASS}
    data = (course / "worksheet-filled.csv").read_bytes()
    found = moodle_importer.upload(data, there, 100.0)
    assert set(found.skipped.values()) == {"no value"}
    assert set(found.comments) == set(found.grades)
    with zipfile.ZipFile(course / "feedback.zip") as archive:
        pages = {int(one.split("_")[1]) for one in archive.namelist()}
    assert pages == set(found.grades)
    logins = {int(one.participant): one.login for one in CLASS}
    return {logins[number]: grade for number, grade in found.grades.items()}
