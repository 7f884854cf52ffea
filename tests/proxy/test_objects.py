"""Functions, classes and objects of a student, used through their proxies."""

from collections import OrderedDict, deque
from datetime import date

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from nbjudge.proxy.errors import RemoteError


def test_a_written_argument_is_written_in_the_judge_process_too(connect):
    remote = connect("def f(x, y):\n    y += 1\n    x.data.mul_(5)\n    return x", "f")
    x, y = torch.ones(2), torch.zeros(3)
    remote(x, y)
    assert (x.tolist(), y.tolist()) == ([5, 5], [1, 1, 1])


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("None", type(None)), ("[1, 'a', 2.5, True]", list), ("{'a': x, 'b': (x,)}", dict),
        ("collections.namedtuple('P', 'a b')(x, x)", tuple), ("{'a': x}.values()", tuple),
        ("x.half()", torch.Tensor), ("x.to(torch.bfloat16)", torch.Tensor), ("x > 0", torch.Tensor),
        ("x.t()[::2]", torch.Tensor), ("x.sum()", torch.Tensor), ("x[:0]", torch.Tensor),
        ("nn.Parameter(x)", torch.Tensor), ("x / 0", torch.Tensor), ("x.int()", torch.Tensor),
    ],
)  # fmt: skip
def test_results_of_every_kind_arrive_as_plain_data(connect, expression, kind):
    x = torch.arange(6.0).reshape(2, 3)
    result = connect(f"def f(x):\n    return {expression}", "f")(x)
    assert type(result) is kind
    if kind is torch.Tensor:
        expected = eval(expression, {"x": x, "torch": torch, "nn": nn})
        assert (result.dtype, result.shape) == (expected.dtype, expected.shape)
        assert torch.equal(result.nan_to_num(), expected.nan_to_num())


@pytest.mark.parametrize("expression", ["x.to_sparse()", "10**9999"])
def test_what_cannot_travel_arrives_as_a_name(connect, expression):
    result = connect(f"def f(x):\n    return {expression}", "f")(torch.eye(2))
    assert type(result).__mro__[1].__name__ == "Opaque"


def test_data_arrives_equal_as_argument_result_variable_and_attribute(connect):
    value = [2**70, {1, 2}, range(3), date(2024, 1, 1), OrderedDict(a=1), deque([1]), np.float64(2)]
    echo, given, make, found = connect(
        "import numpy as np\ndef echo(*x):\n    types.extend(map(type, x))\n    return list(x)\n"
        "def given():\n    return [one.__name__ for one in types]\n"
        "types, found = [], np.arange(100)\nclass Make:\n    held = {'a': np.ones((2, 3))}\n",
        "echo", "given", "Make", "found",
    ).values()  # fmt: skip
    arrived = echo(*value)
    assert arrived == value
    assert [type(one) for one in arrived] == [type(one) for one in value]
    assert given() == [type(one).__name__ for one in value]
    array = np.array([["a", "bc"]])
    np.testing.assert_array_equal(echo(array)[0], array)
    np.testing.assert_array_equal(found, np.arange(100))
    np.testing.assert_array_equal(make().held["a"], np.ones((2, 3)))


@pytest.mark.parametrize("first", ["import pandas\n", ""], ids=["imported", "not imported"])
def test_a_frame_arrives_where_pandas_is_imported_and_where_it_is_not(connect, first):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, pd.Index([3, 4], name="n"))
    double, found = connect(
        f"{first}def double(x):\n    return x.assign(a=2 * x.a)\n"
        "found = __import__('pandas').Series([1.5], ['a'])\n",
        "double", "found",
    ).values()  # fmt: skip
    pd.testing.assert_frame_equal(double(frame), frame.assign(a=[2, 4]))
    pd.testing.assert_series_equal(found, pd.Series([1.5], ["a"]))


def test_gradients_pass_through_an_ordered_dict(connect):
    x = torch.ones(2, requires_grad=True)
    source = "def f(x):\n    return collections.OrderedDict(a=x['a'] * 3, b=1)"
    result = connect(source, "f")(OrderedDict(a=x))
    assert type(result) is OrderedDict
    result["a"].sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_a_set_of_tensors_is_what_merely_unpacks(connect):
    result = connect("def f(x):\n    return {x, x + 1}", "f")(torch.zeros(1))
    assert type(result) is tuple
    assert sum(result) == 1


def test_an_object_that_is_no_module_gives_its_attributes(connect):
    made = connect(
        "class Thing:\n    value = 3\n    def __call__(self, x): return x + 1", "Thing"
    )()
    assert (made.value, made(1), type(made).__name__) == (3, 2, "Thing")
    with pytest.raises(RemoteError):
        _ = made.missing
