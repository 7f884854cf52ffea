"""What a function of a test reaches, when student code chooses its arguments.

    lambda x: x * x - 2         nothing but numbers
    lambda text: eval(text)     everything
    lambda name: open(name)     files
    lambda n: time.sleep(n)     this process, for as long as it likes; so does a pattern of `re`

Such a function runs in the judge process. So one that leads from a text or a number to something
else is not given to student code. It is read from the function's own text, and from the functions
of the test that this uses. That guards an author against an oversight. It is no sandbox: an author
may do anything.
"""

import builtins
import dis
import inspect
from collections.abc import Iterator, Mapping
from functools import partial
from types import BuiltinMethodType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any
from unittest.mock import NonCallableMock

_OWN = "__main__"  # the module of what a test defines
_PURE = {
    *("_bisect", "_functools", "_heapq", "_operator", "_random", "_statistics"),
    *("bisect", "builtins", "cmath", "collections", "copy", "dataclasses", "datetime", "decimal"),
    *("enum", "fractions", "functools", "heapq", "itertools", "json", "math", "numbers", "numpy"),
    *("operator", "random", "statistics", "string", "time", "torch", "types", "typing"),
    _OWN,
}
_REACHING = {
    *("__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "getattr"),
    *("globals", "help", "input", "locals", "open", "quit", "setattr", "vars"),
    *("attrgetter", "ctypeslib", "f2py", "format", "format_map", "fromfile", "fromregex"),
    *("genfromtxt", "hub", "jit", "lib", "library", "load", "load_library", "loadtxt", "memmap"),
    *(
        "methodcaller",
        "ops",
        "save",
        "savetxt",
        "savez",
        "savez_compressed",
        "serialization",
        "sleep",
    ),
    *("tofile", "DataSource", "utils"),
}
_PROXIES = "nbjudge.proxy."
_NAMES = {"LOAD_ATTR", "LOAD_METHOD", "IMPORT_FROM"}


def reach(thing: Any, scope: Mapping[str, Any]) -> str:
    """Return the name of something that a function reaches beyond its arguments, or "".

    `scope` is the namespace of the test.
    """
    return next(_reached(thing, scope, set()), "")


def _reached(thing: Any, scope: Mapping[str, Any], known: set[int]) -> Iterator[str]:
    if id(thing) in known or isinstance(thing, NonCallableMock):
        return
    if f"{_module(thing)}.".startswith(_PROXIES):  # whose own process it is
        return
    known.add(id(thing))
    own = isinstance(thing, FunctionType) and thing.__globals__ is scope
    parts = _of_function(thing, scope) if own else _behind(thing)
    for part in parts:
        if isinstance(part, str):
            yield part
        else:
            yield from _reached(part[0], scope, known)
    if not own and not parts:
        yield from _alone(thing)


def _behind(thing: Any) -> list[tuple[Any]]:
    """Return what a method, a partial, a cache, a class or an object of the test's is made of."""
    if isinstance(thing, MethodType):
        return [(thing.__func__,), (thing.__self__,)]
    if isinstance(thing, partial):
        return [(one,) for one in (thing.func, *thing.args, *thing.keywords.values())]
    if isinstance(thing, property):
        return [(thing.fget,)]
    if inspect.isclass(thing) and thing.__module__ == _OWN:
        bases = [(one,) for one in thing.__bases__]
        return [*bases, *((one,) for one in vars(thing).values())]
    inside = getattr(thing, "__wrapped__", None) or getattr(thing, "__func__", None)
    if inside is not None:
        return [(inside,)]
    return [(type(thing),)] if type(thing).__module__ == _OWN else []


def _alone(thing: Any) -> Iterator[str]:
    """Yield the name of what is not the test's own, where it is among those that reach far."""
    name = getattr(thing, "__name__", type(thing).__name__)
    if _module(thing).partition(".")[0] not in _PURE or name in _REACHING:
        yield name


def _module(thing: Any) -> str:
    """Return the name of a module, or of the one that defines a thing or its class."""
    if isinstance(thing, ModuleType):
        return thing.__name__
    if isinstance(thing, BuiltinMethodType) and not isinstance(thing.__self__, ModuleType):
        thing = thing.__self__
    module = getattr(thing, "__module__", None)
    return module if isinstance(module, str) else type(thing).__module__


def _of_function(function: FunctionType, scope: Mapping[str, Any]) -> list[Any]:
    """Return a function's names that reach far, and, each in a tuple, the things that it uses."""
    held = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    closed = inspect.getclosurevars(function).nonlocals.values()
    return [*_of_code(function.__code__, scope), *((one,) for one in (*held, *closed))]


def _of_code(code: CodeType, scope: Mapping[str, Any]) -> Iterator[Any]:
    for one in dis.get_instructions(code):
        name = one.argval
        if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield (scope.get(name, vars(builtins).get(name)),)
        if one.opname == "IMPORT_NAME" and name.partition(".")[0] not in _PURE:
            yield name
        if one.opname in _NAMES and name in _REACHING:
            yield name
    for inside in code.co_consts:
        if isinstance(inside, CodeType):
            yield from _of_code(inside, scope)
