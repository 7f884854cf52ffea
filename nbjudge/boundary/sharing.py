"""How large a message would be if nothing in it were shared: what uses it later may walk all of it.

An object that stands in a value in several places travels once, in a table, and each place holds
["=", its row]. So a message of a few bytes can stand for a value without end: a list that
holds the list before it twice, and so on. Each place is therefore counted as if the object had
travelled there anew, and is held to the bounds of any message.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

TAG = "="  # short, because an empty list takes six bytes
PLACE = 3  # what a place takes of the head itself, as counted here


class Size(NamedTuple):
    """What a packed value takes of head and body, at least, and how many lists it is deep."""

    head: int
    body: int
    height: int


def measured(node: list[Any], rows: Sequence[Size | None]) -> Size:
    """Return the size of a packed value, of whose parts the shared ones have those in `rows`.

    A tensor takes no part of the body: places that share it share its memory, too.
    """
    if node[0] == "bytes":
        return Size(len(node) + len(node[0]), node[2], 0)
    head, body, height = len(node), 0, 0
    for part in node:
        if type(part) is str:
            head += len(part)
        elif type(part) is list:
            below = (rows[part[1]] if part[0] == TAG else None) or measured(part, rows)
            head, body = head + below.head, body + below.body
            height = max(height, below.height + 1)
    return Size(head, body, height)
