"""What student code asks of a test: within bounds, and nothing but data comes of it."""

import random
import resource

import numpy as np
import pytest
import torch
from support.sampling import sample_seed

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.wire import decode, encode
from nbjudge.proxy.objects import Objects


def positions(seq_len, width):
    return torch.ones(seq_len, width)


def cube(x, unused=None):
    return x**3, x.detach()


def answering():
    objects = Objects(None)
    objects.offering.functions += [positions, cube]
    return objects


def ask(**asked):
    return decode(answering().tell(encode({"grad": True, **asked})))


def test_a_call_is_answered_and_its_gradients_are():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    value = ask(function=1, args=[x])["value"]
    assert [one.tolist() for one in value] == [[1, 8], [1, 2]]
    assert [one.requires_grad for one in value] == [True, False]
    mask = torch.ones(2, dtype=torch.bool)
    found = ask(function=1, args=[x, mask], directions=[torch.ones(2)])["value"]
    assert found[0].tolist() == [3, 12]
    assert found[1] is None
    assert ask(function=1, args=[x], directions=[None])["value"] == [None]
    assert not ask(function=1, args=[x], grad=False)["value"][0].requires_grad


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({"function": 0, "args": [10**9, 4]}, "Unvouched"),
        ({"function": 0, "args": [2**20, 2**20]}, "RuntimeError"),
        ({"function": 0, "args": [-1, 4]}, "RuntimeError"),
        ({"function": 0, "args": []}, "TypeError"),
        ({"function": 0, "args": [[2**40]]}, "Unvouched"),
        ({"function": 0, "args": [{2**40}, 4]}, "Unvouched"),
        ({"function": 0, "args": [range(2**40, 2**40 + 1), 4]}, "Unvouched"),
        ({"function": 0, "args": [np.int64(2**40), 4]}, "Unvouched"),
        ({"function": 1, "args": [object()]}, "TypeError"),
        ({"function": 1, "args": ["x"]}, "TypeError"),
        ({"function": 1, "args": [torch.ones(2)], "directions": [1, 2]}, "ValueError"),
        (
            {"function": 1, "args": [torch.ones(2, requires_grad=True)], "directions": [3]},
            "TypeError",
        ),
        (
            {"function": 1, "args": [torch.ones(2, requires_grad=True)],
             "directions": [torch.ones(3)]},
            "RuntimeError",
        ),
    ],
)  # fmt: skip
def test_what_the_function_cannot_do_is_told(asked, name):
    assert ask(**asked)["raised"]["name"] == name


@pytest.mark.parametrize(
    "asked",
    [
        {"function": 2, "args": []}, {"function": -1, "args": []}, {"function": True, "args": []},
        {"function": "0", "args": []}, {"function": 0}, {"function": 0, "args": (1, 2)},
        {"function": 0, "args": [1, 2], "directions": 3}, {},
        {"function": 0, "args": [1], "kwargs": [2]},
        {"function": 1, "args": [torch.ones(3_000_000)]}, {"function": 0, "args": [0] * 100_000},
    ],
)  # fmt: skip
def test_a_question_of_another_form_or_size_is_refused(asked):
    with pytest.raises(WireError):
        ask(**asked)


def test_memory_is_bounded_while_a_function_works_and_not_afterwards():
    before = resource.getrlimit(resource.RLIMIT_AS)
    told = ask(function=0, args=[2**15, 2**15])["raised"]  # 4 GB
    assert "can't allocate memory" in told["args"][0]
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert torch.empty(2**15, 2**14).shape == (2**15, 2**14)  # 2 GB


def test_malformed_questions_are_answered_or_refused():
    chance = random.Random(sample_seed())
    good = encode(
        {"function": 1, "grad": True, "args": [torch.ones(2, requires_grad=True)],
         "directions": [torch.ones(2), None]}
    )  # fmt: skip
    answered, objects = 0, answering()
    for _ in range(3000):
        frame = bytearray(good)
        for _ in range(chance.choice((1, 1, 2, 5))):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        try:
            answered += set(decode(objects.tell(bytes(frame)))) <= {"value", "raised"}
        except WireError:
            continue
    assert 100 < answered < 3000
