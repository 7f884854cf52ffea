"""The zygote: a clean, warm process. Every student process is a fork of it.

Why a fork. A new Python that imports torch, matplotlib and seaborn needs seconds; through a new
Jupyter kernel, a small notebook takes more than 5 s. A fork of a process that has imported them
takes some milliseconds, and shares their memory.

Theory of operation.

    judge process ── exec ──> zygote ── fork ──> student process
         │ └─ control socket ──┘ │                     │
         │                       └─ twin zygote        │
         └──────── a socket pair for each student ─────┘

Start. The judge process starts the zygote by exec, isolated (`python -I`), with a clean environment
and one descriptor: its end of the control socket. The zygote imports what assignments import and
does once what is slow the first time. Then it says READY and waits for requests.

    WARM    it imports modules that a course allows, if they are fit to be forked
    PROVE   it tries the sandbox in a child, and tells what held
    FORK    comes with a descriptor: one end of a socket pair, whose other end the judge process
            holds. The fork closes the control socket, gives up its rights, and talks to the judge
            process over that pair alone.
    END     it kills the student process, and reports how that ended and what it used
    TWIN    comes with a descriptor: one end of another control socket. A fork becomes a second
            zygote, which serves that socket. The workers of a class run share one zygote's memory
            in this way.

Who ends first. When the judge process ends, even by SIGKILL, the control socket closes: the zygote
kills its children and ends. When the zygote is killed, the kernel kills its children
(PR_SET_PDEATHSIG). A student process that ends by itself waits, as a zombie, for END.

The rules that make this safe:

    clean       the zygote never runs student code and never imports a rubric: a fork inherits both
    one thread  a fork copies only the thread that calls it. torch's OpenMP pool would be lost in
    the
                fork while torch still believes in it: the first tensor operation hangs for ever.
    no CUDA     a context that was made before a fork cannot be used after it
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
    """Warm up, then serve the control socket `descriptor`.

    Returns when the judge process has closed the socket, or after 10 minutes without a request and
    without a child.
    """
    shell = cells.make_shell()
    import_modules(warm_modules)
    warm_up(shell)
    # A collection writes to the header of each object that it looks at, and the kernel copies every
    # page that a fork writes to. Frozen objects are not looked at, so forks go on sharing them.
    # This is the recipe of gc.freeze in Python's documentation: collections are off from the start
    # (`process.launch`), and are turned on again in each fork.
    gc.collect()
    gc.freeze()
    stand_by(socket.socket(fileno=descriptor), shell)


def stand_by(control: socket.socket, shell: cells.Shell) -> None:
    """Say READY, serve requests, and kill all children at the end."""
    # Unconfined student code can fork twice, so that the grandchild's parent ends. The kernel gives
    # such an orphan to the nearest subreaper (prctl(2)): to this process, which then can kill it.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    control.send(encode({"ready": os.getpid()}))
    control.settimeout(_IDLE_SECONDS)
    with contextlib.suppress(TimeoutError, ConnectionError):
        serve(control, shell)
    end_children()


def import_modules(modules: list[str]) -> None:
    """Import `modules`, and keep torch at one thread, since a thread pool does not survive a fork.

    The workers of a class run are forks, too: `classrun.preload` calls this for the same reason.
    """
    torch.set_num_threads(1)
    for name in modules:
        importlib.import_module(name)


def import_fit(modules: list[str]) -> list[str]:
    """Import modules that a course allows; return those that are not fit for a zygote.

    One that cannot be imported, or that starts a thread, would end every student process. Student
    code can import the latter all the same.
    """
    unfit = [name for name in modules if not _is_fit(name)]
    import_modules([name for name in modules if name not in unfit])
    return unfit


def _is_fit(module: str) -> bool:
    # Tried in a fork: an import cannot be undone.
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == 0
    unfit = True
    try:
        importlib.import_module(module)
        unfit = len(os.listdir("/proc/self/task")) > 1
    finally:
        os._exit(unfit)


def serve(control: socket.socket, shell: cells.Shell) -> None:
    """Answer FORK, END, WARM, PROVE and TWIN until the judge process closes the control socket.

    Raises `TimeoutError` when no request comes for 10 minutes, unless a child lives: a student
    process may take longer for one submission, and of twins this zygote alone can make more.
    """
    # Looked up once: it scans the folders of all installed packages.
    readable, listable = readable_paths()
    while True:
        try:
            message, descriptors, _, _ = socket.recv_fds(control, _LONGEST_REQUEST, 1)
        except TimeoutError:
            if _children():
                continue
            raise
        if not message:
            return
        request = decode(message)
        if request["do"] == messages.END:
            control.send(encode(end_children()))
            continue
        if request["do"] == messages.WARM:
            control.send(encode({"left_out": import_fit(request["modules"])}))
            continue
        if request["do"] == messages.TWIN:
            twin(control, descriptors[0], shell)
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
    """Start a student process on the socket `descriptor`; return its process id."""
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    status = 1
    try:
        # A control socket that stayed open would let student code ask for unconfined forks.
        control.close()
        gc.enable()
        student.main(socket.socket(fileno=descriptor), shell, policy, request["how"])
        status = 0
    finally:
        # Not sys.exit: the fork has inherited the zygote's exit handlers and unwritten buffers, and
        # student code may have registered handlers too. None of them may run.
        os._exit(status)


def twin(control: socket.socket, descriptor: int, shell: cells.Shell) -> None:
    """Start another zygote, which serves the control socket `descriptor` and shares our memory.

    TWIN has no answer: the twin says READY on its own socket.
    """
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):  # twins that have ended
            pass
    # Asked before the fork. A parent that dies between fork and prctl sends no signal; the twin
    # sees then that its parent is another process.
    parent = os.getpid()
    if os.fork():
        os.close(descriptor)
        return
    try:
        control.close()
        # The kernel clears this setting in the child of a fork (prctl(2)).
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == parent:
            stand_by(socket.socket(fileno=descriptor), shell)
    finally:
        os._exit(0)


def end_children() -> messages.Usage:
    """Kill every child and every descendant.

    Returns how the last one ended, and what all of them used: processor time in seconds, and the
    largest resident memory in MB. A zygote has one student process at a time, so END names none.
    """
    ended: messages.Usage = {"exit": 0, "signal": 0, "cpu_seconds": 0.0, "peak_mb": 0.0}
    # More than one round: a grandchild becomes a child of this process only when its parent has
    # ended.
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
