"""The rubrics of the course: right idioms pass whole, wrong ideas never do, faults are ours."""

import random

import pytest
import torch
from attention_samples import EXERCISES, answers_of, right_answers
from support.contract import attention as contract
from support.course import ROOT

from nbjudge import rubric
from nbjudge.course import RubricError
from nbjudge.rubric import expect, loader
from nbjudge.rubric.calls import Call, call_all
from nbjudge.tensors import padding

SETUP = "import numpy as np\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
IDIOMS = ["solutions", "perfect_einsum", "perfect_loops", "perfect_torch_attention"]


@pytest.fixture(autouse=True)
def in_the_course(monkeypatch):
    monkeypatch.chdir(ROOT)


def namespace(answers):
    names = {}
    exec(SETUP + "\n\n".join(answers.values()), names)
    return names


def marks(exercise, names, seed=0):
    one, _ = loader.load(f"attention/{exercise}", ROOT)
    return one.mark(names.get(one.solution), seed)


def lost(exercise, names, seed=0):
    found, fault = marks(exercise, names, seed)
    assert fault == ""
    return [mark.criterion for mark in found if not mark.met]


@pytest.mark.parametrize("idiom", IDIOMS)
@pytest.mark.parametrize("exercise", EXERCISES)
def test_right_work_has_full_marks_seed_after_seed(exercise, idiom):
    names = namespace(right_answers() if idiom == "solutions" else answers_of(idiom))
    for seed in range(10):
        assert lost(exercise, names, seed) == []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_empty_release_earns_nothing(exercise, release):
    cells = {c.id: c.source for c in release.cells if c.id in EXERCISES}
    assert cells.keys() == set(EXERCISES)
    found, fault = marks(exercise, namespace(cells))
    assert fault == ""
    assert not any(mark.met for mark in found)


MISTAKES = [
    # exercise, text of the solution, what replaces it, a criterion that must be lost
    ("dot_product", "dim=-1).squeeze(1)", "dim=0).squeeze(1)", "grow with the scores"),
    ("dot_product", "keys.transpose(1, 2))", "values.transpose(1, 2))", "grow with the scores"),
    (
        "dot_product",
        "F.softmax(scores, dim=-1)",
        "scores.exp() / scores.exp().sum(-1, True)",
        "Large scores",
    ),
    ("dot_product", "query.unsqueeze(1)", "query.detach().unsqueeze(1)", "Gradients"),
    ("dot_product", "query.unsqueeze(1)", "query.mul_(1.5).unsqueeze(1)", "nothing is changed"),
    ("scaled", "/ d_k**0.5", "", "scaled scores"),
    ("scaled", "/ d_k**0.5", "/ d_k", "scaled scores"),
    ("scaled", "/ d_k**0.5", "/ keys.shape[1]**0.5", "scaled scores"),
    ("scaled", "mask == 0", "mask == 1", "Hidden positions"),
    ("scaled", 'float("-inf")', "-10.0", "Hidden positions"),
    ("self_attention", "bias=False", "bias=True", "without bias"),
    ("self_attention", "K = self.W_k(x)", "K = self.W_q(x)", "grow with the scores"),
    ("self_attention", "V = self.W_v(x)", "V = x", "mix of V"),
    (
        "self_attention",
        "F.softmax(scores, dim=-1)",
        "F.dropout(F.softmax(scores, dim=-1), 0.1)",
        "arguments are kept",
    ),
    (
        "multi_head",
        ".view(batch_size, seq_len, self.num_heads, self.head_dim).transpose(1, 2)",
        ".view(batch_size, self.num_heads, seq_len, self.head_dim)",
        "own slice",
    ),
    ("multi_head", "self.head_dim**0.5", "embed_dim**0.5", "own slice"),
    ("multi_head", "attended.transpose(1, 2).reshape", "attended.reshape", "W_o projects"),
    ("multi_head", "self.W_o(attended)", "attended", "W_o projects"),
    ("causal_mask", "torch.tril", "torch.triu", "earlier positions only"),
    ("causal_mask", "dtype=torch.bool", "dtype=torch.float32", "boolean"),
]


@pytest.mark.parametrize(("exercise", "right", "wrong", "criterion"), MISTAKES)
def test_a_mistake_loses_the_criterion_that_it_breaks(exercise, right, wrong, criterion):
    answers = right_answers()
    assert right in answers[exercise]
    names = namespace(answers | {exercise: answers[exercise].replace(right, wrong)})
    for seed in range(3):
        assert any(criterion in title for title in lost(exercise, names, seed))


FILLS = {
    # exercise: the line that hides, and the same with a fill {} below the smallest score of a row
    "scaled": (
        'scores.masked_fill(mask == 0, float("-inf"))',
        "torch.where(mask == 0, scores.amin(-1, True) - {}, scores)",
    ),
    "self_attention": (
        'scores.masked_fill(mask == 0, float("-inf"))',
        "torch.where(mask == 0, scores.amin(-1, True) - {}, scores)",
    ),
    "multi_head": (
        'scores.masked_fill(mask.unsqueeze(1) == 0, float("-inf"))',
        "torch.where(mask.unsqueeze(1) == 0, scores.amin(-1, True) - {}, scores)",
    ),
}
HIDDEN = "Hidden positions"
UNSEEN = "if mask is None else attention_weights * ({} != 0)"


@pytest.mark.parametrize("exercise", FILLS)
def test_a_hidden_position_may_keep_a_weight_of_at_most_1e_12(exercise):
    answers = right_answers()
    right, filled = FILLS[exercise]
    assert right in answers[exercise]
    for below, whole in ((60, True), (40, True), (20, False), (10, False)):
        text = answers[exercise].replace(right, filled.format(below))
        for seed in range(3):
            found = lost(exercise, namespace(answers | {exercise: text}), seed)
            assert (below, [title[:16] for title in found]) == (below, [HIDDEN] * (not whole))


@pytest.mark.parametrize("exercise", FILLS)
def test_a_weight_that_is_applied_and_not_returned_is_found_out(exercise):
    answers = right_answers()
    right, filled = FILLS[exercise]
    shape = "mask.unsqueeze(1)" if exercise == "multi_head" else "mask"
    for below, whole in ((60, True), (20, False)):
        text = answers[exercise].replace(right, filled.format(below))
        name, returned = text.rsplit("return ", 1)[1].split(", ")
        returned = f"return {name}, {returned.strip()} {UNSEEN.format(shape)}"
        text = text.rsplit("return ", 1)[0] + returned
        for seed in range(3):
            found = lost(exercise, namespace(answers | {exercise: text}), seed)
            assert (below, [title[:16] for title in found]) == (below, [HIDDEN] * (not whole))


def test_the_notebook_and_the_docs_name_the_bound_of_the_rubric(release):
    """The oracle of the mutants keeps to it, too."""
    bound = f"{padding.NO_WEIGHT:g}"
    assert f"{contract.NO_WEIGHT:g}" == bound
    cells = {c.id: c.source for c in release.cells}
    assert f"up to {bound} counts as 0" in cells["scaled-contract"]
    for exercise in ("self_attention", "multi_head"):
        assert "a hidden position counts as in exercise 2" in cells[f"{exercise}-contract"]
    assert f"at most {bound}" in (ROOT / "docs/instructors.md").read_text(encoding="utf-8")


def test_a_nearly_right_answer_earns_more_than_a_constant():
    scaled = namespace(answers_of("wrong"))
    uniform = {
        "dot_product_attention": lambda q, k, v: (
            v.mean(1),
            torch.full(k.shape[:2], 1 / k.shape[1], dtype=k.dtype),
        )
    }
    earned = [
        sum(mark.earned for mark in marks("dot_product", names)[0]) for names in (scaled, uniform)
    ]
    assert earned == [14, 0]


def test_a_missing_name_and_the_students_own_error_are_named():
    (first, *_), _ = marks("dot_product", {})
    assert "'dot_product_attention' is not defined" in first.message

    def raises(*_):
        raise RuntimeError("size mismatch")

    (first, *_), _ = marks("dot_product", {"dot_product_attention": raises})
    assert first.message.startswith("Your code raised RuntimeError: size mismatch")


def test_messages_show_no_tensor_and_no_solution():
    for exercise in EXERCISES:
        lines = {line.strip() for line in right_answers()[exercise].splitlines() if "=" in line}
        told = [mark.message for mark in marks(exercise, namespace(answers_of("wrong")))[0]]
        assert lines
        assert any(told)
        for message in told:
            assert "tensor(" not in message
            assert not [line for line in lines if line in message]


def test_a_criterion_that_fails_on_the_reference_is_our_fault():
    def broken(solution, random):
        raise expect.NotMet("never right")

    one = rubric.Rubric("Exercise", 5, "f", reference=lambda: None)
    one.criterion("Impossible", points=5)(broken)
    _, fault = one.mark(lambda: None, seed=0)
    assert "fails on the reference" in fault


def test_the_reference_is_not_blamed_for_a_random_number_that_another_thread_draws():
    drawn = []

    def quiet(solution, _):
        (outcome,) = call_all([Call(solution, (), watched=True)])
        expect.side_effects((), outcome.disturbed, ())

    def reference():
        if not drawn:  # as Dask's thread does while a connection is made again
            drawn.append(random.random())

    one = rubric.Rubric("Exercise", 5, "f", reference=reference)
    one.criterion("Nothing that is global changes", points=5)(quiet)
    (mark,), fault = one.mark(random.random, seed=0)
    assert (len(drawn), mark.met, fault) == (1, False, "")


def test_a_rubric_that_cannot_be_used_is_not_graded_in_place_of_0(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    assert rubric.grade("attention/encoder", {}) == 0.0
    assert "The rubric cannot be used (RubricError: There is no rubric" in shown[0].fault


def test_criteria_must_add_up_to_the_points():
    one = rubric.Rubric("Exercise", 5, "f", reference=None)
    with pytest.raises(RubricError, match="sum to 0, not 5"):
        one.mark(None, seed=0)


def test_a_seed_repeats_its_inputs_and_is_kept(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    monkeypatch.setenv("NBJUDGE_SEED", "7")
    names = namespace(answers_of("wrong"))
    assert rubric.grade("attention/dot_product", names) == 14.0
    rubric.grade("attention/dot_product", names)
    assert shown[0] == shown[1]
    assert shown[0].seed == 7
    assert rubric.grade("attention/causal_mask", names) == 0.0
    assert shown[2].score == 6.0


def test_what_criteria_share_is_prepared_once():
    prepared, got = [], []

    def prepare(solution, random):
        prepared.append(solution)
        return [solution]

    one = rubric.Rubric("Exercise", 3, "f", reference=None, prepare=prepare)
    for points in (1, 2):
        one.criterion(f"Number {points}", points)(lambda shared, random: got.append(shared))
    found, fault = one.mark("solution", seed=0)
    assert (fault, sum(mark.earned for mark in found)) == ("", 3)
    assert prepared == ["solution"]
    assert got[0] is got[1]


def test_what_cannot_be_prepared_costs_every_criterion_with_the_students_message():
    def prepare(solution, random):
        return solution(random)

    one = rubric.Rubric("Exercise", 3, "f", reference=lambda random: None, prepare=prepare)
    for points in (1, 2):
        one.criterion(f"Number {points}", points)(lambda shared, random: None)
    found, fault = one.mark(lambda random: {}["W_q"], seed=0)
    assert fault == ""
    assert [mark.met for mark in found] == [False, False]
    assert found[0].message.startswith("Your code raised KeyError: 'W_q'")
    assert all(mark.message.startswith("Your code raised") for mark in found)


class UniformHeads(torch.nn.Module):
    """Layers of exercises 3 and 4 whose weights are all the same; all else is right."""

    def __init__(self, embed_dim, num_heads=None):
        super().__init__()
        self.num_heads = num_heads
        for name in ("W_q", "W_k", "W_v", "W_o")[: 4 if num_heads else 3]:
            setattr(self, name, torch.nn.Linear(embed_dim, embed_dim, bias=bool(num_heads)))

    def forward(self, x, mask=None):
        visible = x.new_ones(len(x), x.shape[1], x.shape[1]) if mask is None else mask.to(x)
        scores = (self.W_q(x) + self.W_k(x)).sum() * 0  # gradients reach them
        weights = visible / visible.sum(-1, keepdim=True) + scores
        output = weights @ self.W_v(x)
        if not self.num_heads:
            return output, weights
        return self.W_o(output), weights.unsqueeze(1).repeat(1, self.num_heads, 1, 1)


def uniform(query, keys, values, mask=None):
    visible = keys.new_ones(keys.shape[:2]) if mask is None else mask.to(keys)
    weights = visible / visible.sum(-1, keepdim=True) + (query.sum() + keys.sum()) * 0
    return torch.einsum("bs,bsh->bh", weights, values), weights


UNIFORM = {"dot_product": uniform, "scaled": uniform}
UNIFORM |= {"self_attention": UniformHeads, "multi_head": UniformHeads}


def earned(exercise, solution):
    """Return the points of each criterion that is met."""
    one, _ = loader.load(f"attention/{exercise}", ROOT)
    found, fault = one.mark(solution, seed=0)
    assert fault == ""
    return {mark.criterion: mark.points for mark in found if mark.met}


@pytest.mark.parametrize("exercise", UNIFORM)
def test_uniform_weights_earn_nothing_but_the_projections(exercise):
    found = earned(exercise, UNIFORM[exercise])
    assert all("distinct, trainable projections" in title for title in found)
    assert len(found) == (exercise in ("self_attention", "multi_head"))


NEARLY = [
    ("dot_product", "scaled"), ("scaled", "unscaled"), ("scaled", "inverted_mask"),
    ("self_attention", "Unscaled"), ("self_attention", "InvertedMask"), ("multi_head", "Unscaled"),
    ("multi_head", "InvertedMask"), ("multi_head", "RootOfEmbedDim"),
]  # fmt: skip


@pytest.mark.parametrize(("exercise", "name"), NEARLY)
def test_one_slip_costs_three_tenths_at_most(exercise, name):
    one, _ = loader.load(f"attention/{exercise}", ROOT)
    (wrong,) = [wrong for wrong in one.bank.known if wrong.name == name]
    assert 0.7 <= sum(earned(exercise, wrong.solution).values()) / one.points < 1
