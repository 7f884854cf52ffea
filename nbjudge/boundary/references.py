"""What stands in a message for an object that stays where it is, or that does not travel."""

from typing import Any

LONGEST_NAME = 100


class Opaque:
    """Stands for an object that does not travel; its class carries the object's type name."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Reference:
    """Stands for an object of the student process, in either direction.

    `_to` is the name that the notebook has for it, or the number under which it is kept there;
    `_kind` is "class", "callable", "object", or "data" for an object of a class of the notebook's
    that derives from one of data; `_type` the name of its type, or its own if it is a
    class. Underscores, because a proxy of the object is one of these, and its other names are the
    student's.

    Or for a function of a test: of kind "offered" for the one with a number that `messages.OFFER`
    told of, of kind "imported" for one that both processes can import, as "module:name". Or, in the
    result of a call, for a list or the like of its arguments: of kind "given", by its place in
    `trees.holding([args, kwargs])`, with its type.
    """

    _to: str | int
    _kind: str
    _type: str

    def __init__(self, to: str | int, kind: str = "object", name: str = ""):
        self.__dict__.update(_to=to, _kind=kind, _type=name)


def opaque(name: str) -> Opaque:
    """Return an `Opaque` whose type is called `name`."""
    return named(Opaque, name)()


def named(base: type, name: str) -> Any:
    """Return a new subclass of `base` that is called `name`, as the other process calls its type.

    The name comes from student code: it is cut to 100 characters, of which printable ones are kept.
    """
    printable = "".join(letter for letter in name[:LONGEST_NAME] if letter.isprintable())
    return type(printable or base.__name__, (base,), {})
