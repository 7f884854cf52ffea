"""The wire: what is sent arrives, and whatever else arrives raises WireError within bounds."""

import socket
import struct
import threading
import tracemalloc
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from copy import copy

import msgpack
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.channel import Channel, Closed
from nbjudge.boundary.references import Opaque, Reference, opaque
from nbjudge.boundary.wire import PREFIX, VERSION, decode, encode, travels

DTYPES = [
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16,
    torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
]  # fmt: skip


def there(value):
    return decode(encode(value))


def frame(value, table=(), body=b"", head=None, shared=()):
    head = msgpack.packb([value, list(table), list(shared)]) if head is None else head
    return PREFIX.pack(VERSION, len(head), len(body)) + head + body


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4)])
def test_tensors_of_every_dtype_and_shape(dtype, shape):
    tensor = torch.arange(24).to(dtype)[: torch.Size(shape).numel()].reshape(shape)
    arrived = there(tensor)
    assert (arrived.dtype, arrived.shape) == (dtype, tensor.shape)
    assert torch.equal(arrived, tensor)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).t(), torch.arange(9)[::2], torch.ones(3).expand(4, 3),
        torch.tensor([float("nan"), float("inf"), -float("inf")]),
        torch.ones(2, dtype=torch.cfloat).conj(),
        torch.nn.Parameter(torch.ones(2)), torch.ones(2, requires_grad=True) * 2,
    ],
)  # fmt: skip
def test_views_specials_and_parameters_arrive_as_plain_tensors(tensor):
    arrived = there(tensor)
    assert type(arrived) is torch.Tensor
    assert arrived.requires_grad == tensor.requires_grad
    assert torch.equal(arrived.detach().nan_to_num(), tensor.detach().nan_to_num())


def test_one_tensor_twice_arrives_as_one_and_two_equal_ones_as_two():
    tensor = torch.ones(2)
    one, (two, three) = there([tensor, (tensor, tensor.clone())])
    assert one is two
    assert one is not three


@pytest.mark.parametrize(
    "one",
    [
        [1], {"a": 1}, {1}, np.ones(2), np.array([[], None], object), pd.Series([1]),
        deque([1]), OrderedDict(a=1), Counter("a"), defaultdict(list), [torch.ones(2)], object,
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_what_can_be_changed_arrives_as_one_and_its_equal_as_another(one):
    first, (second, third), last = there([one, ({"x": one}, copy(one)), [[one]]])
    if one is not object:
        assert first is second["x"] is last[0][0]
    assert first is not third


def test_what_is_shared_may_share_in_turn():
    inner = [0]
    outer = [inner, 1]
    one, two, last = there([outer, outer, inner])
    assert one is two
    assert one == [last, 1]
    assert one[0] is last


def test_plain_values_arrive_as_they_are():
    value = [None, True, -3, 2**63, 0.5, "é", b"\0x", (1, [2]), {"a": {1: (None,)}}, torch.float16]
    assert there(value) == value
    assert there(torch.Size([2, 3])) == (2, 3)
    assert there(torch.device("cpu")) == torch.device("cpu")
    assert there(namedtuple("P", "a b")(1, 2)) == (1, 2)
    assert there("a\ud800") == "a?"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (object(), "object"), (print, "builtin"),
        (torch.eye(2).to_sparse(), "Tensor of torch.sparse_coo"),
        (torch.ones(2, device="meta"), "Tensor"),
    ],
)  # fmt: skip
def test_what_does_not_travel_arrives_as_its_types_name(value, name):
    arrived = there([value])[0]
    assert isinstance(arrived, Opaque)
    assert type(arrived).__name__.startswith(name)


def test_a_reference_arrives_with_what_it_names():
    for to in ("name", 3):
        came = decode(encode([Reference(to, "callable", "function")]))[0]
        assert type(came) is Reference
        assert (came._to, came._kind, came._type) == (to, "callable", "function")
    with pytest.raises(WireError, match="no name or number"):
        decode(encode(Reference(True)))
    with pytest.raises(WireError, match="not text"):
        decode(encode(Reference(3, 4, "function")))


def test_it_is_known_what_travels():
    assert all(map(travels, [1, "a", None, torch.ones(1), torch.float32, b""]))
    assert not any(map(travels, [object(), print, int, iter([])]))


def test_a_type_name_cannot_carry_control_characters():
    made = there([type("x", (), {})()])
    assert repr(opaque("\x1b[2J\0\ud800" + "x" * 500))[:4] == "<[2J"
    assert len(type(opaque("x" * 500)).__name__) == 100
    assert made


def test_too_deep_a_value_is_refused_when_sent_and_when_it_comes():
    deep = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(WireError, match="nested"):
        encode(deep)
    node = ["list"]
    for _ in range(40):
        node = ["list", node]
    with pytest.raises(WireError):
        decode(frame(node))
    with pytest.raises(WireError):
        decode(frame(None, head=b"\x91" * 100_000 + b"\xc0"))


def odd(shape, device="cpu", flag=False, begin=0):
    return frame(["tensor", 0], [["float32", shape, device, flag, begin, 8]], b"x" * 8)


ROW = ["float32", [2], "cpu", False, 0, 8]
BAD = {
    "an empty message": b"",
    "a wrong size": frame(None) + b"x",
    "a size over the bounds": PREFIX.pack(VERSION, 2**31, 0),
    "a body over the bounds": PREFIX.pack(VERSION, 0, 2**31),
    "no pair": frame(None, head=msgpack.packb(3)),
    "a table that is none": frame(None, head=msgpack.packb([None, 3, []])),
    "shared values that are none": frame(None, head=msgpack.packb([None, [], 3])),
    "a shared value that is not there": frame(["=", 0]),
    "a shared value without a number": frame(["="], shared=[["list"]]),
    "a shared value that is plain": frame(["=", 0], shared=[3]),
    "a shared value that is another one": frame(["=", 0], shared=[["=", 1], ["list"]]),
    "a shared value that holds itself": frame(
        ["=", 0], shared=[["list", ["=", 1]], ["list", ["=", 0]]]
    ),
    "no msgpack": frame(None, head=b"\xc1"),
    "two values": frame(None, head=b"\xc0\xc0"),
    "a map": frame({"a": 1}),
    "an extension type": frame(None, head=msgpack.packb([msgpack.ExtType(5, b"x"), [], []])),
    "a time": frame(None, head=msgpack.packb([msgpack.Timestamp(1), [], []])),
    "an unknown tag": frame(["pickle", "x"]),
    "a tag that is no text": frame([3, "x"]),
    "an empty node": frame([]),
    "too many parts": frame(["dtype", "float32", "x"]),
    "a dtype that is unknown": frame(["dtype", "object"]),
    "a dtype that is a name of torch": frame(["dtype", "nn"]),
    "a device that is unknown": frame(["device", "meta"]),
    "a device with a strange index": frame(["device", "cuda:-1"]),
    "a tensor that is not in the table": frame(["tensor", 0]),
    "a negative index": frame(["tensor", -1], [ROW], b"x" * 8),
    "an index that is no number": frame(["tensor", "0"], [ROW], b"x" * 8),
    "a row with too few parts": frame(["tensor", 0], [ROW[:5]], b"x" * 8),
    "a row that is none": frame(["tensor", 0], [None], b"x" * 8),
    "a shape that is larger than its bytes": odd([2**30]),
    "a negative size": odd([-2]),
    "a size that is no number": odd([2.0]),
    "a shape that is none": odd(2),
    "many dimensions": odd([1] * 99 + [2]),
    "an overflow of dimensions": odd([2**31 - 1] * 5 + [0]),
    "bytes outside the body": odd([2], begin=4),
    "a flag that is none": odd([2], flag="yes"),
    "a tensor on a missing device": odd([2], device="xpu"),
    "a negative offset": frame(["bytes", -1, 1], body=b"x"),
    "keys that cannot be keys": frame(["dict", ["list"], 1]),
    "a key without a value": frame(["dict", "a"]),
    "a name that is no text": frame(["opaque", 3]),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_malformed_frame_is_refused(what):
    with pytest.raises(WireError):
        decode(BAD[what], Bounds(head=2**20, body=2**20))


def test_parts_that_overlap_cannot_make_a_small_message_large():
    body = b"x" * 2**20
    nodes = ["list", *(["bytes", 0, 2**20] for _ in range(100))]
    with pytest.raises(WireError, match="larger than the body"):
        decode(frame(nodes, body=body))
    rows = [["uint8", [2**20], "cpu", False, 0, 2**20]] * 100
    with pytest.raises(WireError, match="larger than the body"):
        decode(frame(["list", *(["tensor", n] for n in range(100))], rows, body))


def doubled(times):
    """Return a frame of a list that holds the one before it twice, and so on."""
    rows = [["list", "x"], *(["list", *[["=", row]] * 2] for row in range(times))]
    return frame(["list", *(["=", row] for row in range(times + 1))], shared=rows)


def test_what_is_shared_counts_in_each_of_its_places():
    decode(doubled(10))
    with pytest.raises(WireError, match="with what it shares"):
        decode(doubled(30))
    large = frame(["list", *[["=", 0]] * 100], body=b"x" * 2**20, shared=[LARGE])
    with pytest.raises(WireError, match="with what it shares"):
        decode(large)
    text = frame(["list", *[["=", 0]] * 100], shared=[["list", "x" * 2**17]])
    with pytest.raises(WireError, match="with what it shares"):
        decode(text)


LARGE = ["array", "|u1", ["tuple", 2**20], ["bytes", 0, 2**20]]


def test_what_is_shared_is_no_deeper_than_other_values():
    chain = [["list"], *(["list", ["=", row]] for row in range(100))]
    with pytest.raises(WireError, match="with what it shares"):
        decode(frame(["list", *(["=", row] for row in range(100))], shared=chain))
    tails = [[]]
    for _ in range(30):
        tails.append([tails[-1]])
    assert there(tails) == tails
    tails += [[[tails[-1]]]]
    with pytest.raises(WireError, match="nested"):
        encode(tails)


def test_sharing_makes_no_message_too_large_that_was_none():
    bounds = Bounds(head=3000, body=9000)
    row, array = [0] * 20, np.zeros(100)
    value = [[row] * 100, [array] * 10]
    assert len(encode([[list(row) for _ in range(100)], [array.copy() for _ in range(10)]])) < 12000
    assert decode(encode(value), bounds)[0] == value[0]


def test_the_worst_head_stays_within_its_bound():
    empty = b"\x90"
    inner = b"\xdd" + struct.pack(">I", 2**21 - 20) + empty * (2**21 - 20)
    tracemalloc.start()
    with pytest.raises(WireError):
        decode(frame(None, head=b"\x93" + inner + b"\x90\x90"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 2 * 2**21


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
@settings(deadline=None)
def test_any_plain_value_makes_the_round_trip(value):
    assert repr(there(value)) == repr(value) or "\\ud" in repr(value)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=300)
def test_any_bytes_raise_wire_error_or_decode(data):
    for candidate in (data, frame(None, head=data)):
        try:
            decode(candidate)
        except WireError:
            continue


def pair():
    one, two = socket.socketpair()
    return Channel(one), Channel(two)


def test_large_messages_pass_in_both_directions():
    one, two = pair()
    tensor = torch.arange(2_000_000)
    echo = threading.Thread(target=lambda: two.send(two.receive()))
    echo.start()
    one.send({"x": tensor}, watch=lambda: None)
    assert torch.equal(one.receive(watch=lambda: None)["x"], tensor)
    echo.join()
    one.connection.close()
    two.connection.close()


def test_the_end_of_the_other_side_is_told():
    one, two = pair()
    two.connection.send(b"\0\0")
    two.connection.close()
    with pytest.raises(Closed):
        one.receive()
    with pytest.raises(Closed):
        one.send(b"x" * 10_000_000)
    one.connection.close()


@pytest.mark.parametrize("action", ["receive", "send"])
def test_whoever_waits_is_watched(action):
    one, two = pair()

    def watch():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        one.receive(watch) if action == "receive" else one.send(b"x" * 50_000_000, watch)
    one.connection.close()
    two.connection.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 7))
def test_a_message_in_pieces_arrives_whole(size):
    one, two = pair()
    data = encode(["a", torch.ones(3)])
    for begin in range(0, len(data), size):
        two.connection.send(data[begin : begin + size])
    assert one.receive()[0] == "a"
    one.connection.close()
    two.connection.close()


def test_memory_grows_with_what_comes_not_with_what_was_announced():
    one, two = pair()
    two.connection.send(PREFIX.pack(VERSION, 2**20, 60 * 2**20) + b"x" * 1000)
    tracemalloc.start()

    def watch():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        one.receive(watch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * 2**20
    one.connection.close()
    two.connection.close()
