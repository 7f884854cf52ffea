"""Tensors and data to bytes and back, within bounds: only data crosses the trust boundary.

A message is one frame:

    1 byte    version of the protocol: of this layout, and of the messages in `messages.py`
    8 bytes   sizes of the two parts that follow, unsigned big-endian
    head      msgpack: [value, tensor table, table of shared values], a value being a scalar or a
              list [tag, ...]; `values` has the tags of the kinds that travel in parts
    body      the raw bytes of tensors and byte strings, one after another

The rules of the decoder, whose input may be written by student code:

    bounds first    nothing is allocated before its size is known to be within `Bounds`
    data only       no class is looked up by name; a value of another kind travels as an `Opaque`,
                    which knows only the name of its type
    no overlap      the parts of the body are counted, so that one part cannot be used many times
    shared counts   a value that stands in many places counts in each (`sharing`), and holds not
                    itself
    one failure     whatever does not decode raises `WireError`

Why not pickle: it runs code while it loads (Python's documentation, "pickle: Warning").
Why not safetensors: its table holds named tensors, and a message is mostly lists, dicts and
numbers around them. The idea of a table before one buffer of raw bytes is the same.
Why msgpack: it makes objects of plain types only, from a buffer whose size is bounded already.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgpack
import torch
from torch import Tensor

from nbjudge.boundary import sharing, values

VERSION = 9
PREFIX = struct.Struct(">BII")
_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool,
        torch.uint8,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex64,
        torch.complex128,
    )
}
# The usual dtypes, for a quick way: numpy() takes them as they are. NumPy lacks bfloat16, and a
# complex tensor may be a lazy conjugate of its memory.
_OF_NUMPY = {torch.bool, torch.int64, torch.float32, torch.float64}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_SCALARS = {type(None), bool, float, str}
_PLAIN = {*_SCALARS, int}
_BASES: tuple[type, ...] = (int, list, tuple, dict)  # subclasses travel as these
_CPU = torch.device("cpu")
_DEEPEST = 32  # lists in one another; both directions recurse
_MOST_DIMENSIONS = 16
_MOST_ROOM = 2**26  # elements along all sides but empty ones
_LONGEST_NAME = 100
_MOST_OPAQUES = 2**16  # each has a class of its own, of two kilobytes


class WireError(Exception):
    """A value cannot travel, or what arrived is not a message within its bounds."""


@dataclass(frozen=True)
class Bounds:
    """The largest message that is accepted, in bytes.

    The head has the tighter bound: it unpacks to Python objects of up to some 100 times its size,
    while a body unpacks to its own size.
    """

    head: int = 2 * 2**20
    body: int = 64 * 2**20


DEFAULT = Bounds()


class Opaque:
    """Stands for an object that does not travel; its class carries the object's type name."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Reference:
    """Stands for an object of the student process, in either direction.

    `_to` is the name that the notebook has for it, or the number under which it is kept there;
    `_kind` is "class", "callable", "object", or "data" for an object of a class of the notebook's
    that derives from one of data; `_type` the name of its type, or its own if it is a
    class. Underscores, because a proxy of the object is one of these, and its other names are the
    student's.

    Or for a function of a test: of kind "offered" for the one with a number that `messages.OFFER`
    told of, of kind "imported" for one that both processes can import, as "module:name". Or, in the
    result of a call, for a list or the like of its arguments: of kind "given", by its place in
    `trees.holding([args, kwargs])`, with its type.
    """

    _to: str | int
    _kind: str
    _type: str

    def __init__(self, to: str | int, kind: str = "object", name: str = ""):
        self.__dict__.update(_to=to, _kind=kind, _type=name)


def travels(value: Any) -> bool:
    """Say whether `value`, which is no list, tuple or dict, travels as what it is."""
    packed = _Writer().pack(value, 0)
    return not (isinstance(packed, list) and packed[0] == "opaque")


def opaque(name: str) -> Opaque:
    """Return an `Opaque` whose type is called `name`."""
    return named(Opaque, name)()


def named(base: type, name: str) -> Any:
    """Return a new subclass of `base` that is called `name`, as the other process calls its type.

    The name comes from student code: it is cut to 100 characters, of which printable ones are kept.
    """
    printable = "".join(letter for letter in name[:_LONGEST_NAME] if letter.isprintable())
    return type(printable or base.__name__, (base,), {})


def mapping(value: Any) -> dict[Any, Any]:
    """Return `value` if it is a dict. Raises `WireError` if it is anything else."""
    if not isinstance(value, dict):
        raise WireError("The reply has the wrong form.")
    return value


def encode(value: Any) -> bytes:
    """Return the frame of `value`.

    Scalars, strings, bytes, lists, tuples, dicts, dtypes, devices, tensors and the kinds of
    `values` travel. A tensor takes its device and `requires_grad` along. What can be changed, a
    tensor or a list, travels once where it stands in `value` twice, and is one object again when it
    arrives. Raises `WireError` where `value` is nested too deeply, or larger than 4 GB.
    """
    writer = _Writer()
    structure = writer.pack(value, 0)
    # A lone surrogate cannot be encoded as UTF-8; "replace" makes it a question mark.
    head = msgpack.packb([structure, writer.table, writer.shared], unicode_errors="replace")
    body = b"".join(writer.parts)
    if max(len(head), len(body)) >= 2**32:
        raise WireError("The message is larger than 4 GB.")
    return PREFIX.pack(VERSION, len(head), len(body)) + head + body


def decode(frame: bytes | bytearray | memoryview, bounds: Bounds = DEFAULT) -> Any:
    """Return the value of one whole frame. Raises `WireError` for any other bytes."""
    view = memoryview(frame)
    if len(view) < PREFIX.size:
        raise WireError("The message has no sizes.")
    head_size, body_size = sizes(view[: PREFIX.size], bounds)
    if len(view) != PREFIX.size + head_size + body_size:
        raise WireError("The message has not the size that it announces.")
    head = view[PREFIX.size : PREFIX.size + head_size]
    try:
        unpacked = msgpack.unpackb(head, strict_map_key=True, unicode_errors="replace")
    except Exception as error:  # msgpack raises many kinds for malformed input
        raise WireError(f"The message cannot be unpacked ({type(error).__name__}).") from error
    if not (isinstance(unpacked, list) and len(unpacked) == 3):
        raise WireError("The message has no value and tables.")
    node, table, shared = unpacked
    if not (isinstance(table, list) and isinstance(shared, list)):
        raise WireError("A table of the message is none.")
    room = sharing.Size(bounds.head - head_size, bounds.body - body_size, _DEEPEST)
    return _Reader(table, shared, view[PREFIX.size + head_size :], room).unpack(node, 0)


def sizes(prefix: bytes | bytearray | memoryview, bounds: Bounds) -> tuple[int, int]:
    """Return the sizes of head and body that a frame announces.

    Raises `WireError` when the other end speaks another version, or a size is over `bounds`.
    """
    version, head, body = PREFIX.unpack(prefix)
    if version != VERSION:
        raise WireError(
            f"The other end speaks version {version} of the protocol, and this one {VERSION}. "
            "Install the same nbjudge on both ends."
        )
    if head > bounds.head or body > bounds.body:
        raise WireError(f"The message is too large: {head} and {body} bytes.")
    return head, body


class _Writer:
    """Builds the head's value and tables, and collects the parts of the body, for one frame."""

    def __init__(self) -> None:
        self.table: list[list[Any]] = []
        self.shared: list[list[Any]] = []
        self.parts: list[bytes] = []
        self._offset = 0
        self._known: dict[int, tuple[int, Tensor]] = {}
        # What can be changed, by its id, kept alive, and what it was packed as.
        self._packed: dict[int, tuple[Any, list[Any]]] = {}
        self._sizes: list[sharing.Size] = []

    def pack(self, value: Any, depth: int) -> Any:
        # `type` before `isinstance`: it is quicker, and most values are scalars. An instance of a
        # subclass is found further down, after the kinds: a numpy.float64 is a float, too.
        kind = type(value)
        # msgpack has integers of 64 bits only.
        if kind in _SCALARS or (kind is int and -(2**63) <= value < 2**64):
            return value
        if depth > _DEEPEST:
            raise WireError("The value is nested too deeply.")
        if isinstance(value, Tensor):
            return self._pack_tensor(value)
        # What can be changed has no hash in Python. Whether the rest is one object or two is hardly
        # to be seen.
        if kind.__hash__ is not None:
            return self._pack_parts(value, depth)
        if id(value) in self._packed:
            return self._again(self._packed[id(value)][1], depth)
        node = self._pack_parts(value, depth)
        if type(node) is list:
            self._packed[id(value)] = value, node
        return node

    def _again(self, node: list[Any], depth: int) -> list[Any]:
        """Return what stands for a value in each of its places, the first one included."""
        if node[0] != sharing.TAG:
            self.shared.append(list(node))
            self._sizes.append(sharing.measured(node, self._sizes))
            node[:] = sharing.TAG, len(self._sizes) - 1
        if depth + self._sizes[node[1]].height > _DEEPEST:
            raise WireError("The value is nested too deeply.")
        return node

    def _pack_parts(self, value: Any, depth: int) -> Any:
        parts = values.to_parts(value)
        if parts is None:
            return self._pack_special(value, depth + 1)
        below, pack = depth + 1, self.pack
        return [parts[0], *[pack(part, below) for part in parts[1:]]]

    def _pack_special(self, value: Any, below: int) -> Any:
        if isinstance(value, float | str):  # msgpack takes what its base holds
            return value
        for base in _BASES:
            if isinstance(value, base) and type(value) is not base:
                return self.pack(base(value), below)
        if isinstance(value, bytes):
            return ["bytes", *self._append(value)]
        if isinstance(value, torch.dtype):
            return ["dtype", _NAMES.get(value, str(value))]
        if isinstance(value, torch.device):
            return ["device", str(value)]
        if isinstance(value, Reference):
            return ["object", value._to, value._kind, value._type[:_LONGEST_NAME]]
        return ["opaque", type(value).__name__[:_LONGEST_NAME]]

    def _pack_tensor(self, tensor: Tensor) -> list[Any]:
        if id(tensor) not in self._known:
            name = _NAMES.get(tensor.dtype)
            if tensor.layout != torch.strided or tensor.is_meta or name is None:
                return ["opaque", f"Tensor of {tensor.layout}, {tensor.dtype}"]
            device = "cpu" if tensor.is_cpu else str(tensor.device)
            row = [name, list(tensor.shape), device, tensor.requires_grad]
            self.table.append([*row, *self._append(_raw(tensor))])
            # The tensor is kept alive: Python gives the id of a dead object to another one.
            self._known[id(tensor)] = len(self.table) - 1, tensor
        return ["tensor", self._known[id(tensor)][0]]

    def _append(self, part: bytes) -> tuple[int, int]:
        begin, self._offset = self._offset, self._offset + len(part)
        self.parts.append(part)
        return begin, len(part)


def _raw(tensor: Tensor) -> bytes:
    """Return the values of a tensor as bytes, row by row, whatever its strides and subclass."""
    plain = tensor.detach()
    if type(plain) is Tensor and plain.is_cpu and plain.dtype in _OF_NUMPY and not plain.is_neg():
        return plain.numpy().tobytes()
    # A subclass may override what follows, and a lazy conjugate or negative is not yet in memory.
    plain = plain.as_subclass(Tensor).resolve_conj().resolve_neg().cpu()
    return plain.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


class _Reader:
    """Turns a head's value into Python objects; believes nothing that the frame says of itself."""

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
        # `type`, not `isinstance`: msgpack makes plain types only.
        if type(node) in _PLAIN:
            return node
        if depth > _DEEPEST or type(node) is not list or not node:
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
        if not isinstance(name, str) or name not in _DTYPES:
            raise WireError("A dtype is not known.")
        return _DTYPES[name]


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
