"""Ports that are free now, for servers that must be told theirs."""

import contextlib
import random
import socket


def free_port():
    """Return a port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def free_ports(count):
    """Return the first of some consecutive free ports."""
    while True:
        first = random.randrange(20000, 30000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            for port in range(first, first + count):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
