"""`nbjudge extend`: who may submit until when, before anything was submitted; all of it or nothing.

A real gradebook, and the command in this process.
"""

import shutil
import sqlite3

import pytest
from nbgrader.api import Gradebook
from support.course import nbjudge, run

DUE = "2026-10-24 16:00:00 UTC"  # the night before Berlin's clocks go back
STUDENTS = ("ada", "bob", "eve", "zoë")
CONFIG = """\
from nbjudge.nbgrader_ext.defaults import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "late"
c.Exchange.timezone = "Europe/Berlin"
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extend")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    with book(folder) as opened:
        opened.add_assignment("attention", duedate=DUE)
        opened.add_assignment("week2")
        for name in STUDENTS:
            opened.add_student(name)
    return folder


@pytest.fixture
def course(begun, tmp_path):
    return shutil.copytree(begun, tmp_path / "course")


def book(course):
    return Gradebook(f"sqlite:///{course}/gradebook.db", "late")


def extend(course, *words, check=True):
    return nbjudge("extend", "attention", *words, cwd=course, check=check)


def rows(said):
    """The rows of the table: student, time, and what is beside it."""
    return {
        line.split()[0]: " ".join(line.split()[1:])
        for line in said.splitlines() if line.split() and line.split()[0] in STUDENTS
    }  # fmt: skip


def kept(course):
    with sqlite3.connect(course / "gradebook.db") as opened:
        found = opened.execute("select name from sqlite_master where name = 'nbjudge_extension'")
        if not found.fetchall():
            return []
        return sorted(opened.execute("select student, until from nbjudge_extension"))


def write(course, name, text, encoding="utf-8"):
    (course / name).write_text(text, encoding=encoding)
    return name


def test_the_command_as_a_user_runs_it(course):
    done = run("nbjudge", "extend", "attention", "--student", "ada", "--days", "2", cwd=course)
    assert done.stderr == ""
    first, *_ = done.stdout.splitlines()
    assert first == "attention: the due date is 2026-10-24 18:00:00 CEST."
    # Two days are 48 hours, also in the night in which the clocks go back.
    assert rows(done.stdout) == {"ada": "2026-10-26 17:00:00 CET 2 days -"}
    assert extend(course, "--list").stdout == done.stdout


def test_an_extension_takes_the_place_of_an_earlier_one_and_is_taken_back(course):
    extend(course, "--student", "ada", "--student", "bob", "--days", "2")
    assert rows(extend(course, "--student", "ada", "--days", "0.5").stdout) == {
        "ada": "2026-10-25 05:00:00 CET 12 hours -",
        "bob": "2026-10-26 17:00:00 CET 2 days -",
    }
    extend(course, "--student", "bob", "--days", "0")
    said = extend(course, "--student", "ada", "--days", "0").stdout
    assert "Nobody has an extension." in said
    assert kept(course) == []


def test_a_file_gives_them_to_students_and_groups(course):
    file = write(
        course, "late.csv",
        "student,group,until,why\n"
        "ada,,2026-10-27 18:00 Europe/Berlin,ill\n"
        "\n"
        ",evening,2026-10-26T18:00:00+01:00,\n"
        "zoë,,2026-10-28 17:00:00Z,\n",
    )  # fmt: skip
    groups = write(course, "groups.csv", "Group;Student;Name\nevening;ada;A\nevening;bob;B\n")
    assert rows(extend(course, "--csv", file, "--groups", groups).stdout) == {
        "ada": "2026-10-27 18:00:00 CET 3 days 1 hour -",  # her own line, not her group's
        "bob": "2026-10-26 18:00:00 CET 2 days 1 hour -",
        "zoë": "2026-10-28 18:00:00 CET 4 days 1 hour -",
    }


def test_a_file_that_excel_wrote_is_read(course):
    text = "Student;Until\r\nbob;2026-10-26 18:00 +0100\r\n"
    file = write(course, "late.csv", text, encoding="utf-8-sig")
    assert rows(extend(course, "--csv", file).stdout)["bob"].startswith("2026-10-26 18:00:00 CET")


# Lines below the head, and what the message says of them.
WRONG_LINES = {
    "no time zone": (
        "ada,2026-10-26 18:00", "late.csv, line 2: '2026-10-26 18:00' says no time zone."),
    "no time of day": (
        "ada,2026-10-26 Europe/Berlin", "line 2: '2026-10-26 Europe/Berlin' says no time of day"),
    "no time": ("ada,tomorrow", "late.csv, line 2: 'tomorrow' is no time with a time zone"),
    "no such zone": ("ada,2026-10-26 18:00 Berlin", "'2026-10-26 18:00 Berlin' is no time with"),
    "no such day": ("ada,2026-02-30 18:00 UTC", "'2026-02-30 18:00 UTC' is no time with"),
    "nothing": ("ada,", "late.csv, line 2: it says no time in 'until'"),
    "nobody": (",2026-10-26 18:00 UTC", "line 2: it names neither a student nor a group"),
    "a stranger": (
        "eva,2026-10-26 18:00 UTC",
        "line 2: the gradebook knows no student 'eva'. Did you mean 'eve'?"),
    "before the due date": (
        "ada,2026-10-24 18:00 Europe/Berlin",
        "line 2: 2026-10-24 18:00:00 CEST is not later than the due date, 2026-10-24 18:00:00"),
    "twice": (
        "ada,2026-10-26 18:00 UTC\nada,2026-10-27 18:00 UTC",
        "line 3: ada has another time in late.csv, line 2."),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_LINES)
def test_a_wrong_line_is_named_and_nothing_is_written(case, course):
    extend(course, "--student", "ada", "--days", "1")
    before = kept(course)
    lines, told = WRONG_LINES[case]
    file = write(course, "late.csv", f"student,until\n{lines}\nbob,2026-10-26 18:00 UTC\n")
    done = extend(course, "--csv", file, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert kept(course) == before


def test_every_wrong_line_is_named_at_once(course):
    file = write(course, "late.csv", "student,until\nada,2026-10-26\nbob,soon\n")
    told = extend(course, "--csv", file, check=False).stderr
    assert "late.csv, line 2: " in told
    assert "late.csv, line 3: " in told


@pytest.mark.parametrize(
    ("text", "groups", "told"),
    [
        ("name,date\nada,2026", "", "line 1: the columns are name, date. Needed are 'until', and "
                                    "'student' or 'group'."),
        ("", "", "line 1: the columns are not named."),
        ("group,until\nevening,2026-10-26 18:00 UTC", "", "line 2: it names the group 'evening', "),
        ("group,until\nnight,2026-10-26 18:00 UTC", "student,group\nada,evening",
         "groups.csv has nobody in the group 'night'. Its groups: evening."),
        ("group,until\nevening,2026-10-26 18:00 UTC", "student,group\nmallory,evening",
         "late.csv, line 2: the gradebook knows no student 'mallory'"),
        ("group,until\nevening,2026-10-26 18:00 UTC", "name\nada",
         "groups.csv, line 1: the columns are name. Needed are 'student' and 'group'."),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused(course, text, groups, told):
    words = ["--csv", write(course, "late.csv", text)]
    words += ["--groups", write(course, "groups.csv", groups)] if groups else []
    done = extend(course, *words, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert kept(course) == []


def test_a_file_that_is_no_text_is_refused(course):
    (course / "late.csv").write_bytes(b"student,until\n\xff\xfe")
    done = extend(course, "--csv", "late.csv", check=False)
    assert "late.csv cannot be read" in done.stderr
    assert "UTF-8" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["attention", "--student", "mallory", "--days", "2"], "knows no student 'mallory'"),
        (["week9", "--list"], "The gradebook knows no assignment 'week9'"),
        (["week2", "--student", "ada", "--days", "2"], "week2 has no due date"),
        (["attention", "--student", "ada"], "Give --student and --days, or --csv, or --list."),
        (["attention", "--student", "ada", "--days", "-1"], "--days"),
        (["attention", "--list", "--groups", "nbgrader_config.py"], "Add that."),
    ],
)
def test_a_wrong_request_is_refused(course, words, told):
    done = nbjudge("extend", *words, cwd=course, check=False)
    assert done.returncode != 0
    assert told in done.stderr
    assert kept(course) == []


def test_a_failure_while_it_writes_leaves_nothing(course, monkeypatch):
    extend(course, "--student", "ada", "--days", "1")
    before = kept(course)

    def fail(*_, **__):
        raise RuntimeError("the machine is lost")

    monkeypatch.setattr("nbjudge.exchange.extend.settle", fail)
    with pytest.raises(RuntimeError):
        extend(course, "--student", "ada", "--student", "bob", "--days", "5")
    assert kept(course) == before


def test_an_extension_goes_with_its_student_and_with_its_assignment(course):
    extend(course, "--student", "ada", "--student", "bob", "--days", "1")
    with book(course) as opened:
        opened.remove_student("ada")
    assert [name for name, _ in kept(course)] == ["bob"]
    with book(course) as opened:
        opened.remove_assignment("attention")
    assert kept(course) == []


def test_a_wrong_time_zone_of_the_course_is_said(course):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write('c.Exchange.timezone = "Berlin"\n')
    told = extend(course, "--list", check=False).stderr
    assert "c.Exchange.timezone in nbgrader_config.py is 'Berlin', which is no time zone" in told


def test_a_course_whose_steps_heed_no_extensions_is_told_so(course):
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(
            "c.Autograde.autograde_preprocessors[-2] = "
            "'nbgrader.preprocessors.AssignLatePenalties'\n"
        )
    told = extend(course, "--student", "ada", "--days", "2", check=False).stderr
    assert "heed no extensions" in told
    assert "configure(c)" in told
