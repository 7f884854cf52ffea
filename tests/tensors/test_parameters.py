"""Loading a student's module, in this process: shared memory and parts that hide from torch."""

import pytest
import torch
from torch import nn

from nbjudge.rubric import NotMet
from nbjudge.tensors import parameters


def layers(change):
    module = nn.Module()
    module.one, module.two = nn.Linear(2, 3, bias=False), nn.Linear(3, 2, bias=False)
    change(module)
    return module


def tied(module):
    module.two.weight = nn.Parameter(module.one.weight.data.t())


def test_one_memory_under_two_names_gets_the_values_of_the_first():
    module = layers(tied)
    values = {"one.weight": torch.rand(3, 2), "two.weight": torch.rand(2, 3)}
    stored = parameters.load(module, values)
    assert torch.equal(module.one.weight, values["one.weight"])
    for name, parameter in module.named_parameters():
        assert torch.equal(stored[name], parameter)
    with pytest.raises(NotMet, match=r"'two\.weight' and 'one\.weight' are one and the same"):
        parameters.check(module, {name: tuple(value.shape) for name, value in values.items()})


def hidden(module):
    module.__dict__["two"] = module._modules.pop("two")


def test_a_part_that_hides_from_torch_counts_as_nothing_as_across_the_border():
    module = layers(hidden)
    assert parameters.attribute(module, "two.weight") is None
    assert parameters.attribute(module, "one.weight") is module.one.weight
    with pytest.raises(NotMet, match=r"'two\.weight' of shape"):
        parameters.load(module, {"two.weight": torch.rand(2, 3)})
