"""What a notebook defined, as a test in the judge process sees it: proxies.

A proxy sends its arguments to the student process and returns real, clean tensors. Autograd crosses
the boundary: a result is differentiable if it was differentiable in the student process, and
`backward` asks for the gradients there. What a call wrote into its arguments is written into the
test's arguments too, so a test sees it as it would in one process.

    Objects       asks questions, and makes a proxy for each name and object in the answers
    Function      dot_product_attention(query, keys, values)
    Class         SelfAttention(embed_dim) -> Module or Instance
    Module        a torch.nn.Module with the parameters and buffers of the student's
    Instance      any other object: attributes, methods, and calls if it can be called
    Offering      functions of the test that are given to student code
"""

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from inspect import Signature
from typing import Any, NoReturn

from torch import nn

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.factories import unknown
from nbjudge.boundary.references import Reference, named, opaque
from nbjudge.boundary.signatures import signature
from nbjudge.boundary.stand_ins import submodule
from nbjudge.boundary.trees import holding, mapped
from nbjudge.boundary.wire import mapping
from nbjudge.proxy import autograd, contents
from nbjudge.proxy.answering import Answering
from nbjudge.proxy.defined import Class, Function
from nbjudge.proxy.errors import RemoteError, exception_class, raised
from nbjudge.proxy.instance import Instance, Remote, Unvouched
from nbjudge.proxy.module import Part
from nbjudge.proxy.offering import Offering
from nbjudge.proxy.shared import Shared
from nbjudge.proxy.tree import without_parts
from nbjudge.rubric.expect import NotMet
from nbjudge.rubric.stand_ins import StandIn

Ask = Callable[..., dict[str, Any]]
# The fields of questions that hold what a test gives to student code.
_GIVEN = {"args", "kwargs", "calls", "value"}
# What `except Exception` does not catch in one process.
_ENDS = {"SystemExit", "KeyboardInterrupt", "GeneratorExit", "CancelledError"}
_MOVED = (
    "A call moves lists within its arguments, and here they arrive in their new places as copies."
)
_AT_ONCE = "The test calls student code from a thread or process of its own."
_MOST_OBJECTS = 10_000  # of one exercise; each has a class of its own, of more than a kilobyte


class Objects:
    """The names and objects of one student process, reached through `ask(do, **request)`.

    `scope` is the namespace of the test: the names that `bind` has found, and what the test adds.
    """

    def __init__(self, ask: Ask):
        self._ask = ask
        self._process, self._thread = os.getpid(), threading.get_ident()
        self.scope: dict[str, Any] = {}
        self._shared = Shared(self.scope, (), self.ask)
        # By number, so that one object is one proxy.
        self._proxies: dict[str | int, Any] = {}
        self.refusals: list[Unvouched] = []  # what a test has asked in vain
        self.doubts: list[Unvouched] = []  # what makes a test that is lost decide nothing
        self.ends: list[Exception] = []  # of student code, that no test may take for an exception
        self.offering = Offering(self)
        # Answers student code that calls a function of the test or of a stand-in.
        self.tell = Answering(self).answer
        # Asked for again and again, for each parameter of a part; stand-ins change it.
        self._classes: dict[tuple[Any, ...], bool] = {}

    def ask(self, do: str, **request: Any) -> Any:
        """Ask a question of `messages`; return the value of the answer.

        Raises `RemoteError` where student code raised, `WireError` where the answer has the wrong
        form, and `Unvouched` in a thread or a process that the test has started.
        """
        now = threading.current_thread()
        # Threads of torch, which asks for gradients on a GPU from one, are none of Python's.
        of_test = now.ident != self._thread and not isinstance(now, threading._DummyThread)
        if of_test or os.getpid() != self._process:
            raise self.refused(_AT_ONCE)
        self._shared.before(do)
        given = {
            key: self.offering.given(value) if key in _GIVEN else value
            for key, value in request.items()
        }
        try:
            reply = self._ask(do, **given)
        except NotMet as breach:
            self.ends.append(breach)
            raise
        if "raised" in reply:
            raise self.raised(reply["raised"])
        if "value" not in reply:
            raise WireError("The reply holds no value.")
        value = reply["value"]
        if do == messages.CALL and isinstance(value, dict) and value.get("moved"):
            self.doubts.append(Unvouched(_MOVED))
        return value

    def raised(self, told: Any) -> RemoteError:
        """Return the exception that a `messages.Raised` describes."""
        error = raised(told, self.scope)
        name = type(error).__name__
        if name in _ENDS:
            self.ends.append(error)
        if name == "WireError":  # without its text, which stands on top of the notebook
            self.refused("A result does not travel: it is nested too deeply, or too large.")
        return error

    def bind(self, names: list[str]) -> dict[str, Any]:
        """Put a proxy, or the plain value, into `scope` for each of `names` that is defined.

        Returns `scope`.
        """
        found = mapping(self.ask(messages.FIND, names=names))
        kinds = [(name, *_pair(kind)) for name, kind in found.items() if name in names]
        # A class after those it derives from, whose lineages are shorter.
        for name, tag, value in sorted(kinds, key=_length):
            self.scope[name] = self._proxy(name, tag, value)
        return self.scope

    def share(self, names: list[str]) -> None:
        """Let the functions over there read what the test gives `names` from now on."""
        self._shared = Shared(self.scope, names, self.ask)

    def _proxy(self, name: str, tag: str, value: Any) -> Any:
        if tag == "exception":
            return exception_class(name, value, self.scope, Class(self, name))
        if tag == "class":
            return Class(self, name, lineage=value)
        return Function(self, name) if tag == "callable" else self.seen(value)

    def seen(self, value: Any) -> Any:
        """Return a result or an attribute with a proxy for each `Reference` in it."""
        return mapped(value, self._seen)

    def _seen(self, one: Any, given: Sequence[Any] = ()) -> Any:
        if isinstance(one, defaultdict) and one.default_factory is unknown:
            one.default_factory = self._missing
        if not isinstance(one, Reference):
            return one
        return contents.part(given, one._to, one._type) if one._kind == "given" else self._met(one)

    def _missing(self) -> NoReturn:
        raise self.refused("The test needs what a defaultdict's own function gives for a key.")

    def _met(self, one: Reference) -> Any:
        if one._kind == "offered":
            return self.offering.function(one._to)
        if one._to not in self._proxies:
            if len(self._proxies) >= _MOST_OBJECTS:
                raise WireError(f"There are more than {_MOST_OBJECTS} objects.")
            kinds = {"class": Class, "callable": Function}
            made = kinds.get(one._kind) or named(Instance, one._type)
            self._proxies[one._to] = made(self, one._to, one._kind, one._type)
            if one._kind == "data":
                why = f"{one._type} is a class of the student's and data, too: its proxy is not."
                self.doubts.append(Unvouched(why, of_object=True))
        return self._proxies[one._to]

    def call(self, target: str | int, args: tuple, kwargs: dict, module: Any = None) -> Any:
        """Call a name, or an object by its number; `module` is its mirror, where it is a module."""
        given = holding([list(args), kwargs])[1:]
        result = autograd.call(self.ask, target, args, kwargs, module)
        if any(result is one for one in (*args, *kwargs.values())):
            return result
        return mapped(result, lambda one: self._seen(one, given))

    def signature(self, target: str | int) -> Signature:
        """Return the signature of a function or a class over there."""
        return signature(self.seen(self.ask(messages.SIGNATURE, target=target)))

    def get(self, target: str | int, name: str) -> Any:
        """Return an attribute of an object that is no nn.Module."""
        _, value = _pair(self.ask(messages.ATTRIBUTE, target=target, name=name))
        return self.seen(value)

    def set(self, target: str | int, name: str, value: Any) -> None:
        """Set an attribute of such an object."""
        self.ask(messages.SET, target=target, name=name, value=value)

    def is_a(self, thing: Any, defined: "Class") -> bool:
        """Say whether an object is an instance, or a class a subclass, of a class over there.

        It is what the student process says of itself. A class of the test's own is neither.
        """
        if not isinstance(thing, Remote | Part):
            return False
        place = thing._place() if isinstance(thing, Part) else {"target": thing._to}
        return self.ask(messages.IS_A, **place, kind=defined._to) is True

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
        functions = self.offering.functions
        before = len(functions)
        places = {name: one.described(functions) for name, one in stand_ins.items()}
        asks = len(functions) > before
        return self.ask(messages.STAND_IN, **place, places=places, asks=asks)

    def put_back(self, **news: Any) -> Any:
        """End the latest stand-ins; return the `messages.ModuleState` of a module."""
        self._classes.clear()
        return self.ask(messages.PUT_BACK, **news)

    def refused(self, why: str, of_object: bool = False) -> Unvouched:
        """Return the exception that says why a test decides nothing; it holds even where caught."""
        refusal = Unvouched(why, of_object)
        self.refusals.append(refusal)
        return refusal


def _part(whole: nn.Module, path: Any) -> nn.Module:
    try:
        return submodule(whole, str(path))
    except LookupError:
        raise WireError("An attribute is a submodule that is not there.") from None


def _length(kind: tuple[str, str, Any]) -> int:
    _, tag, lineage = kind
    names = mapping(lineage).values() if tag == "exception" else ()
    return sum(len(one) for one in names if isinstance(one, list))


def _pair(value: Any) -> tuple[Any, Any]:
    if not (isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str)):
        raise WireError("The reply has the wrong form.")
    return value[0], value[1]
