"""What a message may be at most, and the error for one that may not be taken."""

from dataclasses import dataclass

DEEPEST = 32  # lists in one another; both directions recurse


class WireError(Exception):
    """A value cannot travel, or what arrived is not a message within its bounds."""


@dataclass(frozen=True)
class Bounds:
    """The largest message that is accepted, in bytes.

    The head has the tighter bound: it unpacks to Python objects of up to some 100 times its size,
    while a body unpacks to its own size.
    """

    head: int = 2 * 2**20
    body: int = 64 * 2**20


DEFAULT = Bounds()
