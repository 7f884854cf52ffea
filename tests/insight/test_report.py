"""`nbjudge report` on the demo's course: the page, the numbers beside it, and whom they name."""

import csv
import json
import re
import shutil
import sqlite3

import pytest
from nbgrader.api import Gradebook
from support.course import nbjudge, run
from support.graded import scores

PLANTED = "<script>document.title='planted'</script>"


@pytest.fixture(scope="module")
def course(graded, tmp_path_factory):
    """The gradebook and the configuration of the demo: a report needs nothing else."""
    folder = tmp_path_factory.mktemp("report")
    for name in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(graded[0] / name, folder)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "nlp-llm") as book:
        book.update_or_create_student("wrong_exercise_1", first_name=PLANTED)
        book.add_student("never_seen")
    return folder


@pytest.fixture(scope="module")
def told(course):
    """What the command prints for each assignment."""
    return run("nbjudge", "report", cwd=course).stdout


def read(course, kind, assignment="attention"):
    return (course / f"reports/{assignment}.{kind}").read_text(encoding="utf-8")


def test_a_report_of_each_assignment_is_written_and_told(course, told):
    written = sorted(path.name for path in (course / "reports").iterdir())
    assert written == [
        f"{name}.{kind}" for name in ("attention", "encoder") for kind in ("csv", "html", "json")
    ]
    assert "attention: 23 of 27 submitted" in told
    assert "The whole report: reports/encoder.html" in told
    assert max(map(len, told.splitlines())) <= 100


def test_only_the_owner_reads_it(course, told):
    assert (course / "reports").stat().st_mode & 0o077 == 0
    assert (course / "reports/attention.html").stat().st_mode & 0o077 == 0


def test_sections_stand_in_the_order_in_which_a_teacher_needs_them(course, told):
    headings = re.findall(r"<h2 id=\"(\w+)\">", read(course, "html"))
    assert headings == ["misunderstood", "help", "scores", "items", "attempts", "runs", "groups"]


def test_nobody_is_named_unless_asked(course, told):
    students = {*scores(course), "never_seen"}
    for kind in ("html", "json", "csv"):
        text = read(course, kind).replace("td:empty", "")
        assert [name for name in students if re.search(rf"\b{name}\b", text)] == []
    named = nbjudge("report", "attention", "--names", cwd=course)
    assert named.returncode == 0
    assert "with names: not for the class" in named.stdout
    assert "never_seen" in read(course, "html", "attention-names")
    found = json.loads(read(course, "json", "attention-names"))["misconceptions"]
    assert "wrong_exercise_1" in json.dumps(found)
    assert "never_seen" not in read(course, "html")  # the page for the class is another one


def test_what_students_wrote_is_escaped_and_no_script_runs(course):
    nbjudge("report", "attention", "--names", cwd=course)
    page = read(course, "html", "attention-names")
    assert "planted" in page
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "default-src 'none'" in page


def test_the_numbers_are_those_of_the_gradebook(course, told):
    nbjudge("report", "attention", cwd=course)
    numbers = json.loads(read(course, "json"))
    totals = [total for total in scores(course).values() if total is not None]
    assert numbers["graded"] == len(totals)
    assert sum(row["students"] for row in numbers["distribution"]) == len(totals)
    with sqlite3.connect(course / "gradebook.db") as book:
        cards = [
            json.loads(text) for (text,) in book.execute("select scorecard from nbjudge_scorecard")
        ]
    shown = [card["misconception"] for card in cards if card["exercise"].startswith("attention/")]
    counted = sum(
        place["students"] for one in numbers["misconceptions"] for place in one["exercises"]
    )
    assert counted == len([one for one in shown if one]) > 3
    rows = list(csv.DictReader(read(course, "csv").splitlines()))
    assert sum(int(row["students"]) for row in rows if row["kind"] == "misconception") == counted


def test_plots_have_words_and_a_table_behind_them(course, told):
    page = read(course, "html")
    plots = re.findall(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="([^"]*)">', page)
    assert len(plots) == 3  # without attempts, those of attempts are missing
    assert all(len(words) > 40 for words in plots)
    assert "No attempts are kept" in page
    assert "Students by points" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["atention"], "knows no assignment 'atention'"),
        (["attention", "--CourseDirectory.db_url=sqlite:///nothing.db"], "knows no assignment"),
    ],
)
def test_what_is_not_there_is_named(course, words, said):
    done = nbjudge("report", *words, cwd=course, check=False)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_folder_that_cannot_be_written_is_named(course, told, tmp_path):
    shutil.copytree(course, tmp_path / "course")
    shutil.rmtree(tmp_path / "course/reports")
    (tmp_path / "course/reports").touch()
    done = nbjudge("report", "attention", cwd=tmp_path / "course", check=False)
    assert done.returncode == 1
    assert "reports cannot be written to" in done.stderr
