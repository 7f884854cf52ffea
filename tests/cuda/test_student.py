"""Whole student processes: forks of a zygote, confined, each with a CUDA context of its own.

They need more than torch: IPython runs the cells, and the sandbox is Linux's.
"""

import os

import pytest

from nbjudge.process.limits import Limits

COMPUTES = """
import torch
before = torch.cuda.is_initialized()
x = torch.ones(300, 300, device="{device}", requires_grad=True)
(x @ x).sum().backward()
print(before, x.grad.device.type, x.grad[0, 0].item())
"""
CHANGES_NOTHING_FOR_OTHERS = """
import torch
torch.cuda.is_available() and torch.zeros(2**28, dtype=torch.uint8, device="cuda")
torch.set_default_device("{device}")
print(torch.ones(1).device.type)
"""


@pytest.fixture
def shown(students):
    """Return a function that runs a cell in a new student process, and gives what it prints."""
    from nbjudge.process.session import Session

    def shown(source):
        session = Session(students, Limits())
        try:
            ran = session.run(source)
            assert (ran.breach, ran.error) == (None, None)
            return "".join(one["text"] for one in ran.outputs if one["output_type"] == "stream")
        finally:
            session.close()

    return shown


def test_one_after_the_other_has_a_context_of_its_own(shown, device):
    for _ in range(2):
        assert shown(COMPUTES.format(device=device)).split() == ["False", device.type, "600.0"]


def test_what_one_leaves_behind_is_nothing_to_the_next(shown, device):
    assert shown(CHANGES_NOTHING_FOR_OTHERS.format(device=device)).split() == [device.type]
    assert shown("import torch\nprint(torch.ones(1).device.type)").split() == ["cpu"]


def test_the_zygote_has_no_context(students, shown, device):
    shown(COMPUTES.format(device=device))
    opened = [os.readlink(f"/proc/{students.pid}/fd/{one.name}") for one in
              os.scandir(f"/proc/{students.pid}/fd")]  # fmt: skip
    assert [path for path in opened if path.startswith("/dev/nvidia")] == []


def test_memory_is_bounded_where_there_is_no_gpu(students, device):
    policy = students.policy("/tmp", Limits())
    assert students.gpu == os.path.exists("/dev/nvidiactl")
    assert (policy["memory_bytes"] == 0) == policy["gpu"] == students.gpu
    if device.type == "cuda":
        assert students.gpu
