"""How a command is told to stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOPS = (signal.SIGINT, signal.SIGTERM)  # a hub stops a service by one and then the other


@contextmanager
def stopped_once() -> Iterator[None]:
    """Let both signals interrupt the block, once: what it takes back then is taken back whole."""
    before = [signal.signal(stop, stop_once) for stop in STOPS]
    try:
        yield
    finally:
        for stop, handler in zip(STOPS, before, strict=True):
            signal.signal(stop, handler)


def stop_once(*_: object) -> None:
    """Interrupt the command; another signal, such as a hub's second, must not interrupt its end."""
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    raise KeyboardInterrupt
