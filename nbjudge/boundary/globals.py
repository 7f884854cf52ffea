"""What is global in a process and what a call disturbs of it: settings, and random numbers."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch


class _Setting(NamedTuple):
    """A setting of torch that others use too: how to read and to write it, and its usual value."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], Any]
    usual: Any


_SETTINGS = (
    _Setting(
        "torch's default dtype", torch.get_default_dtype, torch.set_default_dtype, torch.float32
    ),
    _Setting(
        "torch's default device",
        torch.get_default_device,
        torch.set_default_device,
        torch.device("cpu"),
    ),
    _Setting(
        "torch's anomaly detection",
        torch.is_anomaly_enabled,
        torch.autograd.set_detect_anomaly,
        False,
    ),
    _Setting("torch's number of threads", torch.get_num_threads, torch.set_num_threads, 1),
    _Setting(
        "torch's deterministic mode",
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
        False,
    ),
    _Setting(
        "torch's matmul precision",
        torch.get_float32_matmul_precision,
        torch.set_float32_matmul_precision,
        "highest",
    ),
)


@contextmanager
def tracked(disturbed: list[str], grad: bool) -> Iterator[None]:
    """Note what the block changes of what is global, and put settings back.

    Those have their usual value before: an earlier call may have changed them already.
    """
    mode = _Setting("torch's grad mode", torch.is_grad_enabled, torch.set_grad_enabled, grad)
    before = [(one, one.read()) for one in (*_SETTINGS, mode)]
    for one, value in before:
        _set(one, value, one.usual)
    with _random_numbers(disturbed):
        try:
            yield
            disturbed += [one.name for one, _ in before if one.read() != one.usual]
        finally:
            for one, value in before:
                _set(one, one.read(), value)


def _set(one: _Setting, old: Any, new: Any) -> None:
    if old != new:
        one.write(new)


@contextmanager
def _random_numbers(disturbed: list[str]) -> Iterator[None]:
    """Note whose random numbers the block draws or seeds."""
    import numpy  # here, so that a course without NumPy needs none

    # Away from where a seed begins: the same seed set twice would change nothing.
    torch.rand(1), numpy.random.random(), random.random()
    before = _generators(numpy)
    yield
    disturbed += [name for name, state in _generators(numpy).items() if state != before[name]]


def _generators(numpy: Any) -> dict[str, Any]:
    _, keys, position, *_ = numpy.random.get_state()
    return {
        "torch's random numbers": torch.get_rng_state().numpy().tobytes(),
        "NumPy's random numbers": (keys.tobytes(), position),
        "Python's random numbers": random.getstate(),
    }
