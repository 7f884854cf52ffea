"""One student process, from the fork to its end: give up rights, then answer the judge.

Every message carries a number that the reply repeats, so that what student code writes to the
socket by itself is not taken for an answer to a later question. It holds questions, each of them a
frame, and is answered by as many frames.
"""

import os
import socket
import sys
import tempfile
import warnings
from typing import Any

import torch

from nbjudge.boundary import messages
from nbjudge.boundary.channel import Channel, Closed
from nbjudge.boundary.wire import Bounds, WireError, decode, encode
from nbjudge.confined import cells
from nbjudge.confined.calls import Calls, describe_exception
from nbjudge.confined.sandbox import Policy, SandboxError, confine

# From the judge come whole states and inputs, so no less than what a reply may hold.
_BOUNDS = Bounds(head=16 * 2**20, body=256 * 2**20)
_KEPT = ("CUDA_", "NVIDIA_", "LD_LIBRARY_PATH", "MPLBACKEND", "OMP_", "MKL_", "TZ", "PATH", "LANG")


def main(
    connection: socket.socket, shell: cells.Shell, policy: Policy, how: messages.StudentOptions
) -> None:
    """Confine this process and serve until the judge closes the connection."""
    set_environment(policy.scratch)
    channel = Channel(connection, _BOUNDS)
    try:
        missing = confine(policy, tolerate_missing=how["unconfined"])
    except SandboxError as error:
        channel.send({"failed": str(error)})
        return
    torch.set_num_threads(how["threads"])
    recorder = cells.Recorder(how["most_outputs"], how["output_bytes"])
    cells.attach(shell, recorder)
    channel.send({"missing": list(missing)})
    serve(channel, shell, Calls(shell.user_ns))


def set_environment(scratch: str) -> None:
    """Leave of the environment what libraries need; every place to write lies in `scratch`."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_KEPT)}
    places = ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "XDG_CACHE_HOME", "CUDA_CACHE_PATH")
    os.environ.clear()
    os.environ.update(kept, USER="student", LOGNAME="student")
    os.environ.update((name, scratch) for name in places)
    tempfile.tempdir = None
    # Last, so that a module that was submitted shadows none that is installed.
    sys.path = [*(path for path in sys.path if path), scratch]


def serve(channel: Channel, shell: cells.Shell, calls: Calls) -> None:
    """Answer requests one by one, until the other end is closed."""
    while True:
        message: messages.Envelope = channel.receive()
        answers = []
        for question in message["asked"]:
            request = decode(question, _BOUNDS)
            verb = request.pop("do")
            if verb == messages.RUN:
                calls.forget()
                answer: messages.Answer = {"value": cells.run(shell, **request)}
            else:
                answer = _ask(shell.recorder, calls.actions[verb], request)
            answers.append(_frame(answer))
        try:
            channel.send({"number": message["number"], "answers": answers})
        except Closed:
            return


def _frame(answer: messages.Answer) -> bytes:
    try:
        return encode(answer)
    except WireError as error:  # a result that is nested too deeply to travel
        return encode({"raised": describe_exception(error)})


def _ask(recorder: cells.Recorder, action: Any, request: dict[str, Any]) -> messages.Answer:
    # What is printed or warned here could show a hidden input to the student.
    recorder.muted = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {"value": action(**request)}
    except BaseException as error:
        return {"raised": describe_exception(error)}
    finally:
        recorder.muted = False
