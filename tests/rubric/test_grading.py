"""`grade` as the judge process uses it: what is looked for depends on who reads the scorecard."""

import pytest
import torch

from nbjudge.rubric import Call, NotMet, Rubric, grade, grading


@pytest.fixture
def asked():
    """How often the reference was called."""
    return []


@pytest.fixture
def rubric(asked, monkeypatch):
    def reference(x):
        asked.append(x)
        return x + 1

    made = Rubric("Add", 1, "add", reference)

    @made.criterion("adds", 1)
    def adds(solution, random):
        if solution(2) != 3:
            raise NotMet("It must add 1.")

    @made.behaviour
    def behaviour(solution, random):
        return [Call(solution, (torch.ones(1),))]

    @made.misconception("You add 2.", loses=adds)
    def adds_two(x):
        return x + 2

    monkeypatch.setattr(grading, "load", lambda path, root: (made, "1"))
    return made


def graded(tmp_path, **how):
    cards = []
    with grading.grading(grading.Grading(0, tmp_path, "test", False, cards.append, **how)):
        assert grade("a/add", {"add": lambda x: x + 2}) == 0.0
    return cards[0]


def test_who_reads_a_scorecard_reads_the_cause(rubric, asked, tmp_path):
    assert graded(tmp_path).diagnosis == "You add 2."
    assert asked


def test_for_nobody_no_cause_is_looked_for(rubric, asked, tmp_path):
    card = graded(tmp_path, read=False)
    assert (card.score, card.diagnosis, card.fault, asked) == (0.0, "", "", [])
