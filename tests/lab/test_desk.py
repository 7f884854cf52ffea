"""Each step of the Assignment List answers, in a sentence and without a traceback."""

import os
import shutil

import pytest
from support.course import ROOT
from support.exchange import NAME, Exchange

from nbjudge.lab.desk import Desk
from nbjudge.nbgrader_ext.configuration import configuration

SAMPLE = ROOT / "examples/submissions/perfect/attention" / NAME


@pytest.fixture(scope="module")
def released(built, tmp_path_factory):
    """A course whose assignment is released; each test gets a copy of it."""
    return Exchange(built, tmp_path_factory.mktemp("exchange"))


@pytest.fixture
def desk(released, monkeypatch):
    """Ada's Assignment List; `said` holds what the browser is told."""
    for folder in (released.inbound, released.home / "cache", released.home / "attention"):
        shutil.rmtree(folder, ignore_errors=True)
    released.inbound.mkdir(mode=0o733)
    (released.home / "attention").mkdir()
    shutil.copy(SAMPLE, released.home / "attention")
    monkeypatch.chdir(released.home)
    made = Desk()
    made.root_dir, made.said = str(released.home), []
    made.say = lambda *told: made.said.append(told)
    monkeypatch.setattr(made, "load_config", lambda: of_ada(released))
    return made


def of_ada(released):
    config = configuration(released.course)
    config.Exchange.update(assignment_dir=str(released.home), cache=str(released.home / "cache"))
    config.CourseDirectory.update(student_id="ada")
    return config


def test_a_submission_is_confirmed_and_an_extra_notebook_named(desk, released):
    assert desk.submit_assignment("nlp-llm", "attention") == {"success": True}
    shutil.copy(SAMPLE, released.home / "attention/attention (1).ipynb")
    assert desk.submit_assignment("nlp-llm", "attention") == {"success": True}
    assert {(kind, submitted) for _, kind, submitted in desk.said} == {("info", "attention")}
    assert [message for message, _, _ in desk.said] == [
        "Submitted: attention.",
        "Submitted: attention. Sent, too, and not what the assignment asks for: "
        "attention (1).ipynb.",
    ]


def test_a_refusal_is_the_sentence_alone_and_the_folder_is_as_before(desk, released):
    work = released.home / "attention"
    (work / NAME).rename(work / "attention (1).ipynb")
    before = os.getcwd()
    answer = desk.submit_assignment("nlp-llm", "attention")
    assert answer["success"] is False
    assert answer["value"].startswith("Nothing was sent, because ")
    assert "give it the name 'attention.ipynb'." in " ".join(answer["value"].split())
    assert "Traceback" not in answer["value"]
    assert max(map(len, answer["value"].splitlines())) < 150  # a path has no place to break
    assert desk.said == []  # nbgrader's dialog shows the answer
    assert os.getcwd() == before


def test_feedback_that_is_not_there_is_told(desk, released):
    desk.submit_assignment("nlp-llm", "attention")
    released.feedback.mkdir(exist_ok=True)
    assert desk.fetch_feedback("nlp-llm", "attention") == {"success": True}
    assert desk.said[-1] == (
        "There is no feedback on attention yet. Fetch it again later.", "info", "",
    )  # fmt: skip


def test_an_assignment_that_is_not_there_is_told(desk):
    assert desk.fetch_assignment("nlp-llm", "nothing")["success"] is False
    assert "Assignment not found" in desk.said[-1][0]
