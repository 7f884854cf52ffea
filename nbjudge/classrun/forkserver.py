"""The two processes of which a class run's workers and their zygotes are forks.

Theory of operation.

    command ── exec ──> fork server  ── fork ──> worker 1, worker 2, …      (judge processes)
            ── exec ──> template     ── fork ──> zygote 1, zygote 2, …      (confined.zygote)

Warming up takes seconds and some 300 MB for each process; forks share both. The two ancestors are
apart, because a zygote must know nothing of the judge: student processes are forks of it.

The fork server is multiprocessing's: a process that has imported what workers need, and does
nothing but fork. The command itself is not forked, because it has threads. The template is a
zygote, and forks others when it is asked to (TWIN).

Who ends first. The command ends both ancestors at the end of the run. When it is killed, the fork
server and the workers see their parent go, the template sees its socket close.

Both warm up while the command still imports what it needs. So this module imports torch, and what
imports torch, nowhere at its top.
"""

import os
import tempfile
from multiprocessing import context, forkserver, get_context, util

from nbjudge.process.launch import Executed

# Bytes of a folder for sockets: a path of a socket has at most 107 (unix(7)), and multiprocessing's
# names some 32.
_LONGEST = 70


class Ancestors:
    """The processes whose forks are the workers (`context`) and their zygotes (`template`)."""

    def __init__(self) -> None:
        self.template = Executed()
        # A fork server, not "fork": a process that has used torch's threads must not be forked. Not
        # "spawn": each worker would import torch for itself.
        self.context: context.ForkServerContext = get_context("forkserver")
        self.context.set_forkserver_preload(["nbjudge.classrun.preload"])
        _place_sockets()
        forkserver.ensure_running()

    def __enter__(self) -> "Ancestors":
        return self

    def __exit__(self, *_: object) -> None:
        self.template.kill()


def _place_sockets() -> None:
    """Let multiprocessing make its sockets in /tmp where TMPDIR is too long for them.

    Python 3.14 does the same by itself.
    """
    place = tempfile.gettempdir()
    if len(os.fsencode(place)) > _LONGEST:
        tempfile.tempdir = "/tmp"
    try:
        util.get_temp_dir()  # multiprocessing remembers the folder that it makes now
    finally:
        tempfile.tempdir = place
