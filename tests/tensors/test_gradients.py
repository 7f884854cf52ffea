"""Gradients are asked of what the formula knows, and of a frozen parameter only where it must."""

import pytest
import torch
from torch import nn

from nbjudge import tensors
from nbjudge.rubric import NotMet
from nbjudge.tensors import Case, Formula

FORMULA = Formula(lambda known, x: x * known["weight"], ("the result",), ("x",))


class Scale(nn.Module):
    """x * weight + offset, where the formula knows no offset."""

    def __init__(self, frozen=False, offset=0.0):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3), requires_grad=not frozen)
        self.offset = nn.Parameter(torch.full((3,), offset))

    def forward(self, x):
        return x * self.weight + self.offset


def check(module, **how):
    random = torch.Generator().manual_seed(0)
    case = Case(module, (torch.randn(2, 3, generator=random),), FORMULA, {"weight": torch.ones(3)})
    tensors.gradients([case], random, **how)


def test_a_parameter_that_the_formula_does_not_know_may_have_any_gradient():
    check(Scale())


def test_a_frozen_parameter_passes_only_where_its_name_is_said():
    check(Scale(frozen=True), frozen=("weight",))
    for how in ({}, {"frozen": ("bias",)}):
        with pytest.raises(NotMet, match="No gradient reaches weight"):
            check(Scale(frozen=True), **how)


def test_values_beyond_the_tolerance_are_not_right_so_their_gradients_only_have_to_be_there():
    class Off(Scale):
        def forward(self, x):
            return super().forward(x) + 5e-4 * (100 * x).sin()  # its slope is wrong

    with pytest.raises(NotMet, match="The gradient of x should follow the formula"):
        check(Off())
    check(Off(), tolerance=1e-4)


def relu(x):
    """A hinge a little beside 0, as rounding moves it."""
    return (x - 1e-7).relu()


def detached(x):
    """Right values, and half of the gradient."""
    return x.relu() / 2 + x.relu().detach() / 2


@pytest.mark.parametrize(("function", "near", "passes"), [
    (relu, True, True),
    (relu, False, True),
    (detached, False, False),
    (lambda x: x.relu().detach() + 0 * x, True, False),
])  # fmt: skip
def test_at_a_kink_a_gradient_only_has_to_be_there(function, near, passes):
    x = torch.tensor([[0.5, -0.5, 5e-8 if near else 0.5]])
    case = Case(function, (x,), Formula(lambda _, x: x.relu(), ("the result",), ("x",)))
    random = torch.Generator().manual_seed(0)
    if passes:
        return tensors.gradients([case], random)
    with pytest.raises(NotMet, match="The gradient of x"):
        tensors.gradients([case], random)


def test_a_formula_answers_in_the_dtype_of_its_first_argument():
    x, weight = torch.ones(2, 3, requires_grad=True), torch.ones(3, requires_grad=True)
    result = FORMULA.native({"weight": weight}, x)
    assert result.dtype is torch.float32
    result.sum().backward()
    assert weight.grad.tolist() == [2.0, 2.0, 2.0]
