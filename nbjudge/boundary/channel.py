"""Messages over a stream socket, for both ends of the trust boundary."""

import select
import socket
from collections.abc import Callable
from typing import Any

from nbjudge.boundary.wire import DEFAULT, PREFIX, Bounds, WireError, decode, encode, sizes

_TICK = 50  # milliseconds between two looks at the limits while waiting


class Closed(WireError):
    """The other end is gone."""


class Channel:
    """Messages over a stream socket."""

    def __init__(self, connection: socket.socket, bounds: Bounds = DEFAULT):
        self.connection = connection
        self.bounds = bounds

    def send(self, value: Any, watch: Callable[[], None] | None = None) -> None:
        """Send one message; `watch` is called while the other end does not read, and may raise."""
        rest = memoryview(encode(value))
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
        """Return the next message; `watch` is called while nothing comes, and may raise."""
        prefix = self._read(PREFIX.size, watch)
        rest = self._read(sum(sizes(prefix, self.bounds)), watch)
        return decode(prefix + rest, self.bounds)

    def _read(self, size: int, watch: Callable[[], None] | None) -> bytearray:
        # Grows with what comes, not with what was announced.
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
        # poll, not select: a server's descriptor may be above select's 1024.
        if watch is None:
            return
        waiting = select.poll()
        waiting.register(self.connection, select.POLLOUT if writing else select.POLLIN)
        while not waiting.poll(_TICK):
            watch()
