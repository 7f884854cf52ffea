"""Odd ways in, by the real commands: the class run, and plain `nbgrader autograde`."""

import re
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge, run
from support.judging import release
from support.way_in import FILES, FOUND, right

FEW = ("byte_order_mark", "utf_16", "latin_1", "no_version", "crlf")
NAMES = ("at_the_end", "in_locked_marks", "placeholder_below", "no_imports")
FULL = [*NAMES, *FEW, "two", "git"]


@pytest.fixture(scope="module")
def course(built, tmp_path_factory):
    course = tmp_path_factory.mktemp("way_in") / "course"
    shutil.copytree(built, course)
    for name in (*NAMES, *FEW, "two", "git", "link"):
        (course / "submitted" / name / "attention").mkdir(parents=True)
    for name in FEW:
        place(course, name).write_bytes(FILES[name])
    for name in NAMES:
        nbformat.write(FOUND[name], place(course, name))
    nbformat.write(release(), place(course, "two"))
    nbformat.write(right(), place(course, "two").with_name("attention-Copy1.ipynb"))
    nbformat.write(right(), place(course, "git"))
    for name in (".git", ".venv/bin"):
        folder = place(course, "git").parent / name
        folder.mkdir(parents=True)
        (folder / "link").symlink_to(course / "gradebook.db")
    (place(course, "git").parent / ".key").symlink_to(course / "gradebook.db")
    nbformat.write(right(), course / "elsewhere.ipynb")
    place(course, "link").symlink_to(course / "elsewhere.ipynb")
    return course


def place(course, name):
    return course / "submitted" / name / "attention/attention.ipynb"


def scores(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "nlp-llm") as book:
        needs = {
            one.student_id: any(grade.needs_manual_grade for grade in one.notebooks[0].grades)
            for one in book.assignment_submissions("attention")
        }
        return {
            one.student_id: None if needs[one.student_id] else one.score
            for one in book.assignment_submissions("attention")
        }


def check(course):
    """Full points for all but the link, nothing copied from behind links, the file named."""
    assert scores(course) == dict.fromkeys(FULL, 110) | {"link": None}
    assert not (course / "autograded/link").exists() or not any(
        (course / "autograded/link").rglob("*.ipynb")
    )
    copied = {path.name for path in (course / "autograded/git/attention").iterdir()}
    assert copied <= {"attention.ipynb", "timestamp.txt"}
    nbgrader("generate_feedback", "attention", "--student=two", "--force", cwd=course)
    page = (course / "feedback/two/attention/attention.html").read_text()
    assert "so attention-Copy1.ipynb was graded in its place" in page


def test_a_class_run_finds_all_and_names_what_a_person_must_see(course):
    done = nbjudge("autograde", "attention", "--workers", "1", cwd=course, check=False)
    check(course)
    lines = " ".join(done.stdout.split())
    assert re.search(r" two [\d ]+ 110 needs a person, files left out ", lines)
    assert "two: attention.ipynb is as it was handed out, so attention-Copy1.ipynb" in lines
    assert "link: Not graded" in lines


def test_plain_nbgrader_does_the_same(course):
    shutil.rmtree(course / "autograded")
    run("nbgrader", "autograde", "attention", "--force", cwd=course, check=False)
    check(course)


def test_hidden_files_that_nbgrader_copies_are_refused(course):
    """nbgrader follows links while it copies; it leaves out only what its own list names."""
    ignore = "--CourseDirectory.ignore=['*.pyc']"
    options = ("--force", "--student=git", ignore)
    done = nbgrader("autograde", "attention", *options, cwd=course, check=False)
    assert "git/attention/.git may hold links. Let c.CourseDirectory.ignore" in done.stderr
    assert scores(course)["git"] is None
    assert not (course / "autograded/git/attention").exists()
