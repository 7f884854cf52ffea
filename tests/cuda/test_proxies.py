"""A test calls what a notebook defined in another process, with tensors on a device.

The other process has a CUDA context of its own. It is a student process without shell and sandbox.
"""

import pytest
import torch

from nbjudge.proxy.errors import RemoteError
from nbjudge.rubric import Call, NotMet, call_all, expect

SOURCE = """
def scaled(x, factor):
    return x * factor, x.sum()

def writes(x):
    x += 1
    return x

def on_the_cpu(x):
    return x.cpu() * 2

def mixes(x):
    return x + torch.ones(x.shape, device="cpu")

def context():
    return torch.cuda.is_initialized()

class Layer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return self.linear(x)
"""
NAMES = ("scaled", "writes", "on_the_cpu", "mixes", "context", "Layer")


@pytest.fixture
def names(answering):
    return answering(SOURCE, *NAMES)


def test_results_and_gradients_stand_on_the_device_of_the_arguments(names, device):
    x = torch.arange(3.0, device=device, requires_grad=True)
    factor = torch.tensor(2.0, device=device, requires_grad=True)
    product, total = names["scaled"](x, factor)
    assert (product.device.type, total.device.type) == (device.type, device.type)
    (product.sum() + 3 * total).backward()
    assert (x.grad.device.type, factor.grad.device.type) == (device.type, device.type)
    assert (x.grad.tolist(), factor.grad.tolist()) == ([5.0] * 3, 3.0)


def test_what_a_call_writes_into_its_argument_is_written_on_the_device(names, device):
    x = torch.zeros(2, device=device)
    names["writes"](x)
    assert (x.tolist(), x.device.type) == ([1.0, 1.0], device.type)


def test_a_layer_moves_between_devices_and_dtypes_with_its_mirror(names, device):
    layer = names["Layer"](4)
    weight, bias = torch.randn(4, 4), torch.randn(4)
    layer.load_state_dict({"linear.weight": weight, "linear.bias": bias, "calls": torch.zeros(())})
    x = torch.randn(2, 4)
    places = (
        (device, torch.float32),
        (device, torch.float64),
        (torch.device("cpu"), torch.float32),
    )
    for place, dtype in places:
        layer.to(place, dtype)
        result = layer(x.to(place, dtype))
        assert (result.device.type, result.dtype) == (place.type, dtype)
        wanted = x.double() @ weight.double().mT + bias.double()
        assert torch.allclose(result.double().cpu(), wanted, atol=1e-5)
        (gradient,) = torch.autograd.grad(result.sum(), [layer.get_parameter("linear.bias")])
        assert (gradient.device.type, gradient.tolist()) == (place.type, [2.0] * 4)
        assert layer.get_buffer("calls").device.type == place.type
    assert layer.get_buffer("calls").item() == 3


def test_many_calls_in_one_message_give_gradients_on_the_device(names, device):
    layer = names["Layer"](3).to(device)
    x = torch.randn(2, 3, device=device, requires_grad=True)
    along = (torch.ones(2, 3, device=device),)
    first, second = call_all([Call(layer, (x,), directions=along), Call(layer, (x,), watched=True)])
    assert first.value().device.type == device.type
    assert set(first.gradients) == {0, "linear.weight", "linear.bias"}
    assert {one.device.type for one in first.gradients.values()} == {device.type}
    assert torch.equal(first.value(), second.value())
    assert (second.changed, second.disturbed) == ((), ())


def test_a_result_on_another_device_is_told(names, device):
    x = torch.ones(2, device=device)
    result = names["on_the_cpu"](x)
    if device.type == "cpu":
        expect.kind(result, torch.float32, device, "the output")
    else:
        with pytest.raises(NotMet, match="cuda"):
            expect.kind(result, torch.float32, device, "the output")


def test_tensors_on_two_devices_are_the_students_error(names, device):
    x = torch.ones(2, device=device)
    if device.type == "cpu":
        assert names["mixes"](x).tolist() == [2.0, 2.0]
    else:
        with pytest.raises(RemoteError, match="same device"):
            names["mixes"](x)


@pytest.mark.parametrize("device", [pytest.param("cuda", marks=pytest.mark.cuda)], indirect=True)
def test_each_process_has_a_context_of_its_own(names, device):
    names["scaled"](torch.ones(2, device=device), torch.ones((), device=device))
    assert names["context"]() is True
    assert torch.cuda.is_initialized()
