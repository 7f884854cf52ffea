"""One comment for many: in nbgrader's rows, undone without a trace, kept on a regrade."""

import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from support.course import nbgrader, nbjudge
from support.graded import scores, tables
from support.samples import submit

from nbjudge.insight.groups import groups
from nbjudge.insight.reading import read_class

TEXT = "Look at the axis again: <b>the last one</b>."
WRONG, OTHER = ("ada", "bob"), "eve"


@pytest.fixture(scope="module")
def graded_class(built, tmp_path_factory):
    """Two students with the same mistake, one with another, one without: to be copied."""
    course = tmp_path_factory.mktemp("comments") / "course"
    shutil.copytree(built, course)
    for student in WRONG:
        submit(course, student, "wrong_exercise_1")
    submit(course, OTHER, "wrong_exercise_2")
    submit(course, "max", "perfect")
    nbjudge("autograde", "attention", cwd=course, NBJUDGE_SEED="0")
    return course


@pytest.fixture
def course(graded_class, tmp_path):
    shutil.copytree(graded_class, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def group(course):
    """The name of the group of the two."""
    (some,) = groups(read_class(course, "attention"))["Exercise 1: dot-product attention"]
    assert tuple(one.student for one in some.students) == WRONG
    return some.name


def given(course, group, *more):
    return nbjudge("comment", "attention", "--group", group, "--text", TEXT, *more, cwd=course)


def rows(course, student):
    """Return comment, manual score and "needs manual grade" of the first exercise of a student."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        place = "attention", "attention", student
        grade = book.find_grade("dot_product-marks", *place)
        comment = book.find_comment("dot_product", *place).manual_comment
        return comment, grade.manual_score, grade.needs_manual_grade


def test_a_group_gets_a_comment_and_points_and_nobody_else_does(course, group):
    before = scores(course)
    said = given(course, group, "--points", "3").stdout
    assert "Comment 1 is given to 2 students (ada, bob), for 'Exercise 1" in said
    assert scores(course) == before | {name: before[name] + 3 for name in WRONG}
    for name in WRONG:
        assert rows(course, name)[0] == TEXT
    assert rows(course, OTHER) == rows(course, "max") == (None, None, False)
    nbgrader("generate_feedback", "attention", cwd=course)
    page = (course / "feedback/ada/attention/attention.html").read_text(encoding="utf-8")
    assert "Look at the axis again" in page
    assert "Look at the axis" not in (course / "feedback/eve/attention/attention.html").read_text()


def test_a_dry_run_names_who_would_get_it_and_writes_nothing(course, group):
    before = written(course)
    said = given(course, group, "--points", "3", "--dry-run").stdout
    assert said.startswith("A comment would be given to 2 students (ada, bob), for 'Exercise 1")
    assert said.endswith("Nothing is written.\n")
    assert written(course) == before
    given(course, group)
    before = written(course)
    said = nbjudge("comment", "attention", "--undo", "1", "--dry-run", cwd=course).stdout
    assert said.startswith("Comment 1 would be taken back from 2 students (ada, bob).")
    assert written(course) == before


def written(course):
    """Return all rows of the gradebook; a table of ours that is empty is as good as none."""
    return {name: rows for name, rows in tables(course).items() if rows}


def test_it_is_undone_without_a_trace(course, group):
    before = tables(course)
    given(course, group, "--points", "-2")
    assert tables(course) != before
    said = nbjudge("comment", "attention", "--undo", "1", cwd=course).stdout
    assert said.startswith("Comment 1 is taken back from 2 students (ada, bob).")
    assert {
        name: some for name, some in tables(course).items() if name != "nbjudge_comment"
    } == before
    again = nbjudge("comment", "attention", "--undo", "1", cwd=course, check=False)
    assert again.returncode == 1
    assert "has no comment 1" in again.stderr


def test_what_a_person_wrote_or_gave_stays(course, group):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        place = "attention", "attention", "ada"
        book.find_grade("dot_product-marks", *place).manual_score = 11
        book.find_comment("dot_product", *place).manual_comment = "Well tried."
        book.db.commit()
    said = given(course, group, "--points", "3").stdout
    assert "stays as it is: ada" in said
    assert rows(course, "ada")[:2] == (f"Well tried.\n\n{TEXT}", 11)
    nbjudge("comment", "attention", "--undo", "1", cwd=course)
    assert rows(course, "ada")[:2] == ("Well tried.", 11)
    assert rows(course, "bob")[:2] == (None, None)


def test_a_comment_that_a_person_edited_is_not_removed(course, group):
    given(course, group)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        comment = book.find_comment("dot_product", "attention", "attention", "bob")
        comment.manual_comment = "Mine now."
        book.db.commit()
    said = nbjudge("comment", "attention", "--undo", "1", cwd=course).stdout
    assert "stays as it is: bob" in said
    assert [rows(course, name)[0] for name in WRONG] == [None, "Mine now."]


def test_a_regrade_keeps_it_and_asks_for_a_person_only_where_the_submission_changed(course, group):
    given(course, group, "--points", "3")
    before = scores(course)
    file = course / "submitted/bob/attention/attention.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[1].source += "\n\nA new line."
    nbformat.write(notebook, file)
    nbjudge("autograde", "attention", "--force", cwd=course)
    assert rows(course, "ada") == (TEXT, rows(course, "ada")[1], False)
    assert scores(course)["ada"] == before["ada"]
    assert rows(course, "bob") == (TEXT, None, True)
    assert scores(course)["bob"] == before["bob"] - 3


def test_points_stay_within_what_the_exercise_gives_and_the_rest_is_told(course, group):
    said = given(course, group, "--points", "500").stdout
    assert "so a part or none: ada, bob" in said
    assert rows(course, "ada")[1] == 20
    nbjudge("comment", "attention", "--undo", "1", cwd=course)
    given(course, group, "--points", "-500")
    assert rows(course, "ada")[1] == 0


def test_who_can_get_nothing_gets_nothing_and_nothing_is_kept(course, group):
    given(course, group, "--points", "500")
    before = tables(course)
    more = nbjudge(
        "comment", "attention", "--group", group, "--points", "1", cwd=course, check=False
    )
    assert more.returncode == 1
    assert "It can be given to nobody. What a person or an earlier comment gave" in more.stderr
    assert tables(course) == before


def test_a_criterion_reaches_all_who_lost_it_as_the_docs_say(course):
    before = scores(course)
    said = nbjudge(
        "comment", "attention", "--criterion", "The weights are the softmax of query · keys",
        "--text", "See the example in the notebook.", "--points", "1", cwd=course,
    )  # fmt: skip
    assert "given to 2 students (ada, bob), for 'Exercise 1: dot-product attention'" in said.stdout
    assert scores(course) == before | {name: before[name] + 1 for name in WRONG}
    told = nbjudge("comment", "attention", "--list", cwd=course).stdout
    assert "See the example in the notebook." in told
    assert max(map(len, told.splitlines())) <= 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--group", "000000", "--text", "x"], "has no group '000000' now"),
        (["--criterion", "nothing like it", "--text", "x"], "Nobody lost a criterion"),
        (["--group", "x"], "Say what to give"),
        (["--group", "x", "--points", "nan"], "a number that is not 0"),
        (["--group", "x", "--points", "0"], "a number that is not 0"),
        (["--text", "x"], "Give one of --group"),
        (["--group", "x", "--undo", "1"], "Give one of --group"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(course, words, said):
    before = tables(course)
    done = nbjudge("comment", "attention", *words, cwd=course, check=False)
    assert done.returncode != 0
    assert said in done.stderr
    assert tables(course) == before
