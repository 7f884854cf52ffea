"""Feedback of an assignment with cells of all kinds: what a student reads, and never gets."""

import re
import shutil
from html import unescape

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from support.course import nbgrader, nbjudge
from support.mixed import ASSIGNMENT, HIDDEN, RIGHT, hand_in, make_mixed_course

from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.notebook.head import MENDED, NEEDS_A_PERSON, lines_on_top
from nbjudge.reports.attempt_facts import AttemptFacts
from nbjudge.reports.feedback import Pages, Subject

WRONG = {
    "double": "def double(x):\n    return 3 * x if x > 20 else 2 * x",
    # A student may write what nbgrader takes for a marker.
    "triple": "def triple(x):\n    ### BEGIN HIDDEN TESTS\n    return x",
    "why": "### BEGIN MARK SCHEME",
}


@pytest.fixture(scope="module")
def built_mixed(tmp_path_factory):
    """The course as it was built: to be copied."""
    return make_mixed_course(tmp_path_factory.mktemp("built") / "course")


@pytest.fixture(scope="module")
def graded_mixed(built_mixed, tmp_path_factory):
    """A course with four submissions, graded, and their feedback."""
    course = tmp_path_factory.mktemp("mixed") / "course"
    shutil.copytree(built_mixed, course)
    hand_in(course, "empty")
    hand_in(course, "right", **RIGHT)
    hand_in(course, "wrong", **RIGHT | WRONG)
    hand_in(course, "lacking", without=["words"], **RIGHT)
    nbjudge("autograde", ASSIGNMENT, cwd=course)
    nbgrader("generate_feedback", ASSIGNMENT, cwd=course)
    return course


def page(course, student, name):
    html = (course / "feedback" / student / ASSIGNMENT / f"{name}.html").read_text("utf-8")
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.split("</head>")[1])).split())


def grades(course, student, notebook):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "mixed") as book:
        found = book.find_submission_notebook(notebook, ASSIGNMENT, student)
        return {grade.name: grade.auto_score for grade in found.grades}


def autograded(course, student, name):
    return nbformat.read(course / "autograded" / student / ASSIGNMENT / f"{name}.ipynb", 4)


def test_no_file_that_a_student_can_get_holds_what_is_hidden(graded_mixed):
    got = ("release", "solutions", "feedback")
    files = [file for step in got for file in (graded_mixed / step).rglob("*") if file.is_file()]
    assert len(files) > 10
    for file in files:
        assert [one for one in HIDDEN if one in file.read_text("utf-8")] == [], file
    # The person who grades sees both in the formgrader, which shows these.
    assert HIDDEN[0] in str(autograded(graded_mixed, "right", "code"))
    assert HIDDEN[1] in str(autograded(graded_mixed, "right", "words"))


@pytest.mark.parametrize("student", ["empty", "right", "wrong"])
def test_an_untouched_task_is_not_mended(graded_mixed, student):
    assert lines_on_top(autograded(graded_mixed, student, "words"), MENDED) == []


def test_tests_and_partial_credit_give_their_points(graded_mixed):
    assert grades(graded_mixed, "right", "code") == {
        "double-seen": 0, "double-test": 2, "share-test": 4, "manual": None, "bonus": 0,
    }  # fmt: skip
    assert grades(graded_mixed, "wrong", "code")["double-test"] == 0
    assert grades(graded_mixed, "right", "words") == {"why": None, "draw": None}


def test_the_page_says_what_waits_for_a_person_and_gives_it_no_zero(graded_mixed):
    told = page(graded_mixed, "right", "words")
    assert "why not graded yet, 5 points" in told
    assert "draw not graded yet, 6 points" in told
    assert "The score will change. Not graded yet: why; draw." in told
    assert "Not graded yet 0" not in told
    told = page(graded_mixed, "right", "code")
    assert "manual not graded yet, 3 points" in told
    assert "double-test 2 of 2" in told
    assert "Bonus: triple 5 of 5, bonus" in told


def test_the_page_shows_a_persons_score_once_there_is_one(graded_mixed):
    with Gradebook(f"sqlite:///{graded_mixed}/gradebook.db", "mixed") as book:
        for name, score in (("why", 4), ("draw", 0)):
            grade = book.find_grade(name, "words", ASSIGNMENT, "right")
            grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment("draw", "words", ASSIGNMENT, "right").manual_comment = "Where is it?"
        book.db.commit()
    words = "generate_feedback", ASSIGNMENT, "--student=right", "--force"
    assert "not recognized" not in nbgrader(*words, cwd=graded_mixed).stderr
    told = page(graded_mixed, "right", "words")
    assert "week2: words 4 of 11 points" in told
    assert "draw 0 of 6" in told
    assert "Where is it?" in told
    assert "not graded yet" not in told


def test_a_failed_assertion_is_told_as_such_and_a_students_marker_does_no_harm(graded_mixed):
    told = page(graded_mixed, "wrong", "code")
    assert "A test is not met: Try a larger number." in told
    assert "### BEGIN HIDDEN TESTS" in told  # the student's own words
    assert " BEGIN MARK SCHEME " in page(graded_mixed, "wrong", "words")


@pytest.mark.parametrize("command", ["nbjudge", "nbgrader"])
def test_a_notebook_that_is_missing_needs_a_person_and_keeps_no_bonus(
    built_mixed, tmp_path, command
):
    course = tmp_path / "course"
    shutil.copytree(built_mixed, course)
    program = {"nbjudge": nbjudge, "nbgrader": nbgrader}[command]
    folder = hand_in(course, "ada", **RIGHT)
    program("autograde", ASSIGNMENT, cwd=course)
    (folder / "code.ipynb").rename(folder / "code-Copy1.ipynb")
    program("autograde", ASSIGNMENT, "--force", cwd=course)
    (line,) = lines_on_top(autograded(course, "ada", "words"), NEEDS_A_PERSON)
    assert line == (
        "code.ipynb was not submitted, so all of it has 0 points until it is. "
        "Notebooks of other names lie there: code-Copy1.ipynb."
    )
    assert set(grades(course, "ada", "code").values()) == {0}
    with Gradebook(f"sqlite:///{course}/gradebook.db", "mixed") as book:
        assert book.find_submission(ASSIGNMENT, "ada").score == 0  # the bonus is gone, too


def test_a_page_on_submit_hides_the_same_and_says_the_same(graded_mixed):
    config = configuration(graded_mixed)
    pages = Pages(CourseDirectory(config=config, root=str(graded_mixed)), config)
    for student in ("right", "wrong"):
        for name in ("code", "words"):
            for with_messages in (True, False):
                judged = autograded(graded_mixed, student, name)
                shows = "messages" if with_messages else "results"
                facts = AttemptFacts(1, ("Attempt 1.",), shows=shows)
                html = pages.page(judged, Subject(name, ASSIGNMENT, student, facts))
                assert [one for one in HIDDEN if one in html] == []
                assert "not graded yet" in html


MARKERS = """
c.ClearHiddenTests.begin_test_delimeter = "# TESTS("
c.ClearHiddenTests.end_test_delimeter = "# )TESTS"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "<notes>"
c.ClearMarkScheme.end_mark_scheme_delimeter = "</notes>"
c.ClearSolutions.begin_solution_delimeter = "# ANSWER("
c.ClearSolutions.end_solution_delimeter = "# )ANSWER"
c.ClearSolutions.text_stub = "Write here."
c.IncludeHeaderFooter.header = "source/header.ipynb"
"""
WORDS = {
    "### BEGIN HIDDEN TESTS": "# TESTS(",
    "### END HIDDEN TESTS": "# )TESTS",
    "### BEGIN MARK SCHEME": "<notes>",
    "### END MARK SCHEME": "</notes>",
    "### BEGIN SOLUTION": "# ANSWER(",
    "### END SOLUTION": "# )ANSWER",
    "import math": "# nothing",  # the header imports it
}


def test_a_course_with_its_own_markers_and_a_header_is_graded_alike(tmp_path):
    course = make_mixed_course(tmp_path / "course", MARKERS, words=WORDS)
    hand_in(course, "ada", **RIGHT)
    released = "".join(file.read_text("utf-8") for file in (course / "release").rglob("*.ipynb"))
    assert "Write here." in released
    for program in (nbjudge, nbgrader):
        program("autograde", ASSIGNMENT, "--force", cwd=course)
        assert grades(course, "ada", "code")["double-test"] == 2
        assert lines_on_top(autograded(course, "ada", "code"), MENDED) == []
        assert lines_on_top(autograded(course, "ada", "words"), MENDED) == []
    nbgrader("generate_feedback", ASSIGNMENT, cwd=course)
    got = [
        file
        for step in ("release", "solutions", "feedback")
        for file in (course / step).rglob("*.*")
    ]
    for file in got:
        text = file.read_text("utf-8")
        assert [one for one in (*HIDDEN, "ANSWER(", ")ANSWER") if one in text] == [], file
