"""A student is told what the code does wrong where its results say so, and nothing else."""

import pytest
import torch

from nbjudge.rubric import Rubric
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
    assert str(toy.diagnose(behaviour)) == sentence


def test_nothing_is_told_where_two_misconceptions_do_the_same(toy):
    again = toy.misconception("You add 1 again.", loses=toy.criteria[0][2])
    again(lambda x: x + 1)
    assert str(toy.diagnose(lambda x: x + 1)) == ""
    assert str(toy.diagnose(lambda x: x * 2)) == TIMES_TWO


def test_a_misconception_that_does_right_in_these_calls_is_told_to_nobody(toy):
    toy.misconception("You add 2.0.", loses=toy.criteria[0][2])(lambda x: x + 2.0)
    assert str(toy.diagnose(plus_two)) == ""


def test_a_solution_that_raises_everywhere_is_told_nothing(toy):
    def raises(x):
        raise RuntimeError("own")

    toy.misconception("Your code raises.", loses=toy.criteria[0][2])(raises)
    assert str(toy.diagnose(raises)) == ""


def test_a_solution_that_raises_in_one_call_is_not_taken_for_another(toy):
    assert str(toy.diagnose(lambda x: x * 2 if x < 2 else 1 / 0)) == ""


def test_what_the_bank_gives_is_computed_once(toy):
    for _ in range(3):
        assert str(toy.diagnose(lambda x: x * 2)) == TIMES_TWO
    assert toy.calls == 3 * 2  # the reference and both misconceptions, two calls each


def test_what_the_bank_draws_at_random_does_not_hang_on_what_was_drawn_before(toy):
    @toy.misconception("You flip a coin.", loses=toy.criteria[0][2])
    def coin(x):
        return x + torch.randint(5, 7, ())

    told, drawn = set(), set()
    for seed in range(20):
        torch.manual_seed(seed)
        toy.bank._given.clear()
        told.add(toy.diagnose(lambda x: x + 5))
        drawn.add(torch.rand(()).item())
    assert len(told) == 1
    assert len(drawn) == 20  # and the bank leaves our own random numbers as they were


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
    assert str(sided.diagnose(behaviour)) == sentence


def test_a_situation_is_no_part_of_the_misconception(sided):
    told = sided.diagnose(either(plus_two, lambda x, m: x * 2 - m))
    assert (told.misconception, told.situation) == ("You multiply by 2.", "With a mask")


def test_solutions_that_behave_alike_have_one_digest_and_others_another(toy):
    kinds = [(lambda x: x + 3, lambda x: 3 + x + 1e-9), (lambda x: x * -0.0, lambda x: x * 0.0),
             (lambda x: x + 3.1,), (lambda x: (x + 3).double(),), (lambda x: 1 / 0,)]  # fmt: skip
    digests = [{toy.diagnose(one).behaviour for one in alike} for alike in kinds]
    assert [len(one) for one in digests] == [1] * len(kinds)
    assert len(set.union(*digests)) == len(kinds)


def test_two_steps_with_one_sentence_are_told(sided):
    sided.misconception("You add the mask.", sided.criteria[0][2])(lambda x, m=0: x + (2 + m))
    assert str(sided.diagnose(lambda x, m=0: x + 2 + m)) == "You add the mask."


def test_two_sentences_for_one_situation_are_not_told(sided):
    add = lambda x, m=0: x + 2 - -m  # noqa: E731
    sided.misconception("You subtract the negative mask.", sided.criteria[0][2])(add)
    assert str(sided.diagnose(lambda x, m=0: x + 2 + m)) == ""
    assert str(sided.diagnose(floats_only(lambda x, m=0: x + 2 + m))) == ""


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
    assert str(one.diagnose(lambda a, b, m=0: b - a + m)) == ""  # which is which is free here
    assert str(one.diagnose(lambda a, b, m=0: b - a)) == "You ignore the mask."
    assert str(one.diagnose(lambda a, b, m=0: a + b)) == ""


def test_without_a_behaviour_nothing_is_told():
    one = Rubric("Add 2", points=1, solution="add", reference=plus_two)
    one.misconception(TIMES_TWO, loses=lambda *_: None)(lambda x: x * 2)
    assert str(one.diagnose(lambda x: x * 2)) == ""
