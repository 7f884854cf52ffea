"""What a test puts in the place of names and submodules, in a student process and in this one."""

import pytest
import torch
from torch import nn

from nbjudge.boundary.stand_ins import LAYERS
from nbjudge.course import RubricError
from nbjudge.process.session import Session
from nbjudge.proxy.errors import RemoteError
from nbjudge.rubric import Answered, Call, Layer, Table, call_all, same_class, standing_in

SOURCE = """
import copy
def positions(seq_len, width):
    return torch.zeros(seq_len, width)
class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.full((size,), 5.0))
    def forward(self, x):
        return x * self.weight
class Block(nn.Module):
    def __init__(self, size, heads=1):
        super().__init__()
        self.norm1 = Norm(size)
        self.linear = nn.Linear(size, size)
    def forward(self, x, mask=None):
        return self.linear(self.norm1(x)), x.mean(-1)
class Encoder(nn.Module):
    def __init__(self, size, count):
        super().__init__()
        one = Block(size, heads=2)
        self.blocks = nn.ModuleList(copy.deepcopy(one) for _ in range(count))
        self.norm = nn.LayerNorm(size)
    def forward(self, x, mask=None):
        x, maps = x + positions(width=x.shape[-1], seq_len=x.shape[-2]), []
        for block in self.blocks:
            x, weights = block(mask=mask, x=x)
            maps.append(weights)
        return self.norm(x), maps
def apply(f, *args):
    return positions(*args)
"""
NAMES = ("Encoder", "Block", "Norm", "positions", "apply")


@pytest.fixture(params=["there", "here"])
def defined(request, connect):
    """The names of a notebook: proxies of a student process, and objects of this process."""
    if request.param == "there":
        return connect(SOURCE, *NAMES)
    names = {"torch": torch, "nn": nn, "__name__": "__main__"}
    exec(SOURCE, names)
    return names


def fill(module, random=3):
    random = torch.Generator().manual_seed(random)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=random))


def test_a_layer_of_torchs_stands_in_for_a_submodule_and_its_parameters_are_there(defined):
    block, x = defined["Block"](4), torch.randn(3, 4)
    held, before = block.linear.weight, block(x)[0]
    with standing_in(block, {"norm1": Layer("LayerNorm", 4, eps=0.5)}):
        assert [n for n, _ in block.named_parameters()] == [
            "norm1.weight", "norm1.bias", "linear.weight", "linear.bias",
        ]  # fmt: skip
        assert not same_class(block.norm1, defined["Norm"])
        fill(block)
        right = nn.functional.layer_norm(x, (4,), block.norm1.weight, block.norm1.bias, 0.5)
        right = nn.functional.linear(right, block.linear.weight, block.linear.bias)
        assert torch.allclose(block(x)[0], right, atol=1e-5)
        (done,) = call_all([Call(block, (x,), directions=(torch.ones(3, 4), torch.ones(3)))])
        (expected,) = torch.autograd.grad(right.sum(), block.norm1.bias)
        assert torch.allclose(done.gradients["norm1.bias"], expected, atol=1e-5)
    assert same_class(block.norm1, defined["Norm"])
    assert block.linear.weight is held
    assert block.norm1.weight.tolist() == [5, 5, 5, 5]
    again = nn.functional.linear(5 * x, held, block.linear.bias)
    assert torch.allclose(block(x)[0], again, atol=1e-5)
    assert not torch.allclose(block(x)[0], before)  # what was loaded meanwhile stays


def test_a_state_that_was_loaded_before_is_not_lost(defined):
    block, x = defined["Block"](2), torch.randn(3, 2)
    fill(block)
    linear = [one.detach().clone() for one in block.linear.parameters()]
    with standing_in(block, {"norm1": Layer("Identity")}):
        assert torch.allclose(block(x)[0], nn.functional.linear(x, *linear), atol=1e-5)


def test_a_stand_in_takes_dtype_and_mode(defined):
    block = defined["Block"](2).double().eval()
    with standing_in(
        block, {"norm1": Layer("Sequential", one=Layer("Linear", 2, 2), drop=Layer("Dropout"))}
    ):
        assert block.norm1.one.weight.dtype == torch.float64
        x = torch.ones(1, 2, dtype=torch.float64)
        assert torch.equal(block(x)[0], block(x)[0])


def test_a_sequence_has_its_parts_under_their_names(defined):
    block, x = defined["Block"](2), torch.randn(3, 2)
    parts = Layer(
        "Sequential",
        linear1=Layer("Linear", 2, 6),
        relu=Layer("ReLU"),
        linear2=Layer("Linear", 6, 2),
    )
    with standing_in(block, {"linear": parts, "norm1": Layer("Identity")}):
        fill(block)
        hidden = torch.relu(nn.functional.linear(x, *block.linear.linear1.parameters()))
        right = nn.functional.linear(hidden, *block.linear.linear2.parameters())
        assert torch.allclose(block(x)[0], right, atol=1e-5)
        assert torch.allclose(block.linear(x), right, atol=1e-5)


def test_a_table_stands_in_for_a_function_whatever_way_it_is_called(defined):
    encoder, x = defined["Encoder"](4, 0), torch.zeros(2, 3, 4)
    table = torch.arange(12.0).reshape(3, 4)
    right = nn.functional.layer_norm(table.expand(2, 3, 4), (4,))
    with standing_in(
        defined["Encoder"], {"positions": Table([((3, 4), table), ((1, 4), table[:1])])}
    ):
        assert torch.allclose(encoder(x)[0], right, atol=1e-5)
        with pytest.raises(
            Exception, match=r"positions\(2, 4\) is called with arguments that"
        ) as one:
            encoder(x[:, :2])
        assert type(one.value).__name__ == "ValueError"
        assert torch.equal(defined["apply"](None, 3, 4), table)
        assert torch.equal(defined["positions"](3, 4), table) or "__builtins__" in defined
    assert torch.equal(encoder(x)[0], x)


def block_of_ours(x, mask=None):
    weights = torch.softmax(x, -1)
    return torch.tanh(x) * 2, weights.detach() if mask is None else weights * mask


def test_a_function_of_ours_answers_for_objects_of_a_class_and_is_differentiable(defined):
    x = torch.randn(2, 3, 4, requires_grad=True)
    stand_ins = {"Block": Answered(block_of_ours, made=True), "positions": Answered(_ones)}
    with standing_in(defined["Encoder"], stand_ins):
        encoder = defined["Encoder"](4, 2)
        assert [n for n, _ in encoder.named_parameters()] == ["norm.weight", "norm.bias"]
        assert type(encoder.blocks[0]).__name__ == "Block"
        fill(encoder)
        output, maps = encoder(x, None)
        inner = torch.tanh(torch.tanh(x + 1) * 2) * 2
        right = nn.functional.layer_norm(inner, (4,), encoder.norm.weight, encoder.norm.bias)
        assert torch.allclose(output, right, atol=1e-5)
        assert [one.requires_grad for one in maps] == [False, False]
        wanted = [x, encoder.norm.weight]
        expected = torch.autograd.grad((right**2).sum(), wanted)
        found = torch.autograd.grad((output**2).sum(), wanted)
        assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(found, expected, strict=True))
        mask = torch.tensor([1.0, 0, 1, 1])
        along = (torch.zeros(2, 3, 4), torch.ones(2, 3, 4), torch.ones(2, 3, 4))
        (done,) = call_all([Call(encoder, (x, mask), directions=along)])
        inner = torch.softmax(torch.tanh(x + 1) * 2, -1) * mask, torch.softmax(x + 1, -1) * mask
        (expected,) = torch.autograd.grad(sum(one.sum() for one in inner), x)
        assert torch.allclose(done.gradients[0], expected, atol=1e-5)
        with torch.no_grad():
            assert not encoder(x)[0].requires_grad
    assert type(defined["Encoder"](4, 1).blocks[0].norm1).__name__ == "Norm"
    assert not torch.allclose(encoder(x.detach())[0], right)  # its positions are its own again


def _ones(seq_len, width):
    return torch.ones(seq_len, width)


def test_gradients_that_are_asked_for_afterwards_still_come(defined):
    block, x = defined["Block"](2), torch.randn(3, 2, requires_grad=True)
    with standing_in(block, {"norm1": Answered(lambda x: x**3)}):
        output, _ = block(x)
    (found,) = torch.autograd.grad(output.sum(), x)
    assert torch.allclose(found, 3 * x**2 * block.linear.weight.sum(0), atol=1e-4)


def test_a_function_that_raises_raises_in_the_students_code(defined):
    block, x = defined["Block"](2), torch.randn(3, 2)

    def refuses(x):
        raise IndexError("of ours")

    with standing_in(block, {"norm1": Answered(refuses)}):
        with pytest.raises(Exception, match="of ours") as one:
            block(x)
        assert type(one.value).__name__ == "IndexError"
        (done,) = call_all([Call(block, (x,))])
        assert str(done.error) == "of ours"
    if isinstance(one.value, RemoteError):
        assert one.value.line == "return self.linear(self.norm1(x)), x.mean(-1)"


def test_stand_ins_within_stand_ins_end_one_after_the_other(defined):
    encoder, x = defined["Encoder"](2, 1), torch.randn(1, 3, 2)
    with standing_in(encoder, {"blocks.0.norm1": Layer("Tanh"), "norm": Layer("Identity")}):
        with standing_in(
            encoder.blocks[0], {"norm1": Layer("Identity"), "linear": Layer("Identity")}
        ):
            assert torch.equal(encoder(x)[0], x)
        linear = encoder.blocks[0].linear
        assert torch.allclose(encoder(x)[0], linear(torch.tanh(x)), atol=1e-6)
    with pytest.raises(ZeroDivisionError), standing_in(encoder, {"norm": Layer("Identity")}):
        raise ZeroDivisionError
    assert type(encoder.norm).__name__ == "LayerNorm"
    assert type(encoder.blocks[0].norm1).__name__ == "Norm"


def test_a_name_that_is_not_defined_stands_in_too_and_is_gone_afterwards(defined):
    with standing_in(defined["apply"], {"positions": Answered(_ones), "other": Table([])}):
        assert torch.equal(defined["apply"](None, 2, 3), torch.ones(2, 3))
    assert defined["apply"](None, 2, 3).sum() == 0


ODD = """
from torch.nn import functional as F
import functools
class Bare(Encoder):
    act = staticmethod(F.relu)
class Kept(nn.Module):
    act = staticmethod(F.relu)
    @torch.no_grad()
    def forward(self, x):
        return x + positions(*x.shape)
@functools.lru_cache
def cached(rows, width):
    return positions(rows, width)
class Calls:
    def __call__(self, rows, width):
        return positions(rows, width)
calls = Calls()
"""


@pytest.mark.parametrize("name", ["Bare", "Kept", "cached", "calls"])
def test_names_are_those_that_the_subject_looks_up(connect, name):
    subject = connect(SOURCE + ODD, name)
    check_stand_in(subject, name)
    assert not hasattr(nn.functional, "positions")


@pytest.mark.parametrize("name", ["Bare", "Kept", "cached"])
def test_names_are_those_that_the_subject_looks_up_in_this_process(name):
    names = {"torch": torch, "nn": nn, "__name__": "__main__"}
    exec(SOURCE + ODD, names)
    check_stand_in(names[name], name)
    assert not hasattr(nn.functional, "positions")


def check_stand_in(subject, name):
    """Expect sevens in the place of zeros; a norm makes them zeros again."""
    with standing_in(subject, {"positions": Answered(lambda *_: torch.full((3, 2), 7.0))}):
        if name in ("Bare", "Kept"):
            made = subject(2, 0) if name == "Bare" else subject()
            result = made(torch.tensor([[1.0, 2.0]] * 3))
            result = result[0] if name == "Bare" else result - torch.tensor([1.0, 2.0])
        else:
            result = subject(3, 2)
    expected = [[-1.0, 1.0]] * 3 if name == "Bare" else [[7.0, 7.0]] * 3
    assert torch.allclose(result, torch.tensor(expected), atol=1e-3)


def test_only_layers_of_the_list_stand_in_and_parts_have_names():
    assert all(issubclass(getattr(nn, name), nn.Module) for name in LAYERS)
    relu = Layer("ReLU")
    for kind, args, kwargs in (
        ("Module", (), {}),
        ("Linear", (), {"one": relu}),
        ("Sequential", (), {}),
        ("Sequential", (3,), {"a": relu}),
    ):
        with pytest.raises(RubricError):
            Layer(kind, *args, **kwargs)


def test_a_function_of_ours_may_call_what_the_student_defined(connect):
    found = connect(SOURCE, *NAMES)
    block, norm, x = found["Block"](2), found["Norm"](2), torch.ones(1, 2)
    with standing_in(block, {"norm1": Answered(lambda x: norm(x))}):
        called = block(x)
    with standing_in(block, {"norm1": Answered(lambda x: 5 * x)}):
        assert all(map(torch.equal, called, block(x)))


def test_no_source_and_no_object_of_ours_crosses(connect, monkeypatch):
    sent, ask = [], Session.ask
    monkeypatch.setattr(
        Session,
        "ask",
        lambda self, questions, *how: sent.extend(questions) or ask(self, questions, *how),
    )
    block = connect(SOURCE, *NAMES)["Block"](2)
    with standing_in(block, {"norm1": Answered(block_of_ours)}):
        call_all([Call(block, (torch.ones(1, 2),))])
    assert sent
    assert not any(b"softmax" in one or b"block_of_ours" in one for one in sent)
