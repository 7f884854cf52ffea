"""What stands in, for a while, for a name of a notebook or for a submodule.

Used on both sides of the trust boundary, as `invoke` is: in the student process for what the
notebook defined, in the judge process for the reference, in a kernel of plain nbgrader for both. A
stand-in crosses as a description, of plain data and tensors:

    ["layer", kind, args, kwargs, parts]    one of torch's own layers; parts are those of Sequential
    ["table", rows]                         a function; a row is [arguments, value]
    ["answered", number, made]              a function that `answer(number, args)` answers;
                                            made: a class, whose objects answer calls so
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torch import Tensor, nn

LAYERS = (
    "Dropout",
    "Embedding",
    "GELU",
    "Identity",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MultiheadAttention",
    "RMSNorm",
    "ReLU",
    "SiLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
)

Answer = Callable[[int, list[Any]], Any]
_NOTHING = object()


def put_into_namespace(
    subject: Any, described: Mapping[str, Any], answer: Answer, notebook: dict[str, Any] | None
) -> Callable[[], None]:
    """Put stand-ins under names of the namespace that `subject`, a function or class, looks in.

    `described` maps a name to a description. `notebook` is taken where the namespace of `subject`
    cannot be found. Returns what puts back the old values. Raises `LookupError` for no namespace.
    """
    namespace = _namespace(subject, notebook)
    before = {name: namespace.get(name, _NOTHING) for name in described}
    # All are made before one is put: what fails leaves everything as it was.
    made = {
        name: _made(one, answer, before[name], name, as_module=False)
        for name, one in described.items()
    }

    def put_back() -> None:
        for name, old in before.items():
            if old is _NOTHING:
                namespace.pop(name, None)
            else:
                namespace[name] = old

    namespace.update(made)
    return put_back


def put_into_module(
    module: nn.Module, described: Mapping[str, Any], answer: Answer
) -> Callable[[], None]:
    """Put stand-ins in the places of submodules; a path such as `blocks.0` names each.

    Each takes the dtype and device of the module's parameters, and its mode of training. Returns
    what puts the old ones back. Raises `LookupError` for a path that leads to no submodule.
    """
    places = {path: place(module, path) for path in described}
    made = {
        path: _made(one, answer, places[path][0]._modules[places[path][1]], path, as_module=True)
        for path, one in described.items()
    }
    like = next((one for one in module.parameters() if one.is_floating_point()), None)
    for one in made.values():
        one.train(module.training)
        if like is not None:
            one.to(like)
    before = [(*places[path], places[path][0]._modules[places[path][1]]) for path in described]

    def put_back() -> None:
        for parent, name, old in before:
            parent._modules[name] = old

    # torch's own dictionary, because a student's class may have a __setattr__ of its own.
    for path, (parent, name) in places.items():
        parent._modules[name] = made[path]
    return put_back


def place(module: nn.Module, path: str) -> tuple[nn.Module, str]:
    """Return the module that holds the submodule `path`, and its name there.

    By what is registered: an attribute of the class may shadow it. Raises `LookupError` where
    `path` leads to no submodule.
    """
    *above, name = path.split(".")
    parent: Any = module
    for part in above:
        parent = parent._modules.get(part)
        if not isinstance(parent, nn.Module):
            raise LookupError(path)
    if not isinstance(parent._modules.get(name), nn.Module):
        raise LookupError(path)
    return parent, name


def submodule(module: nn.Module, path: str) -> nn.Module:
    """Return the submodule `path`; the module itself where the path is empty.

    Raises `LookupError` where `path` leads to no submodule.
    """
    if not path:
        return module
    parent, name = place(module, path)
    return parent._modules[name]  # type: ignore[return-value]


def _namespace(subject: Any, notebook: dict[str, Any] | None) -> dict[str, Any]:
    """Return the globals of a function, or of the methods of a class."""
    for function in _functions(subject):
        found = getattr(function, "__globals__", None)
        if isinstance(found, dict):
            return found
    if notebook is not None:
        return notebook
    module = sys.modules.get(getattr(subject, "__module__", None) or "")
    if module is None:
        raise LookupError(f"{subject!r} has no namespace.")
    return vars(module)


def _functions(subject: Any) -> Iterator[Any]:
    if not inspect.isclass(subject):
        yield inspect.unwrap(subject)
        return
    for kind in subject.__mro__:
        for value in vars(kind).values():
            function = inspect.unwrap(getattr(value, "__func__", value))
            # A base class or a function of torch's looks elsewhere.
            if getattr(function, "__module__", None) == subject.__module__:
                yield function


def _made(described: Any, answer: Answer, old: Any, name: str, as_module: bool) -> Any:
    """Make a stand-in for `old`: an nn.Module where it is one `as_module`."""
    kind, *rest = described
    if kind == "layer":
        return _layer(*rest)
    if kind == "table":
        call = _table(rest[0], name.rpartition(".")[2])
    else:
        call = _answered(rest[0], answer)
    if kind == "answered" and rest[1] and not as_module:
        signature = _signature(getattr(old, "forward", None), skip=1)
        return _class(name, lambda args, kwargs: call(_positional(signature, args, kwargs)))
    of = getattr(old, "forward", None) if as_module else old
    signature = _signature(None if of is _NOTHING else of)

    def function(*args: Any, **kwargs: Any) -> Any:
        return call(_positional(signature, args, kwargs))

    return _Calls(function) if as_module else function


def _layer(kind: str, args: list, kwargs: dict, parts: dict) -> nn.Module:
    if kind not in LAYERS:
        raise ValueError(f"torch.nn.{kind} cannot stand in.")
    made: nn.Module = getattr(nn, kind)(*args, **kwargs)
    for name, part in parts.items():
        made.add_module(name, _layer(*part[1:]))
    return made


def _table(rows: list, name: str) -> Callable[[list], Any]:
    def call(args: list) -> Any:
        for known, value in rows:
            if _equal(args, known):
                return value.detach().clone() if isinstance(value, Tensor) else value
        shown = ", ".join(repr(one) if isinstance(one, int | float | str) else "…" for one in args)
        raise ValueError(f"{name}({shown}) is called with arguments that the test does not know")

    return call


def _equal(args: list, known: Any) -> bool:
    try:
        return bool(list(args) == list(known))
    except (RuntimeError, ValueError):  # tensors and arrays of many values
        return False


def _answered(number: int, answer: Answer) -> Callable[[list], Any]:
    return lambda args: answer(number, args)


def _class(name: str, call: Callable[[tuple, dict], Any]) -> type:
    """Return a class of modules without parameters, whatever they are made with."""

    class Made(nn.Module):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__()

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            return call(args, kwargs)

    Made.__name__ = Made.__qualname__ = name
    return Made


class _Calls(nn.Module):
    """A module without parameters that calls a function."""

    def __init__(self, function: Callable[..., Any]):
        super().__init__()
        self._function = function

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)


def _signature(function: Any, skip: int = 0) -> inspect.Signature | None:
    """Return the signature of what is stood in for, without its first `skip` parameters."""
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    return found.replace(parameters=list(found.parameters.values())[skip:])


def _positional(signature: inspect.Signature | None, args: tuple, kwargs: dict) -> list[Any]:
    """Return all arguments by position, as what is stood in for names them."""
    # The student's own names: whoever calls by name has written the signature too.
    if kwargs and signature is not None:
        try:
            bound = signature.bind(*args, **kwargs)
            args, kwargs = bound.args, bound.kwargs
        except TypeError:
            pass
    return [*args, *kwargs.values()]
