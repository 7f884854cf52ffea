"""A course of version 0.1.0 goes on: configuration, rubrics, gradebook and attempts of then.

`course_0.1.0.zip` was made by that version: `nbjudge autograde attention` over five samples, and
three attempts as its `attempt.json` had them.
"""

import importlib
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from support.course import ROOT, run
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from nbjudge.exchange.attempts import Attempts
from nbjudge.nbgrader_ext import scorecards, wiring
from nbjudge.nbgrader_ext.autograde import Judge, LatePenalties
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.rubric.loader import load
from nbjudge.rubric.scorecard import Mark, Scorecard
from nbjudge.verdict import Verdict

EXERCISES = ("dot_product", "scaled", "self_attention", "multi_head", "causal_mask")
STEPS = {
    "Autograde": ("exporter_class", "sanitize_preprocessors", "autograde_preprocessors"),
    "GenerateAssignment": ("preprocessors",),
    "GenerateSolution": ("preprocessors",),
    "GenerateFeedback": ("preprocessors",),
    "ExchangeFactory": ("list", "fetch_assignment", "fetch_feedback", "submit", "collect",
                        "release_assignment", "release_feedback"),
    "HTMLExporter": ("filters",),
}  # fmt: skip


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    folder = tmp_path_factory.mktemp("earlier") / "course"
    with zipfile.ZipFile(Path(__file__).with_name("course_0.1.0.zip")) as course:
        course.extractall(folder)
    return folder


def named(config: Config, without=()):
    """Yield every dotted name that the configuration gives to nbgrader."""
    for section, options in STEPS.items():
        if section in without:
            continue
        for option in options:
            value = config[section][option]
            values = value.values() if isinstance(value, dict) else value
            yield from [values] if isinstance(values, str) else values


def test_every_name_in_the_old_configuration_is_still_there(old, recwarn):
    names = [name for name in named(configuration(old)) if name.startswith("nbjudge.")]
    assert len(names) > 12
    assert all(import_item(name) is not None for name in names)
    assert import_item("nbjudge.preprocessors.Judge") is Judge
    assert [str(one.message) for one in recwarn if "nbjudge" in str(one.message)] == []


def test_the_old_wiring_is_what_configure_gives_now(old):
    now, then = configuration(ROOT), configuration(old)
    # Then there was no step for AUTOTEST lines; `nbjudge build` does without it.
    now.GenerateAssignment.preprocessors.remove(wiring.MAY_LACK_STEP)
    of_now, of_then = (
        [import_item(name) for name in named(one, without=["GenerateFeedback"])]
        for one in (now, then)
    )
    # nbgrader's own step does what ours does by the rule "penalty", the only one of then.
    assert of_now == [LatePenalties if one is AssignLatePenalties else one for one in of_then]
    assert wiring.differing(then, old)["steps"] == []
    then_shown = configuration(old)
    then_shown.FeedbackOnSubmit.after_deadline = "shown"
    assert "lacks nbjudge.nbgrader_ext.autograde.LatePenalties" in str(
        wiring.differing(then_shown, old)["steps"]
    )
    # The steps of feedback of then show mark schemes to students.
    refused = wiring.differing(then, old)[wiring.EARLIER]
    assert "c.GenerateFeedback.preprocessors lacks" in refused[0]
    for section in (
        *(set(STEPS) - {"GenerateFeedback"}),
        "Execute",
        "LimitOutput",
        "Judge",
        "FeedbackOnSubmit",
    ):
        assert plain(now[section]) == plain(then[section]), section


def plain(section):
    """What a section says besides names of classes, which have moved."""
    return {key: value for key, value in section.items() if "nbjudge" not in str(value)}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_old_rubrics_mark_their_reference_and_nothing(old, exercise):
    rubric, _ = load(f"attention/{exercise}", old)
    marks, fault = rubric.mark(rubric.reference, seed=1)
    assert (fault, [mark.met for mark in marks]) == ("", [True] * len(rubric.criteria))
    marks, _ = rubric.mark(None, seed=1)
    assert {mark.verdict for mark in marks} == {Verdict.NOT_DEFINED}


def cards(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        students = [one.student.id for one in book.assignment_submissions("attention")]
        return {name: scorecards.scorecards(book, "attention", name) for name in students}


def test_old_scorecards_are_read_and_have_the_verdict_that_they_lead_to(old):
    found = cards(old)
    assert len(found) == 5
    read = [
        Scorecard(**{**card, "marks": tuple(Mark(**mark) for mark in card["marks"])})
        for one in found.values() for card in one.values()
    ]  # fmt: skip
    assert len(read) == 4 * 5
    assert {card.verdict for card in read if card.score == card.points} == {Verdict.MET}
    assert {card.verdict for card in read if card.score < card.points} == {Verdict.NOT_MET}


def test_old_attempts_are_read(old):
    one, two, three = Attempts(old, "attention").of("ada")
    assert (one.verdict, one.graded, one.score) == (Verdict.GRADED, True, 20)
    assert (two.verdict, two.graded) == (Verdict.REFUSED, False)
    assert (three.verdict, three.graded) == (Verdict.WAITING, False)


def test_the_first_run_grades_all_again_with_the_kept_seeds_and_equal_scores(old, tmp_path):
    course = shutil.copytree(old, tmp_path / "course")
    before = cards(course)
    done = run("nbjudge", "autograde", "attention", "--json", cwd=course, check=False)
    told = json.loads(done.stdout)
    assert told["counts"] == {"graded": 4, "not graded": 1}
    assert what_counts(as_kept_by_0_1_0(cards(course))) == what_counts(before)
    done = run("nbjudge", "autograde", "attention", "--json", cwd=course, check=False)
    assert json.loads(done.stdout)["counts"] == {"unchanged": 4, "not graded": 1}
    with sqlite3.connect(course / "gradebook.db") as book:
        kept = [json.loads(text) for (text,) in book.execute("select outcome from nbjudge_graded")]
    assert sorted(one["verdict"] for one in kept) == ["graded"] * 4 + ["refused"]


def as_kept_by_0_1_0(found):
    """What 0.1.0 kept of each card."""
    for one in found.values():
        for card in one.values():
            for name in ("verdict", "misconception", "behaviour"):
                card.pop(name)
            for mark in card["marks"]:
                mark.pop("verdict")
    return found


def what_counts(found):
    """A card without the digest of the submission, which is made of less today."""
    return {
        name: {cell: {**card, "submission": ""} for cell, card in one.items()}
        for name, one in found.items()
    }


@pytest.mark.parametrize("name", ["preprocessors", "markup", "formulas", "trial", "expect"])
def test_an_old_module_only_passes_names_on(name):
    module = importlib.import_module(f"nbjudge.{name}")
    assert Path(module.__file__).parent.name == "earlier"
    assert len(Path(module.__file__).read_text().splitlines()) < 25
