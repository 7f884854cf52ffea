"""A student's module, used through its proxy."""

import torch
from torch import nn

MODULE = """
class Layer(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.one = nn.Linear(size, size, bias=False)
        self.two = nn.Parameter(torch.ones(size))
        self.tied = self.one
        self.norm = nn.BatchNorm1d(size)
        self.plain = torch.ones(2)
        self.size = size
    def forward(self, x):
        return self.norm(self.one(x)) * self.two, self.training
"""


def test_a_module_is_used_as_if_it_were_in_one_process(connect):
    made = connect(MODULE, "Layer")(4)
    names = {"torch": torch, "nn": nn}
    exec(MODULE, names)
    local = names["Layer"](4)
    assert isinstance(made, nn.Module)
    assert [n for n, _ in made.named_parameters()] == [n for n, _ in local.named_parameters()]
    assert made.one.weight is made.tied.weight
    assert (type(made).__name__, type(made.one).__name__, made.size) == ("Layer", "Linear", 4)
    assert made.plain.tolist() == [1, 1]
    made.load_state_dict(local.state_dict())
    x = torch.randn(5, 4, requires_grad=True)
    for mode in (True, False):
        made.train(mode)
        local.train(mode)
        (here, training), (there, _) = made(x), local(x)
        assert training is mode
        assert torch.allclose(here, there, atol=1e-5)
        assert torch.allclose(made.norm.running_mean, local.norm.running_mean, atol=1e-5)
        of = ("one.weight", "two")
        gradients = []
        for module, output in ((made, here), (local, there)):
            parameters = dict(module.named_parameters())
            wanted = [x, *(parameters[name] for name in of)]
            gradients.append(torch.autograd.grad((output**3).sum(), wanted))
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(*gradients, strict=True))
    made.double()
    assert made(x.double())[0].dtype == torch.float64


SHARING = """
class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Parameter(torch.arange(6.0).reshape(2, 3))
        self.turned = nn.Parameter(self.one.data.t())
        self.row = nn.Parameter(self.one.data[1])
        self.register_buffer("spread", self.one.data[:, :1].expand(2, 2))
    def forward(self, apart=False):
        if apart:
            self.turned = nn.Parameter(self.turned.data.clone())
            self.row = nn.Parameter(self.row.data.clone())
            self.one.data.zero_()
        return self.one.clone(), self.turned.clone(), self.row.clone()
"""


def test_parameters_share_memory_as_they_do_over_there(connect):
    made = connect(SHARING, "Shared")()
    names = {"torch": torch, "nn": nn}
    exec(SHARING, names)
    for one in (made, names["Shared"]()):
        with torch.no_grad():
            one.turned[2, 1] = 50.0
            one.one[0, 0] = -1.0
        expected = [[-1, 1, 2], [3, 4, 50]]
        assert one.one.tolist() == expected
        assert one.row.tolist() == expected[1]
        assert one.turned.t().tolist() == expected
        assert one.spread.shape == (2, 2)
        whole, turned, row = one()
        assert (whole.tolist(), turned.t().tolist()) == (expected, expected)
        assert row.tolist() == expected[1]


def test_parameters_that_part_ways_do_so_here_too(connect):
    made = connect(SHARING, "Shared")()
    made(apart=True)
    assert (made.one.tolist(), made.row.tolist()) == ([[0, 0, 0]] * 2, [3, 4, 5])
    with torch.no_grad():
        made.row.fill_(7)
        made.turned.fill_(8)
    assert (made.one.tolist(), made.row.tolist()) == ([[0, 0, 0]] * 2, [7, 7, 7])
    assert made()[0].tolist() == [[0, 0, 0]] * 2
