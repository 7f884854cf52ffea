"""IPython's shell while a submission is graded: what has no meaning there is passed over, and said.

    !ls, %pip, %%bash        no program is started; the cell goes on, as in Jupyter
    %matplotlib widget       plots stay inline
    %autosave, %load_ext     nothing is done
    exit(), breakpoint()     nobody sits before the notebook: the cell goes on

All else is IPython's own. A magic that does not exist raises, as in Jupyter.
"""

import sys
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList

_LONGEST = 80  # characters of a line that is repeated
_REFUSED = 126  # the exit status of a shell for a program that it may not start
_NO_PROGRAMS = "not run. No program is started while a submission is graded; the cell goes on."
_NO_MEANING = "passed over. It has no meaning while a submission is graded; the cell goes on."

# Magics that start programs. `%sx`, `%system` and the aliases, such as `%ls`, ask the shell.
_PROGRAMS = {
    "line": ("pip", "conda", "mamba", "micromamba", "uv", "script"),
    "cell": (
        "script", "bash", "sh", "zsh", "cmd", "perl", "pypy", "python", "python2", "python3", "ruby"
    ),
}  # fmt: skip
# Magics of a front end, of a debugger, of what reloads modules that change meanwhile.
_WITHOUT_MEANING = {
    "line": (
        "autosave", "connect_info", "qtconsole", "subshell", "less", "more", "man", "edit", "ed",
        "clear", "gui", "pdb", "debug", "store", "pastebin", "autoreload", "aimport",
        "tensorboard", "unload_ext",
    ),
    "cell": ("debug",),
}  # fmt: skip
_INLINE = (None, "inline", "auto")


def say(line: str, what: str) -> None:
    """Print that a line of the notebook was left out; `what` says why."""
    shown = " ".join(line.split())
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    print(f"[{shown}: {what}]")


class QuietShell(InteractiveShell):
    """IPython without programs, a screen and a person at the keyboard."""

    _lacks_an_extension = False

    def system(self, cmd: str) -> None:
        """Refuse `!command`, as a shell does that may not start the program."""
        say(f"!{cmd}", _NO_PROGRAMS)
        self.user_ns["_exit_code"] = _REFUSED

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Refuse `x = !command`, which gives no lines."""
        self.system(cmd)
        return SList() if split else ""

    system_raw = system_piped = system

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: a student process has no screen."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Show plots inline, whatever was asked for."""
        if gui not in _INLINE:
            say(f"%matplotlib {gui}", "plots are inline while a submission is graded.")
        return super().enable_matplotlib("inline")

    def ask_exit(self) -> None:
        """Pass over `exit()` and `quit()`."""
        say("exit()", _NO_MEANING)

    def _find_with_lazy_load(self, type_: str, magic_name: str) -> Any:
        # What an extension would have brought is passed over like the extension.
        found = super()._find_with_lazy_load(type_, magic_name)
        if found is None and self._lacks_an_extension:
            return _passing_over(type_, magic_name, _NO_MEANING)
        return found

    def load_extension(self, line: str, cell: str = "") -> None:
        """Load an extension of IPython, as `%load_ext` does; pass over one that is not here."""
        name = line.strip()
        manager: Any = self.extension_manager
        if name != "autoreload":
            try:
                manager.load_extension(name)
                return
            except ModuleNotFoundError:
                self._lacks_an_extension = True
        say(f"%load_ext {name}", _NO_MEANING)


def replace_magics(shell: QuietShell) -> None:
    """Let `shell` pass over the magics that have no meaning, and `breakpoint()`."""
    # IPython's own would keep it in a folder of the zygote, where student code cannot write.
    shell.db = {}
    register: Any = shell.register_magic_function
    for names, what in ((_PROGRAMS, _NO_PROGRAMS), (_WITHOUT_MEANING, _NO_MEANING)):
        for kind, magics in names.items():
            for name in magics:
                register(_passing_over(kind, name, what), kind, name)
    for name in ("load_ext", "reload_ext"):
        register(shell.load_extension, "line", name)
    sys.breakpointhook = lambda *_, **__: say("breakpoint()", _NO_MEANING)


def _passing_over(kind: str, name: str, what: str) -> Any:
    sign = "%" if kind == "line" else "%%"

    def magic(line: str, cell: str = "") -> None:
        say(f"{sign}{name} {line}", what)

    return magic
