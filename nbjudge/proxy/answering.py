"""The functions of stand-ins, which student code asks for.

It is the one way in which student code makes this process work. The arguments are the student's, so
everything about a call is bounded: the size of the message, the size of a whole number in it (a
length would else be a loop without end), and the memory that the function takes. Its time is
counted by `process.student`. Nothing of a call is kept: for its gradients the function is called
again.
"""

import contextlib
import os
import resource
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy
import torch
from torch import Tensor

from nbjudge.boundary.trees import tensors
from nbjudge.boundary.wire import Bounds, WireError, decode, encode, mapping

_BOUNDS = Bounds(head=2**16, body=2**23)
_LARGEST = 2**20  # a number among the arguments
_MEMORY = 2**30  # bytes that a function may take
_LONGEST_TEXT = 300


def answer(functions: Sequence[Callable[..., Any]], question: bytes) -> bytes:
    """Return the frame of a `messages.Answer` to the frame of a `messages.Asked`.

    What the function raises is in the answer. Raises `WireError` for a question of another form,
    and for a function that was not given to this student process.
    """
    asked = mapping(decode(question, _BOUNDS))
    number, args, directions = asked.get("function"), asked.get("args"), asked.get("directions")
    if type(number) is not int or not 0 <= number < len(functions) or not isinstance(args, list):
        raise WireError("It asks for something that no test has offered.")
    if not (directions is None or isinstance(directions, list)):
        raise WireError("The directions of gradients are no list.")
    try:
        _check_numbers(args)
        with _little_memory(), torch.set_grad_enabled(asked.get("grad") is not False):
            result = functions[number](*args)
            value = result if directions is None else _gradients(result, args, directions)
            return encode({"value": value})
    except Exception as error:
        text = str(error)[:_LONGEST_TEXT]
        return encode({"raised": {"name": type(error).__name__, "text": text}})


def _check_numbers(value: Any) -> None:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, range):
        value = [value.start, value.stop, value.step]
    if isinstance(value, list | tuple | set | frozenset | deque):
        for one in value:
            _check_numbers(one)
    elif isinstance(value, int | numpy.integer) and not -_LARGEST <= value <= _LARGEST:
        raise ValueError(f"A number among the arguments is too large: {value}")


def _gradients(result: Any, args: list[Any], directions: list[Any]) -> list[Tensor | None]:
    """Return the gradient of each tensor of `args`, None where it is not used."""
    pairs = zip([one for one in tensors(result) if one.requires_grad], directions, strict=True)
    used = [(output, direction) for output, direction in pairs if direction is not None]
    leaves = tensors(args)
    wanted = [leaf for leaf in leaves if leaf.requires_grad]
    if not used or not wanted:
        return [None] * len(leaves)
    outputs, along = zip(*used, strict=True)
    got = iter(torch.autograd.grad(outputs, wanted, along, allow_unused=True))
    return [next(got) if leaf.requires_grad else None for leaf in leaves]


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    """Let what the block allocates raise where it takes more memory than a function may.

    By the address space of this process, for as long as the block runs. A GPU has a limit of its
    own, and maps more than it takes, so there the block is left alone.
    """
    if torch.cuda.is_initialized():
        yield
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        taken = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    before = resource.getrlimit(resource.RLIMIT_AS)
    known = [one for one in (*before, taken + _MEMORY) if one != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(known), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
