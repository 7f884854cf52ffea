"""What an exercise needs of earlier ones: the submission's own, and ours for the reference."""

import pytest
import torch

from nbjudge.authoring import verify
from nbjudge.rubric import Call, NotMet, Rubric, call_all, grade, grading, loader


def half(x):
    return x / 2


def right(x):
    return x / 2 + 1


@pytest.fixture
def rubric():
    """A rubric of half(x) + 1, which may call the student's own `half`."""
    one = Rubric("Add", 1, "add", right, prepare=prepare, beside={"half": half})

    @one.criterion("It is half(x) + 1", points=1)
    def values(given, random):
        add, own = given
        x = torch.randn(3, generator=random)
        added, halved = call_all([Call(add, (x,)), Call(own, (x,))]) if own else [None, None]
        if own is None or not torch.allclose(added.value(), halved.value() + 1):
            raise NotMet("Not half(x) + 1.")

    @one.behaviour
    def behaviour(given, random):
        return [Call(given[0], (torch.ones(1),)), Call(given[1], (torch.ones(1),))]

    one.misconception("You add 2.", loses=values)(lambda x: x / 2 + 2)
    return one


def prepare(add, random, beside):
    return add, beside["half"]


def third(x):
    return x / 3


def test_a_submission_is_marked_with_its_own_earlier_solution(rubric):
    marks, fault = rubric.mark(lambda x: third(x) + 1, 0, {"half": third, "other": 1})
    assert fault == ""
    assert marks[0].met
    assert not rubric.mark(right, 0, {"half": third})[0][0].met


def test_a_name_that_the_submission_did_not_define_is_none(rubric):
    marks, fault = rubric.mark(right, 0, {})
    assert (marks[0].met, fault) == (False, "")


def test_without_a_submission_ours_stands_there(rubric):
    assert rubric.mark(right, 0)[0][0].met
    assert rubric.meets(rubric.criteria[0].check, right, 0)


def test_a_misconception_is_told_apart_with_the_submissions_own_and_known_with_ours(rubric):
    assert str(rubric.diagnose(lambda x: x / 2 + 2, {"half": half})) == "You add 2."
    assert str(rubric.diagnose(lambda x: x / 2 + 2, {"half": third})) == ""


def test_grade_takes_it_from_the_notebooks_names(rubric, monkeypatch, tmp_path):
    cards = []
    monkeypatch.setattr(grading, "load", lambda path, root: (rubric, "1"))
    how = grading.Grading(0, tmp_path, "test", False, cards.append)
    with grading.grading(how):
        assert grade("a/add", {"add": lambda x: third(x) + 1, "half": third}) == 1.0
        assert grade("a/add", {"add": right, "half": third}) == 0.0
    assert [card.fault for card in cards] == ["", ""]


def test_what_is_verified_runs_after_the_notebooks_earlier_solutions(course):
    before = dict(verify.exercises(course, "attention"))
    names = verify.run(before["attention/multi_head"], "MultiHeadAttention")
    earlier = {"dot_product_attention", "scaled_dot_product_attention", "SelfAttention"}
    assert earlier <= names.keys()
    assert "MultiHeadAttention" not in names
    assert loader.load("attention/multi_head", course)[0].beside == {}
