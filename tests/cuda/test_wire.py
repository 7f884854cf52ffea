"""Tensors cross the boundary between two processes, and stand on the same device afterwards."""

import pytest
import torch

from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.globals import tracked, usual
from nbjudge.boundary.wire import decode, encode

DTYPES = (
    torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.int64, torch.uint8,
    torch.bool, torch.complex64,
)  # fmt: skip


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_tensor_keeps_values_dtype_and_device(dtype, device):
    tensor = (torch.arange(12).reshape(3, 4) % 3).to(device, dtype)
    for sent in (tensor, tensor.mT, tensor[:, ::2], tensor[0, 0], tensor[:0]):
        found = decode(encode({"it": sent}))["it"]
        assert (found.dtype, found.device.type, found.shape) == (dtype, device.type, sent.shape)
        assert torch.equal(found, sent)


def test_a_tensor_that_requires_a_gradient_still_does(device):
    tensor = torch.ones(2, device=device, requires_grad=True)
    found = decode(encode([tensor, tensor * 2]))
    assert [(one.requires_grad, one.is_leaf, one.device.type) for one in found] == [
        (True, True, device.type)
    ] * 2


def test_a_device_that_is_not_there_is_refused(device):
    frame = encode([torch.ones(2, device=device)])
    name = str(torch.ones(1, device=device).device).encode()
    other = b"cuda:99"[: len(name)] if device.type == "cuda" else b"xpu"
    with pytest.raises(WireError):
        decode(frame.replace(name, other.ljust(len(name), b"9")))


def test_a_default_device_holds_outside_of_an_exercise_only(device):
    before = torch.empty(1).device
    torch.set_default_device(device)
    try:
        with usual():
            assert torch.empty(1).device.type == "cpu"
        assert torch.empty(1).device.type == device.type
        disturbed = []
        with tracked(disturbed, grad=True):
            torch.set_default_device(device)
        assert ("torch's default device" in disturbed) == (device.type == "cuda")
    finally:
        torch.set_default_device(None)
    assert torch.empty(1).device == before
