"""What a call changed in the lists, dicts and sets of a test."""

import pytest
import torch

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.references import opaque
from nbjudge.proxy.contents import take_over


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("x.append(1)", [], [1]),
        ("x.clear()", [1, 2], []),
        ("x[0].append(3); x[1]['a'] = [x.pop()]", [[], {}, 5], [[3], {"a": [5]}]),
        ("del x['a']; x['b'] = 2; x[3] = {}", {"a": 1}, {"b": 2, 3: {}}),
        ("x[0][1].append('no')", ([0, []], 1), ([0, ["no"]], 1)),
        ("x = x + [1]", [0], [0]),
    ],
    ids=["append", "clear", "nested", "dict", "in a tuple", "another one"],
)
def test_a_list_of_the_tests_is_changed_in_place(connect, code, before, after):
    f, thing = connect(
        f"def f(x): {code}\nclass Thing:\n    def __init__(self, one, x): {code}", "f", "Thing"
    ).values()
    for call in (f, lambda x: f(x=x), lambda x: thing(1, x)):
        given = eval(repr(before))
        inner = [one for one in given if isinstance(one, list | dict)]
        call(given)
        assert given == after
        assert all(any(one is two for two in given) for one in inner)


def test_tensors_in_a_list_keep_what_they_are(connect):
    remote = connect("def f(x):\n    x[0] += 1\n    x.append(x[1] * 2)\n    return x[1] * 3", "f")
    one, two = torch.zeros(2), torch.ones(2, requires_grad=True)
    given = [one, two]
    result = remote(given)
    assert given[0] is one
    assert given[1] is two
    assert (one.tolist(), given[2].tolist()) == ([1, 1], [2, 2])
    result.sum().backward()
    assert two.grad.tolist() == [3, 3]


def test_what_does_not_travel_stays_in_its_place():
    thing = object()
    given = [thing, 1]
    take_over([given], {}, {"contents": [[[opaque("object"), 2]], {}]})
    assert given == [thing, 2]


def test_a_set_gets_new_contents_in_place():
    given = {1}
    take_over([], {"x": given}, {"contents": [[], {"x": {2, 3}}]})
    assert given == {2, 3}


@pytest.mark.parametrize(
    "told",
    [None, [[[1]]], [[[1], [2]], {}], [[[1]], {"y": []}], {"args": []}, [3, {}], [[[1]], 5]],
    ids=["nothing", "short", "more", "a name", "a dict", "a number", "no names"],
)
def test_contents_of_other_arguments_are_refused(told):
    given = [0]
    with pytest.raises(WireError):
        take_over([given], {}, {"contents": told})
    assert given == [0]
