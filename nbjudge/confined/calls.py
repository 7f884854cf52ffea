"""Answer the judge process's questions about what the notebook defined: calls, gradients, state.

This code runs in the student process, and student code can change it. It is a convenience that
turns messages into calls, and no guard: the judge process checks all that comes back as data.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary import messages
from nbjudge.boundary.globals import usual
from nbjudge.boundary.invoke import as_tuple, gradients, invoke, leaves_of
from nbjudge.boundary.stand_ins import submodule
from nbjudge.boundary.trees import mapped, tensors
from nbjudge.boundary.wire import Reference, encode, travels
from nbjudge.confined import modules
from nbjudge.confined.raised import describe_exception, lineage
from nbjudge.confined.standing import Standing

# These travel, and hold nothing that a call could replace.
_SIMPLE = (Tensor, str, int, float, type(None))
# Of these, a test takes one for the other.
_ALIKE = (*_SIMPLE, bytes)
# The modules of classes that hold a number of things, such as the keys of a dict.
_COLLECTIONS = ("builtins", "collections")


class Calls:
    """Answers questions; holds the objects that the judge process may name in them.

    A target is a name of the notebook (`namespace`), or the number of an object that an earlier
    call kept (`objects`), and perhaps the path of a submodule of it. `graphs` holds inputs and
    outputs of calls that may be differentiated, `standing` what stands in for names and submodules.
    """

    def __init__(self, namespace: dict[str, Any]):
        self.namespace = namespace
        self.objects: list[Any] = []
        self._numbers: dict[int, int] = {}  # by id, which stays, since the objects are kept
        self.graphs: list[tuple[list[Tensor], list[Tensor]]] = []
        self.standing = Standing(namespace)
        self._random: Tensor | None = None
        self._settings = ExitStack()
        # What answers each question but RUN, which is the shell's.
        self.actions: dict[str, Callable[..., Any]] = {
            messages.BEGIN: self.begin,
            messages.FIND: self.find,
            messages.CALL: self.call,
            messages.CALL_ALL: self.call_all,
            messages.BACKWARD: self.backward,
            messages.ATTRIBUTE: self.attribute,
            messages.SET: self.set,
            messages.IS_A: self.is_a,
            messages.SIGNATURE: self.signature,
            messages.OF_CLASS: self.of_class,
            messages.STAND_IN: self.stand_in,
            messages.PUT_BACK: self.put_back,
            messages.FORGET: self.forget,
        }

    def begin(self) -> None:
        """Begin an exercise: until `forget`, all submissions have the same random numbers of torch.

        Layers start from random parameters. With equal numbers, equal code gives equal answers, and
        the judge process need not judge those again (`nbjudge.judge.cache`). What a cell has set
        for all of torch, such as the default dtype, does not hold meanwhile: the arguments are not
        made for it.
        """
        self.forget()
        self._settings.enter_context(usual())
        self._random = torch.default_generator.get_state()
        torch.default_generator.manual_seed(0)

    def find(self, names: list[str]) -> dict[str, Any]:
        """Return the `messages.Kind` of each of `names` that the notebook has defined."""
        found = {name: self.namespace[name] for name in names if name in self.namespace}
        return {name: self._kind(value) for name, value in found.items()}

    def described(self, error: BaseException) -> messages.Raised:
        """Describe an exception, with the names that the notebook has for its classes."""
        return describe_exception(error, self.namespace)

    def forget(self) -> None:
        """Drop what belongs to an exercise, and end its stand-ins.

        The notebook's own random numbers go on.
        """
        self.standing.end()
        self.objects.clear()
        self._numbers.clear()
        self.graphs.clear()
        self._settings.close()
        if self._random is not None:
            torch.default_generator.set_state(self._random)
            self._random = None

    def call(
        self, target: str | int, args: list[Any], kwargs: dict[str, Any], **how: Any
    ) -> dict[str, Any]:
        """Call a name or a kept object; return the fields of `messages.CallAnswer`.

        `how` holds the optional fields of `messages.CallRequest`: "state" and "training" of a
        module, "grad" for the grad mode, "keep" to keep the result as an object. Positions in
        "changed" count the tensors of [args, kwargs], in the order of `trees.tensors`. Raises what
        student code raises.
        """
        whole, function = self._prepared(target, how)
        # Before the call, which may replace a parameter: the judge process will ask for gradients
        # of the parameters that it knows.
        before, state = list(modules.parameters(function).values()), modules.fingerprint(whole)
        args, kwargs = mapped((args, kwargs), self._meant)
        contents = _contents([args, kwargs], tensors([args, kwargs]))
        answer = invoke(function, args, kwargs, how.get("grad", True))
        inputs, given = answer.pop("inputs"), answer.pop("given")
        if _contents(given, inputs) != contents:
            answer["contents"] = given
        if how.get("keep"):
            return self._keep(answer)
        place = _place_of(answer["result"], [*given[0], *given[1].values()])
        if place is not None:
            answer |= {"result": None, "given_back": place}
        answer["result"] = self._seen(answer["result"])
        outputs = [tensor for tensor in tensors(answer["result"]) if tensor.requires_grad]
        if outputs:
            inputs += before
            # Kept alive, because the judge process asks for the gradients in a later message.
            self.graphs.append((inputs, outputs))
            usable = any(tensor.requires_grad for tensor in inputs)
            answer["graph"] = len(self.graphs) - 1 if usable else None
        return {**answer, "module": modules.describe(whole, state)}

    def call_all(self, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Make one call after the other; return the `messages.CallAnswer` of each.

        A call with "directions" has "gradients" in its answer, as `invoke.gradients` gives them. A
        call that raises has "raised" in its answer, and the next calls are made all the same. The
        state of a module comes once, with the last call of it.
        """
        known: dict[int, list[tuple[Any, ...]]] = {}
        answers = [self._one_of_many(known, **call) for call in calls]
        last = {call["target"]: answer for call, answer in zip(calls, answers, strict=True)}
        for target, state in known.items():
            try:
                last[target]["module"] = modules.describe(self.objects[target], state)
            except BaseException as error:  # a student's state_dict may raise anything
                last[target]["raised"] = self.described(error)
        return answers

    def _one_of_many(
        self,
        known: dict[int, Any],
        target: str | int,
        args: list[Any],
        directions: Any = None,
        **how: Any,
    ) -> dict[str, Any]:
        try:
            whole, function = self._prepared(target, how)
            args = mapped(args, self._meant)
            if isinstance(target, int) and target not in known:
                known[target] = modules.fingerprint(whole)
            answer = invoke(function, args, {}, how.get("grad", True), how.get("watched", False))
            inputs, _ = answer.pop("inputs"), answer.pop("given")
            if how.get("keep"):
                return self._keep(answer)
            answer["result"] = as_tuple(answer["result"])
            if directions is not None:
                leaves = leaves_of(function, inputs)
                answer["gradients"] = gradients(answer["result"], directions, leaves)
            return answer
        except BaseException as error:
            return {"raised": self.described(error)}

    def _prepared(self, target: str | int, how: dict[str, Any]) -> tuple[Any, Any]:
        """Return the object that `target` names, and the submodule of it that `how` names.

        A module has the state that `how` gives it.
        """
        whole = self._object(target)
        if isinstance(whole, nn.Module) and how.get("state") is not None:
            modules.load(whole, how["state"], how["training"])
        path = how.get("path", "")
        return whole, submodule(whole, path) if path else whole

    def _keep(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Keep the result of a call as an object; return the answer that describes it instead."""
        made = answer.pop("result")
        return {
            **answer,
            "object": self._number(made),
            "type": type(made).__name__,
            "module": modules.describe(made),
            "callable": callable(made),
        }

    def backward(self, graph: int, directions: list[Tensor | None]) -> list[Tensor | None]:
        """Return the gradient of each input and parameter of call `graph`, None where unused.

        `directions` holds one gradient for each output of the call that can be differentiated; None
        stands for an output that the test did not use.
        """
        inputs, outputs = self.graphs[graph]
        pairs = [(o, d) for o, d in zip(outputs, directions, strict=True) if d is not None]
        wanted = [tensor for tensor in inputs if tensor.requires_grad]
        # The graph is retained: a test may ask for the gradients of one call several times.
        got = iter(
            torch.autograd.grad(
                [output for output, _ in pairs],
                wanted,
                [direction for _, direction in pairs],
                retain_graph=True,
                allow_unused=True,
            )
        )
        return [next(got) if tensor.requires_grad else None for tensor in inputs]

    def attribute(self, target: str | int, name: str, path: str = "") -> messages.Kind:
        """Return the `messages.Kind` of an attribute of an object, or of a submodule of it."""
        whole, one = self._prepared(target, {"path": path})
        value = getattr(one, name)
        if not (isinstance(target, int) and isinstance(whole, nn.Module)):
            return ["value", self._seen(value)]
        if isinstance(value, nn.Module):
            found = modules.path_of(whole, value)
            if found:
                return ["part", found]
        if callable(value):
            return ["callable", (value if inspect.isclass(value) else type(value)).__name__]
        return ["value", as_tuple(value)]

    def set(self, target: str | int, name: str, value: Any) -> None:
        """Set an attribute of an object."""
        setattr(self._object(target), name, mapped(value, self._meant))

    def signature(self, target: str | int) -> list[messages.Parameter]:
        """Return the parameters of a function or a class."""
        return [
            [one.name, one.kind.name, True, self._seen(one.default)]
            if one.default is not one.empty
            else [one.name, one.kind.name, False, None]
            for one in inspect.signature(self._object(target)).parameters.values()
        ]

    def is_a(self, target: str | int, kind: str | int, path: str = "") -> bool:
        """Say whether an object is an instance, or a class a subclass, of the class `kind`."""
        _, one = self._prepared(target, {"path": path})
        of = self._object(kind)
        return issubclass(one, of) if inspect.isclass(one) else isinstance(one, of)

    def of_class(self, target: int, name: str, path: str = "") -> bool:
        """Say whether the class of a module is the one that the notebook defined as `name`."""
        _, one = self._prepared(target, {"path": path})
        return type(one) is self.namespace.get(name)

    def stand_in(
        self, target: str | int, places: dict[str, list[Any]], asks: bool, **how: Any
    ) -> messages.ModuleState | None:
        """Put stand-ins in place, as a `messages.StandInRequest` says; describe the module."""
        whole, _ = self._prepared(target, how)
        self.standing.put(whole, how.get("path", ""), places)
        return modules.describe(whole)

    def put_back(self, **how: Any) -> messages.ModuleState | None:
        """End the latest stand-ins; describe the module."""
        whole = self.standing.latest
        try:
            if isinstance(whole, nn.Module) and how.get("state") is not None:
                modules.load(whole, how["state"], how["training"])
        finally:
            self.standing.put_back()
        return modules.describe(whole)

    def _kind(self, value: Any) -> messages.Kind:
        if inspect.isclass(value) and issubclass(value, Exception):
            return ["exception", lineage(value, self.namespace)]
        if inspect.isclass(value):
            return ["class", lineage(value, self.namespace)]
        if callable(value):
            return ["callable", type(value).__name__]
        return ["value", self._seen(value)]

    def _object(self, target: str | int) -> Any:
        return self.objects[target] if isinstance(target, int) else self.namespace[target]

    def _meant(self, one: Any) -> Any:
        return self._object(one._to) if isinstance(one, Reference) else one

    def _seen(self, value: Any) -> Any:
        """Return what a test sees of `value`: data, and references to what is no data."""
        return mapped(value, self._seen_alone)

    def _seen_alone(self, value: Any) -> Any:
        own = type(value).__module__ == "__main__" and not isinstance(value, Tensor | tuple)
        if isinstance(value, _SIMPLE) and not own:
            return value
        # An iterator stays here, since it may be endless.
        # So does one of a class of the notebook's, though it may be a kind of list: to a test it is
        # more than that. A named tuple is not.
        if not isinstance(value, Iterator) and not own:
            if travels(value):
                return value
            if type(value).__module__ in _COLLECTIONS and isinstance(value, Iterable):
                return self._seen(tuple(value))
        routine = "callable" if inspect.isroutine(value) else "object"
        kind = "class" if inspect.isclass(value) else routine
        name = type(value).__name__ if kind == "object" else value.__name__
        return Reference(self._number(value), kind, name)

    def _number(self, value: Any) -> int:
        """Keep an object; return its number, one for each object."""
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return self._numbers[id(value)]


def _place_of(result: Any, args: Sequence[Any]) -> int | None:
    """Return which of `args` a call has given back, where a test could tell it from its equal."""
    if isinstance(result, _ALIKE) or tensors(result):  # tensors come with their gradients
        return None
    return next((place for place, one in enumerate(args) if one is result), None)


def _contents(given: list[Any], known: list[Tensor]) -> bytes:
    """Return [args, kwargs] as bytes, which differ where what is in a list or the like differs.

    Of the tensors in `known` only the place counts: `changed` tells of their values.
    """
    args, kwargs = given
    if all(isinstance(one, _SIMPLE) for one in (*args, *kwargs.values())):
        return b""
    places = {id(one): place for place, one in enumerate(known)}
    return encode(mapped(given, lambda one: places.get(id(one), one)))
