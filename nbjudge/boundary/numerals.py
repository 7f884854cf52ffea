"""Python's numbers beyond floats and ints of 64 bits, and ranges of them, as parts and back."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from nbjudge.boundary.kinds import Kind, whole

# Python refuses to print an int of more than 4300 digits, and messages print what a student gave.
_MOST_DIGITS = 4200
_MOST_BITS = 13_950
_LONGEST_RANGE = 2**22  # as a list: 150 MB
# Without signaling NaN, which raises wherever it is compared.
_DECIMAL = re.compile(r"-?(\d+(\.\d+)?(E[+-]\d+)?|Infinity|NaN)", re.ASCII)


def _from_int(value: int) -> list[bytes] | None:
    size = value.bit_length()
    return [value.to_bytes(size // 8 + 1, "big", signed=True)] if size <= _MOST_BITS else None


def _to_int(raw: Any) -> int:
    if type(raw) is not bytes or len(raw) > _MOST_BITS // 8 + 1:
        raise ValueError("An int is too large.")
    return int.from_bytes(raw, "big", signed=True)


def _to_complex(real: Any, imaginary: Any) -> complex:
    if not type(real) is type(imaginary) is float:
        raise ValueError("A complex number is not made of floats.")
    return complex(real, imaginary)


def _from_range(value: range) -> list[int] | None:
    parts = [value.start, value.stop, value.step]
    small = all(-(2**63) <= one < 2**63 for one in parts)
    # By a slice: `len` raises for the longest ranges.
    return parts if small and not value[_LONGEST_RANGE:] else None


def _to_range(*parts: Any) -> range:
    made = range(*whole(*parts))
    if _from_range(made) is None:
        raise ValueError("A range is too long.")
    return made


def _from_decimal(value: Decimal) -> list[str] | None:
    text = str(value)
    exponent = value.adjusted() if value.is_finite() else 0
    fits = len(text) <= _MOST_DIGITS and abs(exponent) <= _MOST_DIGITS
    return [text] if fits and _DECIMAL.fullmatch(text) else None


def _to_decimal(text: Any) -> Decimal:
    if type(text) is not str or not _DECIMAL.fullmatch(text):
        raise ValueError("A Decimal is no number.")
    made = Decimal(text)
    # An int made of a large exponent would fill the memory.
    if _from_decimal(made) is None:
        raise ValueError("A Decimal is too large.")
    return made


def _from_fraction(value: Fraction) -> list[int] | None:
    parts = [value.numerator, value.denominator]
    return parts if all(map(_from_int, parts)) else None


def _to_fraction(numerator: Any, denominator: Any) -> Fraction:
    return Fraction(*whole(numerator, denominator))


KINDS: dict[type, Kind] = {
    int: Kind("int", _from_int, _to_int),
    complex: Kind("complex", lambda value: [value.real, value.imag], _to_complex),
    range: Kind("range", _from_range, _to_range),
    Decimal: Kind("Decimal", _from_decimal, _to_decimal),
    Fraction: Kind("Fraction", _from_fraction, _to_fraction),
}
