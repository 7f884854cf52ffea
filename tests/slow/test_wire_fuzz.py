"""Malformed messages, by the million: decoded or refused, fast, and within the memory allowed."""

import random
import time
from collections import Counter, defaultdict, deque
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from support.sampling import sample_seed, thorough

from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.references import Reference
from nbjudge.boundary.wire import PREFIX, VERSION, decode, encode

pytestmark = pytest.mark.slow
COUNT = 1_000_000 if thorough() else 150_000
# A quadratic decoder takes seconds. The best of a few tries counts: others work here too.
SLOWEST_SECONDS = 0.25
TRIES = 5
BOUNDS = Bounds(head=2**14, body=2**16)
SEEDS = [
    encode(value)
    for value in (
        {"number": 1, "value": {"result": (torch.ones(2, 3), torch.zeros(2)), "graph": 0}},
        [None, True, -1, 2**40, 0.5, "text", b"bytes", (1, (2, (3,))), {"a": {"b": [1]}}],
        [torch.ones(0), torch.tensor(1.0), torch.ones(2, dtype=torch.bfloat16, requires_grad=True)],
        {"number": 1, "asks": encode({"function": 0, "args": [torch.ones(2)], "grad": True})},
        {"types": {"": "A", "a": "B"}, "twins": {"b": "a"}, "contains": {"a": ["b"]}},
        {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 50}]},
        [torch.float16, torch.device("cpu"), object(), 2**90],
        [{1, (2.5, b"x")}, range(9), 1j, Counter("aab"), deque([1], 3), defaultdict(list, a=[1])],
        [datetime(2024, 2, 29, tzinfo=UTC), timedelta(1), Decimal("1.5"), Fraction(1, 3)],
        [pd.DataFrame({"a": [1, 2], "b": ["x", None]}), pd.Series([0.5], name="s")],
        [pd.date_range("2024-02-28", periods=3), pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])],
        [Reference(3, "offered"), Reference("math:sin", "imported"), Reference(0, "object", "A")],
        [np.ones((2, 3)), np.array(["ab", "c"]), np.float32(1), np.array([None, "a"], object)],
    )
]


def mutate(chance, data):
    """Change, insert, remove, repeat or splice a few bytes; lengths often stay right."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        place = chance.randrange(len(data) + 1)
        kind = chance.randrange(6)
        if kind == 0 and place < len(data):
            data[place] = chance.randrange(256)
        elif kind == 1 and place < len(data):
            data[place] ^= 1 << chance.randrange(8)
        elif kind == 2:
            data[place:place] = chance.randbytes(chance.randrange(1, 9))
        elif kind == 3:
            del data[place : place + chance.randrange(1, 9)]
        elif kind == 4:
            data[place:place] = data[place : place + chance.randrange(1, 40)]
        else:
            data[place:] = chance.choice(SEEDS)[place:]
    if chance.random() < 0.7 and len(data) >= PREFIX.size:
        rest = len(data) - PREFIX.size
        head = min(PREFIX.unpack(data[: PREFIX.size])[1], rest)
        data[: PREFIX.size] = PREFIX.pack(VERSION, head, rest - head)
    return bytes(data)


def refused(data, bounds=BOUNDS):
    """Say whether the decoder refuses a message, and in how many seconds it decides."""
    start = time.perf_counter()
    try:
        decode(data, bounds)
    except WireError:
        return True, time.perf_counter() - start
    return False, time.perf_counter() - start


def test_malformed_messages_are_decided_fast():
    seed = sample_seed()
    chance = random.Random(seed)
    process, slowest, decoded = psutil.Process(), (0.0, b""), 0
    before = process.memory_info().rss
    begun = time.monotonic()
    for number in range(COUNT):
        raw = number % 10 == 0
        data = (
            chance.randbytes(chance.randrange(60)) if raw else mutate(chance, chance.choice(SEEDS))
        )
        refusal, seconds = refused(data)
        decoded += not refusal
        slowest = max(slowest, (seconds, data))
    best = min(refused(slowest[1])[1] for _ in range(TRIES))
    grown = (process.memory_info().rss - before) / 2**20
    print(
        f"\n{COUNT} messages, seed {seed}: {decoded} decoded, {COUNT - decoded} refused, "
        f"{time.monotonic() - begun:.0f} s, slowest {1000 * slowest[0]:.0f} ms "
        f"(again {1000 * best:.1f} ms), {grown:.0f} MB more"
    )
    assert COUNT / 50 < decoded < COUNT  # else most are refused by their first bytes
    assert grown < 200
    assert best < SLOWEST_SECONDS


LARGE = Bounds(head=2**20, body=2**22)
WORST = {
    "a long list": lambda size: [None] * size,
    "a long dictionary": lambda size: dict.fromkeys(range(size)),
    "many tensors": lambda size: [torch.ones(1) for _ in range(size // 8)],
    "many bytes": lambda size: [b"x"] * size,
}


def cpu_seconds(data):
    """The best of a few tries: other programs work on this machine, too."""

    def once():
        begun = time.process_time()
        decode(data, LARGE)
        return time.process_time() - begun

    return min(once() for _ in range(TRIES))


@pytest.mark.parametrize("what", WORST)
def test_the_time_to_decode_grows_with_the_size_and_not_faster(what):
    small, large = (cpu_seconds(encode(WORST[what](size))) for size in (2**12, 2**15))
    assert large < 24 * small  # eight times the size; a quadratic decoder takes 64 times as long
