"""Answer the judge process's questions about what the notebook defined: calls, gradients, state.

This code runs in the student process, and student code can change it. It is a convenience that
turns messages into calls, and no guard: the judge process checks all that comes back as data.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import FunctionType
from typing import Any

import torch
from torch import Tensor, nn

from nbjudge.boundary import messages
from nbjudge.boundary.globals import usual
from nbjudge.boundary.invoke import as_tuple, gradients, invoke, leaves_of
from nbjudge.boundary.stand_ins import submodule
from nbjudge.boundary.trees import mapped, tensors
from nbjudge.boundary.wire import encode
from nbjudge.confined import asking, callbacks, modules
from nbjudge.confined.kept import SIMPLE, Kept
from nbjudge.confined.raised import describe_exception
from nbjudge.confined.shared import Shared
from nbjudge.confined.standing import Standing

# Of these, a test takes one for the other.
_ALIKE = (*SIMPLE, bytes)


class Calls:
    """Answers questions about the notebook whose `namespace` it is.

    `kept` holds the objects that the judge process may name, `graphs` inputs and outputs of calls
    that may be differentiated, `standing` what stands in for names and submodules, `shared` what a
    test has put in place of names.
    """

    def __init__(self, namespace: dict[str, Any]):
        self.namespace = namespace
        self.shared = Shared(namespace)
        self.kept = Kept(namespace, self.shared.own)
        self.graphs: list[tuple[list[Tensor], list[Tensor]]] = []
        self.standing = Standing(namespace)
        self._random: Tensor | None = None
        self._settings = ExitStack()
        # What answers each question but RUN, which is the shell's.
        self.actions: dict[str, Callable[..., Any]] = {
            **self.kept.actions,
            messages.BEGIN: self.begin,
            messages.CALL: self.call,
            messages.CALL_ALL: self.call_all,
            messages.BACKWARD: self.backward,
            messages.OFFER: self.offer,
            messages.SHARE: self.share,
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

    def described(self, error: BaseException) -> messages.Raised:
        """Describe an exception, with the names that the notebook has for its classes."""
        return describe_exception(error, self.namespace)

    def forget(self) -> None:
        """Drop what belongs to an exercise, and end its stand-ins.

        The notebook's own random numbers go on.
        """
        self.standing.end()
        self.shared.take_back()
        self.kept.forget()
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
        args, kwargs = self.kept.meant((args, kwargs))
        contents = _contents([args, kwargs], tensors([args, kwargs]))
        answer = invoke(function, args, kwargs, how.get("grad", True))
        inputs, given, held = (answer.pop(key) for key in ("inputs", "given", "holding"))
        if _contents(given, inputs) != contents:
            answer["contents"] = given
        if any(one is two for one in answer.get("instead", []) for two in held):
            answer["moved"] = True
        if how.get("keep"):
            return self._keep(answer)
        place = _place_of(answer["result"], [*given[0], *given[1].values()])
        if place is not None:
            answer |= {"result": None, "given_back": place}
        answer["result"] = self.kept.seen(answer["result"], held[1:])
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
                last[target]["module"] = modules.describe(self.kept.object(target), state)
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
            args = self.kept.meant(args)
            if isinstance(target, int) and target not in known:
                known[target] = modules.fingerprint(whole)
            answer = invoke(function, args, {}, how.get("grad", True), how.get("watched", False))
            inputs, _, _ = (answer.pop(key) for key in ("inputs", "given", "holding"))
            answer.pop("instead", None)
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
        whole = self.kept.object(target)
        if isinstance(whole, nn.Module) and how.get("state") is not None:
            modules.load(whole, how["state"], how["training"])
        path = how.get("path", "")
        return whole, submodule(whole, path) if path else whole

    def _keep(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Keep the result of a call as an object; return the answer that describes it instead."""
        made = answer.pop("result")
        return {
            **answer,
            "object": self.kept.number(made),
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

    def offer(
        self, number: int, name: str, doc: str | None, parameters: list[messages.Parameter] | None
    ) -> None:
        """Make what stands for a function of the test, as a `messages.OfferRequest` says."""
        line = self.standing.line

        def call(args: list[Any], kwargs: dict[str, Any]) -> Any:
            given = self.kept.seen(args), self.kept.seen(kwargs)
            return self.kept.meant(asking.call(line, number, *given))

        self.kept.offer(number, callbacks.made(call, name, doc, self.kept.meant(parameters)))

    def share(self, names: dict[str, Any], gone: list[str]) -> None:
        """Give names of the notebook a test's values, and take others away, until `forget`."""
        self.shared.put(self.kept.meant(names), gone)

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


def _place_of(result: Any, args: Sequence[Any]) -> int | None:
    """Return which of `args` a call has given back, where a test could tell it from its equal."""
    if isinstance(result, _ALIKE) or tensors(result):  # tensors come with their gradients
        return None
    if isinstance(result, FunctionType) and vars(result):  # what it was given is asked for, here
        return None
    return next((place for place, one in enumerate(args) if one is result), None)


def _contents(given: list[Any], known: list[Tensor]) -> bytes:
    """Return [args, kwargs] as bytes, which differ where what is in a list or the like differs.

    Of the tensors in `known` only the place counts: `changed` tells of their values.
    """
    args, kwargs = given
    if all(isinstance(one, SIMPLE) for one in (*args, *kwargs.values())):
        return b""
    places = {id(one): place for place, one in enumerate(known)}
    return encode(mapped(given, lambda one: places.get(id(one), one)))
