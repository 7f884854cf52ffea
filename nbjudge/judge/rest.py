"""A cell that ended before its last line, and what is run of it all the same.

One line that grading refuses, such as an import of a package that is not there, must not cost a
whole notebook. So where such a cell takes names from more than one exercise, its other
statements are run, and the notebook is flagged as one that needs a person, with the line. The same
is done for one exercise where not the student's code is wrong but grading lacks something.

    an exception      the statements behind the one that raised
    no Python         all statements that are Python
    a limit           its imports and definitions: which line it was is not known

A student gains nothing by it: only statements of their own cell are run, in their own process, and
what that process says of the exception decides no more than which ones.
"""

import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode

from nbjudge.judge.stopped import Stopped
from nbjudge.notebook.master import mark
from nbjudge.notebook.newer_python import newer_syntax
from nbjudge.notebook.statements import ALL, Statement, as_python, statements
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.session import Ran

_MOST_GOES = 10
_LONGEST_LINE = 100
_NOT_PYTHON = ("SyntaxError", "IndentationError", "TabError")
_SANDBOX = (
    "PermissionError", "BlockingIOError", "gaierror", "URLError", "ConnectionError",
    "ConnectionRefusedError", "ConnectTimeout", "ConnectError",
)  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """Why a cell ended early, in words; at which line, or 0 where that is not known.

    `lacking` says that grading lacks what the line needs, so that the student's code may be right.
    """

    reason: str
    line: int = 0
    lacking: bool = False

    @classmethod
    def of(cls, source: str, ran: Ran) -> "Refusal | None":
        """Return why a cell with the text `source` ended early, or None where it did not."""
        if ran.breach is not None:
            return cls(str(ran.breach))
        if ran.error is None:
            return None
        name, text, line = ran.error.name, ran.error.text, ran.error.line
        newer = newer_syntax(as_python(source)) if name in _NOT_PYTHON else None
        if newer is not None:
            return cls(str(newer), newer.line, lacking=True)
        if name in _NOT_PYTHON:
            text = re.sub(r" \((?:<|Cell In).*", "", text)  # where it is, which `line` says
            return cls(f"Python {platform.python_version()} cannot read it ({text}).", line)
        if name == "ModuleNotFoundError":
            lacks = "it is neither installed where submissions are graded nor among the files sent"
            return cls(f"{text}; {lacks}.", line, True)
        if name in _SANDBOX:
            refuses = "the sandbox of grading refuses files, network and programs in this way"
            return cls(f"It raised {name} ({text}); {refuses}.", line, True)
        if name == "StdinNotImplementedError":
            return cls("It waits for an input, and nobody can type one.", line, True)
        return cls(f"It raised {name} ({text}).", line)


class RestOfCells:
    """What cells of one notebook left when they ended early; `runner` runs its cells.

    `said` are sentences for the top of the notebook, on what needs a person.
    """

    def __init__(self, notebook: NotebookNode, master: NotebookNode, runner: Stopped):
        self._notebook, self._master, self._runner = notebook, master, runner
        self.said: list[str] = []

    def go_on(self, cell: NotebookNode, ran: Ran) -> list[tuple[str, Ran]]:
        """Run of a cell what can be run; return sentences and what each run showed.

        Empty where the cell ran to its end, or where it cost at most its own exercise.
        """
        gone_on: list[tuple[str, Ran]] = []
        rest = statements(cell.source) if ran.breach or ran.error else []
        while len(gone_on) < _MOST_GOES and (why := Refusal.of(cell.source, ran)):
            lost, rest = _parted(rest, ran, why)
            cost = len(self._exercises(lost))
            if cost < (1 if why.lacking else 2):
                break
            sentence = _sentence(cell, lost, why, cost, bool(rest))
            # A stub that was handed out raises it, also that of an earlier release: not begun.
            if ran.error is None or ran.error.name != "NotImplementedError":
                self.said.append(sentence)
            ran = self._run(cell, rest) if rest else Ran()
            gone_on.append((sentence, ran))
        return gone_on

    def _run(self, cell: NotebookNode, rest: list[Statement]) -> Ran:
        return self._runner.run(cell, _in_place(rest), cell.execution_count, continues=True)

    def _exercises(self, lost: Iterable[Statement]) -> list[str]:
        """Return the ids of the test cells of exercises that need a name of `lost` statements."""
        names = {name for one in lost for name in one.binds}
        return [id for id, needed in self._needs.items() if needed & names or ALL in names]

    @cached_property
    def _needs(self) -> dict[str, set[str]]:
        """The names that each exercise needs, directly or not, by the id of its test cell."""
        written = [
            statement
            for cell in self._notebook.cells
            if cell.cell_type == "code" and not mark(cell).get("grade")
            for statement in statements(cell.source)
        ]
        tests = {cell.id: TestCell.of(cell, self._master) for cell in self._notebook.cells}
        return {id: _closure(test.names, written) for id, test in tests.items() if test}


def _closure(names: Iterable[str], written: list[Statement]) -> set[str]:
    """Return `names` and all names that the statements which bind them use, directly or not."""
    needed, before = set(names), 0
    while len(needed) > before:
        before = len(needed)
        for one in written:
            if one.binds & needed:
                needed |= one.uses
    return needed


def _parted(
    found: list[Statement], ran: Ran, why: Refusal
) -> tuple[list[Statement], list[Statement]]:
    """Return the statements that were not run to their end, and those of them to run now."""
    if ran.breach is not None:
        rest = [one for one in found if one.defines]
        return found, rest if len(rest) < len(found) else []
    if any(one.tree is None for one in found):
        return found, [one for one in found if one.tree is not None]
    place = next((n for n, one in enumerate(found) if one.first <= why.line <= one.last), None)
    return (found, []) if place is None else (found[place:], found[place + 1 :])


def _sentence(
    cell: NotebookNode, lost: list[Statement], why: Refusal, cost: int, goes_on: bool
) -> str:
    lines = cell.source.splitlines()
    where = ""
    if 0 < why.line <= len(lines):
        line = lines[why.line - 1].strip().replace("`", "'")[:_LONGEST_LINE]
        where = f", line {why.line}, `{line}`"
    told = "The rest of the cell was run." if goes_on else "Nothing of the cell is left to run."
    exercises = "1 exercise needs" if cost == 1 else f"{cost} exercises need"
    return f"Cell In [{cell.execution_count}]{where}: {why.reason} {exercises} this cell. {told}"


def _in_place(rest: list[Statement]) -> str:
    """Return the text of a cell that holds only `rest`, each statement on its own lines."""
    # So that a traceback names the lines of the cell as the student sees it.
    lines: list[str] = []
    for one in rest:
        lines += ["#"] * (one.first - 1 - len(lines)) + one.text.splitlines()
    return "\n".join(lines)
