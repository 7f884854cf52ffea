"""pandas' frames, series, indexes and times, as parts and back: columns of what `arrays` knows.

    Index        [names, frequency, column, or a range, or a list of columns]
    Series       [name, index, column]
    DataFrame    [names of the columns, index, column, ...]
    Timestamp    [its text], without a time zone; so a Timedelta; NaT and NA have no parts

A column is ("numpy", array), or (dtype, array of objects) for one of pandas' own dtypes, or
("category", codes, column of categories, ordered). Where a part does not travel,
the whole does not.

No column is a range, nor are categories: pandas would make arrays of them, as long as they say.

pandas takes a second to import, and few notebooks need it. So it is used where it was imported
already, and imported only for a value that has come.
"""

import functools
import importlib
import re
import sys
from typing import Any

import numpy

from nbjudge.boundary.kinds import Kind, hashed

_OWN_DTYPES = {
    *("str", "string", "boolean", "Float32", "Float64"),
    *(f"{sign}Int{size}" for sign in ("", "U") for size in (8, 16, 32, 64)),
}
_INDEXES = ("Index", "RangeIndex", "MultiIndex", "CategoricalIndex")
_WITH_FREQUENCY = ("DatetimeIndex", "TimedeltaIndex")
_LONGEST_TIME = 64
_FREQUENCY = re.compile(r"-?\d{0,4}[A-Za-z]{1,4}(-[A-Z]{3})?", re.ASCII)


def _pandas() -> Any:
    return importlib.import_module("pandas")


def _from_column(values: Any) -> tuple[Any, ...] | None:
    """Return the column of a series or of an index, None where it does not travel."""
    dtype, array = values.dtype, values.array
    if isinstance(dtype, numpy.dtype):
        return "numpy", values.to_numpy()
    if str(dtype) == "category":
        categories = _from_column(array.categories)
        return categories and ("category", array.codes, categories, array.ordered)
    known = str(dtype) in _OWN_DTYPES
    return (str(dtype), array.to_numpy(object, na_value=None)) if known else None


def _to_column(column: Any) -> Any:
    if type(column) is not tuple:
        raise ValueError("A column has no dtype.")
    dtype, values, *categories = column
    # pandas would fill a frame of any length with an array of no dimension.
    if type(values) is not numpy.ndarray or values.ndim != 1:
        raise ValueError("A column is no array of one dimension.")
    if dtype == "category":
        names, ordered = categories
        return _pandas().Categorical.from_codes(values, _of_column(names), ordered=ordered)
    if dtype != "numpy" and dtype not in _OWN_DTYPES:
        raise ValueError("A dtype of a column is not known.")
    return values if dtype == "numpy" else _pandas().array(values, dtype=dtype)


def _from_index(index: Any) -> list[Any] | None:
    content: Any
    if type(index).__name__ == "RangeIndex":
        content = range(index.start, index.stop, index.step)
    elif type(index).__name__ == "MultiIndex":
        columns = [_from_column(index.get_level_values(place)) for place in range(index.nlevels)]
        content = None if None in columns else columns
    else:
        content = _from_column(index)
    frequency = getattr(index, "freqstr", None)
    if content is None or not (frequency is None or _FREQUENCY.fullmatch(frequency)):
        return None
    return [list(index.names), frequency, content]


def _to_index(names: Any, frequency: Any, content: Any) -> Any:
    pandas = _pandas()
    if type(content) is range:
        made = pandas.RangeIndex(content)
    elif type(content) is list:
        made = pandas.MultiIndex.from_arrays([_of_column(column) for column in content])
    else:
        made = _of_column(content)
    if frequency is not None:
        if type(made).__name__ not in _WITH_FREQUENCY or not _FREQUENCY.fullmatch(frequency):
            raise ValueError("An index has no such frequency.")
        made.freq = frequency
    made.names = names
    return made


def _of_column(column: Any) -> Any:
    values = _to_column(column)
    # pandas compares what has one hash. Labels may stand there twice, but tuples are a MultiIndex.
    if values.dtype == object:
        hashed([one for one in values if isinstance(one, tuple | int) and not _is_small(one)])
    return _pandas().Index(values, dtype=values.dtype)


def _is_small(label: Any) -> bool:
    return isinstance(label, int) and abs(label) < sys.hash_info.modulus


def _from_series(series: Any) -> list[Any] | None:
    column = _from_column(series)
    return None if column is None else [series.name, series.index, column]


def _to_series(name: Any, index: Any, column: Any) -> Any:
    values = _to_column(column)
    return _pandas().Series(values, _of(index, len(values)), values.dtype, name)


def _from_frame(frame: Any) -> list[Any] | None:
    columns = [_from_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return None if None in columns else [frame.columns, frame.index, *columns]


def _to_frame(names: Any, index: Any, *columns: Any) -> Any:
    values = [_to_column(column) for column in columns]
    series = {place: _pandas().Series(one, index, one.dtype) for place, one in enumerate(values)}
    made = _pandas().DataFrame(series, _of(index, len(index)))
    made.columns = _of(names, len(values))
    return made


def _of(index: Any, length: int) -> Any:
    """Return `index`; raises `ValueError` where it is none, or of another length."""
    if not isinstance(index, _pandas().Index) or len(index) != length:
        raise ValueError("An index does not fit its values.")
    return index


def _kind(tag: str, to_parts: Any, from_parts: Any) -> Kind:
    def checked(*parts: Any) -> Any:
        try:
            return from_parts(*parts)
        except Exception as error:  # pandas raises many kinds, and may not be installed
            raise ValueError(f"No {tag} is made of these parts.") from error

    return Kind(tag, to_parts, checked, lambda value: to_parts(value) or ())


def _from_time(time: Any) -> list[str] | None:
    text = time.isoformat()
    plain = getattr(time, "tzinfo", None) is None and type(time)(text) == time
    return [text] if plain else None


def _to_time(name: str) -> Any:
    def made(text: Any) -> Any:
        if type(text) is not str or len(text) > _LONGEST_TIME:
            raise ValueError("A time is no text.")
        time = getattr(_pandas(), name)(text)
        if time.isoformat() != text:  # such as "now"
            raise ValueError("A time is written in another way.")
        return time

    return made


_TIMES = {name: _kind(name, _from_time, _to_time(name)) for name in ("Timestamp", "Timedelta")}
_NOTHING = {
    "NAType": _kind("NA", lambda _: [], lambda: _pandas().NA),
    "NaTType": _kind("NaT", lambda _: [], lambda: _pandas().NaT),
}
_INDEX = _kind("Index", _from_index, _to_index)
_SERIES = _kind("Series", _from_series, _to_series)
_FRAME = _kind("DataFrame", _from_frame, _to_frame)
KINDS = (_INDEX, _SERIES, _FRAME, *_TIMES.values(), *_NOTHING.values())


def kind_of(value: Any) -> Kind | None:
    """Return the kind of a value that is exactly one of pandas' own, else None."""
    pandas = sys.modules.get("pandas")
    return _types(pandas).get(type(value)) if hasattr(pandas, "DataFrame") else None


@functools.cache
def _types(pandas: Any) -> dict[type, Kind]:
    indexes = (getattr(pandas, name) for name in (*_INDEXES, *_WITH_FREQUENCY))
    times = {getattr(pandas, name): kind for name, kind in _TIMES.items()}
    nothing = {type(one): _NOTHING[type(one).__name__] for one in (pandas.NA, pandas.NaT)}
    frames = {pandas.Series: _SERIES, pandas.DataFrame: _FRAME}
    return {**dict.fromkeys(indexes, _INDEX), **frames, **times, **nothing}
