"""Where zygotes come from: a clean Python by exec, or a fork of a zygote that is warm already.

Warming up takes seconds and some 300 MB, and begins while the command itself still imports what it
needs. So this module imports nothing at its top that imports torch.
"""

import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

WARM_MODULES = ("numpy", "torch", "matplotlib.pyplot", "seaborn", "IPython.display")
# Without collections, which find nothing to collect among what is imported, and take their time.
_BOOT = (
    "import gc, sys; gc.disable(); "
    "from nbjudge.confined import zygote; zygote.main(int(sys.argv[1]), sys.argv[2:])"
)
_PASSED_ON = ("CUDA_", "NVIDIA_", "LD_LIBRARY_PATH", "TZ", "LANG", "LC_")


class Executed:
    """A zygote's process, started by exec, isolated, with a clean environment.

    `control` is our end of its control socket, `home` a folder that it may write to.
    """

    def __init__(self, modules: tuple[str, ...] = WARM_MODULES):
        self.home = tempfile.mkdtemp(prefix="nbjudge-")
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
                start_new_session=True,  # Ctrl-C is the command's, which ends this in its turn
            )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def last_words(self) -> str:
        """Return the last line that the process printed."""
        log = Path(self.home, "log").read_text(errors="replace").strip()
        return log.splitlines()[-1] if log else ""

    def close(self) -> None:
        """End the process, and with it every process that descends from it."""
        self.control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            _remove(self.home)

    def kill(self) -> None:
        """End the process at once, and with it every process that descends from it."""
        self.control.close()
        self._process.kill()
        self._process.wait()
        _remove(self.home)


class Forked:
    """A zygote's process, forked of the template whose control socket is `template`."""

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
        """Whether the process still runs: its end of the socket is open."""
        look = select.poll()
        look.register(self.control, 0)  # a closed end is always told
        return not look.poll(0)

    def last_words(self) -> str:
        """Return what is known of its end, which is nothing: it prints to the template's log."""
        return ""

    def close(self) -> None:
        """End the process, and with it every process that descends from it."""
        self.control.close()
        _remove(self.home)


def _remove(folder: str) -> None:
    from nbjudge.process.scratch import remove_tree

    remove_tree(folder)


def _environment(home: str) -> dict[str, str]:
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
