"""What is global in a process, and what a call disturbs of it: settings, and random numbers.

A solution that sets torch's default dtype, or seeds a random generator, changes what other code
does later. A criterion may ask whether a call did so (`Call.watched`). A notebook may also have
such a line at its top; that is no fault of any exercise, so exercises are judged without (`usual`).
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import torch


class _Setting(NamedTuple):
    """A global setting of torch: how to read and to write it, and its usual value."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], Any]
    usual: Any


_CPU = torch.device("cpu")


def _default_device() -> torch.device:
    # Not get_default_device: it makes a tensor there, which raises where the device is missing.
    context = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    return torch.device("cpu") if context is None else context.device


def _set_default_device(device: torch.device) -> None:
    # None, because with a device each later call of torch passes through Python.
    torch.set_default_device(None if device == _CPU else device)


_SETTINGS = (
    _Setting(
        "torch's default dtype", torch.get_default_dtype, torch.set_default_dtype, torch.float32
    ),
    _Setting(
        "torch's default device",
        _default_device,
        _set_default_device,
        _CPU,
    ),
    _Setting(
        "torch's anomaly detection",
        torch.is_anomaly_enabled,
        torch.autograd.set_detect_anomaly,
        False,
    ),
    _Setting(
        "torch's autocast",
        lambda: torch.is_autocast_enabled("cpu"),
        lambda on: torch.set_autocast_enabled("cpu", on),
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


_GRAD = _Setting("torch's grad mode", torch.is_grad_enabled, torch.set_grad_enabled, True)


@contextmanager
def kept() -> Iterator[None]:
    """Put back at the end of the block what it sets of torch, the grad mode too."""
    before = [(one, one.read()) for one in (*_SETTINGS, _GRAD)]
    try:
        yield
    finally:
        for one, value in before:
            _set(one, one.read(), value)


@contextmanager
def usual() -> Iterator[None]:
    """Run the block with the usual settings; put back afterwards what a notebook has set."""
    before = [(one, one.read()) for one in _SETTINGS]
    with torch.inference_mode(False) if torch.is_inference_mode_enabled() else nullcontext():
        for one, value in before:
            _set(one, value, one.usual)
        try:
            yield
        finally:
            for one, value in before:
                _set(one, one.read(), value)


@contextmanager
def tracked(disturbed: list[str], grad: bool) -> Iterator[None]:
    """Add to `disturbed` the names of what the block changes; put all settings back afterwards.

    `grad` is the grad mode in which the block runs. When the block raises, settings are put back,
    and nothing is added.
    """
    # The block starts from the usual values. An earlier cell may have changed a setting, and a call
    # that sets it to the same value again would look innocent.
    before = [(one, one.read()) for one in (*_SETTINGS, _GRAD._replace(usual=grad))]
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
    """Add to `disturbed` whose random numbers the block draws, and whose it seeds.

    torch draws from a seed of ours meanwhile, and goes on afterwards as if nothing was drawn.
    """
    import numpy  # Imported in this function, so that a course without NumPy needs none.

    # One draw of each first. A generator that stands where a seed has just put it would not be
    # moved by a block that sets the same seed again.
    numpy.random.random(), random.random()
    own = int(torch.randint(2**62, ()))
    torchs, kept = torch.default_generator, torch.default_generator.get_state()
    torchs.manual_seed(own)
    before, seeded = _generators(numpy), set[str]()
    try:
        with _seeding(numpy.random, _NUMPY, seeded), _seeding(random, _PYTHON, seeded):
            yield
        seeded |= {_TORCH} if torchs.initial_seed() != own else set()
        moved = [name for name, state in _generators(numpy).items() if state != before[name]]
    finally:
        torchs.set_state(kept)
    disturbed += [*moved, *(f"the seed of {name}" for name in moved if name in seeded)]


@contextmanager
def _seeding(module: Any, name: str, seeded: set[str]) -> Iterator[None]:
    """Add `name` to `seeded` where the block calls the module's `seed`."""
    # Unlike torch's, the states of these generators do not tell a seed from a draw.
    usual = module.seed

    def seed(*args: Any, **kwargs: Any) -> None:
        seeded.add(name)
        usual(*args, **kwargs)

    module.seed = seed
    try:
        yield
    finally:
        module.seed = usual


_TORCH, _NUMPY, _PYTHON = (f"{one}'s random numbers" for one in ("torch", "NumPy", "Python"))


def _generators(numpy: Any) -> dict[str, Any]:
    _, keys, position, *_ = numpy.random.get_state()
    return {
        _TORCH: torch.get_rng_state().numpy().tobytes(),
        _NUMPY: (keys.tobytes(), position),
        _PYTHON: random.getstate(),
    }
