"""Messages over a stream socket, for both sides of the trust boundary.

Theory of operation. The judge process and a student process hold one end each of a socket pair. The
judge process sends an envelope and waits for its reply; the student process waits for envelopes.
While the judge process sends or waits, it calls `watch` every 50 ms, which looks at the limits of
the student process and raises when one is broken. So a student process that neither reads nor
answers cannot hold up the judge process.

A stream socket, and not one that keeps messages apart (SOCK_SEQPACKET, which the control socket
is): a message may be larger than the kernel takes in one packet.
"""

import select
import socket
from collections.abc import Callable
from typing import Any

from nbjudge.boundary.bounds import DEFAULT, Bounds, WireError
from nbjudge.boundary.wire import PREFIX, decode, encode, sizes

_TICK = 50  # milliseconds between two looks at the limits while waiting


class Closed(WireError):
    """The process at the other end has ended, or has closed its socket."""


class Channel:
    """Sends and receives messages over `connection`; refuses those larger than `bounds`."""

    def __init__(self, connection: socket.socket, bounds: Bounds = DEFAULT):
        self.connection = connection
        self.bounds = bounds

    def send(self, value: Any, watch: Callable[[], None] | None = None) -> None:
        """Send one message.

        While the other end does not read, `watch` is called every 50 ms; what it raises is raised
        to the caller. Raises `Closed` when the other end is gone, and `WireError` where `value`
        cannot travel.
        """
        rest = memoryview(encode(value))
        # With a watch, `send` must not block in the kernel when its buffer is full.
        flags = socket.MSG_DONTWAIT if watch else 0
        while rest:
            self._wait(watch, writing=True)
            try:
                rest = rest[self.connection.send(rest, flags) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Closed("The other end is gone.") from error

    def receive(self, watch: Callable[[], None] | None = None) -> Any:
        """Return the next message.

        While nothing comes, `watch` is called every 50 ms; what it raises is raised to the caller.
        Raises `Closed` when the other end is gone, and `WireError` for what is not a message within
        the bounds.
        """
        prefix = self._read(PREFIX.size, watch)
        rest = self._read(sum(sizes(prefix, self.bounds)), watch)
        return decode(prefix + rest, self.bounds)

    def _read(self, size: int, watch: Callable[[], None] | None) -> bytearray:
        # The buffer grows with what has come. One of the announced size would let a process take
        # memory by sending a few bytes.
        data = bytearray()
        while len(data) < size:
            self._wait(watch)
            try:
                part = self.connection.recv(min(size - len(data), 2**20))
            except BlockingIOError:
                continue
            except OSError as error:
                raise Closed("The other end is gone.") from error
            if not part:
                raise Closed("The other end is gone.")
            data += part
        return data

    def _wait(self, watch: Callable[[], None] | None, writing: bool = False) -> None:
        """Wait until the socket is ready, and call `watch` meanwhile; without it return at once."""
        if watch is None:
            return
        # poll, not select: in a server a descriptor may be above 1024, which select cannot take.
        waiting = select.poll()
        waiting.register(self.connection, select.POLLOUT if writing else select.POLLIN)
        while not waiting.poll(_TICK):
            watch()
