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
    """The names and objects of one student process, reached through `ask(do, **request)`."""

    def __init__(self, ask: Ask):
        self._ask = ask

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

    def attribute(self, number: int, name: str) -> Any:
        """Return an object's attribute: plain data, or an `Opaque` with the name of its type."""
        tag, value = _pair(self.ask(messages.ATTRIBUTE, target=number, name=name))
        return value if tag == "value" else opaque(str(value))


class Function(Elsewhere):
    """A function, or another callable, that the notebook defined under `name`."""

    def __init__(self, objects: Objects, name: str):
        self._objects, self.__name__ = objects, name

    def call_all(self, calls: Sequence[Call]) -> list[Outcome]:
        """Make many calls in one message; see `nbjudge.rubric.calls`."""
        return batch.call_all(self._objects.ask, calls)

    def standing_in(self, stand_ins: Any) -> Any:
        """Let stand-ins take places over there."""
        raise NotImplementedError

    def is_of(self, defined: Any) -> bool:
        """Say whether its class is the one that the notebook defined."""
        raise NotImplementedError

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
        return named(Module, name)(self._objects, number, made["module"])


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


def _pair(value: Any) -> tuple[Any, Any]:
    if not (isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)):
        raise WireError("The reply has the wrong form.")
    return value[0], value[1]
