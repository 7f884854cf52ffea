"""Run notebook cells in IPython, and record what they show as plain nbformat dictionaries.

A Jupyter kernel would do the same in a separate process, with sockets and threads. A shell inside
the forked process needs neither: a cell is a function call. The judge process cleans the recorded
outputs once more (`nbjudge.sanitize.outputs`), because student code can change this recorder.
"""

import builtins
import getpass
import sys
import traceback
import types
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from traitlets.config import Config

from nbjudge.boundary import messages
from nbjudge.confined import figures
from nbjudge.confined.magics import QuietShell, replace_magics
from nbjudge.confined.raised import CELL_FILE, describe_exception
from nbjudge.confined.streams import Stream

_NO_INPUT = (
    "input() has nobody to ask while a submission is graded. Put the value into the cell instead."
)


class Recorder:
    """What a cell shows, in order, up to a number of outputs and a number of bytes.

    While `muted`, nothing is recorded: the judge process is asking questions.
    `cut` says in words what was left out, and is empty where nothing was.
    """

    def __init__(self, most_outputs: int, most_bytes: int):
        self.most_outputs, self.most_bytes = most_outputs, most_bytes
        self.muted = False
        self.begin()

    def begin(self) -> None:
        """Forget what was recorded."""
        self.outputs: list[dict[str, Any]] = []
        self.size = 0
        self.cut = ""

    def add(self, output: dict[str, Any], size: int) -> None:
        """Record one output of `size` bytes; leave out this and all later ones over a limit."""
        if self.muted or self.cut:
            return
        self.size += size
        if self.size > self.most_bytes:
            self.cut = f"more than {self.most_bytes // 1024} KB of output"
        elif len(self.outputs) >= self.most_outputs:
            self.cut = f"more than {self.most_outputs} outputs"
        else:
            self.outputs.append(output)

    def stream(self, name: str, text: str) -> None:
        """Record printed text; consecutive pieces of one stream become one output."""
        last = self.outputs[-1] if self.outputs else None
        room = not self.muted and not self.cut and self.size + len(text) <= self.most_bytes
        if room and last and last["output_type"] == "stream" and last["name"] == name:
            # A list, joined when the cell has ended: a loop that prints would copy the text each
            # time.
            last["text"].append(text)
            self.size += len(text)
        else:
            self.add({"output_type": "stream", "name": name, "text": [text]}, len(text))

    def rich(self, kind: str, data: dict[str, Any], metadata: Any, **more: Any) -> None:
        """Record a `display_data` or an `execute_result`."""
        size = sum(len(part) for part in data.values() if isinstance(part, str | bytes))
        self.add({"output_type": kind, "data": data, "metadata": _alts(metadata), **more}, size)

    def clear(self) -> None:
        """Drop the outputs so far, as `clear_output` does."""
        if not self.muted:
            self.outputs.clear()


def _alts(metadata: Any) -> dict[str, dict[str, str]]:
    """Return the alternative texts of pictures, and nothing else: all else could be any object."""
    given = metadata.items() if isinstance(metadata, dict) else ()
    return {
        kind: {"alt": about["alt"]}
        for kind, about in given
        if isinstance(about, dict) and isinstance(about.get("alt"), str)
    }


def _recorder(part: Any) -> Recorder:
    return part.shell.recorder


class _Publisher(DisplayPublisher):
    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        _recorder(self).rich("display_data", data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        _recorder(self).clear()


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict, md_dict: Any = None) -> None:
        _recorder(self).rich(
            "execute_result", format_dict, md_dict, execution_count=self.prompt_count
        )

    def finish_displayhook(self) -> None:
        pass


class Shell(QuietShell):
    """IPython as a kernel has it, which records what it shows."""

    display_pub_class = _Publisher
    displayhook_class = _Hook
    recorder: Recorder
    streams: tuple[Stream, Stream]

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.recorder.add(_error(etype.__name__, _text(evalue), stb), sum(map(len, stb)))


def make_shell() -> Shell:
    """Return a shell with inline plots. The zygote makes it once, and each fork uses its copy."""
    config = Config()
    config.HistoryManager.enabled = False  # it would start a thread and open a database
    config.InteractiveShell.colors = "nocolor"
    # An empty module: the zygote's own __main__ would be the namespace of the notebook.
    module = types.ModuleType("__main__")
    shell = Shell.instance(config=config, user_module=module)
    sys.modules["__main__"] = module
    shell.enable_matplotlib("inline")
    figures.draw_once(shell)
    replace_magics(shell)
    return shell


def attach(shell: Shell, recorder: Recorder) -> None:
    """Let `shell` and the standard streams of this process write to `recorder`; refuse input()."""
    shell.recorder = recorder
    shell.streams = (
        Stream("stdout", lambda text: recorder.stream("stdout", text)),
        Stream("stderr", lambda text: recorder.stream("stderr", text)),
    )
    sys.stdout, sys.stderr = shell.streams
    builtins.input = getpass.getpass = _no_input


def run(shell: Shell, source: str, continues: bool = False) -> messages.Shown:
    """Run one cell; return its outputs, what was cut off them, and what stopped it.

    One that `continues` is the rest of the cell before, and has its number.
    """
    shell.execution_count -= continues
    recorder = shell.recorder
    recorder.begin()
    # Where a cell has put another stream there, such as a file, no later cell would show anything.
    sys.stdout, sys.stderr = shell.streams
    error: BaseException | None
    try:
        done = shell.run_cell(source, store_history=True)
        error = done.error_before_exec or done.error_in_exec
    except BaseException as failure:  # IPython itself failed on what the student's code did
        error = failure
        recorder.add(_error(type(error).__name__, _text(error), [_text(error)]), 0)
    for output in recorder.outputs:
        if output["output_type"] == "stream":
            output["text"] = "".join(output["text"])
    shown: messages.Shown = {"outputs": recorder.outputs, "cut": recorder.cut}
    if error is not None:
        told = describe_exception(error)
        shown["error"] = {"name": told["name"], "text": told["text"], "line": _line(error)}
    return shown


def _line(error: BaseException) -> int:
    """Return the line of the cell whose statement raised `error`; 0 where it is not known."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(CELL_FILE):
            return line
    # A cell that cannot be compiled has no frame.
    of_cell = isinstance(error, SyntaxError) and str(error.filename).startswith(CELL_FILE)
    return (error.lineno or 0) if of_cell and isinstance(error, SyntaxError) else 0


def _error(name: str, value: str, traceback: list[str]) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException as another:
        return f"<its __str__ raised {type(another).__name__}>"


def _no_input(*_: object, **__: object) -> str:
    raise StdinNotImplementedError(_NO_INPUT)
