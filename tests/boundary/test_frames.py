"""Values of pandas arrive equal, with their dtypes, names and indexes, or not at all."""

import random
import subprocess
import sys
import warnings

import msgpack
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal

from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.references import Opaque
from nbjudge.boundary.wire import PREFIX, VERSION, decode, encode

DAYS = pd.date_range("2024-01-31", periods=3, freq="ME", name="day")
TIMES = [
    pd.Timestamp("2024-02-29T01:02:03.123456789"),
    pd.Timestamp("1066-10-14"),
    pd.Timedelta(-5, "ns"),
    pd.Timedelta("3 days 04:05:06.000000007"),
]
SERIES = {
    "ints": pd.Series([1, 2], name="n"),
    "floats": pd.Series([1.5, None], index=["a", "b"]),
    "bools": pd.Series([True, False], index=[2, 1], name=("a", 1)),
    "texts": pd.Series(["a", None, "é"]),
    "objects": pd.Series(["a", 1, None, (2, 3)], dtype=object),
    "texts as objects": pd.Series(["a", "b"], dtype=object),
    "days": pd.Series(pd.to_datetime(["2024-01-01", None])),
    "durations": pd.Series(pd.to_timedelta([1, 2], unit="s")),
    "categories": pd.Series(["b", "a", None], dtype="category"),
    "ordered": pd.Series(pd.Categorical(["b", "a"], ["b", "a"], ordered=True)),
    "nullable ints": pd.Series([1, None], dtype="Int64"),
    "nullable bools": pd.Series([True, None], dtype="boolean"),
    "nothing": pd.Series([], dtype=float),
    "by day": pd.Series(range(3), DAYS),
}
INDEXES = {
    "a range": pd.RangeIndex(5, 0, -2, name="r"),
    "numbers": pd.Index([3, 1, 3]),
    "texts": pd.Index(["b", "a"], name="letters"),
    "texts as objects": pd.Index(["b", "a"], dtype=object),
    "days": DAYS,
    "durations": pd.timedelta_range("1h", periods=2, freq="h"),
    "categories": pd.CategoricalIndex(["a", "b", "a"]),
    "several": pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["x", None]),
    "several kinds": pd.MultiIndex.from_arrays(
        [pd.Index(["a", "b"], dtype=object), DAYS[:2], pd.Categorical(["x", "y"])]
    ),
    "an empty one": pd.Index([], dtype=object),
}
FRAMES = {
    "columns of every kind": pd.DataFrame(
        {name: one.reset_index(drop=True) for name, one in SERIES.items()}
    ),
    "by several": pd.DataFrame(np.ones((4, 2)), INDEXES["several"], ["x", "y"]),
    "one name twice": pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"]),
    "numbers as names": pd.DataFrame({1: [1], 2: [2.0]}),
    "no columns": pd.DataFrame(index=[1, 2]),
    "no rows": pd.DataFrame({"a": np.array([], "f4")}),
    "nothing": pd.DataFrame(),
    "names in levels": pd.DataFrame([[1, 2, 3, 4]], columns=INDEXES["several"]),
}


def there(value):
    return decode(encode(value))


def frame(value, body=b""):
    head = msgpack.packb([value, [], []])
    return PREFIX.pack(VERSION, len(head), len(body)) + head + body


@pytest.mark.parametrize("what", SERIES)
def test_a_series_arrives_equal(what):
    assert_series_equal(there([SERIES[what]])[0], SERIES[what])
    assert encode(there(SERIES[what])) == encode(SERIES[what])


@pytest.mark.parametrize("what", INDEXES)
def test_an_index_arrives_equal(what):
    arrived = there(INDEXES[what])
    assert_index_equal(arrived, INDEXES[what])
    assert type(arrived) is type(INDEXES[what])
    assert getattr(arrived, "freq", None) == getattr(INDEXES[what], "freq", None)


@pytest.mark.parametrize("what", FRAMES)
def test_a_frame_arrives_equal(what):
    arrived = there(FRAMES[what])
    assert_frame_equal(arrived, FRAMES[what])
    assert_index_equal(arrived.columns, FRAMES[what].columns)
    if arrived.size:
        arrived.iloc[0, 0] = arrived.iloc[0, 0]  # it can be written


class Mine(pd.DataFrame):
    def equals(self, other):
        return True


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Mine({"a": [1]}), "Mine"),
        (pd.Series([object()]), "Series"),
        (pd.DataFrame({"a": [object()]}), "DataFrame"),
        (pd.DataFrame({"a": [1]}, [object()]), "DataFrame"),
        (pd.Series([1], name=object), "Series"),
        (pd.Series(pd.to_datetime(["2024-01-01"]).tz_localize("Europe/Paris")), "Series"),
        (pd.period_range("2024", periods=2, freq="M"), "PeriodIndex"),
        (pd.Series(pd.arrays.SparseArray([1, 0])), "Series"),
        (pd.date_range("2024", periods=2, freq=pd.DateOffset(months=1)), "DatetimeIndex"),
    ],
    ids=["subclass", "object", "objects", "index", "name", "zone", "periods", "sparse", "steps"],
)
def test_what_does_not_travel_arrives_as_its_types_name(value, name):
    arrived = there([value])[0]
    assert isinstance(arrived, Opaque)
    assert type(arrived).__name__ == name


COLUMN = ["tuple", "numpy", ["array", "<f8", ["tuple", 2], ["bytes", 0, 16]]]
TEXTS = ["tuple", "str", ["array", "|O", ["tuple", 2], ["list", "a", "b"]]]
TWO = ["Index", ["list", None], None, ["range", 0, 2, 1]]
BODY = bytes(16)
MALFORMED = {
    "a series without an index": frame(["Series", None, None, COLUMN], BODY),
    "a series whose index is longer": frame(
        ["Series", None, ["Index", ["list", None], None, ["range", 0, 3, 1]], COLUMN], BODY
    ),
    "a series with an index of a list": frame(["Series", None, ["list", 0, 1], COLUMN], BODY),
    "a series by a list of names": frame(["Series", ["list"], TWO, COLUMN], BODY),
    "a series of a list": frame(["Series", None, TWO, ["list", 1, 2]]),
    "a series of a dtype that is unknown": frame(
        ["Series", None, TWO, [*TEXTS[:1], "period", TEXTS[2]]]
    ),
    "a series of texts that are numbers": frame(
        ["Series", None, TWO, [*TEXTS[:1], "Int64", TEXTS[2]]]
    ),
    "a series of a table": frame(
        [
            "Series",
            None,
            TWO,
            ["tuple", "numpy", ["array", "<f8", ["tuple", 1, 2], ["bytes", 0, 16]]],
        ],
        BODY,
    ),
    "a series of pandas' dtype made of a list": frame(
        ["Series", None, TWO, ["tuple", "Int64", ["list", 1, 2]]]
    ),
    "a series of a dtype that is NumPy's": frame(
        ["Series", None, TWO, ["tuple", "object", TEXTS[2]]]
    ),
    "a frame with an index of a list": frame(
        ["DataFrame", ["Index", ["list", None], None, ["range", 0, 0, 1]], ["list", 0, 1]]
    ),
    "an index with a frequency of two": frame(
        [
            "Index",
            ["list", None],
            "1D1h",
            ["tuple", "numpy", ["array", "<M8[s]", ["tuple", 2], ["bytes", 0, 16]]],
        ],
        np.array([0, 25 * 3600]).tobytes(),
    ),
    "codes beyond the categories": frame(
        [
            "Series",
            None,
            TWO,
            ["tuple", "category", ["array", "|i1", ["tuple", 2], ["bytes", 0, 2]], TEXTS, False],
        ],
        b"\0\7",
    ),
    "categories that are a range": frame(
        [
            "Series",
            None,
            TWO,
            [
                "tuple",
                "category",
                ["array", "|i1", ["tuple", 2], ["bytes", 0, 2]],
                ["range", 0, 2, 1],
                False,
            ],
        ],
        b"\0\1",
    ),
    "a category without categories": frame(["Series", None, TWO, ["tuple", "category", TEXTS[2]]]),
    "a frame with other names": frame(["DataFrame", TWO, TWO, COLUMN], BODY),
    "a frame without names": frame(["DataFrame", ["list", "a"], TWO, COLUMN], BODY),
    "a frame of 2**31 rows": frame(
        ["DataFrame", TWO, ["Index", ["list", None], None, ["range", 0, 2**31, 1]]]
    ),
    "a frame of two lengths": frame(
        [
            "DataFrame",
            TWO,
            TWO,
            COLUMN,
            ["tuple", "numpy", ["array", "<f8", ["tuple", 0], ["bytes", 0, 0]]],
        ],
        BODY,
    ),
    "an index with two names": frame(["Index", ["list", "a", "b"], None, ["range", 0, 2, 1]]),
    "an index without names": frame(["Index", 3, None, ["range", 0, 2, 1]]),
    "an index with a frequency of numbers": frame(
        ["Index", ["list", None], "D", ["range", 0, 2, 1]]
    ),
    "an index with a frequency that is a list": frame(
        ["Index", ["list", None], ["list"], COLUMN], BODY
    ),
    "an index of ranges": frame(
        [
            "Index",
            ["list", None, None],
            None,
            ["list", ["range", 0, 2**22, 1], ["range", 0, 2**22, 1]],
        ]
    ),
    "an index of indexes": frame(["Index", ["list", None, None], None, ["list", TWO, TWO]]),
    "an index of no levels": frame(["Index", ["list"], None, ["list"]]),
    "an index in an index": frame(["Index", ["list", None], None, TWO]),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_value_is_refused(what):
    with pytest.raises(WireError):
        decode(MALFORMED[what])


def test_mutated_messages_are_refused_or_are_values_that_can_be_used():
    chance = random.Random(21)
    values = [*SERIES.values(), *INDEXES.values(), *FRAMES.values()]
    seeds = [encode(value) for value in values]
    decoded = 0
    for _ in range(3000):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.choice((1, 1, 2))):
            data[chance.randrange(PREFIX.size, len(data))] = chance.randrange(256)
        with warnings.catch_warnings(action="ignore"):
            try:
                value = decode(bytes(data), Bounds(2**14, 2**16))
            except WireError:
                continue
            decoded += 1
            assert repr(value) is not None
            assert encode(value)
    assert 100 < decoded < 2900


def test_pandas_is_imported_for_a_value_of_its_own_and_not_before():
    code = (
        "import sys, numpy; from nbjudge.boundary.wire import decode, encode\n"
        "decode(encode([1, {2}, numpy.ones(2), object()])); print('pandas' in sys.modules)\n"
        "decode(sys.stdin.buffer.read()); print('pandas' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], input=encode(SERIES["ints"]), capture_output=True, check=True
    )
    assert ran.stdout.split() == [b"False", b"True"]


@pytest.mark.parametrize("time", TIMES, ids=str)
def test_times_arrive_equal_and_of_their_type(time):
    arrived = decode(encode([{time: 1}]))[0]
    assert arrived == {time: 1}
    assert type(next(iter(arrived))) is type(time)


def test_what_is_missing_arrives_as_itself():
    arrived = decode(encode([pd.NA, pd.NaT]))
    assert arrived[0] is pd.NA
    assert arrived[1] is pd.NaT


def test_a_time_in_a_place_is_no_data():
    assert isinstance(decode(encode(pd.Timestamp("2024-01-01", tz="Europe/Paris"))), Opaque)


@pytest.mark.parametrize(
    "parts",
    [
        ["Timestamp", 3],
        ["Timestamp", "x" * 100],
        ["Timestamp", "now"],
        ["Timedelta", None],
        ["NaT", 1],
    ],
    ids=str,
)
def test_a_malformed_time_is_refused(parts):
    head = msgpack.packb([parts, [], []])
    with pytest.raises(WireError):
        decode(PREFIX.pack(VERSION, len(head), 0) + head)


def test_tuples_with_one_hash_cannot_make_an_index_slow():
    def index(number):
        keys = [["tuple", *(-1 - (n >> bit & 1) for bit in range(10))] for n in range(number)]
        array = ["array", "|O", ["tuple", number], ["list", *keys]]
        head = msgpack.packb([["Index", ["list", None], None, ["tuple", "numpy", array]], [], []])
        return decode(PREFIX.pack(VERSION, len(head), 0) + head)

    assert len(index(64)) == 64
    with pytest.raises(WireError):
        index(1024)
    assert len(decode(encode(pd.Index(["a", None, 3] * 200, dtype=object)))) == 600
