"""What a call of student code did is seen whole, and stays with that call."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from nbjudge.rubric import NotMet, expect
from nbjudge.rubric.calls import Call, call_all


def outcome(function, *args, **how):
    (one,) = call_all([Call(function, args, **how)])
    return one


def test_a_call_gets_copies_and_what_it_wrote_into_them_is_reported():
    def writes(x, y, z):
        y += 1
        z.data[0] = torch.nan
        return x

    x, y, z = torch.ones(2), torch.zeros(3), torch.full((2,), torch.nan)
    done = outcome(writes, x, y, z)
    assert done.changed == (1,)  # NaN that stays NaN is no change
    assert (x.tolist(), y.tolist()) == ([1, 1], [0, 0, 0])
    assert done.value() is not x


def test_a_tensor_that_is_passed_twice_stays_one():
    shared = torch.zeros(2)
    assert outcome(lambda x, y: x is y, shared, shared).value()
    assert not outcome(lambda x, y: x is y, shared, shared.clone()).value()


def test_a_copy_requires_gradients_as_the_argument_does():
    def leaves(x, y):
        return x.requires_grad, y.requires_grad, x.is_leaf

    assert outcome(leaves, torch.ones(1, requires_grad=True), torch.ones(1)).value() == (
        True, False, True,
    )  # fmt: skip


@pytest.mark.parametrize("error", [ZeroDivisionError("own"), SystemExit(3)])
def test_a_call_that_raises_leaves_the_others_standing(error):
    def raises(x):
        if x.any():
            raise error
        return x

    calls = [Call(raises, (torch.tensor(number),)) for number in (0, 1, 0)]
    first, second, third = call_all(calls)
    assert (first.value(), third.value()) == (0, 0)
    with pytest.raises(type(error) if isinstance(error, Exception) else RuntimeError) as caught:
        second.value()
    assert str(error) in str(caught.value)


def test_no_calls_have_no_outcomes():
    assert call_all([]) == []


@pytest.mark.parametrize(
    "made", [iter, tuple, list, lambda pair: {1: pair[0], 2: pair[1]}.values()]
)
def test_a_result_that_can_be_read_once_only_is_kept(made):
    done = outcome(lambda x: made([x, x]), torch.ones(1))
    assert [list(done.value()), list(done.value())] == [[1, 1], [1, 1]]


def test_an_array_stays_one_so_that_a_message_can_name_it():
    with pytest.raises(NotMet, match="it is a ndarray"):
        expect.tensor(outcome(np.zeros, 2).value(), "the table")


def test_gradients_come_by_position_and_by_parameters_names():
    class Layer(nn.Linear):
        def forward(self, x, y, unused):
            return super().forward(x), 3 * y

    layer = Layer(2, 2)
    x, y, unused = (torch.ones(2, requires_grad=number != 1) for number in range(3))
    along = torch.tensor([1.0, 10.0]), torch.ones(2)
    found = outcome(layer, x, y, unused, directions=along).gradients
    assert found.keys() == {0, 2, "weight", "bias"}  # y requires none
    assert torch.equal(found[0], along[0] @ layer.weight)
    assert found[2] is None
    assert torch.equal(found["bias"], along[0])
    assert (x.grad, layer.weight.grad) == (None, None)  # nothing is added up


def test_what_is_cut_off_from_the_graph_has_no_gradients():
    x = torch.ones(2, requires_grad=True)
    done = outcome(lambda x: x.detach(), x, directions=(torch.ones(2),))
    assert done.gradients == {0: None}
    unforeseen = outcome(lambda x: (x, 2 * x), x, directions=(torch.ones(2),))
    assert isinstance(unforeseen.error, ValueError)  # each result has a direction


def test_a_call_without_grad_is_made_under_no_grad():
    x = torch.ones(2, requires_grad=True)
    assert outcome(lambda x: torch.is_grad_enabled(), x).value()
    assert not outcome(lambda x: torch.is_grad_enabled(), x, grad=False).value()
    assert not outcome(lambda x: 2 * x, x, grad=False).value().requires_grad
    assert torch.is_grad_enabled()


# What is watched: how it is read, how student code changes it, and to what.
SETTINGS = {
    "default dtype": (torch.get_default_dtype, torch.set_default_dtype, torch.float64),
    "default device": (
        lambda: torch.get_default_device().type, torch.set_default_device, "meta",
    ),
    "grad mode": (torch.is_grad_enabled, torch.set_grad_enabled, False),
    "number of threads": (torch.get_num_threads, torch.set_num_threads, 3),
    "deterministic mode": (
        torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms, True,
    ),
    "anomaly detection": (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly, True),
    "matmul precision": (
        torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "medium",
    ),
}  # fmt: skip


@pytest.fixture(params=SETTINGS)
def setting(request):
    """A setting's name, and how to read and to change it; put back after the test."""
    read, write, other = SETTINGS[request.param]
    before = read()
    assert before != other
    yield request.param, read, lambda *_: write(other)
    write(before)


def test_a_setting_that_a_watched_call_changes_is_named_and_put_back(setting):
    name, read, change = setting
    before = read()
    assert outcome(change, watched=True).disturbed == (f"torch's {name}",)
    assert read() == before
    assert outcome(change, watched=True).disturbed == (f"torch's {name}",)  # the second time too


def test_a_setting_is_put_back_where_a_watched_call_raises(setting):
    _, read, change = setting
    before = read()
    done = outcome(lambda: (change(), 1 / 0), watched=True)
    assert isinstance(done.error, ZeroDivisionError)
    assert read() == before


def test_a_setting_that_an_earlier_call_changed_is_named_too(setting):
    name, read, change = setting
    change()
    changed = read()
    assert outcome(change, watched=True).disturbed == (f"torch's {name}",)
    assert read() == changed
    assert outcome(read, watched=True).value() != changed  # it saw the usual value


@pytest.mark.parametrize(
    ("whose", "draw"),
    [
        ("torch", lambda: torch.randn(1)),
        ("torch", lambda: torch.nn.Linear(2, 3)),
        ("NumPy", lambda: np.random.random()),
        ("Python", lambda: random.random()),
    ],
)
def test_random_numbers_that_are_drawn_at_each_call_are_named(whose, draw):
    for done in call_all([Call(draw, (), watched=True)] * 3):
        assert done.disturbed == (f"{whose}'s random numbers",)


@pytest.mark.parametrize(
    ("whose", "seed"),
    [
        ("torch", lambda: torch.manual_seed(0)),
        ("torch", lambda: (torch.manual_seed(0), torch.randn(3))),
        ("NumPy", lambda: np.random.seed(0)),
        ("Python", lambda: random.seed(0)),
    ],
)
def test_a_seed_that_is_set_at_each_call_is_named(whose, seed):
    for done in call_all([Call(seed, (), watched=True)] * 3):
        numbers = f"{whose}'s random numbers"
        assert done.disturbed == (numbers, f"the seed of {numbers}")


def test_a_seed_that_is_put_back_is_not_named():
    def forked():
        kept = np.random.get_state()
        with torch.random.fork_rng():
            torch.manual_seed(0), np.random.seed(0)
        np.random.set_state(kept)

    assert outcome(forked, watched=True).disturbed == ()


def test_a_watched_call_moves_no_random_numbers_of_torch_but_one():
    drawn = []
    for number in (1, 100):
        torch.manual_seed(0)
        outcome(lambda number=number: torch.randn(number), watched=True)
        drawn.append(torch.rand(1))
    assert drawn[0] == drawn[1]


def test_a_call_that_changes_nothing_global_disturbs_nothing():
    def own():
        torch.randn(2, generator=torch.Generator().manual_seed(0))
        np.random.default_rng(0).random()
        random.Random(0).random()
        with torch.no_grad(), torch.autograd.set_detect_anomaly(False):
            return torch.ones(1)

    assert outcome(own, watched=True).disturbed == ()


def test_only_watched_calls_are_watched():
    assert outcome(lambda: torch.randn(1)).disturbed == ()
