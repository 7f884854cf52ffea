"""The functions of a test that student code asks for: those it was given, and those that stand in.

It is the one way in which student code makes this process work. The arguments are the student's, so
everything about a call is bounded: the size of the message, the size of a whole number in it (a
length would else be a loop without end), the memory that all calls of an exercise take, and how
deep a function and student code call one another. Its time is counted, and ended, by
`process.student`. Nothing of a call is kept: for its gradients the function is called again.
"""

import contextlib
import os
import resource
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy
import torch
from torch import Tensor

from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.lineage import lineage
from nbjudge.boundary.trees import tensors
from nbjudge.boundary.wire import decode, encode, mapping, travels

_BOUNDS = Bounds(head=2**16, body=2**23)
_LARGEST = 2**20  # a number among the arguments
_MEMORY = 2**30  # bytes that the functions of an exercise may take
_DEEPEST = 100  # calls of functions and student code in one another
_LONGEST_TEXT = 300


class Answering:
    """Answers what student code asks of the test of one exercise, whose proxies are `objects`."""

    def __init__(self, objects: Any):
        self._objects = objects
        self._taken = 0  # bytes of address space before the first call
        self._depth = 0

    def answer(self, question: bytes) -> bytes:
        """Return the frame of a `messages.Answer` to the frame of a `messages.Asked`.

        What the function raises is in the answer. Raises `WireError` for a question of another
        form, and for a function that was not given to this student process.
        """
        asked = mapping(decode(question, _BOUNDS))
        functions, number = self._objects.offering.functions, asked.get("function")
        args, directions = asked.get("args"), asked.get("directions")
        kwargs = mapping(asked.get("kwargs", {}))
        known = type(number) is int and 0 <= number < len(functions)
        if not known or not isinstance(args, list):
            raise WireError("It asks for something that no test has offered.")
        if not (directions is None or isinstance(directions, list)):
            raise WireError("The directions of gradients are no list.")
        self._depth += 1
        try:
            self._check([*args, *kwargs.values()])
            args, kwargs = self._objects.seen(args), self._objects.seen(kwargs)
            before = encode([args, kwargs])
            with self._little_memory(), torch.set_grad_enabled(asked.get("grad") is not False):
                result = functions[number](*args, **kwargs)
                if encode([args, kwargs]) != before:
                    raise self._objects.refused("A function of a test changes its arguments.")
                if directions is not None:
                    result = _gradients(result, [args, kwargs], directions)
                return encode({"value": self._objects.offering.told(result)})
        except Exception as error:
            return encode({"raised": self._raised(error)})
        finally:
            self._depth -= 1

    def _check(self, given: list[Any]) -> None:
        large = next(_large(given), None)
        if large is not None:
            raise self._objects.refused(f"A number among the arguments is too large: {large}")
        if self._depth > _DEEPEST:
            raise self._objects.refused("A test and student code call one another too deeply.")

    def _raised(self, error: Exception) -> dict[str, Any]:
        """Return the `messages.ToldRaised` of an exception."""
        args = list(error.args)
        return {
            "name": type(error).__name__,
            "lineage": lineage(type(error), self._objects.scope),
            "args": args if all(map(travels, args)) else [str(error)[:_LONGEST_TEXT]],
        }

    @contextlib.contextmanager
    def _little_memory(self) -> Iterator[None]:
        """Let what the block allocates raise where functions take more memory than they may.

        By the address space of this process, for as long as the block runs. A GPU has a limit of
        its own, and maps more than it takes, so there the block is left alone.
        """
        if torch.cuda.is_initialized():
            yield
            return
        with open("/proc/self/statm", encoding="ascii") as file:
            now = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        self._taken = self._taken or now
        # What a function keeps of its arguments came before the block, where nothing is bounded.
        if now > self._taken + _MEMORY:
            raise MemoryError
        before = resource.getrlimit(resource.RLIMIT_AS)
        known = [one for one in (*before, self._taken + _MEMORY) if one != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min(known), before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)


def _large(value: Any) -> Iterator[Any]:
    """Yield the whole numbers in a value that are too large."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, range):
        value = [value.start, value.stop, value.step]
    if isinstance(value, list | tuple | set | frozenset | deque):
        for one in value:
            yield from _large(one)
    elif isinstance(value, int | numpy.integer) and not -_LARGEST <= value <= _LARGEST:
        yield value


def _gradients(result: Any, given: list[Any], directions: list[Any]) -> list[Tensor | None]:
    """Return the gradient of each tensor of `given`, None where it is not used."""
    pairs = zip([one for one in tensors(result) if one.requires_grad], directions, strict=True)
    used = [(output, direction) for output, direction in pairs if direction is not None]
    leaves = tensors(given)
    wanted = [leaf for leaf in leaves if leaf.requires_grad]
    if not used or not wanted:
        return [None] * len(leaves)
    outputs, along = zip(*used, strict=True)
    got = iter(torch.autograd.grad(outputs, wanted, along, allow_unused=True))
    return [next(got) if leaf.requires_grad else None for leaf in leaves]
