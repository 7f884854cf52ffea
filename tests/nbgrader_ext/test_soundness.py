"""A gradebook that cannot be used is named with its mend by each command, and left as it is."""

import os
import shutil
import sqlite3
from dataclasses import asdict

import pytest
from sqlalchemy.exc import DBAPIError
from support.course import ROOT, nbgrader, nbjudge

from nbjudge.doctor.hub import course_checks
from nbjudge.nbgrader_ext import soundness


def text(file):
    file.write_text("This is no database, but the notes of the course's first meeting.")


def folder(file):
    file.unlink()
    file.mkdir()


def of_another_program(file):
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("create table moz_places (url)")


def of_an_older_nbgrader(file):
    with sqlite3.connect(file) as database:
        database.execute("alter table grade drop column extra_credit")


def cut(file):
    os.truncate(file, 20_000)


def scribbled(file):
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"scribbled" * 1000)


def gone(file):
    file.unlink()


def empty(file):
    file.write_bytes(b"")


KINDS = {
    text: ("is damaged, or no database", "Put a backup"),
    folder: ("is no file", "Put a backup"),
    of_another_program: ("is the database of another program", "c.CourseDirectory.db_url"),
    of_an_older_nbgrader: ("is of an older nbgrader (it lacks grade.extra_credit)", "db upgrade"),
    cut: ("is damaged", "Put a backup"),
    scribbled: ("is damaged", "Put a backup"),
    gone: ("knows no assignment 'attention'", "nbjudge build attention"),
    empty: ("knows no assignment 'attention'", "nbjudge build attention"),
}


@pytest.fixture
def course(built, tmp_path):
    return shutil.copytree(built, tmp_path / "course")


@pytest.mark.parametrize("spoil", KINDS)
def test_every_command_says_what_is_wrong_and_the_mend(course, spoil):
    spoil(course / "gradebook.db")
    before = sorted(file.stat().st_size for file in course.glob("gradebook.db*"))
    for submitted in (False, True):
        if submitted:
            place = course / "submitted/ada/attention"
            place.mkdir(parents=True)
            shutil.copy(ROOT / "solutions/attention/attention.ipynb", place)
        for run in (nbjudge, nbgrader) if submitted else (nbjudge,):
            done = run("autograde", "attention", cwd=course, check=False)
            said = " ".join((done.stdout + done.stderr).split())
            assert done.returncode == 1
            assert "Traceback" not in said
            assert "no submission" not in said
            for words in KINDS[spoil]:
                assert words in said, (run.__name__, words)
    assert sorted(file.stat().st_size for file in course.glob("gradebook.db*")) == before


@pytest.mark.parametrize("spoil", [kind for kind in KINDS if kind not in (gone, empty)])
def test_the_doctor_says_so(course, spoil):
    spoil(course / "gradebook.db")
    (check,) = [line for line in checks(course) if line["name"] == "gradebook"]
    assert not check["well"]
    said = check["found"] + ". " + check["mend"]
    assert all(words in said for words in KINDS[spoil])


def checks(course):
    return [asdict(check) for check in course_checks(course)]


def test_a_sound_gradebook_and_one_that_is_not_there_yet_are_well(course):
    url = f"sqlite:///{course}/gradebook.db"
    assert soundness.unusable(url) == ""
    assert soundness.unusable(f"sqlite:///{course}/none.db") == ""
    assert not (course / "none.db").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://ada:secret@127.0.0.1:1/none", "cannot be used"),
        ("nonsense", "Correct nbgrader_config.py"),
        ("oracle+nothing://x/y", "Correct nbgrader_config.py"),
    ],
)
def test_a_server_that_does_not_answer_is_named_without_its_password(url, words):
    said = soundness.unusable(url)
    assert words in said
    assert "secret" not in said


def test_a_locked_gradebook_is_waited_for(course):
    with sqlite3.connect(course / "gradebook.db", isolation_level=None) as database:
        database.execute("begin exclusive")
        assert soundness.unusable(f"sqlite:///{course}/gradebook.db?timeout=0.1") == ""
    failure = DBAPIError("", {}, sqlite3.OperationalError("database is locked"))
    assert "another program writes to it" in soundness.explained(failure)
