"""docs/new_assignment.md, followed to its end in a fresh course: commands, edits, outputs."""

import html
import re

import pytest
from support.course import ROOT, make_course
from support.page import Command, alike, follow, steps

PAGE = ROOT / "docs/new_assignment.md"


@pytest.mark.slow
def test_the_page_leads_from_nothing_to_feedback(tmp_path):
    course = make_course(tmp_path / "course")
    followed = 0
    for step in steps(PAGE):
        printed = follow(step, course)
        if isinstance(step, Command) and step.shown is not None:
            assert alike(printed, step.shown), f"{step.text}{printed}"
            followed += 1
    assert followed > 5
    # What the page quotes of the feedback stands there, for its reader.
    (quoted,) = re.findall(r"^> (.*)$", PAGE.read_text("utf-8"), re.M)
    text = (course / "feedback/ada/softmax/softmax.html").read_text("utf-8")
    assert quoted in " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())
