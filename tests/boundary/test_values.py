"""Values that travel in parts: equal and of the same type on arrival, or refused with WireError."""

import enum
import random
import tracemalloc
import warnings
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import count
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgpack
import numpy as np
import pytest
import torch

from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.factories import unknown
from nbjudge.boundary.invoke import as_tuple
from nbjudge.boundary.references import Opaque
from nbjudge.boundary.trees import replaced, tensors
from nbjudge.boundary.wire import PREFIX, VERSION, decode, encode

Point = namedtuple("Point", "x y")
EAST = timezone(timedelta(hours=5, minutes=30), "IST")
PLAIN = {
    "a large int": 2**64,
    "a negative large int": -(2**63) - 1,
    "an int of 4000 digits": 10**4000,
    "a complex": 1 - 2.5j,
    "bytes": b"\0\xff",
    "an empty set": set(),
    "a set": {1, "one", (2, b"two"), None, 2**100, frozenset({1j})},
    "a frozenset": frozenset({1.5, "a"}),
    "a range": range(10, -5, -3),
    "a million": range(10**6),
    "a date": date(2024, 2, 29),
    "a time": time(23, 59, 59, 999_999),
    "a time with a zone": time(1, tzinfo=UTC, fold=1),
    "a datetime": datetime(1, 1, 1, 2, 3, 4, 5),
    "a datetime with a zone": datetime(2024, 10, 27, 2, 30, tzinfo=EAST, fold=1),
    "a timedelta": timedelta(days=-3, microseconds=7),
    "a timezone": EAST,
    "a Decimal": Decimal("-1.2300E-7"),
    "an infinite Decimal": Decimal("-Infinity"),
    "a Fraction": Fraction(-22, 7),
    "a large Fraction": Fraction(10**2000 + 1, 3**2000),
    "an OrderedDict": OrderedDict([("b", [1]), (1, {"a": (2,)})]),
    "a Counter": Counter("aab"),
    "a deque": deque([1, (2, [3])], maxlen=5),
    "a deque without end": deque("ab"),
    "a defaultdict": defaultdict(list, {"a": [1]}),
    "a defaultdict of nothing": defaultdict(None, {(1, 2): 3}),
    "a bytearray": bytearray(b"\0a"),
    "a chain of dicts": ChainMap({"a": 1}, {"a": 2, (1,): [3]}),
    "a dict that cannot be written": MappingProxyType({"a": [1]}),
    "keys": {"b": 1, (2,): 3}.keys(),
    "items": {"b": 1, (2,): 3}.items(),
}  # fmt: skip
DTYPES = [
    "?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i4", "f2", "f4", "f8", ">f8", "c8",
    "c16", "U3", ">U2", "S4", "M8[Y]", "M8[D]", "M8[ns]", "m8[s]", "m8[us]", "O",
]  # fmt: skip
SHAPES = [(), (0,), (3,), (2, 0, 4), (2, 3, 4)]
SCALARS = {
    "bool": np.bool_(True),
    "int64": np.int64(-3),
    "uint8": np.uint8(255),
    "float64": np.float64(0.1),
    "float16": np.float16(0.1),
    "complex64": np.complex64(1 + 2j),
    "str": np.str_("é\U0001f600"),
    "an empty str": np.str_(""),
    "bytes": np.bytes_(b"ab"),
    "datetime64": np.datetime64("2024-02-29T01:02:03", "ms"),
    "timedelta64": np.timedelta64(-5, "h"),
}


def there(value):
    return decode(encode(value))


def frame(value, body=b""):
    head = msgpack.packb([value, [], []])
    return PREFIX.pack(VERSION, len(head), len(body)) + head + body


def numbered(dtype, shape):
    """Return an array of a dtype and shape, with other values in each place."""
    return (
        np.arange(24)
        .astype("i8" if dtype[0] in "Mm" else "f8")
        .astype(dtype)[: int(np.prod(shape))]
        .reshape(shape)
    )


@pytest.mark.parametrize("what", PLAIN)
def test_values_of_python_arrive_equal_and_of_their_type(what):
    value = PLAIN[what]
    arrived = there([value])[0]
    assert type(arrived) is type(value)
    assert arrived == value
    assert repr(arrived) == repr(value) or isinstance(value, set | frozenset)
    assert as_tuple(value) is value


def test_values_of_a_dict_arrive_as_such():
    arrived = there({"b": [1], "a": 2}.values())
    assert (type(arrived), list(arrived)) == (type({}.values()), [[1], 2])


def test_a_named_tuple_arrives_with_its_names():
    arrived = there([Point(1, [2])])[0]
    assert (arrived, arrived._fields, arrived.y) == ((1, [2]), ("x", "y"), [2])
    assert repr(arrived) == "Point(x=1, y=[2])"
    assert type(arrived) is type(there(Point(3, 4)))
    assert type(there(Point(1, torch.ones(1)))) is tuple  # `trees` looks into tuples


@pytest.mark.parametrize(
    ("factory", "gives"),
    [(lambda: [], []), (lambda: 0, 0), (lambda: 3, 3), (lambda: float("inf"), float("inf")),
     (lambda: ["a", {"b": (1, None)}], ["a", {"b": (1, None)}]), (dict, {}), (Counter, Counter()),
     (lambda: defaultdict(lambda: "x"), {}), (lambda: deque(maxlen=2), deque())],
)  # fmt: skip
def test_what_a_function_gives_for_a_missing_key_is_told(factory, gives):
    arrived = there(defaultdict(factory, a=1))
    assert (type(arrived), arrived) == (defaultdict, {"a": 1})
    assert arrived["z"] == gives
    assert type(arrived["z"]) is type(factory())
    if isinstance(gives, deque):
        assert arrived["z"].maxlen == 2
    assert there(arrived)["y"] == gives
    if isinstance(gives, list):
        assert arrived["y"] is not arrived["z"]
    if isinstance(arrived["z"], defaultdict):
        assert arrived["z"]["missing"] == "x"


@pytest.mark.parametrize(
    "factory",
    [lambda: 1 / 0, lambda: np.zeros(2), lambda: lambda: 1, lambda: [lambda: 1], lambda x=[]: x,
     lambda: defaultdict(lambda: np.zeros(2)), count(3).__next__, partial(int, 3), lambda: unknown],
)  # fmt: skip
def test_a_function_that_cannot_be_told_is_known_to_be_unknown(factory):
    value = defaultdict(factory, a=1)
    arrived = there(value)
    assert (type(arrived), arrived) == (defaultdict, {"a": 1})
    with pytest.raises(LookupError):
        arrived["z"]
    with pytest.raises(LookupError):
        there(arrived)["z"]


def test_a_function_that_counts_is_not_called():
    numbers = count(3)
    value = defaultdict(lambda: next(numbers))
    there(value)
    assert value["a"] == 3
    value = defaultdict(numbers.__next__)
    there(value)
    assert value["a"] == 4


def test_what_repr_does_not_show_arrives_too():
    assert there(PLAIN["a datetime with a zone"]).tzname() == "IST"
    assert there(PLAIN["a datetime with a zone"]).fold == 1
    assert there(time(1, tzinfo=UTC)).tzinfo is UTC
    assert there(Decimal("1.50")).as_tuple() == Decimal("1.50").as_tuple()
    assert there(Decimal("NaN")).is_nan()
    assert there(defaultdict(int))["missing"] == 0
    assert there(np.longlong(5)).dtype == np.longlong


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_arrays_of_every_dtype_and_shape(dtype, shape):
    array = numbered(dtype, shape)
    arrived = there(array)
    assert type(arrived) is np.ndarray
    assert (arrived.dtype, arrived.shape) == (array.dtype, shape)
    np.testing.assert_array_equal(arrived, array)
    arrived[...] = arrived  # it can be written


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3).T, np.arange(9)[::-2], np.broadcast_to(np.ones(3), (4, 3)),
        np.array([np.nan, np.inf, -0.0]), np.array(["NaT", "2024-01-01"], "M8[D]"),
        np.array(["", "é", "\U0001f600\0x"]), np.array([b"", b"a\0b"]),
        np.array([None, "a", 2**70, [1, [2]], {"a": Decimal(1)}, np.float64(2)], object),
    ],
    ids=["columns", "backwards", "repeated", "floats", "days", "texts", "bytes", "objects"],
)  # fmt: skip
def test_views_specials_and_objects_arrive_as_equal_arrays(array):
    arrived = there({"a": (array,)})["a"][0]
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    np.testing.assert_array_equal(arrived, array)


def test_an_array_of_lists_keeps_its_shape():
    array = np.empty((2, 1), object)
    array[0, 0], array[1, 0] = [1, 2], [3, 4]
    arrived = there(array)
    assert arrived.shape == (2, 1)
    assert arrived[1, 0] == [3, 4]


@pytest.mark.parametrize("what", SCALARS)
def test_scalars_of_numpy_arrive_equal_and_of_their_type(what):
    arrived = there([SCALARS[what]])[0]
    assert type(arrived) is type(SCALARS[what])
    assert arrived.dtype == SCALARS[what].dtype
    assert arrived == SCALARS[what]


class Liar(np.ndarray):
    def __eq__(self, other):
        return True

    def tobytes(self):
        raise AssertionError

    __reduce__ = __array__ = tobytes


class Large(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Changed(dict):
    pass


class Colour(enum.StrEnum):
    RED = "red"


circle = np.empty(1, object)
circle[0] = circle
OPAQUE = {
    "ndarray of a subclass": (np.ones(2).view(Liar), "Liar"),
    "a masked array": (np.ma.masked_array([1], [True]), "MaskedArray"),
    "an array of 17 dimensions": (np.ones((1,) * 17), "ndarray"),
    "a record": (np.zeros(2, [("a", "i4")]), "ndarray"),
    "a longdouble": (np.ones(2, np.longdouble), "ndarray"),
    "a generic timedelta": (np.timedelta64(3), "timedelta64"),
    "an array of bytes that are no bools": (np.array([2], "u1").view("?"), "ndarray"),
    "an array of half letters": (np.array(["\ud800"]), "ndarray"),
    "an array of objects": (np.array([object()]), "ndarray"),
    "an array of tensors": (np.array([[torch.ones(1)], 1], object), "ndarray"),
    "an array in itself": (circle, "ndarray"),
    "a set of tensors": ({torch.ones(1)}, "set"),
    "a set of objects": ({(1, object())}, "set"),
    "a set of a subclass": (type("Mine", (set,), {})([1]), "Mine"),
    "a huge int": (2**20_000, "int"),
    "a huge Fraction": (Fraction(1, 2**20_000), "Fraction"),
    "a huge Decimal": (Decimal("1E+9999"), "Decimal"),
    "a Decimal that raises": (Decimal("sNaN"), "Decimal"),
    "a huge range": (range(2**40), "range"),
    "a range of huge ints": (range(2**70, 2**70 + 1), "range"),
    "a time in a place": (datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Paris")), "datetime"),
}


@pytest.mark.parametrize("what", OPAQUE)
def test_what_does_not_travel_arrives_as_its_types_name(what):
    value, name = OPAQUE[what]
    arrived = there([value])[0]
    assert isinstance(arrived, Opaque)
    assert type(arrived).__name__ == name


def test_a_subclass_arrives_as_its_base():
    number, words, colour, default = there(
        [Large(2**70), Changed(a=1), Colour.RED, type("Own", (defaultdict,), {})(int, {"a": 1})]
    )
    assert (type(number), number) == (int, 2**70)
    assert number != 3
    assert (type(words), words) == (dict, {"a": 1})
    assert (type(colour), colour) == (str, "red")
    assert (type(default), default) == (dict, {"a": 1})


def test_what_travels_stays_and_what_merely_unpacks_becomes_a_tuple():
    assert as_tuple({1, 2}) == {1, 2}
    assert type(as_tuple({torch.ones(1)})) is tuple
    assert as_tuple(map(int, "12")) == (1, 2)


def test_sets_that_are_equal_are_equal_as_bytes():
    # 0 and 8 share a place in the table of a small set, so the order of insertion shows.
    one, two = {0, 8, frozenset({(0,), (8,)})}, {8, 0, frozenset({(8,), (0,)})}
    assert encode(one) == encode(two)
    words = [f"word {number}" for number in range(50)]
    assert encode(set(words)) == encode(set(random.Random(21).sample(words, 50)))


def test_tensors_are_found_and_replaced_in_every_kind_of_dict():
    tensor, other = torch.ones(1), torch.zeros(1)
    value = [OrderedDict(a=tensor), Counter(b=1), defaultdict(list, c=(tensor,)), {1}, deque([2])]
    arrived = there(value)
    assert len(tensors(arrived)) == 1
    changed = replaced(value, [tensor], [other])
    assert [type(one) for one in changed] == [type(one) for one in value]
    assert changed[0]["a"] is changed[2]["c"][0] is other
    assert value[0]["a"] is tensor


BODY = b"\1" * 64
BYTES = ["bytes", 0, 64]


def array(dtype="<f8", shape=(8,), content=BYTES):
    return frame(["array", dtype, ["tuple", *shape], content], BODY)


MALFORMED = {
    "an int of no bytes": frame(["int", 5]),
    "an int that is too large": frame(["int", ["bytes", 0, 5000]], b"\1" * 5000),
    "a complex of text": frame(["complex", "1", 2.0]),
    "a complex of half": frame(["complex", 1.0]),
    "a range without end": frame(["range", 0, 2**62, 1]),
    "a range that stands": frame(["range", 0, 5, 0]),
    "a range of floats": frame(["range", 0.0, 5, 1]),
    "a range of bools": frame(["range", True, 5, 1]),
    "a date that is none": frame(["date", 2024, 2, 30]),
    "a date of a pickle": frame(["date", ["bytes", 0, 4]], b"\x07\xe8\2\3"),
    "a date of huge numbers": frame(["date", ["int", BYTES], 1, 1], BODY),
    "a time that is none": frame(["time", None, 0, 25, 0, 0, 0]),
    "a time with too few parts": frame(["time", None, 0]),
    "a time in a text": frame(["time", "Europe/Paris", 0, 1, 0, 0, 0]),
    "a datetime in a text": frame(["datetime", 2024, 1, 1, "UTC", 0, 1, 0, 0, 0]),
    "a time of a large fold": frame(["time", None, 2, 1, 0, 0, 0]),
    "a timedelta that is too long": frame(["timedelta", 10**12, 0, 0]),
    "a timedelta of floats": frame(["timedelta", 0.5, 0, 0]),
    "a zone beyond a day": frame(["timezone", ["timedelta", 3, 0, 0]]),
    "a zone by name": frame(["timezone", "Europe/Paris"]),
    "a Decimal of words": frame(["Decimal", "pi"]),
    "a Decimal of other digits": frame(["Decimal", "٣"]),
    "a Decimal that raises": frame(["Decimal", "sNaN"]),
    "a Decimal of a huge exponent": frame(["Decimal", "1E+999999999"]),
    "a Decimal of an endless exponent": frame(["Decimal", "1E+" + "9" * 4000]),
    "a Decimal that is too long": frame(["Decimal", "1" * 5000]),
    "a Decimal of a list": frame(["Decimal", ["list", 1, 2]]),
    "a Fraction by zero": frame(["Fraction", 1, 0]),
    "a Fraction of floats": frame(["Fraction", 0.5, 1]),
    "a set of lists": frame(["set", ["list"]]),
    "a set of dicts": frame(["frozenset", ["dict"]]),
    "a deque of a strange length": frame(["deque", "long", 1]),
    "a deque of a negative length": frame(["deque", -1, 1]),
    "an OrderedDict of lists": frame(["OrderedDict", ["list"], 1]),
    "a Counter without a count": frame(["Counter", "a"]),
    "a named tuple without a name": frame(["namedtuple", None, ["list", "a"], 1]),
    "a named tuple without fields": frame(["namedtuple", "P", ["list"]]),
    "a named tuple of too few": frame(["namedtuple", "P", ["list", "a", "b"], 1]),
    "a named tuple with a field twice": frame(["namedtuple", "P", ["list", "a", "a"], 1, 2]),
    "a named tuple of code": frame(["namedtuple", "P", ["list", "a=print(1)"], 1]),
    "a named tuple called by code": frame(["namedtuple", "P(print(1))", ["list", "a"], 1]),
    "a named tuple of a keyword": frame(["namedtuple", "P", ["list", "def"], 1]),
    "a named tuple of a special name": frame(["namedtuple", "P", ["list", "__class__"], 1]),
    "a named tuple of many": frame(["namedtuple", "P", ["list", *map(chr, range(97, 197))]]),
    "a bytearray of a size": frame(["bytearray", 2**40]),
    "a bytearray of a list": frame(["bytearray", ["list", 1]]),
    "a chain of lists": frame(["ChainMap", ["list", 1]]),
    "a chain of nothing": frame(["ChainMap"]),
    "keys that are lists": frame(["dict_keys", ["list"]]),
    "items that are no pairs": frame(["dict_items", 1]),
    "a defaultdict of eval": frame(["defaultdict", "eval"]),
    "a defaultdict of a list": frame(["defaultdict", ["list"]]),
    "a dtype that is no text": array(3),
    "a dtype that is unknown": array("<q9"),
    "a dtype with fields": array("i4,i4"),
    "a dtype of objects": array("|O"),
    "a dtype of objects by another name": array("O"),
    "a dtype of pointers": array("|T16"),
    "a dtype of no bytes": array("<U0", (2**31 - 1,), ["bytes", 0, 0]),
    "a dtype with a comma behind": array("<f8\n"),
    "a dtype of other digits": array("<U٣"),
    "a unit that is unknown": array("<M8[25s]"),
    "no unit": array("<M8"),
    "a shape that is larger than its bytes": array(shape=(2**31,)),
    "a shape that is a little larger": array(shape=(9,)),
    "a shape that is smaller": array(shape=(7,)),
    "a negative shape": array(shape=(-8, -1)),
    "a shape of floats": array(shape=(8.0,)),
    "a shape of bools": array(shape=(8, True)),
    "a shape of many": array(shape=(8, *[1] * 40)),
    "a shape that overflows": array(shape=(2**31 - 1,) * 4 + (0,), content=["bytes", 0, 0]),
    "a shape that is a list": frame(["array", "<f8", ["list", 8], BYTES], BODY),
    "bytes that are no bools": frame(["array", "|b1", ["tuple", 1], ["bytes", 0, 1]], b"\2"),
    "letters that are none": frame(["array", "<U1", ["tuple", 1], ["bytes", 0, 4]], b"\0\0\x11\0"),
    "half letters": frame(["array", "<U1", ["tuple", 1], ["bytes", 0, 4]], b"\0\xd8\0\0"),
    "half letters the other way round": frame(["scalar", ">U1", ["bytes", 0, 4]], b"\0\0\xd8\0"),
    "objects that are fewer": array("|O", (3,), ["list", 1, 2]),
    "objects without end": array("|O", (2**31,), ["list", 1]),
    "numbers that are objects": array("<f8", (2,), ["list", 1.0, 2.0]),
    "content that is text": array(content="x" * 64),
    "a scalar of objects": frame(["scalar", "|O", ["list", 1]]),
    "a scalar of two": frame(["scalar", "<f8", ["bytes", 0, 16]], BODY[:16]),
    "a scalar of nothing": frame(["scalar", "<f8", ["bytes", 0, 0]]),
}  # fmt: skip


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_value_is_refused(what):
    with pytest.raises(WireError):
        decode(MALFORMED[what])


def test_a_shape_costs_nothing_before_it_is_checked():
    tracemalloc.start()
    for what in MALFORMED:
        with pytest.raises(WireError):
            decode(MALFORMED[what])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


@pytest.mark.parametrize("kind", ["set", "frozenset", "dict", "Counter", "dict_keys"])
def test_keys_with_one_hash_cannot_make_a_small_message_slow(kind):
    keys = [tuple(-1 - (number >> bit & 1) for bit in range(10)) for number in range(1024)]
    assert len({hash(key) for key in keys}) == 1
    parts = [
        part for key in keys for part in ([["tuple", *key]] + [1] * (kind in ("dict", "Counter")))
    ]
    with pytest.raises(WireError):
        decode(frame([kind, *parts]))
    assert there({(x, y) for x in range(-20, 20) for y in range(-20, 20)})


def test_the_smallest_parts_unpack_within_a_bound():
    """A head of 2 MB holds a million empty containers of any kind."""
    for parts in (
        ["deque", None],
        ["set"],
        ["OrderedDict"],
        ["Counter"],
        ["dict_keys"],
        ["bytearray", ["bytes", 0, 0]],
        ["defaultdict", None],
        ["namedtuple", "P", ["list", "x"], 1],
    ):
        count = 10_000
        data = frame(["list", *([parts] * count)])
        tracemalloc.start()
        decoded = decode(data)
        grown = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(decoded) == count
        assert grown < 150 * len(data)


def mutated(chance, data, others):
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        place = chance.randrange(PREFIX.size, len(data) + 1)
        what = chance.randrange(4)
        if what == 0:
            data[place : place + 1] = [chance.randrange(256)]
        elif what == 1:
            data[place:place] = chance.randbytes(chance.randrange(1, 5))
        elif what == 2 and len(data) > PREFIX.size + 8:
            del data[place : place + chance.randrange(1, 5)]
        else:
            data[place:] = chance.choice(others)[place:]
    head = min(PREFIX.unpack(data[: PREFIX.size])[1], len(data) - PREFIX.size)
    data[: PREFIX.size] = PREFIX.pack(VERSION, head, len(data) - PREFIX.size - head)
    return bytes(data)


def test_mutated_messages_are_refused_or_are_values_that_can_be_used():
    chance = random.Random(21)
    values = [*PLAIN.values(), *SCALARS.values(), *(numbered(one, (2, 2)) for one in DTYPES)]
    seeds = [
        encode(one) for value in values for one in ([value], [value] * 2) if len(encode(one)) < 1000
    ]
    decoded = 0
    for _ in range(10_000):
        try:
            value = decode(mutated(chance, chance.choice(seeds), seeds), Bounds(2**14, 2**16))
        except WireError:
            continue
        decoded += 1
        with warnings.catch_warnings(action="ignore"):
            assert str(value) is not None
            assert encode(value)
    assert 500 < decoded < 9500
