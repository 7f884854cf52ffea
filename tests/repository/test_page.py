"""The reader of pages that tests follow is strict: it sees each step, and each difference."""

import re

import pytest
from support.course import ROOT
from support.page import BLOCK, Command, Edit, alike, edited, follow, steps

from nbjudge.authoring.scaffold import write
from nbjudge.notebook.master import Conventions

PAGE = ROOT / "docs/new_assignment.md"


def test_every_block_of_the_page_is_a_step_or_what_a_command_prints():
    text = PAGE.read_text("utf-8")
    found = list(steps(PAGE))
    shown = [step for step in found if isinstance(step, Command) and step.shown]
    languages = [block[1] for block in BLOCK.finditer(text)]
    assert text.count("```") == 2 * len(languages)
    assert len(found) == len(languages) - languages.count("text")
    assert len(shown) == languages.count("text")


def test_a_step_has_its_place_its_status_and_its_output(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "In the cell `a` of `b.ipynb`:\n\n```diff\n-x\n+y\n```\n\nIn the file `c.py`:\n\n"
        "```diff\n+z\n```\n\nThis ends with status 1:\n\n```bash\nfalse\n```\n\n"
        "```text\nno\n```\n\n```bash\ntrue\n```\n\nWords.\n\n```text\nno output of true\n```\n"
    )
    assert list(steps(page)) == [
        Edit("b.ipynb", "a", "-x\n+y\n"),
        Edit("c.py", None, "+z\n"),
        Command("false\n", 1, "no\n"),
        Command("true\n", 0, None),
    ]


def test_an_edit_changes_whole_lines_that_stand_there_once():
    assert edited("a\nb\nc\n", " a\n-b\n+d\n+e\n") == "a\nd\ne\nc\n"
    with pytest.raises(AssertionError):
        edited("a\nb\na\n", "-a\n+c\n")
    with pytest.raises(AssertionError):
        edited("ab\n", "-b\n+c\n")


@pytest.mark.parametrize(
    ("printed", "shown", "is_alike"),
    [
        ("\na  \nb 12 s\n", "a\nb … s", True),
        ("a\nb 12 s\nc\n", "a\nb … s", False),
        ("a\n12\n13 s", "a\n… s", False),
        ("b\n", "a", False),
        ("a\nb\nc\nd\n", "a\n…\nd", True),
        ("a\nb\nc\n", "a\n…\nd", False),
    ],
)
def test_an_output_is_alike_line_by_line(printed, shown, is_alike):
    assert alike(printed, shown) is is_alike


def test_the_page_names_no_machine_in_what_commands_print():
    assert not re.search(r"\s/\w+/", PAGE.read_text("utf-8"))


def test_the_edits_of_the_page_fit_what_a_new_assignment_holds(tmp_path):
    for folder in ("source/softmax", "rubrics/softmax"):
        (tmp_path / folder).mkdir(parents=True)
    words = {"name": "softmax", "function": "softmax", "title": "Week 2: softmax"}
    write(tmp_path, words, Conventions())
    edits = [step for step in steps(PAGE) if isinstance(step, Edit)]
    of_the_course = [edit for edit in edits if not edit.file.startswith("submitted/")]
    assert len(edits) > len(of_the_course) > 8
    for edit in of_the_course:
        follow(edit, tmp_path)
    assert "temperature" in (tmp_path / "rubrics/softmax/softmax.py").read_text("utf-8")
