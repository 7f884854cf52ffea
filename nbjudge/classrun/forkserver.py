"""The two processes of which a class run's workers and their zygotes are forks.

Warming up takes seconds and some 300 MB for each process: forks share both. Both processes begin to
warm up while the command itself still imports what it needs. So this module imports nothing at its
top that imports torch.
"""

import os
import tempfile
from multiprocessing import context, forkserver, get_context, util

from nbjudge.process.launch import Executed

_LONGEST = 70  # bytes of a folder with sockets in it, whose names have 32 and whose paths 107


class Ancestors:
    """The processes whose forks are the workers (through `context`) and their zygotes."""

    def __init__(self) -> None:
        self.template = Executed()
        # Forks of a process of its own: one that has used torch's threads must not be forked.
        self.context: context.ForkServerContext = get_context("forkserver")
        self.context.set_forkserver_preload(["nbjudge.classrun.preload"])
        _place_sockets()
        forkserver.ensure_running()

    def __enter__(self) -> "Ancestors":
        return self

    def __exit__(self, *_: object) -> None:
        self.template.kill()


def _place_sockets() -> None:
    """Have multiprocessing make its sockets in /tmp where TMPDIR is too long for them (unix(7)).

    Python 3.14 does the same by itself.
    """
    place = tempfile.gettempdir()
    if len(os.fsencode(place)) > _LONGEST:
        tempfile.tempdir = "/tmp"
    try:
        util.get_temp_dir()  # it remembers what it made
    finally:
        tempfile.tempdir = place
