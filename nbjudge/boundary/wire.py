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

import struct
from typing import Any

import msgpack

from nbjudge.boundary import sharing
from nbjudge.boundary.bounds import DEEPEST, DEFAULT, Bounds, WireError
from nbjudge.boundary.reader import Reader
from nbjudge.boundary.writer import Writer

VERSION = 9
PREFIX = struct.Struct(">BII")


def travels(value: Any) -> bool:
    """Say whether `value`, which is no list, tuple or dict, travels as what it is."""
    packed = Writer().pack(value, 0)
    return not (isinstance(packed, list) and packed[0] == "opaque")


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
    writer = Writer()
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
    room = sharing.Size(bounds.head - head_size, bounds.body - body_size, DEEPEST)
    return Reader(table, shared, view[PREFIX.size + head_size :], room).unpack(node, 0)


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
