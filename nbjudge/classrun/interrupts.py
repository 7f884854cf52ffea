"""Ctrl-C where something is being done that should be done whole.

Python raises `KeyboardInterrupt` between any two instructions of the main thread, so also between a
commit and the line that reports it. The signal is noted, and not blocked (pthread_sigmask): a
second Ctrl-C, of a person who does not want to wait, must come through.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held() -> Iterator[None]:
    """Let Ctrl-C wait until the block is over; let a second Ctrl-C interrupt at once.

    Must be called in the main thread, where Python handles signals. A program that has set its own
    handler for Ctrl-C keeps it: the block then runs as if this were not here.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield
        return
    came: list[int] = []

    def note(number: int, _: object) -> None:
        came.append(number)
        if len(came) > 1:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
