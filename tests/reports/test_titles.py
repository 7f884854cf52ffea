"""What exercises are called on a page: as their author calls them, and no two alike."""

import pytest
from nbformat.v4 import new_markdown_cell
from support.pages import card, exercise, marked, notebook, plain

from nbjudge.reports.exercises import exercises

WHOLE = "# Problem set 1"


def text(source):
    return [new_markdown_cell(source)]


def written(source):
    """Return a question that a person grades, with a student's answer."""
    return [marked(new_markdown_cell(source), "cell-c3e8", grade=True, solution=True, points=2)]


def called(*cells):
    return [one.title for one in exercises(notebook(*cells), "week1", None, True)]


@pytest.mark.parametrize(
    ("cells", "titles"),
    [
        ([exercise("newton", card("Exercise 1: Newton"))], ["Exercise 1: Newton"]),
        ([text("## Roots"), plain(source="def newton(): ...")], ["Roots"]),
        ([plain(source="def newton(): ...")], ["newton"]),
        ([plain(source="x = 1\n\nclass Stack: ...\n\ndef push(): ...")], ["Stack"]),
        ([plain(source="primes = [2, 3]")], ["Exercise 1"]),
        ([plain("roots", source="def newton(): ...")], ["roots"]),
        ([text("## Roots"), plain("roots")], ["Roots"]),
        ([written("### My answer")], ["Exercise 1"]),
    ],
    ids=["rubric", "heading", "function", "class", "number", "id", "heading-and-id", "answer"],
)
def test_an_exercise_is_called_as_its_author_calls_it(cells, titles):
    assert called(text(WHOLE), *cells) == titles


def test_the_title_of_the_notebook_is_no_exercises():
    both = text(f"{WHOLE}\n\n## Means")
    assert called(both, plain(source="def mean(): ...")) == ["Means"]


def test_a_heading_is_of_the_exercise_that_comes_next_alone():
    first = plain("cell-1", source="def mean(): ...")
    second = plain("cell-2", source="def newton(): ...")
    third = [text("## Stacks"), plain("cell-3")]
    assert called(text(WHOLE), text("## Means"), first, second, *third) == [
        "Means",
        "newton",
        "Stacks",
    ]


def test_a_test_without_points_ends_no_exercise():
    visible = plain("cell-1", source="def mean(): ...", points=0)
    assert called(text("## Means"), visible, plain("cell-2")) == ["Means"]


def test_a_comment_in_code_is_no_heading():
    shown = "An example:\n\n```python\n# Comment\nmean([1, 3])\n```\n"
    assert called(text(WHOLE), text(shown), plain(source="def mean(): ...")) == ["mean"]


def test_a_scorecard_without_a_rubric_gives_no_title():
    cells = exercise("a", card("cell-5ae"))
    cells[-1].id = "cell-5ae"
    assert called(text(WHOLE), text("## Means"), cells[1:]) == ["Means"]
    (means,) = exercises(notebook(text("## Means"), cells[1:]), "week1", None, True)
    assert means.card.title == "Means"


def test_what_the_test_names_goes_before_helpers_of_a_student():
    source = "class Helper: ...\n\ndef mean(xs): ..."
    assert called(plain(source=source, test="assert mean([1, 3]) == 2")) == ["mean"]
    assert called(plain(source=source, test="### AUTOTEST mean([1, 3])")) == ["mean"]
    hidden = "### BEGIN HIDDEN TESTS\nassert mean([1, 3]) == 2\n### END HIDDEN TESTS"
    assert called(plain(source=source, test=hidden)) == ["Helper"]


def test_no_two_exercises_are_called_alike_whatever_a_student_writes():
    cells = [
        *(text("## Exercise 3"), plain("cell-1")),
        *(text("## Exercise 3 (2)"), plain("cell-2")),
        *(text("## Exercise 3"), plain("cell-3")),
        *(plain("cell-4", source="def mean(): ..."), plain("cell-5", source="def mean(): ...")),
        *(exercise("a", card("Same")), exercise("b", card("Same"))),
    ]
    assert called(*cells) == [
        *("Exercise 3", "Exercise 3 (2)", "Exercise 3 (3)"),
        *("mean", "Exercise 5"),
        *("Same", "b"),
    ]
