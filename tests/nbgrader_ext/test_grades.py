"""`nbgrader export` writes what is known of each student's work, and no 0 for what is not."""

import csv
import shutil
from datetime import datetime, timedelta

import pytest
from support.course import nbgrader
from support.scored import ASSIGNMENT, book_of, course_with

from nbjudge.nbgrader_ext.graded_files import keep
from nbjudge.nbgrader_ext.grades import COLUMNS
from nbjudge.sanitize.spreadsheet import harmless_cell

NBGRADERS = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
             "raw_score", "late_submission_penalty", "score", "max_score"]  # fmt: skip
STUDENTS = {
    "ada": {"first_name": "Ada", "last_name": 'Lovelace, "Countess"', "email": "ada@example.org"},
    "=cmd|' /C calc'!A0": {"first_name": "\tHYPERLINK", "last_name": "@SUM(1)", "email": "-1+2"},
    "bob": {"first_name": "+49 Bob", "last_name": "two\nlines", "email": ""},
    "cyd": {},
    "dan": {},
    "eve": {"last_name": "李 雷"},
    "late": {},
    "lost": {},
    "moved": {},
    "ned": {},
}
SCORES = {
    "ada": {"points": 93.5, "bonus": 6.0},
    "=cmd|' /C calc'!A0": {"points": 0.0},
    "bob": {"points": None},
    "dan": {"points": 40.0, "waits": True},
    "late": {"points": 80.0, "penalty": 30.0, "came": datetime(2026, 3, 4)},
    "lost": {"points": 20.0, "penalty": 30.0, "came": datetime(2026, 3, 4)},
    "moved": {"points": 55.0},
    "ned": {"points": 70.0},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = course_with(
        tmp_path_factory.mktemp("grades") / "course", STUDENTS, SCORES, due=datetime(2026, 3, 2)
    )
    # Handed in, and not yet graded by anybody: the gradebook has no row.
    (course / f"submitted/eve/{ASSIGNMENT}").mkdir(parents=True)
    with book_of(course) as book:
        for name in ("ada", "ned", "moved"):
            folder = course / "submitted" / name / ASSIGNMENT
            folder.mkdir(parents=True)
            (folder / "data.csv").write_text("1")
            keep(book, ASSIGNMENT, name, folder)
        (course / f"submitted/ned/{ASSIGNMENT}/data.csv").write_text("2")  # handed in again
        shutil.rmtree(course / "submitted/moved")  # to another disk, say
        book.find_submission(ASSIGNMENT, "late").extension = timedelta(days=1)
        book.db.commit()
    return course


@pytest.fixture(scope="module")
def told(course):
    """What the command says; it has written the file then."""
    return nbgrader("export", cwd=course)


@pytest.fixture(scope="module")
def rows(course, told):
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def test_the_columns_of_nbgrader_come_first(rows):
    assert list(COLUMNS[:11]) == NBGRADERS
    assert list(rows["ada"]) == list(COLUMNS)


@pytest.mark.parametrize(
    ("student", "status", "score", "raw", "penalty", "bonus"),
    [
        ("ada", "graded", "99.5", "99.5", "0.0", "6.0"),
        ("'=cmd|' /C calc'!A0", "graded", "0.0", "0.0", "0.0", "0.0"),
        ("bob", "not graded", "", "", "", ""),
        ("cyd", "not submitted", "", "", "", ""),
        ("dan", "needs manual grade", "40.0", "40.0", "0.0", "0.0"),
        ("eve", "not graded", "", "", "", ""),
        ("late", "graded", "50.0", "80.0", "30.0", "0.0"),
        ("lost", "graded", "0.0", "20.0", "30.0", "0.0"),
        ("moved", "graded", "55.0", "55.0", "0.0", "0.0"),
        ("ned", "newer work not graded", "", "", "", ""),
    ],
)
def test_a_row_says_what_is_known(rows, student, status, score, raw, penalty, bonus):
    row = rows[student]
    assert (row["status"], row["score"], row["raw_score"]) == (status, score, raw)
    assert (row["late_submission_penalty"], row["bonus"]) == (penalty, bonus)
    assert row["max_score"] == "100.0"


def test_names_are_quoted_as_csv_is_and_no_cell_is_a_formula(rows, course):
    assert rows["ada"]["last_name"] == 'Lovelace, "Countess"'
    assert rows["bob"]["last_name"] == "two\nlines"
    assert rows["eve"]["last_name"] == "李 雷"
    evil = rows["'=cmd|' /C calc'!A0"]
    assert (evil["first_name"], evil["last_name"], evil["email"]) == (
        "'\tHYPERLINK", "'@SUM(1)", "'-1+2")  # fmt: skip
    assert rows["bob"]["first_name"] == "'+49 Bob"
    for row in rows.values():
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row.values())


def test_times_are_those_of_the_student(rows):
    assert rows["ada"]["duedate"] == "2026-03-02 00:00:00"
    assert rows["late"]["duedate"] == "2026-03-03 00:00:00"
    assert rows["late"]["timestamp"] == "2026-03-04 00:00:00"
    assert rows["cyd"]["timestamp"] == ""


def test_the_log_says_how_many_have_no_score(told):
    assert "Rows with the status 'not graded': 2" in told.stderr
    assert "Rows with the status 'needs manual grade': 1" in told.stderr
    assert "Rows with the status 'newer work not graded': 1" in told.stderr


def test_rows_stand_in_the_order_of_names(rows):
    assert list(rows) == [harmless_cell(name) for name in sorted(STUDENTS)]


def test_the_options_of_nbgrader_hold(course, tmp_path):
    file = tmp_path / "some.csv"
    nbgrader("export", f"--to={file}", '--student=["ada"]', f'--assignment=["{ASSIGNMENT}"]',
             cwd=course)  # fmt: skip
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    nbgrader("export", f"--to={file}", '--assignment=["other"]', cwd=course)
    assert file.read_text(encoding="utf-8") == ",".join(COLUMNS) + "\n"
