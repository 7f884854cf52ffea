"""A description of a module that student code has forged: refused, in no time."""

import time
from types import SimpleNamespace

import pytest
import torch

from nbjudge.boundary.bounds import WireError
from nbjudge.proxy.module import Module


def described(names=("a.weight",), **other):
    state = {name: torch.ones(2) for name in names}
    honest = {
        "state": state,
        "parameters": list(state),
        "types": {"": "Layer", "a": "Linear"},
        "twins": {},
        "contains": {},
        "views": {},
        "training": True,
    }
    return {**honest, **other}


def mirror(told):
    return Module(SimpleNamespace(ask=None), 0, told)


def test_an_honest_description_is_mirrored():
    made = mirror(described(types={"": "L", "a": "Linear", "b": "ReLU"}, contains={"": ["b", "a"]}))
    assert [type(one).__name__ for one in made.children()] == ["Linear", "ReLU"]
    assert made.a.weight.tolist() == [1, 1]
    assert mirror(described(types={})).a.weight.tolist() == [1, 1]


DEEP = ".".join("a" * 5000)
FORGED = {
    "no dictionary": None,
    "no types": described(types=None),
    "types that are no texts": described(types={"a": 3}),
    "paths that are no texts": described(types={3: "a"}),
    "no twins": described(twins=[1]),
    "twins that are no texts": described(twins={"a": None}),
    "a twin that is not there": described(twins={"a": "z"}),
    "a twin that comes later": described(
        types={"": "L", "a": "L", "b": "L"}, twins={"a": "b"}
    ),
    "a part that holds itself": described(
        types={"": "L", "a": "L", "a.b": "L"}, twins={"a.b": "a"}
    ),
    "a part that holds the whole": described(types={"": "L", "a": "L"}, twins={"a": ""}),
    "two parts that hold each other": described(
        types={"": "L", "a": "L", "c": "L", "a.b": "L", "c.d": "L"},
        twins={"a.b": "c", "c.d": "a"},
    ),
    "parts in parts without end": described(
        types={"": "L"} | {f"a{'.a' * n}": "L" for n in range(25)}
        | {f"a{'.a' * n}.b": "L" for n in range(24)},
        twins={f"a{'.a' * n}.b": f"a{'.a' * (n + 1)}" for n in range(24)},
        names=(),
    ),
    "a container of what is not there": described(contains={"a": ["z"]}),
    "a container that is not there": described(contains={"z": ["a"]}),
    "a container of numbers": described(contains={"a": [1]}),
    "a container that is none": described(contains={"a": 3}),
    "too many parts": described(types={str(n): "L" for n in range(100_000)}),
    "too many names": described(names=[f"{n}.w" for n in range(20_000)]),
    "a path that is too deep": described(types={DEEP: "L"}),
    "a name that is too deep": described(names=[DEEP]),
    "a name that is also a part": described(names=["a.weight", "a.weight.b"]),
    "no views": described(views=None),
    "memory of what is not there": described(views={"a.weight": ["b", 0, [1]]}),
    "memory of what comes later": described(
        names=["a.weight", "b"], views={"a.weight": ["b", 0, [1]]}
    ),
    "memory beyond the end": described(names=["a.weight", "b"], views={"b": ["a.weight", 1, [1]]}),
    "memory far beyond the end": described(
        names=["a.weight", "b"], views={"b": ["a.weight", 2**62, [2**62]]}
    ),
    "memory at no number of 64 bits": described(
        names=["a.weight", "b"], views={"b": ["a.weight", 2**64 - 1, [2**64 - 1]]}
    ),
    "memory before the start": described(
        names=["a.weight", "b"], views={"b": ["a.weight", -1, [1]]}
    ),
    "one place for all elements": described(
        names=["a.weight", "b"], views={"b": ["a.weight", 0, [0]]}
    ),
    "steps that are no numbers": described(
        names=["a.weight", "b"], views={"b": ["a.weight", 0, [True]]}
    ),
    "too few steps": described(names=["a.weight", "b"], views={"b": ["a.weight", 0, []]}),
    "no place in the memory": described(names=["a.weight", "b"], views={"b": ["a.weight"]}),
    "no names of parameters": described(parameters={1: 2}),
    "a state that is no tensor": described(state={"a": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_description_is_refused_or_harmless(name):
    begun = time.process_time()
    try:
        made = mirror(FORGED[name])
    except WireError:
        made = None
    assert time.process_time() - begun < 3
    if made is not None:  # odd, and whole
        assert name == "a name that is also a part"
        assert set(made.state_dict()) == {"a.weight", "a.weight.b"}
