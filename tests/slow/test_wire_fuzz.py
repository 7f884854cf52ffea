"""Malformed messages, by the million: decoded or refused, fast, and within the memory allowed."""

import random
import time

import psutil
import pytest
import torch
from support.sampling import sample_seed, thorough

from nbjudge.boundary.wire import Bounds, WireError, decode, encode

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
        {"outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 50}]},
        [torch.float16, torch.device("cpu"), object(), 2**90],
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
    if chance.random() < 0.7 and len(data) >= 8:
        head = min(int.from_bytes(data[:4], "big"), len(data) - 8)
        data[:8] = head.to_bytes(4, "big") + (len(data) - 8 - head).to_bytes(4, "big")
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
    assert 0 < decoded < COUNT
    assert grown < 200
    assert best < SLOWEST_SECONDS


LARGE = Bounds(head=2**18, body=2**20)
WORST = {
    "a long list": [None] * (LARGE.head // 2),
    "a long dictionary": dict.fromkeys(range(LARGE.head // 8)),
    "many tensors": [torch.ones(1) for _ in range(LARGE.head // 64)],
    "many bytes": [b"x"] * (LARGE.head // 16),
}


@pytest.mark.parametrize("what", WORST)
def test_a_large_message_is_decoded_fast(what):
    data = encode(WORST[what])
    assert len(data) > LARGE.head / 3
    assert min(refused(data, LARGE) for _ in range(TRIES)) < (False, SLOWEST_SECONDS)
