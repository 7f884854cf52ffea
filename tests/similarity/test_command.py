"""`nbjudge similar`: what a teacher gets, from notebooks as students hand them in."""

import json
import random
import re
from unittest import mock

import nbformat
import pytest
from support.course import make_course, nbjudge, run
from support.made_up import hand_in, hidden, make_class

NAME = "attention"
HOSTILE = "<script>alert(1)</script>"
STUDENTS = [f"student-{number:04}" for number in range(40)]
ONE, OTHER = STUDENTS[3], STUDENTS[30]
LIKE = """\
def dot_product_attention(query, keys, values):
    # alike </pre><script>alert(1)</script>
    raw = torch.tensordot(query, keys, dims=([1], [2])).diagonal(dim1=0, dim2=1)
    found = torch.special.softmax(raw.movedim(-1, 0), dim=1)
    return torch.einsum("bs,bsh->bh", found, values), found
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose students are honest, but for two."""
    course = make_course(tmp_path_factory.mktemp("similar") / "course")
    answers, _ = make_class(11, NAME, len(STUDENTS), planted=0)
    rng = random.Random(11)
    answers[ONE]["dot_product"] = LIKE
    answers[OTHER] = {cell: hidden(rng, text) for cell, text in answers[ONE].items()}
    hand_in(course, NAME, answers)
    move_and_rename(file_of(course, OTHER))
    file_of(course, STUDENTS[0]).write_text("no notebook", encoding="utf-8")
    file_of(course, STUDENTS[1]).unlink()
    return course


def file_of(course, student):
    return course / "submitted" / student / NAME / f"{NAME}.ipynb"


def move_and_rename(file):
    """Let a notebook lose its marks and ids, and the order of its cells, as tools and people do."""
    notebook = nbformat.read(file, as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"
    notebook.cells.reverse()
    nbformat.write(notebook, file)


def found(course):
    return json.loads(nbjudge("similar", NAME, "--json", cwd=course).stdout)


def test_a_copy_in_a_notebook_without_marks_is_found_by_exercise(course):
    result = found(course)
    pairs = {tuple(pair["students"]): pair for pair in result["pairs"]}
    assert "dot_product" in pairs[ONE, OTHER]["alike_in"]
    assert pairs[ONE, OTHER] == result["pairs"][0]
    assert pairs[ONE, OTHER]["exercises"]["dot_product"]["crowd"] == 2
    assert result["students"] == len(STUDENTS) - 2
    assert result["titles"]["dot_product"] == "Exercise 1: Dot-Product Attention (20 points)"


def test_who_cannot_be_read_is_named_with_the_cause_and_stops_nobody(course):
    reasons = found(course)["not_compared"]
    assert set(reasons) == set(STUDENTS[:2])
    assert "not a Jupyter notebook" in reasons[STUDENTS[0]]
    assert f"{NAME}.ipynb" in reasons[STUDENTS[1]]
    page = (course / f"reports/{NAME}-similar.html").read_text(encoding="utf-8")
    assert "not a Jupyter notebook" in page


def test_the_page_shows_both_marked_and_escaped_and_asks(course):
    nbjudge("similar", NAME, cwd=course)
    page = (course / f"reports/{NAME}-similar.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)" in page
    assert re.search(r"<mark>[^<]*torch\.tensordot\(query, keys", page)
    assert not re.search(r"<mark>[^<]*return output, attention_weights", page)
    assert "is there a reason" in page
    assert not re.search(r"<script|<link|https?://|plagiar|cheat", page, re.I)


def test_the_terminal_has_a_short_table(course):
    text = run("nbjudge", "similar", "attention", cwd=course).stdout
    assert f"{ONE}, {OTHER}" in text
    assert "That is a question to the students, and no verdict." in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    # The heading that students see, here as on the page; the cell's id is for data.
    assert "Exercise 1: Dot-Product Attention (20 points)" in " ".join(text.split())
    assert "dot_product" not in text
    assert "Side by side: " in text


def test_the_page_is_opened_where_that_is_asked(course):
    with mock.patch("click.launch") as launched:  # a browser that tests do not have
        nbjudge("similar", NAME, "--open", cwd=course)
    launched.assert_called_once_with((course / f"reports/{NAME}-similar.html").as_uri())


def test_nothing_to_compare_is_said_with_a_mend(tmp_path):
    course = make_course(tmp_path / "course")
    done = nbjudge("similar", NAME, cwd=course, check=False)
    assert done.returncode == 1
    assert "Nobody has submitted" in done.stderr
    done = nbjudge("similar", "atention", cwd=course, check=False)
    assert "Check the name of the assignment" in done.stderr


def test_two_students_are_too_few_to_say_anything(tmp_path):
    course = make_course(tmp_path / "course")
    answers, _ = make_class(11, NAME, 1, planted=0)
    hand_in(course, NAME, dict.fromkeys(("ada", "ben"), answers["student-0000"]))
    text = nbjudge("similar", NAME, cwd=course).stdout
    assert "No two of 2 students" in text
    assert "In so small a class little can be said" in text
    assert "Side by side" not in text  # no pair stands there
    page = (course / f"reports/{NAME}-similar.html").read_text(encoding="utf-8")
    assert "No two of 2 students" in page
    assert not re.search("Side by side|Marked|A score is", page)
