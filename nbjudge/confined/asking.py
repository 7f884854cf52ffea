"""Functions of the test that student code calls: the judge process is asked while a reply is due.

The judge process waits for the reply to an envelope, so it hears this process (`messages.Asking`).
Before it answers it may ask in its turn: the function may call student code. A call is one node of
this process's autograd graph, as a test's call of student code is one of the judge process's
(`boundary.bridge`). The judge process keeps nothing of a call: for gradients it is told the
arguments once more.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary import messages
from nbjudge.boundary.bridge import Crossing, outputs
from nbjudge.boundary.channel import Channel
from nbjudge.boundary.lineage import known
from nbjudge.boundary.references import named
from nbjudge.boundary.trees import replaced, tensors
from nbjudge.boundary.wire import decode, encode

_FRAMES = 100  # that a question, and a call before its answer, take on the stack
Reply = Callable[[messages.Envelope], messages.Reply]


class Line:
    """The way to the judge process while it waits for the reply to an envelope.

    `open` and `close` say when that is. A function of a test that student code keeps, and calls
    when its test has ended, raises `RuntimeError`. `namespace` is the notebook's, for classes of
    exceptions.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._open: tuple[Channel, int, Reply] | None = None
        # Autograd may go back through a graph in a thread of its own. One that asks may have to
        # reply, and ask once more meanwhile.
        self._one_at_a_time = threading.RLock()

    @contextlib.contextmanager
    def open(self, channel: Channel, number: int, reply: Reply) -> Iterator[None]:
        """Let questions go to the judge process, which waits for the reply to envelope `number`.

        `reply` replies to an envelope that comes before the answer to a question.
        """
        before, self._open = self._open, (channel, number, reply)
        try:
            yield
        finally:
            self._open = before

    def close(self) -> None:
        """Let no question go any more, while an envelope is open."""
        self._open = None

    def ask(self, **asked: Any) -> Any:
        """Ask the judge process a `messages.Asked`; return the value of the answer.

        Raises what the function raised.
        """
        with self._one_at_a_time:
            if self._open is None:
                raise RuntimeError("A function of a test is called when the test has ended.")
            channel, number, reply = self._open
            channel.send({"number": number, "asks": encode(asked)})
            # What the function calls here in its turn is none of the student's recursion.
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(limit + _FRAMES)
            while "told" not in (message := channel.receive()):
                channel.send(reply(message))
            sys.setrecursionlimit(limit)
            told = decode(message["told"], channel.bounds)
        if "raised" in told:
            raise _raised(told["raised"], self._namespace)
        return told["value"]


def _raised(told: messages.ToldRaised, namespace: Mapping[str, Any]) -> Exception:
    """Return an exception of the nearest class that is known here."""
    base = next(iter(known(told["lineage"], namespace, Exception)), Exception)
    kind = base if base.__name__ == told["name"] else named(base, told["name"])
    # Neither __call__ nor __init__: a class may want other arguments.
    error: Exception = kind.__new__(kind, *told["args"])
    error.args = tuple(told["args"])
    return error


def call(line: Line, function: int, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a function of the test; the result is differentiable where it is over there."""
    crossing = _Call(line, function, args, kwargs)
    return crossing.result(outputs(crossing, crossing.leaves))


class _Call(Crossing):
    """One call of a function in the judge process."""

    def __init__(self, line: Line, function: int, args: list[Any], kwargs: dict[str, Any]):
        self._line = line
        self._asked = {"function": function, "args": args, "kwargs": kwargs}
        self.leaves = tensors([args, kwargs])
        self._value: Any = None

    def run(self) -> list[Tensor]:
        """Make the call; return the tensors of its result."""
        self._value = self._line.ask(**self._asked, grad=torch.is_grad_enabled())
        return tensors(self._value)

    def result(self, found: list[Tensor]) -> Any:
        """Return the result with `found` in the places of its tensors."""
        return replaced(self._value, tensors(self._value), found)

    def back(self, directions: list[Tensor | None]) -> list[Tensor | None]:
        """Ask for the gradients of the call."""
        found: list[Tensor | None] = self._line.ask(**self._asked, grad=True, directions=directions)
        return found
