"""Functions of the rubric that student code calls: the judge process is asked while a reply is due.

The judge process waits for the reply to an envelope, so it hears this process (`messages.Asking`).
A call is one node of this process's autograd graph, as a test's call of student code is one of the
judge process's (`boundary.bridge`). The judge process keeps nothing of a call: for gradients it is
told the arguments once more.
"""

import threading
from typing import Any

import torch
from torch import Tensor

from nbjudge.boundary.bridge import Crossing, outputs
from nbjudge.boundary.channel import Channel
from nbjudge.boundary.trees import replaced, tensors
from nbjudge.boundary.wire import decode, encode, named


class Line:
    """The way to the judge process while it waits for the reply to an envelope.

    `open` and `close` say when that is. A stand-in that student code keeps, and calls when its test
    has ended, raises `RuntimeError`.
    """

    def __init__(self) -> None:
        self._channel: Channel | None = None
        self._number = 0
        # Autograd may go back through a graph in a thread of its own.
        self._one_at_a_time = threading.Lock()

    def open(self, channel: Channel, number: int) -> None:
        """Let questions go to the judge process, which waits for the reply to envelope `number`."""
        self._channel, self._number = channel, number

    def close(self) -> None:
        """Let no question go any more."""
        self._channel = None

    def ask(self, **asked: Any) -> Any:
        """Ask the judge process a `messages.Asked`; return the value of the answer.

        Raises an exception with the name and the text of what the function raised.
        """
        with self._one_at_a_time:
            if self._channel is None:
                raise RuntimeError("What a test put in place is called when the test has ended.")
            self._channel.send({"number": self._number, "asks": encode(asked)})
            told = decode(self._channel.receive()["told"], self._channel.bounds)
        if "raised" in told:
            raise named(RuntimeError, told["raised"]["name"])(told["raised"]["text"])
        return told["value"]


def call(line: Line, function: int, args: list[Any]) -> Any:
    """Call a function of the rubric; the result is differentiable where it is over there."""
    crossing = _Call(line, function, args)
    return crossing.result(outputs(crossing, crossing.leaves))


class _Call(Crossing):
    """One call of a function in the judge process."""

    def __init__(self, line: Line, function: int, args: list[Any]):
        self._line, self._asked = line, {"function": function, "args": args}
        self.leaves = tensors(args)
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
