"""Functions, classes and objects of a student, used through their proxies."""

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
        ("collections.namedtuple('P', 'a b')(x, x)", tuple), ("(i for i in (x, x))", tuple),
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


@pytest.mark.parametrize("expression", ["object()", "open", "x.to_sparse()", "10**30", "iter"])
def test_what_cannot_travel_arrives_as_a_name(connect, expression):
    result = connect(f"def f(x):\n    return {expression}", "f")(torch.eye(2))
    assert type(result).__mro__[1].__name__ == "Opaque"


def test_an_object_that_is_no_module_gives_its_attributes(connect):
    made = connect(
        "class Thing:\n    value = 3\n    def __call__(self, x): return x + 1", "Thing"
    )()
    assert (made.value, made(1), type(made).__name__) == (3, 2, "Thing")
    with pytest.raises(RemoteError):
        _ = made.missing
