"""Functions of a test that student code was given: calling one asks the judge process.

Each has the name, the text and the parameters of the test's own, so what student code reads of it,
such as `f.__code__.co_argcount` or what `functools.wraps` copies, is right.
"""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any

from nbjudge.boundary.signatures import signature

Call = Callable[[list[Any], dict[str, Any]], Any]
_POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_ANY = [["args", "VAR_POSITIONAL", False, None], ["kwargs", "VAR_KEYWORD", False, None]]
_TEXT = "def made{shown}:\n    return _call([{given}], {rest}, {{{named}}})"


def made(call: Call, name: str, doc: str | None, parameters: Any) -> Callable[..., Any]:
    """Return a function that is as a `messages.OfferRequest` describes it, and calls `call`."""
    described = signature(_ANY if parameters is None else parameters)
    defaults = {
        one.name: one.default
        for one in described.parameters.values()
        if one.default is not one.empty
    }
    names = [one.name for one in described.parameters.values() if one.kind in _POSITIONAL]

    def _call(given: list[Any], rest: tuple[Any, ...], named: dict[str, Any]) -> Any:
        # The test's function has its own defaults: a list among them is to be that very list.
        while given and not rest and _is_default(names[len(given) - 1], given[-1], defaults):
            given.pop()
        named = {key: one for key, one in named.items() if not _is_default(key, one, defaults)}
        return call([*given, *rest], named)

    namespace: dict[str, Any] = {"_call": _call, "_defaults": defaults}
    exec(_text(described, names), namespace)
    function: Callable[..., Any] = namespace["made"]
    function.__name__ = function.__qualname__ = name
    function.__doc__, function.__module__ = doc, "__main__"
    return function


def _is_default(name: str, value: Any, defaults: dict[str, Any]) -> bool:
    return name in defaults and value is defaults[name]


def _text(described: Signature, names: list[str]) -> str:
    """Return a definition with these parameters, the defaults being those in `_defaults`."""
    found = described.parameters.values()
    shown = described.replace(
        parameters=[
            one if one.default is one.empty else one.replace(default=_Shown(one.name))
            for one in found
        ]
    )
    rest = [one.name for one in found if one.kind is Parameter.VAR_POSITIONAL]
    named = [f"{one.name!r}: {one.name}" for one in found if one.kind is Parameter.KEYWORD_ONLY]
    more = [f"**{one.name}" for one in found if one.kind is Parameter.VAR_KEYWORD]
    return _TEXT.format(
        shown=shown,
        given=", ".join(names),
        rest=rest[0] if rest else "()",
        named=", ".join([*named, *more]),
    )


class _Shown:
    """A default, as the text of a definition names it."""

    def __init__(self, name: str):
        self._name = name

    def __repr__(self) -> str:
        return f"_defaults[{self._name!r}]"
