"""`nbjudge export`: from the gradebook into the files that a platform gave, or nothing at all."""

import csv
import io
import zipfile

import pytest
from support.course import nbgrader, nbjudge
from support.scored import ASSIGNMENT, book_of, course_with, give

from nbjudge.platforms.identities import Identity, keep

STUDENTS = {
    "ada": {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org",
            "lms_user_id": "101"},
    "bob": {"first_name": "Bob", "last_name": "Bauer", "email": "bob@example.org",
            "lms_user_id": "102"},
    "cyd": {"first_name": "小明", "last_name": "陈", "email": "cyd@example.org"},
    "dan": {"first_name": "Dan", "last_name": "Dorn", "email": "dan@example.org"},
}  # fmt: skip
SCORES = {
    "ada": {"points": 93.5, "bonus": 10.0},
    "bob": {"points": 80.0, "penalty": 30.0},
    "cyd": {"points": None},
}
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Attention (4711),Other (4712),Final Score
    Points Possible,,,,,100,10,(read only)
"Lovelace, Ada",101,x1,ada,A,-,7,
"Bauer, Bob",102,x2,bob,A,,7,
"陈, 小明",103,x3,cyd,A,,7,
"Dorn, Dan",104,x4,dan,A,,7,
"""
MOODLE = """\
"Identifier","Full name","Email address","Grade","Maximum grade","Grade can be changed",\
"Last modified (grade)","Feedback comments"
"Participant 9001","Ada Lovelace","ada@example.org","","110.00","Yes","-",""
"Participant 9002","Bob Bauer","bob@example.org","","110.00","Yes","-",""
"Participant 9003","小明 陈","cyd@example.org","","110.00","Yes","-",""
"Participant 9004","Dan Dorn","dan@example.org","","110.00","Yes","-",""
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return course_with(tmp_path_factory.mktemp("export") / "course", STUDENTS, SCORES)


@pytest.fixture
def course(made):
    """The course with the platforms' files, and without what an export wrote."""
    for file in [*made.glob("*.csv"), *made.glob("*.zip")]:
        file.unlink()
    (made / "canvas.csv").write_text(CANVAS, encoding="utf-8-sig")
    (made / "moodle.csv").write_text(MOODLE, encoding="utf-8-sig")
    return made


def export(course, *words, code=0):
    done = nbjudge("export", ASSIGNMENT, *words, cwd=course, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def column(course, file, heading, key):
    text = (course / file).read_text(encoding="utf-8-sig")
    return {row[key]: row[heading] for row in csv.DictReader(io.StringIO(text, newline=""))}


def test_canvas_gets_the_scores_of_the_gradebook(course):
    told = export(course, "--canvas", "canvas.csv", code=1)
    assert column(course, "canvas-filled.csv", "Attention (4711)", "SIS Login ID") == {
        "": "100", "ada": "103.5", "bob": "50", "cyd": "", "dan": ""}  # fmt: skip
    assert "scores go to the column 'Attention (4711)'" in told
    assert "no score yet: not graded" in told
    assert "Rows: 2 written, 1 no score yet, 1 not submitted." in told
    assert "--cap writes the" in told
    assert (course / "canvas.csv").read_text(encoding="utf-8-sig") == CANVAS


def test_moodle_gets_grades_and_comments(course):
    told = export(course, "--moodle", "moodle.csv", "--scale", code=1)
    assert column(course, "moodle-filled.csv", "Grade", "Identifier") == {
        "Participant 9001": "", "Participant 9002": "55", "Participant 9003": "",
        "Participant 9004": ""}  # fmt: skip
    assert "113.85 is above Moodle's maximum, 110" in told
    export(course, "--moodle", "moodle.csv", "--no-scale", "--force", code=1)
    assert column(course, "moodle-filled.csv", "Grade", "Identifier")["Participant 9001"] == "103.5"
    comments = column(course, "moodle-filled.csv", "Feedback comments", "Identifier")
    assert comments["Participant 9002"].endswith(
        "50 of 100 points. 30 points are taken off because it came late.</p>"
    )
    assert comments["Participant 9003"] == ""


def test_the_status_is_0_where_every_score_is_in_the_file(course, tmp_path):
    with book_of(course) as book:
        give(book, "cyd", points=10.0)
    try:
        told = export(course, "--canvas", "canvas.csv", "--to", str(tmp_path / "new.csv"))
    finally:
        with book_of(course) as book:
            give(book, "cyd")
    assert f"Written: {tmp_path / 'new.csv'}. Upload this file." in told.replace("\n", "")


def test_who_was_imported_is_known_by_the_platforms_number(course):
    (course / "moodle.csv").write_text(
        MOODLE.replace("Ada Lovelace", "A. L.").replace("ada@example.org", ""), encoding="utf-8"
    )
    told = export(course, "--moodle", "moodle.csv", "--no-scale", "--dry-run", code=1)
    assert "Not in the gradebook, so left as they are, 1: A. L." in told
    assert "not in the file: has 103.5 points" in told
    with book_of(course) as book:
        keep(book, ASSIGNMENT, {"ada": Identity("moodle", "9001", "x/y.ipynb")})
        book.db.commit()
    told = export(course, "--moodle", "moodle.csv", "--no-scale", "--dry-run", code=1)
    assert "Not in the gradebook" not in told


def test_a_dry_run_writes_nothing(course):
    told = export(course, "--canvas", "canvas.csv", "--dry-run", code=1)
    assert "Nothing is written." in told
    assert "Rows: 2 would be written, 1 no score yet, 1 not submitted." in told
    assert not (course / "canvas-filled.csv").exists()


def test_a_dry_run_asks_nothing_of_a_file_that_is_there(course, tmp_path):
    (tmp_path / "new.csv").write_text("mine", encoding="utf-8")
    to = ("--to", str(tmp_path / "new.csv"))
    told = export(course, "--canvas", "canvas.csv", *to, "--dry-run", code=1)
    assert "Nothing is written." in told
    assert (tmp_path / "new.csv").read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_over(course):
    export(course, "--canvas", "canvas.csv", code=1)
    (course / "canvas-filled.csv").write_text("mine")
    told = export(course, "--canvas", "canvas.csv", code=1)
    assert "canvas-filled.csv is there already. Say --force" in told
    assert (course / "canvas-filled.csv").read_text() == "mine"
    told = export(course, "--canvas", "canvas.csv", "--to", "./canvas.csv", "--force", code=1)
    assert "canvas.csv is the platform's own file" in told
    export(course, "--canvas", "canvas.csv", "--force", code=1)
    assert (course / "canvas-filled.csv").read_text(encoding="utf-8-sig") != CANVAS


def test_a_guess_is_shown_and_used_when_somebody_says_so(course):
    titled = CANVAS.replace("Attention (4711)", "Week 3: Attention (4711)")
    (course / "canvas.csv").write_text(titled, encoding="utf-8")
    told = export(course, "--canvas", "canvas.csv", code=1)
    assert "are a guess: --column 'grade=Week 3: Attention (4711)'" in told
    assert "Rows: 2 would be written" in told
    assert not (course / "canvas-filled.csv").exists()
    for words in (("--yes",), ("--column", "grade=Week 3: Attention (4711)", "--force")):
        export(course, "--canvas", "canvas.csv", *words, code=1)
        assert (course / "canvas-filled.csv").is_file()


def test_a_worksheet_in_an_unknown_language_is_filled_by_its_content(course):
    strange = MOODLE.replace('"Grade"', '"Nota"').replace('"Identifier"', '"Numero"')
    (course / "moodle.csv").write_text(strange, encoding="utf-8")
    told = export(course, "--moodle", "moodle.csv", "--no-scale", "--yes", code=1)
    assert "These columns are a guess: --column 'identifier=Numero' --column 'grade=Nota'" in told
    assert column(course, "moodle-filled.csv", "Nota", "Numero")["Participant 9002"] == "50"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Give --canvas FILE or --moodle FILE"),
        (("--canvas", "canvas.csv", "--moodle", "moodle.csv"), "Give --canvas FILE or --moodle"),
        (("--canvas", "canvas.csv", "--feedback", "f.zip"), "--feedback is for Moodle"),
        (("--moodle", "moodle.csv", "--to", "a.zip", "--feedback", "./a.zip"), "both name a.zip"),
        (("--canvas", "canvas.csv", "--column", "grade"), "write WORD=HEADING"),
        (("--canvas", "canvas.csv", "--column", "score=Task"), "where WORD is one of identifier"),
        (("--canvas", "missing.csv"), "'missing.csv' does not exist"),
    ],
)
def test_options_that_do_not_fit_are_refused(course, words, told):
    assert told in export(course, *words, code=2).replace("\n", " ")


def test_an_unknown_assignment_and_a_wrong_file_are_refused(course):
    done = nbjudge("export", "other", "--canvas", "canvas.csv", cwd=course, check=False)
    assert "The gradebook knows no assignment 'other'" in done.stderr
    assert "begins with the columns Student and ID" in export(
        course, "--canvas", "moodle.csv", code=1)  # fmt: skip
    assert "no column is known to be" in export(course, "--moodle", "canvas.csv", code=1)


def test_pages_of_feedback_travel_unless_they_are_missing_or_stale(course):
    told = export(course, "--moodle", "moodle.csv", "--no-scale", "--feedback", "pages.zip", code=1)
    assert "without a page for ada, bob" in told
    stale = course / f"feedback/ada/{ASSIGNMENT}/{ASSIGNMENT}.html"
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_text("<p>made before the grade was changed</p>")
    told = export(course, "--moodle", "moodle.csv", "--no-scale", "--feedback", "pages.zip",
                  "--force", code=1)  # fmt: skip
    assert "without a page for ada, bob" in told
    with zipfile.ZipFile(course / "pages.zip") as archive:
        assert archive.namelist() == []


def test_grades_csv_and_a_platforms_file_say_the_same(course):
    nbgrader("export", cwd=course)
    export(course, "--canvas", "canvas.csv", code=1)
    ours = column(course, "grades.csv", "score", "student_id")
    there = column(course, "canvas-filled.csv", "Attention (4711)", "SIS Login ID")
    assert {name: float(score) for name, score in ours.items() if score} == {
        name: float(cell) for name, cell in there.items() if cell and name}  # fmt: skip
