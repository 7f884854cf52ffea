"""A student is told what the code does wrong where its results say so, and nothing else."""

import math

import pytest
import torch
from support.course import ROOT
from torch import nn
from torch.nn import functional

from nbjudge.rubric import Rubric, loader
from nbjudge.rubric.calls import Call

TIMES_TWO, PLUS_ONE = "You multiply; add 2.", "You add 1; add 2."


def plus_two(x):
    return x + 2


@pytest.fixture
def toy():
    """A rubric of x + 2 with two misconceptions; `toy.calls` counts the calls of what it knows."""

    def counted(function):
        def call(x):
            one.calls += 1
            return function(x)

        call.__name__ = function.__name__
        return call

    one = Rubric("Add 2", points=1, solution="add", reference=counted(plus_two))
    one.calls = 0

    @one.criterion("x + 2", points=1)
    def values(add, random):
        assert add(torch.zeros(1)) == 2

    @one.behaviour
    def behaviour(add, random):
        return [Call(add, (torch.tensor(number),)) for number in (0.0, 3.0)]

    @one.misconception(TIMES_TWO, loses=values)
    @counted
    def times_two(x):
        return x * 2

    @one.misconception(PLUS_ONE, loses=values)
    @counted
    def plus_one(x):
        return x + 1

    return one


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (lambda x: x + x, TIMES_TWO),
        (lambda x: x - -1, PLUS_ONE),
        (lambda x: x * 2.0001, TIMES_TWO),
        (lambda x: x + 3, ""),
        (lambda x: (x + 1).double(), ""),
        (lambda x: (x + 1)[None], ""),
        (lambda x: x * 2 if x < 2 else x + 1, ""),  # one here, the other there
        (lambda x: x.item() + 1, ""),  # no tensor
        (plus_two, ""),
    ],
)
def test_a_solution_like_one_misconception_is_told_its_sentence(toy, behaviour, sentence):
    assert toy.diagnose(behaviour) == sentence


def test_nothing_is_told_where_two_misconceptions_do_the_same(toy):
    again = toy.misconception("You add 1 again.", loses=toy.criteria[0][2])
    again(lambda x: x + 1)
    assert toy.diagnose(lambda x: x + 1) == ""
    assert toy.diagnose(lambda x: x * 2) == TIMES_TWO


def test_a_misconception_that_does_right_in_these_calls_is_told_to_nobody(toy):
    toy.misconception("You add 2.0.", loses=toy.criteria[0][2])(lambda x: x + 2.0)
    assert toy.diagnose(plus_two) == ""


def test_a_solution_that_raises_everywhere_is_told_nothing(toy):
    def raises(x):
        raise RuntimeError("own")

    toy.misconception("Your code raises.", loses=toy.criteria[0][2])(raises)
    assert toy.diagnose(raises) == ""


def test_a_solution_that_raises_in_one_call_is_not_taken_for_another(toy):
    assert toy.diagnose(lambda x: x * 2 if x < 2 else 1 / 0) == ""


def test_what_the_bank_gives_is_computed_once(toy):
    for _ in range(3):
        assert toy.diagnose(lambda x: x * 2) == TIMES_TWO
    assert toy.calls == 3 * 2  # the reference and both misconceptions, two calls each


@pytest.fixture
def sided():
    """A rubric of x + 2, or of x + 2 - m with a "mask" m of floats or ints."""
    one = Rubric("Add 2", points=1, solution="add", reference=lambda x, m=0: x + 2 - m)
    numbers = torch.tensor([0.0, 3.0]), torch.tensor([1.0, 5.0])

    @one.criterion("x + 2", points=1)
    def values(add, random):
        raise AssertionError

    @one.behaviour
    def behaviour(add, random):
        return [
            ("Without a mask", [Call(add, (x,)) for x in numbers]),
            ("With a mask", [Call(add, (x, torch.tensor(4.0))) for x in numbers]),
            ("With a mask", [Call(add, (x, torch.tensor(4))) for x in numbers]),
        ]

    one.misconception("You multiply by 2.", values)(lambda x, m=0: x * 2 - m)
    one.misconception("You ignore the mask.", values)(lambda x, m=0: x + 2)
    one.misconception("You add the mask.", values)(lambda x, m=0: x + 2 + m)
    return one


def floats_only(add):
    def refusing(x, m=None):
        if m is not None and not m.is_floating_point():
            raise TypeError("floats, please")
        return add(x) if m is None else add(x, m)

    return refusing


def either(without, masked):
    return lambda x, m=None: without(x) if m is None else masked(x, m)


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (floats_only(lambda x, m=0: x + 2 + m), "You add the mask."),
        (floats_only(lambda x, m=0: x * 2 - m), "You multiply by 2."),
        (floats_only(lambda x, m=0: x + 2 - m), ""),  # right but for what it refuses
        (lambda x, m=0: x * 2 + 3 * m, "You multiply by 2."),  # two mistakes: the first
        (either(lambda x: x * 2, lambda x, m: x + 2 - m), "Without a mask: You multiply by 2."),
        (either(plus_two, lambda x, m: x * 2 - m), "With a mask: You multiply by 2."),
        (lambda x, m=0: x + 7 + m, ""),
        (either(plus_two, lambda x, m: x + 2 - m * (not m.is_floating_point())), ""),
        (lambda x, m=0: (x + 2 + m, None), ""),  # no tensor beside the tensor
    ],
)
def test_situations_are_told_apart_and_what_is_refused_is_left_out(sided, behaviour, sentence):
    assert sided.diagnose(behaviour) == sentence


def test_two_steps_with_one_sentence_are_told(sided):
    sided.misconception("You add the mask.", sided.criteria[0][2])(lambda x, m=0: x + (2 + m))
    assert sided.diagnose(lambda x, m=0: x + 2 + m) == "You add the mask."


def test_two_sentences_for_one_situation_are_not_told(sided):
    add = lambda x, m=0: x + 2 - -m  # noqa: E731
    sided.misconception("You subtract the negative mask.", sided.criteria[0][2])(add)
    assert sided.diagnose(lambda x, m=0: x + 2 + m) == ""
    assert sided.diagnose(floats_only(lambda x, m=0: x + 2 + m)) == ""


def test_of_several_readings_the_one_in_which_most_is_right_counts():
    one = Rubric("Pair", points=1, solution="pair", reference=lambda a, b, m=0: a - b + m)

    @one.criterion("a - b", points=1)
    def values(pair, random):
        raise AssertionError

    @one.behaviour
    def behaviour(pair, random):
        a, b, m = torch.tensor([5.0, 1.0, 3.0])
        for first, second in ((a, b), (b, a)):
            plain, masked = [Call(pair, (first, second))], [Call(pair, (first, second, m))]
            yield [("Without a mask", plain), ("With a mask", masked)]

    one.misconception("a and b are swapped.", values)(lambda a, b, m=0: b - a + m)
    one.misconception("You ignore the mask.", values)(lambda a, b, m=0: a - b)
    assert one.diagnose(lambda a, b, m=0: b - a + m) == ""  # which is which is free here
    assert one.diagnose(lambda a, b, m=0: b - a) == "You ignore the mask."
    assert one.diagnose(lambda a, b, m=0: a + b) == ""


def test_without_a_behaviour_nothing_is_told():
    one = Rubric("Add 2", points=1, solution="add", reference=plus_two)
    one.misconception(TIMES_TWO, loses=lambda *_: None)(lambda x: x * 2)
    assert one.diagnose(lambda x: x * 2) == ""


def told(exercise, solution):
    rubric, _ = loader.load(f"attention/{exercise}", ROOT)
    assert not all(mark.met for mark in rubric.mark(solution, seed=0)[0])
    return rubric.diagnose(solution)


def attend(query, keys, values, mask=None, ignored=()):
    scores = torch.einsum("bd,bsd->bs", query, keys) / query.shape[-1] ** 0.5
    if mask is not None and mask.dtype not in ignored:
        scores = scores.masked_fill(mask == 0, -torch.inf)
    weights = functional.softmax(scores, dim=-1)
    return torch.einsum("bs,bsd->bd", weights, values), weights


class OneHead(nn.Module):
    """Self-attention with a scale of its own."""

    def __init__(self, embed_dim):
        super().__init__()
        self.embed_dim = embed_dim
        self.W_q, self.W_k, self.W_v = (
            nn.Linear(embed_dim, embed_dim, bias=False) for _ in range(3)
        )

    def forward(self, x, mask=None):
        scores = self.W_q(x) @ self.W_k(x).mT / self.scale()
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ self.W_v(x), weights


class Heads(nn.Module):
    """Multi-head attention divided by `root(head_dim)`."""

    root = staticmethod(math.sqrt)

    def __init__(self, embed_dim, num_heads):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, embed_dim // num_heads
        self.W_q, self.W_k, self.W_v, self.W_o = (nn.Linear(embed_dim, embed_dim) for _ in range(4))

    def forward(self, x, mask=None):
        query, key, value = (
            linear(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for linear in (self.W_q, self.W_k, self.W_v)
        )
        scores = query @ key.mT / self.root(self.head_dim)
        if mask is not None:
            scores = scores.masked_fill(mask[:, None] == 0, -torch.inf)
        weights = scores.softmax(-1)
        return self.W_o((weights @ value).transpose(1, 2).flatten(-2)), weights


def test_a_mask_that_is_ignored_is_named_but_not_where_only_bool_masks_are():
    kinds = torch.float32, torch.float64, torch.int64, torch.bool
    ignores_all, ignores_bool = (
        lambda *args, ignored=ignored: attend(*args, ignored=ignored)
        for ignored in (kinds, (torch.bool,))
    )
    assert "mask has no effect" in told("scaled", ignores_all)
    assert told("scaled", ignores_bool) == ""


def test_a_missing_scale_is_named_but_not_where_it_is_missing_in_eval_mode_only():
    class Unscaled(OneHead):
        def scale(self):
            return 1

    class ScaledInTraining(OneHead):
        def scale(self):
            return self.embed_dim**0.5 if self.training else 1

    class UnscaledInTraining(OneHead):
        def scale(self):
            return 1 if self.training else self.embed_dim**0.5

    assert "not scaled" in told("self_attention", Unscaled)
    assert told("self_attention", ScaledInTraining) == ""
    assert told("self_attention", UnscaledInTraining) == ""


def test_a_root_that_is_cut_to_an_integer_is_no_missing_root():
    class Unscaled(Heads):
        root = staticmethod(lambda head_dim: 1)

    class Cut(Heads):
        root = staticmethod(lambda head_dim: int(math.sqrt(head_dim)))

    assert "not scaled" in told("multi_head", Unscaled)
    assert told("multi_head", Cut) == ""
