"""What a notebook defined, as a test in the judge process sees it: proxies.

A proxy sends its arguments to the student process and returns real, clean tensors. Autograd crosses
the boundary: a result is differentiable if it was differentiable in the student process, and
`backward` asks for the gradients there. What a call wrote into its arguments is written into the
test's arguments too, so a test sees it as it would in one process.

    Objects       asks; keeps apart the names that the judge process gave to the student's objects
    Function      dot_product_attention(query, keys, values)
    Class         SelfAttention(embed_dim) -> Module or Instance
    Module        a torch.nn.Module with the parameters and buffers of the student's
    Instance      any other object: attributes, and calls if it can be called
"""

from collections.abc import Callable, Sequence
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.wire import WireError, mapping, named, opaque
from nbjudge.proxy import autograd, batch
from nbjudge.proxy.errors import raised
from nbjudge.proxy.module import Module
from nbjudge.rubric.calls import Call, Elsewhere, Outcome

Ask = Callable[..., dict[str, Any]]


class Objects:
    """The names and objects of one student process, through `ask(do, **request) -> reply`."""

    def __init__(self, ask: Ask):
        self._ask = ask

    def ask(self, do: str, **request: Any) -> Any:
        """Ask a question of `messages`; return its value, raise what student code raised."""
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
        """Return what stands for a `messages.Kind`."""
        tag, value = _pair(kind)
        if tag == "class":
            return named(Class, name)(self, name)
        return Function(self, name) if tag == "callable" else value

    def call(self, target: str | int, args: tuple, kwargs: dict, module: Any = None) -> Any:
        """Call a name or an object; `module` is its proxy, where it is a module."""
        return autograd.call(self.ask, target, args, kwargs, module)

    def attribute(self, number: int, name: str) -> Any:
        """Return an object's attribute: plain data, or an `Opaque` of its type's name."""
        tag, value = _pair(self.ask(messages.ATTRIBUTE, target=number, name=name))
        return value if tag == "value" else opaque(str(value))


class Function(Elsewhere):
    """A callable of the student's."""

    def __init__(self, objects: Objects, name: str):
        self._objects, self.__name__ = objects, name

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._objects.ask, calls)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it; raises `RemoteError` when student code raises."""
        return self._objects.call(self.__name__, args, kwargs)

    def request(self) -> dict[str, Any]:
        """Return what a call of this has to say besides its arguments."""
        return {"target": self.__name__}

    def answered(self, answer: dict[str, Any]) -> Any:
        """Return the result that an answer brings."""
        return answer.get("result")


class Class(Function):
    """A class of the student's; calling it makes an object that stays in the student process."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Construct an object; return a `Module` for an nn.Module, else an `Instance`."""
        return self.answered(
            mapping(self._objects.ask(messages.CALL, **self.request(), args=args, kwargs=kwargs))
        )

    def request(self) -> dict[str, Any]:
        """Keep what the call returns as an object of the student process."""
        return {"target": self.__name__, "keep": True}

    def answered(self, made: dict[str, Any]) -> Any:
        """Return what stands for the new object."""
        name, number = made.get("type"), made.get("object")
        if not isinstance(name, str) or not isinstance(number, int):
            raise WireError("The new object has no type or number.")
        if made.get("module") is None:
            return named(Instance, name)(self._objects, number)
        return named(Module, name)(self._objects, number, made["module"])


class Instance:
    """An object of the student's that is no nn.Module."""

    def __init__(self, objects: Objects, number: int):
        self._objects, self._number = objects, number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._objects.attribute(self._number, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object, if it can be called."""
        return self._objects.call(self._number, args, kwargs)


def _pair(value: Any) -> tuple[Any, Any]:
    if not (isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)):
        raise WireError("The reply has the wrong form.")
    return value[0], value[1]
