"""Wrong solutions in styles unlike the bank's are told their mistake, and no other one.

They are diagnosed as submissions are: in a student process, behind proxies.
"""

import re

import pytest
from support.corpora import EXERCISES
from support.course import ROOT
from support.sampling import sample

from nbjudge.authoring import forms
from nbjudge.process.limits import Limits
from nbjudge.process.session import Session
from nbjudge.rubric import loader

NUMBER = 12  # of each exercise; a thorough run tries all
SECTION = re.compile(r"^# %% (\w+)(?:: (\w+))?\n", re.M)


def wrong_solutions(path):
    """Yield name, misconception and text of each wrong solution of an exercise."""
    assignment, _, exercise = path.partition("/")
    file = ROOT / "tests" / assignment / "mistakes" / f"{exercise}.py"
    parts = SECTION.split(file.read_text(encoding="utf-8"))[1:]
    return zip(parts[::3], parts[1::3], parts[2::3], strict=True)


def told(zygote, path, text):
    """Return what the author of a text is told, and the criteria that it meets."""
    rubric, _ = loader.load(path, ROOT)
    session = Session(zygote, Limits())
    try:
        for source in (EXERCISES[path], text):
            ran = session.run(source)
            assert not ran.breach
            assert not [one for one in ran.outputs if one["output_type"] == "error"]
        proxies = forms.proxies(session, [rubric.solution, *rubric.beside])
        solution = proxies.get(rubric.solution)
        return str(rubric.diagnose(solution, proxies)), rubric.mark(solution, 1, proxies)
    finally:
        session.close()


@pytest.mark.parametrize("path", EXERCISES)
def test_a_mistake_is_named_whatever_the_student_was_free_to_choose(zygote, path):
    rubric, _ = loader.load(path, ROOT)
    sentences = {one.name: one.sentence for one in rubric.bank.known}
    found, wanted = {}, {}
    for name, mistake, text in sample(wrong_solutions(path), NUMBER):
        sentence, (marks, fault) = told(zygote, path, text)
        assert not fault
        assert not all(mark.met for mark in marks), name
        # "With a mask: ..." stands before a sentence that is true in one situation only.
        found[name] = sentence.rpartition("mask: ")[2]
        wanted[name] = sentences[mistake] if mistake else ""
    assert found == wanted
