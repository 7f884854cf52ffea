"""What a notebook defined, as a test in the judge process sees it: proxies.

A proxy sends its arguments to the student process and returns real, clean tensors. Autograd crosses
the boundary: a result is differentiable if it was differentiable in the student process, and
`backward` asks for the gradients there. What a call wrote into its arguments is written into the
test's arguments too, so a test sees it as it would in one process.

    Objects       asks questions, and makes a proxy for each name and object in the answers
    Function      dot_product_attention(query, keys, values)
    Class         SelfAttention(embed_dim) -> Module or Instance
    Module        a torch.nn.Module with the parameters and buffers of the student's
    Instance      any other object: attributes, and calls if it can be called
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from torch import nn

from nbjudge.boundary import messages
from nbjudge.boundary.stand_ins import submodule
from nbjudge.boundary.wire import WireError, mapping, named, opaque
from nbjudge.proxy import answering, autograd, batch
from nbjudge.proxy.errors import raised
from nbjudge.proxy.module import Module
from nbjudge.proxy.tree import kind, without_parts
from nbjudge.rubric.calls import Call, Elsewhere, Outcome
from nbjudge.rubric.stand_ins import Function as StandInFunction
from nbjudge.rubric.stand_ins import StandIn

Ask = Callable[..., dict[str, Any]]


class Objects:
    """The names and objects of one student process, reached through `ask(do, **request)`."""

    def __init__(self, ask: Ask):
        self._ask = ask
        # What student code may ask for by number: the functions of stand-ins.
        self.functions: list[StandInFunction] = []
        # Asked for again and again, for each parameter of a part; stand-ins change it.
        self._classes: dict[tuple[Any, ...], bool] = {}

    def ask(self, do: str, **request: Any) -> Any:
        """Ask a question of `messages`; return the value of the answer.

        Raises `RemoteError` where student code raised, and `WireError` where the answer has the
        wrong form.
        """
        reply = self._ask(do, **request)
        if "raised" in reply:
            raise raised(reply["raised"])
        if "value" not in reply:
            raise WireError("The reply holds no value.")
        return reply["value"]

    def bind(self, names: list[str]) -> dict[str, Any]:
        """Return a proxy, or the plain value, for each of `names` that is defined."""
        return {
            name: self.proxy(name, value)
            for name, value in mapping(self.ask(messages.FIND, names=names)).items()
            if name in names
        }

    def proxy(self, name: str, kind: Any) -> Any:
        """Return the proxy, or the plain value, for the `messages.Kind` of a name."""
        tag, value = _pair(kind)
        if tag == "class":
            return named(Class, name)(self, name)
        return Function(self, name) if tag == "callable" else value

    def call(self, target: str | int, args: tuple, kwargs: dict, module: Any = None) -> Any:
        """Call a name, or an object by its number; `module` is its mirror, where it is a module."""
        return autograd.call(self.ask, target, args, kwargs, module)

    def attribute(self, number: int, name: str, path: str = "", whole: Any = None) -> Any:
        """Return an attribute of an object, or of the submodule at `path` of the mirror `whole`.

        It is plain data, or a submodule of `whole`, or an `Opaque` with the name of its type.
        """
        place = {"path": path} if path else {}
        tag, value = _pair(self.ask(messages.ATTRIBUTE, target=number, name=name, **place))
        if tag == "part" and whole is not None:
            return _part(whole, value)
        return without_parts(value if tag == "value" else opaque(str(value)))

    def is_of(self, place: dict[str, Any], defined: Any) -> bool:
        """Say whether the class of the module at `place` is the one whose proxy is `defined`."""
        if not isinstance(defined, Function):
            return False
        asked = *place.values(), defined.__name__
        if asked not in self._classes:
            answer = self.ask(messages.OF_CLASS, **place, name=defined.__name__)
            if not isinstance(answer, bool):
                raise WireError("Whether a class is the notebook's is neither true nor false.")
            self._classes[asked] = answer
        return self._classes[asked]

    def stand_in(self, stand_ins: Mapping[str, StandIn], **place: Any) -> Any:
        """Put stand-ins in place; return the `messages.ModuleState` of a module."""
        self._classes.clear()
        before = len(self.functions)
        places = {name: one.described(self.functions) for name, one in stand_ins.items()}
        asks = len(self.functions) > before
        return self.ask(messages.STAND_IN, **place, places=places, asks=asks)

    def put_back(self, **news: Any) -> Any:
        """End the latest stand-ins; return the `messages.ModuleState` of a module."""
        self._classes.clear()
        return self.ask(messages.PUT_BACK, **news)

    def tell(self, question: bytes) -> bytes:
        """Answer student code that calls a function of a stand-in; see `answering`."""
        return answering.answer(self.functions, question)


class Function(Elsewhere):
    """A function, or another callable, that the notebook defined under `name`."""

    def __init__(self, objects: Objects, name: str):
        self._objects, self.__name__ = objects, name

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._objects.ask, calls)

    @contextmanager
    def standing_in(self, stand_ins: Mapping[str, StandIn]) -> Iterator[None]:
        """Let stand-ins take the places of names; see `nbjudge.rubric.parts`."""
        self._objects.stand_in(stand_ins, target=self.__name__)
        try:
            yield
        finally:
            self._objects.put_back()

    def is_of(self, defined: Any) -> bool:
        """Say that a function has no class that a notebook defined."""
        return False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; raises `RemoteError` when student code raises."""
        return self._objects.call(self.__name__, args, kwargs)

    def request(self) -> dict[str, Any]:
        """Return the fields of a `messages.CallRequest` but for the arguments."""
        return {"target": self.__name__}

    def answered(self, answer: dict[str, Any]) -> Any:
        """Return the result in a `messages.CallAnswer`."""
        return answer.get("result")


class Class(Function):
    """A class that the notebook defined; calling it makes an object in the student process."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Construct an object; return a `Module` for an nn.Module, else an `Instance`."""
        return self.answered(
            mapping(self._objects.ask(messages.CALL, **self.request(), args=args, kwargs=kwargs))
        )

    def request(self) -> dict[str, Any]:
        """Return the fields of a `messages.CallRequest`: the new object is kept under a number."""
        return {"target": self.__name__, "keep": True}

    def answered(self, made: dict[str, Any]) -> Any:
        """Return the proxy of the new object; raises `WireError` where none was described."""
        name, number = made.get("type"), made.get("object")
        if not isinstance(name, str) or not isinstance(number, int):
            raise WireError("The new object has no type or number.")
        if made.get("module") is None:
            return named(Instance, name)(self._objects, number)
        held = mapping(mapping(made["module"]).get("contains")).get("")
        return kind(Module, name, held)(self._objects, number, made["module"])


class Instance:
    """An object in the student process that is no nn.Module."""

    def __init__(self, objects: Objects, number: int):
        self._objects, self._number = objects, number

    def __getattr__(self, name: str) -> Any:
        # Special names, which copy, pickle and NumPy look for, are not asked for.
        if name.startswith("__"):
            raise AttributeError(name)
        return self._objects.attribute(self._number, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object, if it can be called."""
        return self._objects.call(self._number, args, kwargs)


def _part(whole: nn.Module, path: Any) -> nn.Module:
    try:
        return submodule(whole, str(path))
    except LookupError:
        raise WireError("An attribute is a submodule that is not there.") from None


def _pair(value: Any) -> tuple[Any, Any]:
    if not (isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)):
        raise WireError("The reply has the wrong form.")
    return value[0], value[1]
