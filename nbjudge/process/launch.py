"""Where zygotes come from: a clean Python by exec, or a fork of a zygote that is warm already.

Theory of operation.

    Executed    a new Python, started by exec: it shares nothing with the judge process, neither
                memory nor environment nor descriptors. Warming up takes seconds and some 300 MB.
    Forked      a fork of such a zygote, the *template*: it starts in milliseconds and shares the
                template's memory. The workers of a class run use these.

The judge process never forks itself to make a zygote. It may be a Jupyter server with threads, an
event loop and a token of the hub, and it holds the rubrics; a fork would inherit all of that.

Who ends first. Each zygote ends when its control socket closes, so also when the judge process is
killed. A `Forked` zygote ends with its template, too. The process that starts a zygote keeps it to
its end; see `process.zygote.running`.

Warming up begins while the command still imports what it needs. So this module imports torch, and
whatever imports torch, inside functions only.
"""

import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

WARM_MODULES = ("numpy", "torch", "matplotlib.pyplot", "seaborn", "IPython.display")
# Without collections: while modules are imported they find nothing to collect, and take time. The
# zygote's forks turn them on again.
_BOOT = (
    "import gc, sys; gc.disable(); "
    "from nbjudge.confined import zygote; zygote.main(int(sys.argv[1]), sys.argv[2:])"
)
_PASSED_ON = ("CUDA_", "NVIDIA_", "LD_LIBRARY_PATH", "TZ", "LANG", "LC_")


class Executed:
    """A zygote's process, started by exec, isolated (`python -I`), with a clean environment.

    `control` is the judge process's end of the control socket. `home` is a new folder, which holds
    the log of the process and the scratch directories of its student processes.
    """

    def __init__(self, modules: tuple[str, ...] = WARM_MODULES):
        self.home = tempfile.mkdtemp(prefix="nbjudge-")
        # A pair, because it has no name that student code could look for. SOCK_SEQPACKET keeps
        # messages apart, so that a descriptor arrives with the request that it belongs to.
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, open(f"{self.home}/log", "wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                env=_environment(self.home),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A terminal sends Ctrl-C to all processes of its session. The command catches it,
                # and ends this process in its turn.
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """Return the last line of the process's log, which most often is its error."""
        log = Path(self.home, "log").read_text(errors="replace").strip()
        return log.splitlines()[-1] if log else ""

    def close(self) -> None:
        """Let the process end, and with it every process that descends from it.

        A process that has not ended within 5 s is killed.
        """
        self.control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            _remove(self.home)

    def kill(self) -> None:
        """Kill the process, and with it every process that descends from it."""
        self.control.close()
        self._process.kill()
        self._process.wait()
        _remove(self.home)


class Forked:
    """A zygote's process, forked from the template zygote whose control socket is `template`.

    It has what `Executed` has. The judge process is not its parent, and cannot wait for it.
    """

    def __init__(self, template: socket.socket):
        from nbjudge.boundary.messages import TWIN
        from nbjudge.boundary.wire import encode

        self.home = tempfile.mkdtemp(prefix="nbjudge-")
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(template, [encode({"do": TWIN})], [theirs.fileno()])
        except OSError:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process still runs: whether its end of the socket is open."""
        # By the socket, because a process id may belong to another process by now.
        look = select.poll()
        look.register(self.control, 0)  # poll(2) reports a closed end even where nothing is asked
        return not look.poll(0)

    def last_words(self) -> str:
        """Return an empty text: the process prints to the template's log."""
        return ""

    def close(self) -> None:
        """Let the process end, and with it every process that descends from it."""
        self.control.close()
        _remove(self.home)


def _remove(folder: str) -> None:
    # Imported in this function: it imports rubric.expect, and that imports torch.
    from nbjudge.process.scratch import remove_tree

    remove_tree(folder)


def _environment(home: str) -> dict[str, str]:
    """Return a clean environment: on a hub, the judge process's own holds a token and secrets."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home,
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # One thread before the fork: a thread pool does not survive it.
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
