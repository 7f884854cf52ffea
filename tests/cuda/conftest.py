"""Each test of this folder runs on the CPU, and on a GPU where there is one (marker `cuda`).

So the tests themselves are tried everywhere. They need torch, numpy and msgpack, and no package
that nbjudge installs besides; those that need more say so, and are skipped where it is missing.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nbjudge.boundary.bounds import Bounds
from nbjudge.boundary.channel import Channel
from nbjudge.proxy.objects import Objects

ROOT = Path(__file__).resolve().parents[2]
DEVICES = ("cpu", pytest.param("cuda", marks=pytest.mark.cuda))
# What a zygote imports, and nbjudge itself: it starts isolated, so a checkout is not enough.
WARM = "import nbjudge.confined.cells, matplotlib_inline, seaborn"
# A student process without a shell and without the sandbox: it answers what `confined.student`
# answers, by the same code. Started by exec: CUDA cannot be used in a fork of a process that has.
STUDENT = """
import socket, sys
import torch
from nbjudge.boundary.channel import Channel, Closed
from nbjudge.boundary.bounds import Bounds
from nbjudge.confined.calls import Calls

torch.set_num_threads(1)
channel, names = Channel(socket.socket(fileno=int(sys.argv[1])), Bounds(2**24, 2**28)), {}
calls = Calls(names)
while True:
    try:
        request = channel.receive()
    except Closed:
        break
    verb = request.pop("do")
    try:
        if verb == "define":
            calls.forget()
            names.clear()
            answer = {"value": exec(request["source"], names)}
        else:
            answer = {"value": calls.actions[verb](**request)}
    except BaseException as error:
        answer = {"raised": calls.described(error)}
    channel.send(answer)
"""


@pytest.fixture(params=DEVICES)
def device(request):
    """The device that a test is run on."""
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a GPU: torch.cuda.is_available() is False here")
    return torch.device(request.param)


@pytest.fixture(scope="session")
def answering():
    """Return a function that defines the names of a text in the student process; gives proxies."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-c", STUDENT, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    channel = Channel(ours, Bounds(2**24, 2**28))

    def ask(do, **request):
        channel.send({"do": do, **request})
        return channel.receive()

    def define(source, *names):
        answer = ask("define", source="import torch\nfrom torch import nn\n" + source)
        assert "raised" not in answer, answer
        found = Objects(ask).bind(list(names))
        return found[names[0]] if len(names) == 1 else found

    yield define
    ours.close()
    process.wait(20)


@pytest.fixture(scope="session")
def students(request):
    """A zygote whose sandbox holds, for what only a whole student process shows."""
    try:
        yield request.getfixturevalue("zygote")  # of all tests, where this folder is one of many
        return
    except pytest.FixtureLookupError:
        pass
    if subprocess.run([sys.executable, "-I", "-c", WARM], capture_output=True).returncode:
        pytest.skip("needs nbjudge, IPython, matplotlib and seaborn, installed in this Python")
    from nbjudge.process.zygote import Confinement, Zygote

    started = Zygote(Confinement())
    if started.missing:
        started.close()
        pytest.skip(f"needs the sandbox, of which is missing: {'; '.join(started.missing)}")
    yield started
    started.close()
