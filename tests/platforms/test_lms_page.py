"""docs/lms.md is followed word for word: Canvas's road and Moodle's, each in its own course."""

import json
import re
import shutil
import sqlite3
import zipfile

import pytest
from support.course import ROOT
from support.page import alike, follow, steps
from support.platforms import canvas, canvas_importer, moodle, moodle_importer
from support.platforms.lti import CLIENT, Platform, launch
from support.platforms.people import LEARNERS
from support.scored import course_with

PAGE = ROOT / "docs/lms.md"
SAMPLES = ROOT / "examples/submissions"
ADA, ANA, HAN, _, SEAMUS, *_ = LEARNERS
CLASS = (ADA, ANA, HAN, SEAMUS)
GRADED = {
    "ada": {"points": 100.0, "bonus": 10.0},
    "ana": {"points": 40.0},
    "xiaoming": {"points": 100.0, "waits": True},
    "seamus": {"points": 75.0},
}


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


def test_the_section_on_lti_leads_to_scores_at_a_platform(tmp_path):
    """Its settings are the page's own, with the test's platform in the place of the page's."""
    platform, course = Platform(), tmp_path / "course"
    try:
        course_with(course, {one: {} for one in GRADED}, GRADED)
        key, sends = road("A hub whose log-in is LTI", tmp_path)
        printed = follow(key, course)
        assert alike(printed, key.shown), printed
        platform.jwk = json.loads(printed[printed.index("{") :])
        (course / "launches").mkdir(mode=0o700)
        for student in ("ada", "ana", "xiaoming"):
            launch(course / "launches", platform, student)
        with (course / "nbgrader_config.py").open("a") as file:
            file.write(page_settings(platform, course / "launches"))
        printed = follow(sends, course).replace(platform.host, "moodle.example.edu")
        assert alike(printed, sends.shown), printed
    finally:
        platform.close()
    sent = {user: scores[-1].get("scoreGiven") for (_, user), scores in platform.scores.items()}
    assert sent == {"u-ada": 110, "u-ana": 40, "u-xiaoming": None}


def page_settings(platform, launches):
    """Return the page's settings of the tool, with this platform's addresses."""
    (block,) = re.findall(r"^```python\n(c\.LTITool.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    for ours, there in (
        ("https://moodle.example.edu/mod/lti/token.php", platform.token_url),
        ("https://moodle.example.edu", platform.issuer),
        ("Xk3vT9", CLIENT),
        ("/srv/nbgrader/launches", str(launches)),
    ):
        assert f'"{ours}"' in block
        block = block.replace(f'"{ours}"', f'"{there}"')
    return block


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
