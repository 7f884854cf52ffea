"""One student process, from the fork to its end: give up rights, then answer questions.

Theory of operation. The zygote forks and calls `main` with one end of a socket pair. The process
cleans its environment, gives up its rights, and says HELLO. From then on it listens: each message
is an envelope of questions, each question a frame of `wire`. It answers the questions in order, and
sends all answers in one reply. Before the reply, a function of a test may ask the judge process
(`asking`). The process ends when the judge process closes the socket, or when the zygote kills it.

Nothing here is trusted. Student code runs in this process: it can find this socket, read it, and
write to it. The judge process judges each reply as data from the student. Each envelope has a
number, drawn at random by the judge process, and the reply repeats it. So a message that student
code wrote to the socket earlier is not taken for the answer to a later question: it cannot know the
number. Counted numbers could be foreseen.
"""

import os
import socket
import sys
import tempfile
import warnings
from typing import Any

import torch

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import Bounds, WireError
from nbjudge.boundary.channel import Channel, Closed
from nbjudge.boundary.wire import decode, encode
from nbjudge.confined import cells
from nbjudge.confined.calls import Calls
from nbjudge.confined.raised import describe_exception
from nbjudge.confined.sandbox import Policy, SandboxError, confine
from nbjudge.confined.uninitialized import fill_uninitialized

# Larger than the bounds of a reply (`process.student.BOUNDS`): the judge process sends back states
# of modules that it got in replies, many of them in one envelope.
_BOUNDS = Bounds(head=16 * 2**20, body=256 * 2**20)
_RECURSION = 1000  # calls; Python's own limit
_KEPT = ("CUDA_", "NVIDIA_", "LD_LIBRARY_PATH", "MPLBACKEND", "OMP_", "MKL_", "TZ", "PATH", "LANG")


def main(
    connection: socket.socket, shell: cells.Shell, policy: Policy, how: messages.StudentOptions
) -> None:
    """Confine this process, then answer questions until the judge process closes `connection`.

    Where the sandbox cannot be set up, HELLO says why, and no student code runs.
    """
    set_environment(policy.scratch)
    channel = Channel(connection, _BOUNDS)
    try:
        missing = confine(policy, tolerate_missing=how["unconfined"])
    except SandboxError as error:
        channel.send({"failed": str(error)})
        return
    torch.set_num_threads(how["threads"])
    fill_uninitialized()
    recorder = cells.Recorder(how["most_outputs"], how["output_bytes"])
    cells.attach(shell, recorder)
    channel.send({"missing": list(missing)})
    serve(channel, shell, Calls(shell.user_ns))


def set_environment(scratch: str) -> None:
    """Leave of the environment what libraries need, and let all write below `scratch`.

    The zygote's environment was clean already. Its folders lie outside the scratch directory.
    """
    kept = {name: value for name, value in os.environ.items() if name.startswith(_KEPT)}
    places = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME", "CUDA_CACHE_PATH")
    os.environ.clear()
    os.environ.update(kept, USER="student", LOGNAME="student")
    os.environ.update((name, scratch) for name in places)
    # As nbgrader's own Execute tells a notebook: one that trains can do a few steps only.
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    # torch.compile would start a C compiler. With this it gives back what it was given.
    os.environ["TORCHDYNAMO_DISABLE"] = "1"
    # tempfile keeps the folder that it found first: the zygote's.
    tempfile.tempdir = None
    # The scratch directory comes last, so that a submitted module shadows none that is installed.
    sys.path = [*(path for path in sys.path if path), scratch]


def serve(channel: Channel, shell: cells.Shell, calls: Calls) -> None:
    """Answer envelopes one by one, until the judge process closes its end."""

    def reply(message: messages.Envelope) -> messages.Reply:
        number = message["number"]
        answers = []
        for question in message["asked"]:
            # A notebook may set a limit that IPython and this loop cannot run with.
            sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
            # For each question, because FORGET ends the line of an exercise.
            with calls.standing.line.open(channel, number, reply):
                answers.append(_frame(_answer(shell, calls, decode(question, _BOUNDS))))
        return {"number": number, "answers": answers}

    while True:
        message: messages.Envelope = channel.receive()
        try:
            channel.send(reply(message))
        except Closed:
            return


def _answer(shell: cells.Shell, calls: Calls, request: dict[str, Any]) -> messages.Answer:
    verb = request.pop("do")
    if verb != messages.RUN:
        return _ask(shell.recorder, calls, verb, request)
    calls.forget()
    return {"value": cells.run(shell, **request)}


def _frame(answer: messages.Answer) -> bytes:
    try:
        return encode(answer)
    except WireError as error:  # a result that is nested too deeply to travel
        return encode({"raised": describe_exception(error)})


def _ask(
    recorder: cells.Recorder, calls: Calls, verb: str, request: dict[str, Any]
) -> messages.Answer:
    # Output of a call could show a hidden input, and a later cell could print it: it is dropped.
    muted, recorder.muted = recorder.muted, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {"value": calls.actions[verb](**request)}
    except BaseException as error:
        return {"raised": calls.described(error)}
    finally:
        recorder.muted = muted
