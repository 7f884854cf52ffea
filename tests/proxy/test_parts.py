"""Submodules of a student's module, used through their proxies."""

import pytest
import torch
from torch import nn

from nbjudge.proxy.errors import RemoteError
from nbjudge.rubric import Call, NotMet, call_all, same_class, standing_in
from nbjudge.rubric.stand_ins import Layer

BLOCKS = """
class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = 0.5
    def forward(self, x):
        return x * self.weight
class Block(nn.Module):
    def __init__(self, size, norm=Norm):
        super().__init__()
        self.norm1 = norm(size)
        self.linear = nn.Linear(size, size)
        self.act = nn.ReLU()
        self.kept = [nn.Linear(size, size)]
    def forward(self, x, mask=None):
        return self.act(self.linear(self.norm1(x))), [x, 2 * x]
class Encoder(nn.Module):
    def __init__(self, size, count):
        super().__init__()
        self.blocks = nn.ModuleList(Block(size) for _ in range(count))
        self.embedding = nn.Embedding(5, size)
    @property
    def first(self):
        return self.blocks[0]
    @property
    def broken(self):
        raise ValueError("own")
    def forward(self, tokens):
        x, maps = self.embedding(tokens), []
        for block in self.blocks:
            x, weights = block(x)
            maps += weights
        return x, maps
"""


def here(source, name):
    names = {"torch": torch, "nn": nn, "__name__": "__main__"}
    exec(source, names)
    return names[name]


@pytest.fixture
def pair(connect):
    """Return a function that makes an object there and one here, with one state."""

    def pair(source, name, *args):
        there, local = connect(source, name)(*args), here(source, name)(*args)
        there.load_state_dict(local.state_dict())
        return there, local

    return pair


def test_a_submodule_is_called_by_itself_with_the_state_of_the_mirror(pair):
    there, local = pair(BLOCKS, "Encoder", 4, 2)
    x = torch.randn(3, 4, requires_grad=True)
    for part in (lambda e: e.blocks[1], lambda e: e.blocks[1].norm1, lambda e: e.blocks[0].act):
        assert torch.equal(_first(part(there)(x)), _first(part(local)(x)))
    with torch.no_grad():
        there.blocks[1].norm1.weight.fill_(3)
    assert torch.equal(there.blocks[1].norm1(x), 3 * x)
    assert torch.equal(there.get_submodule("blocks.1.norm1")(x), 3 * x)
    assert [type(one).__name__ for one in there.blocks[0].children()] == ["Norm", "Linear", "ReLU"]
    assert [n for n, _ in there.named_modules()] == [n for n, _ in local.named_modules()]


def _first(result):
    return result[0] if isinstance(result, tuple) else result


def test_gradients_of_a_submodule_equal_the_local_ones(pair):
    there, local = pair(BLOCKS, "Encoder", 4, 2)
    x = torch.randn(3, 4, requires_grad=True)
    along = torch.randn(3, 4)
    found = []
    for encoder in (there, local):
        block = encoder.blocks[1]
        result, (same, twice) = block(x)
        total = (result * along).sum() + (same + twice).sum()
        found.append(torch.autograd.grad(total, [x, *block.parameters()]))
        (done,) = call_all([Call(block, (x,), directions=(along, along, along))])
        assert {0, "norm1.weight", "linear.weight", "linear.bias"} == set(done.gradients)
        found.append([done.gradients[0], done.gradients["linear.weight"]])
    for one, other in zip(found[:2], found[2:], strict=True):
        assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(one, other, strict=True))


def test_a_state_that_was_loaded_travels_first_with_calls_of_parts_and_of_the_whole(pair):
    there, _ = pair(BLOCKS, "Encoder", 4, 2)
    x, tokens = torch.ones(1, 4), torch.tensor([[0, 1]])
    with torch.no_grad():
        there.blocks[0].norm1.weight.fill_(0)
        there.blocks[0].linear.bias.fill_(7)
    part, other, whole = call_all(
        [Call(there.blocks[0].norm1, (x,)), Call(there.blocks[0], (x,)), Call(there, (tokens,))]
    )
    assert torch.equal(part.value(), 0 * x)
    assert torch.equal(other.value()[0], torch.full((1, 4), 7.0))
    assert whole.value()[0].shape == (1, 2, 4)


def test_integers_go_in_and_lists_of_tensors_come_out(pair):
    there, local = pair(BLOCKS, "Encoder", 4, 3)
    tokens = torch.tensor([[0, 3, 4]])
    for encoder in (there, local):
        output, maps = encoder(tokens)
        assert (type(maps), len(maps)) == (list, 6)
        gradient = torch.autograd.grad(output.sum() + maps[1].sum(), encoder.embedding.weight)[0]
        assert gradient.shape == (5, 4)
        assert gradient[0].abs().sum() > 0
        assert gradient[1].abs().sum() == 0
        directions = tuple(torch.ones(1, 3, 4) for _ in range(7))
        (done,) = call_all([Call(encoder, (tokens,), directions=directions)])
        assert type(done.value()[1]) is list
        assert set(done.gradients) == {name for name, _ in encoder.named_parameters()}


CONTAINERS = """
class Own(nn.Module):
    def __init__(self, many):
        super().__init__()
        for number, one in enumerate(many):
            self.add_module(f"part{number}", one)
        self.many = len(many)
    def __len__(self): return self.many
    def __getitem__(self, index):
        if not 0 <= index < self.many: raise IndexError(index)
        return getattr(self, f"part{index}")
class Raises(Own):
    def __iter__(self): raise SystemExit(3)
class Holds(nn.Module):
    def __init__(self):
        super().__init__()
        shared = nn.Linear(2, 2)
        self.listed = nn.ModuleList([shared, nn.ReLU(), shared])
        self.keyed = nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.Tanh()})
        self.sequence = nn.Sequential(nn.Linear(2, 2), nn.Tanh())
        self.own = Own([nn.Linear(2, 2), nn.ReLU()])
        self.raises = Raises([nn.Linear(2, 2)])
        self.twin = self.sequence
        self.empty = nn.ModuleList()
    def forward(self, x): return x
"""


def test_containers_are_indexed_iterated_and_counted_as_the_students(pair):
    there, local = pair(CONTAINERS, "Holds")
    for made in (there, local):
        for name, kinds in {
            "listed": ["Linear", "ReLU", "Linear"],
            "sequence": ["Linear", "Tanh"],
            "own": ["Linear", "ReLU"],
            "empty": [],
        }.items():
            held = getattr(made, name)
            assert [type(one).__name__ for one in held] == kinds
            assert len(held) == len(kinds)
            assert [held[n] for n in range(len(kinds))] == list(held)
        assert made.listed[0] is made.listed[-1]
        assert made.listed[0] is not made.sequence[0]
        assert len(list(made.listed.children())) == 2
        assert made.twin is made.sequence
        assert next(iter(made.listed[1:])) is made.listed[1]
        assert list(made.keyed) == list(made.keyed.keys()) == ["a", "b"]
        assert "a" in made.keyed
        assert "c" not in made.keyed
        assert dict(made.keyed.items())["b"] is made.keyed["b"]
        assert list(made.keyed.values()) == [made.keyed["a"], made.keyed["b"]]
        with pytest.raises(IndexError):
            made.listed[3]
        with pytest.raises(KeyError):
            made.keyed["c"]
    with pytest.raises(TypeError):
        iter(there.raises)
    x = torch.randn(3, 2)
    assert torch.equal(there.own[0](x), local.own[0](x))
    assert torch.equal(there.listed[2](x), local.listed[0](x))


def test_a_module_that_is_a_container_itself_is_one(pair):
    source = (
        "class Layers(nn.Sequential):\n"
        "    def __init__(self): super().__init__(nn.Linear(2, 3), nn.ReLU())\n"
    )
    there, local = pair(source, "Layers")
    assert len(there) == len(local) == 2
    x = torch.randn(4, 2)
    assert torch.equal(there[0](x), local[0](x))


def test_what_is_no_submodule_says_so(pair):
    there, _ = pair(BLOCKS, "Encoder", 4, 1)
    block, x = there.blocks[0], torch.ones(1, 4)
    with pytest.raises(NotMet, match="registered submodule; found Linear"):
        block.kept[0](x)
    with (
        pytest.raises(NotMet, match="hold a submodule 'kept'"),
        standing_in(block, {"kept": Layer("ReLU")}),
    ):
        pass
    with pytest.raises(RemoteError, match="own"):
        _ = there.broken
    # As in one process: torch asks with `hasattr`.
    with pytest.raises(AttributeError, match="no attribute `norm7`"):
        block.get_submodule("norm7")
    assert torch.equal(there.first.norm1(x), block.norm1(x))
    assert there.first is there.blocks[0]
    assert block.norm1.eps == 0.5


def test_a_registered_part_that_an_attribute_shadows_is_called(pair):
    source = (
        "class Odd(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        "        self._modules['norm1'] = nn.Tanh()\n"
        "    def norm1(self, x): return x\n"
        "    def forward(self, x): return self.norm1(x)\n"
    )
    there, _ = pair(source, "Odd")
    x = torch.ones(2)
    assert torch.equal(there.get_submodule("norm1")(x), torch.tanh(x))
    assert torch.equal(there(x), x)


def test_whose_class_a_part_has(connect):
    found = connect(
        BLOCKS + "\nLinear = nn.Linear\nMine = lambda: 1", "Block", "Norm", "Linear", "Mine"
    )
    block = found["Block"](4)
    assert same_class(block.norm1, found["Norm"])
    assert same_class(block, found["Block"])
    assert not same_class(block.norm1, found["Block"])
    assert same_class(block.linear, found["Linear"])
    assert not same_class(block.norm1, found["Mine"])
    assert not same_class(block.norm1, None)
    assert not same_class(block.norm1, nn.LayerNorm)
