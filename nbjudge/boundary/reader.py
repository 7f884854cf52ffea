"""The value that a head's structure stands for; believes nothing that the frame says of itself."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary import sharing, values
from nbjudge.boundary.bounds import DEEPEST, WireError
from nbjudge.boundary.dtypes import DTYPES
from nbjudge.boundary.references import Opaque, Reference, opaque

_PLAIN = {type(None), bool, int, float, str}
_CPU = torch.device("cpu")
_MOST_DIMENSIONS = 16
_MOST_ROOM = 2**26  # elements along all sides but empty ones
_MOST_OPAQUES = 2**16  # each has a class of its own, of two kilobytes


class Reader:
    """Turns a head's value into Python objects; `room` is left for what is shared."""

    def __init__(self, table: list[Any], shared: list[Any], body: memoryview, room: sharing.Size):
        self._table = table
        self._shared, self._room = shared, room
        self._values: dict[int, Any] = {}  # of `shared`
        self._sizes: list[sharing.Size | None] = [None] * len(shared)
        self._body = body
        self._left = len(body)  # bytes that no part has taken yet
        self._tensors: dict[int, Tensor] = {}
        self._opaques = 0
        self._readers: dict[str, Callable[..., Any]] = {
            "tensor": self._tensor,
            "bytes": self._bytes,
            "dtype": self._dtype,
            "device": _device,
            "opaque": self._opaque,
            "object": _reference,
        }

    def unpack(self, node: Any, depth: int) -> Any:
        """Return the value of a node `depth` lists deep; raises `WireError` if it is of none."""
        # `type`, not `isinstance`: msgpack makes plain types only.
        if type(node) in _PLAIN:
            return node
        if depth > DEEPEST or type(node) is not list or not node:
            raise WireError("The value is not made of known parts.")
        if node[0] == sharing.TAG:
            return self._shared_value(node[1:], depth)
        return self._made(node, depth)

    def _made(self, node: list[Any], depth: int) -> Any:
        tag, parts = node[0], node[1:]
        try:
            if values.is_tag(tag):
                below, unpack = depth + 1, self.unpack
                return values.from_parts(tag, [unpack(part, below) for part in parts])
            reader = self._readers.get(tag) if isinstance(tag, str) else None
            if reader is None:
                raise WireError("The value is not made of known parts.")
            return reader(*parts)
        except (TypeError, ValueError) as error:  # TypeError: too few or too many parts
            raise WireError(f"A value of kind {tag} has the wrong parts.") from error

    def _shared_value(self, parts: list[Any], depth: int) -> Any:
        row = parts[0] if len(parts) == 1 else None
        if not (type(row) is int and 0 <= row < len(self._shared)):
            raise WireError("A shared value is not in the table.")
        if row in self._values:
            self._count(self._sizes[row], depth)
            return self._values[row]
        node, self._shared[row] = self._shared[row], None  # so that it cannot hold itself
        if type(node) is not list or not node:
            raise WireError("A shared value holds itself, or is none.")
        self._values[row] = self._made(node, depth)
        self._sizes[row] = sharing.measured(node, self._sizes)
        return self._values[row]

    def _count(self, size: Any, depth: int) -> None:
        """Count a shared value in a further place."""
        head = self._room.head - size.head + sharing.PLACE
        self._room = self._room._replace(head=head, body=self._room.body - size.body)
        if min(self._room) < 0 or depth + size.height > self._room.height:
            raise WireError("The message is too large, or too deep, with what it shares.")

    def _tensor(self, index: int) -> Tensor:
        if not (type(index) is int and 0 <= index < len(self._table)):
            raise WireError("A tensor is not in the table.")
        if index not in self._tensors:
            row = self._table[index]
            if not (isinstance(row, list) and len(row) == 6):
                raise WireError("A row of the tensor table has the wrong parts.")
            self._tensors[index] = self._build(*row)
        return self._tensors[index]

    def _build(
        self, name: str, shape: list[int], device: str, requires_grad: bool, begin: int, size: int
    ) -> Tensor:
        # All is checked before a tensor is made. Python's integers do not overflow, so a product of
        # large sizes is compared rightly; a size of 0 may stand beside any other.
        dtype = self._dtype(name)
        place = _device(device)
        part = self._part(begin, size)
        numel = math.prod(_shape(shape))
        if numel * dtype.itemsize != size or not isinstance(requires_grad, bool):
            raise WireError("A tensor has not the size of its shape.")
        try:
            # Copied into a bytearray: a tensor must be writable, and must not share the frame with
            # another one. frombuffer refuses an empty buffer.
            tensor = (
                torch.frombuffer(bytearray(part), dtype=dtype).reshape(shape)
                if size
                else torch.empty(shape, dtype=dtype)
            )
            if place is not _CPU:
                tensor = tensor.to(place)
        except (RuntimeError, AssertionError, OverflowError) as error:
            raise WireError(f"A tensor of shape {shape} cannot be made on {place}.") from error
        differentiable = dtype.is_floating_point or dtype.is_complex
        return tensor.requires_grad_() if requires_grad and differentiable else tensor

    def _opaque(self, name: str) -> Opaque:
        self._opaques += 1
        if self._opaques > _MOST_OPAQUES:
            raise WireError("Too many things in the message do not travel.")
        return opaque(_text(name))

    def _bytes(self, begin: int, size: int) -> bytes:
        return bytes(self._part(begin, size))

    def _part(self, begin: int, size: int) -> memoryview:
        known = type(begin) is int and type(size) is int
        if not known or begin < 0 or size < 0 or begin + size > len(self._body):
            raise WireError("A part lies outside the body.")
        # Parts that overlap would let a small message unpack to a large one: a thousand rows could
        # name the same 64 MB. An honest sender uses each byte once, so the sum is bounded.
        self._left -= size
        if self._left < 0:
            raise WireError("The parts are larger than the body.")
        return self._body[begin : begin + size]

    def _dtype(self, name: str) -> torch.dtype:
        if not isinstance(name, str) or name not in DTYPES:
            raise WireError("A dtype is not known.")
        return DTYPES[name]


def _shape(shape: Any) -> list[int]:
    """Return `shape` if it is a list of possible sizes; raises `WireError` else."""
    if not isinstance(shape, list) or len(shape) > _MOST_DIMENSIONS:
        raise WireError("A shape is not a short list.")
    for size in shape:
        # `type`, because True is an instance of int.
        if type(size) is not int or not 0 <= size < 2**31:
            raise WireError("A shape has a size that is not possible.")
    # A tensor without elements weighs nothing, and its sum along the empty side may be huge.
    if 0 in shape and math.prod(size or 1 for size in shape) > _MOST_ROOM:
        raise WireError("A shape without elements is too large.")
    return shape


def _device(name: str) -> torch.device:
    """Return the device called `name`; raises `WireError` if it is none of the CPU and CUDA."""
    if name == "cpu":
        return _CPU
    kind, _, index = name.partition(":") if isinstance(name, str) else ("", "", "")
    if kind not in ("cpu", "cuda") or not (index == "" or (index.isascii() and index.isdigit())):
        raise WireError("A device is not known.")
    if kind == "cuda" and not torch.cuda.is_available():
        raise WireError("A tensor is on cuda, where there is none.")
    # A number of a device that is not there fails in `_build`, when a tensor moves to it.
    return torch.device(kind, min(int(index[:4]), 255)) if index else torch.device(kind)


def _reference(to: Any, kind: Any, name: Any) -> Reference:
    if type(to) not in (str, int):
        raise WireError("An object has no name or number.")
    return Reference(to, _text(kind), _text(name))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("A name is not text.")
    return value
