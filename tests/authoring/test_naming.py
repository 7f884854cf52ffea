"""Names of new assignments: those that nbgrader, file systems, Python and the notebook can use."""

import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets import TraitError

from nbjudge.authoring import naming

CELLS = ["import torch", "def _(scores):\n    weights = scores\n    return weights", "_(scores)"]


@pytest.mark.parametrize(
    "name", ["softmax", "Week 2", "week_2-b", "2", "a", "week.1", "Übung 2", "n" * 128]
)
def test_a_name_that_nbgrader_and_the_course_can_use(name):
    assert naming.problem_of_name(name) == ""
    assert CourseDirectory(assignment_id=name).assignment_id == name


@pytest.mark.parametrize(
    "name",
    [
        "", " ", " a", "a ", ".a", "a.", "..", "../a", "a/b", "a\\b", "-a", "a:b", "a*", "[a]",
        'a"b', "a'b", "{a}", "$a", "a\n", "a\tb", "n" * 129,
    ],
)  # fmt: skip
def test_a_name_that_would_be_read_otherwise_is_refused(name):
    assert naming.problem_of_name(name)


def test_nbgraders_own_rule_is_used_and_told_in_its_words():
    with pytest.raises(TraitError) as refused:
        CourseDirectory(assignment_id="a+b")
    assert str(refused.value) in naming.problem_of_name("a+b")


@pytest.mark.parametrize("name", ["softmax", "Softmax", "_f", "match", "x2", "f" * 119])
def test_a_function_that_a_notebook_can_define(name):
    assert naming.problem_of_function(name, CELLS) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "letters a to z"), ("2x", "letters a to z"), ("a b", "letters a to z"),
        ("a-b", "letters a to z"), ("é", "letters a to z"), ("ﬁ", "letters a to z"),
        ("class", "for itself"), ("None", "for itself"), ("__init__", "for itself"),
        ("print", "of this name. "), ("type", "of this name. "), ("torch", "besides"),
        ("weights", "besides"), ("scores", "besides"), ("idioms", "besides"),
        ("misconceptions", "besides"), ("f" * 120, "the gradebook keeps 119"),
    ],
)  # fmt: skip
def test_a_function_that_would_hide_or_break_something_is_refused(name, why):
    assert why in naming.problem_of_function(name, CELLS)


@pytest.mark.parametrize(
    ("name", "title"), [("week_2-b", "Week 2 b"), ("softmax", "Softmax"), ("_", "_"), ("3", "3")]
)
def test_an_assignment_without_a_title_has_one_of_its_name(name, title):
    assert naming.title_of(name) == title
    assert naming.problem_of_title(title, ()) == ""


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "a\x1b[2J", "### BEGIN SOLUTION"])
def test_a_title_that_cannot_head_a_notebook_is_refused(title):
    assert naming.problem_of_title(title, ("BEGIN SOLUTION",))
