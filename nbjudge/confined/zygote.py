"""The zygote: a clean, warm parent of which every submission's process is a fork.

Theory of operation. The judge starts the zygote by exec, isolated (`python -I`), with a clean
environment and one descriptor: the control socket. The zygote imports what assignments import,
does once what is slow the first time, proves the sandbox, and then waits. On FORK it gets a
descriptor, one end of a socket pair whose other end the judge holds; the fork closes the control
socket, gives up its rights, and talks to the judge over that pair alone. The zygote is the parent:
on END it kills the fork, and whatever else came to be its child (it is the subreaper of all
descendants), and reports how the fork ended. When the judge goes away the control socket closes:
the zygote kills its children and ends. When the zygote is killed its children get SIGKILL.

On TWIN it forks another zygote, which serves the descriptor that came along: the workers of a
class run share the memory of one.

It never runs student code, never imports a rubric, never initialises CUDA and has one thread: a
fork after torch has made its thread pool hangs in the child's first tensor operation.
"""

import contextlib
import ctypes
import dataclasses
import gc
import importlib
import os
import signal
import socket
from typing import Any

import torch

from nbjudge.boundary import messages
from nbjudge.boundary.wire import decode, encode
from nbjudge.confined import cells, student
from nbjudge.confined.allowlist import readable_paths
from nbjudge.confined.sandbox import Policy, prepare
from nbjudge.confined.self_test import prove
from nbjudge.confined.warm_up import warm_up

_LONGEST_REQUEST = 2**16
_IDLE_SECONDS = 600
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # prctl(2)


def main(descriptor: int, warm_modules: list[str]) -> None:
    """Warm up, then serve the control socket until it closes or nothing comes for minutes."""
    shell = cells.make_shell()
    import_modules(warm_modules)
    warm_up(shell)
    gc.collect()
    gc.freeze()
    stand_by(socket.socket(fileno=descriptor), shell)


def stand_by(control: socket.socket, shell: cells.Shell) -> None:
    """Say that this zygote is ready, serve, and leave no child behind."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    control.send(encode({"ready": os.getpid()}))
    control.settimeout(_IDLE_SECONDS)
    with contextlib.suppress(TimeoutError, ConnectionError):
        serve(control, shell)
    end_children()


def import_modules(modules: list[str]) -> None:
    """Import `modules`; use one thread, since a pool of them does not survive a fork."""
    torch.set_num_threads(1)
    for name in modules:
        importlib.import_module(name)


def serve(control: socket.socket, shell: cells.Shell) -> None:
    """Answer FORK, END, PROVE and TWIN until the judge closes the control socket."""
    readable, listable = readable_paths()
    twins = False
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(control, _LONGEST_REQUEST, 1)
        except TimeoutError:
            if twins and _children():
                continue
            raise
        if not message:
            return
        request = decode(message)
        if request["do"] == messages.END:
            control.send(encode(end_children()))
            continue
        if request["do"] == messages.TWIN:
            twin(control, descriptors[0], shell)
            twins = True
            continue
        policy = Policy(
            readable=tuple(readable),
            listable=tuple(listable),
            keep_fds=tuple(descriptors),
            **request["policy"],
        )
        prepare(policy)
        if request["do"] == messages.FORK:
            answer: dict[str, Any] = {"pid": fork(control, descriptors[0], shell, policy, request)}
        else:
            answer = {"layers": [dataclasses.asdict(layer) for layer in prove(policy)]}
        control.send(encode(answer))


def fork(
    control: socket.socket, descriptor: int, shell: cells.Shell, policy: Policy, request: dict
) -> int:
    """Start a student process; return its pid."""
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    status = 1
    try:
        control.close()
        gc.enable()
        student.main(socket.socket(fileno=descriptor), shell, policy, request["how"])
        status = 0
    finally:
        # Student code may have registered exit handlers: nothing of the zygote's runs twice.
        os._exit(status)


def twin(control: socket.socket, descriptor: int, shell: cells.Shell) -> None:
    """Start another zygote, which serves `descriptor` and shares the memory of this one."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):  # twins that have ended
            pass
    parent = os.getpid()
    if os.fork():
        os.close(descriptor)
        return
    try:
        control.close()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == parent:
            stand_by(socket.socket(fileno=descriptor), shell)
    finally:
        os._exit(0)


def end_children() -> messages.Usage:
    """Kill every child and descendant; return how the last one ended and what it used."""
    ended: messages.Usage = {"exit": 0, "signal": 0, "cpu_seconds": 0.0, "peak_mb": 0.0}
    while True:
        for pid in _children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            _, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return ended
        ended["signal"] = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        ended["exit"] = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
        ended["cpu_seconds"] += usage.ru_utime + usage.ru_stime
        ended["peak_mb"] = max(ended["peak_mb"], usage.ru_maxrss / 1024)


def _children() -> list[int]:
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]
