"""NumPy's arrays and scalars, as parts and back.

    array     [dtype, shape, raw bytes], or [dtype, shape, items] where it holds objects
    scalar    [dtype, raw bytes]

A dtype comes as text, which must be one of those below before NumPy reads it. What has fields, or
lies in other memory, is none of them. Order and strides do not travel.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy

from nbjudge.boundary.kinds import Kind, whole

_DTYPES = re.compile(
    r"\|(b1|[iu]1|S[1-9]\d{0,6})"
    r"|[<>]([iu][248]|f[248]|c8|c16|U[1-9]\d{0,6}|[Mm]8\[(Y|M|W|D|h|m|s|ms|us|ns)\])",
    re.ASCII,
)
_OBJECTS = "|O"
# By all codes: NumPy has two types of ints of 64 bits.
_SCALARS = [numpy.dtype(code).type for code in "?bhilqBHILQefdFDUSMm"]
_MOST_DIMENSIONS = 16
_LARGEST = 2**31
_MOST_ROOM = 2**26  # elements along all sides but empty ones


def _from_array(array: numpy.ndarray) -> list[Any] | None:
    dtype = array.dtype.str
    content = list(array.flat) if dtype == _OBJECTS else _raw(array)
    possible = content is not None and _possible(array.shape)
    return [dtype, array.shape, content] if possible else None


def _to_array(name: Any, shape: Any, content: Any) -> numpy.ndarray:
    if type(shape) is not tuple or not _possible(whole(*shape)):
        raise ValueError("An array has a shape that is not possible.")
    if name == _OBJECTS:
        return _of_objects(shape, content)
    dtype = _dtype(name)
    if type(content) is not bytes or math.prod(shape) * dtype.itemsize != len(content):
        raise ValueError("An array has not the size of its shape.")
    if not _sound(dtype, content):
        raise ValueError("An array holds what its dtype cannot.")
    # A copy, because an array must be writable.
    return numpy.ndarray(shape, dtype, content).copy()


def _of_objects(shape: tuple[int, ...], items: Any) -> numpy.ndarray:
    if type(items) is not list:
        raise ValueError("An array of objects is not made of a list.")
    made = numpy.empty(len(items), object)
    # One by one, because NumPy takes a list of lists for an array of more dimensions.
    for index, item in enumerate(items):
        made[index] = item
    return made.reshape(shape)


def _from_scalar(scalar: numpy.generic) -> list[Any] | None:
    array = numpy.asarray(scalar)
    raw = _raw(array)
    return None if raw is None else [array.dtype.str, raw]


def _to_scalar(name: Any, raw: Any) -> Any:
    if name == _OBJECTS:
        raise ValueError("An object is no scalar.")
    return _to_array(name, (), raw)[()]


def _raw(array: numpy.ndarray) -> bytes | None:
    """Return the values of an array, row by row, or None where they do not travel."""
    if not _DTYPES.fullmatch(array.dtype.str):
        return None
    raw = array.tobytes()
    return raw if _sound(array.dtype, raw) else None


def _dtype(name: Any) -> numpy.dtype:
    if type(name) is not str or not _DTYPES.fullmatch(name):
        raise ValueError("A dtype is not known.")
    return numpy.dtype(name)


def _possible(shape: tuple[int, ...]) -> bool:
    if len(shape) > _MOST_DIMENSIONS or not all(0 <= size < _LARGEST for size in shape):
        return False
    # An array without elements weighs nothing, and its sum along the empty side may be huge.
    return 0 not in shape or math.prod(size or 1 for size in shape) <= _MOST_ROOM


def _sound(dtype: numpy.dtype, raw: bytes) -> bool:
    """Say whether raw bytes are values of a dtype: not all are bools, or letters."""
    if dtype.kind == "b":
        return raw.count(0) + raw.count(1) == len(raw)
    if dtype.kind == "U":
        codes = numpy.ndarray(len(raw) // 4, f"{dtype.byteorder}u4", raw)
        return bool(((codes < 0xD800) | (codes > 0xDFFF) & (codes <= 0x10FFFF)).all())
    return True


def _items(array: numpy.ndarray) -> Iterable[Any]:
    return array.flat if array.dtype.str == _OBJECTS else ()


KINDS: dict[type, Kind] = {
    numpy.ndarray: Kind("array", _from_array, _to_array, _items),
    **dict.fromkeys(_SCALARS, Kind("scalar", _from_scalar, _to_scalar)),
}
