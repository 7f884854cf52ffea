"""One notebook's life over there: cells run in order, and a process that was ended is replaced.

A cell that goes over a limit costs itself: its process is killed, since code that catches every
exception cannot be interrupted, and before the next cell a new fork of the zygote runs the earlier
cells again. Cells that were stopped are not run again.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbjudge.limits import Breach, Limits, out_of_time
from nbjudge.process import Ended, Student
from nbjudge.zygotes import Zygote

_MOST_PROCESSES = 25


@dataclass
class Ran:
    """What a cell showed, as data from the student, and why it was stopped, if it was."""

    outputs: Any = field(default_factory=list)
    cut: str = ""
    stopped: str = ""


class Session:
    """The student's side of one notebook."""

    def __init__(self, zygote: Zygote, limits: Limits, files: Path | None = None):
        self.zygote, self.limits, self.files = zygote, limits, files
        self.deadline = time.monotonic() + limits.total_seconds
        self.ended: list[Ended] = []
        self.left_out: list[str] = []
        self._replay: list[str] = []
        self._student: Student | None = None

    def run(self, source: str) -> Ran:
        """Run one cell."""
        if not _has_code(source):
            return Ran()
        try:
            reply = self._process().ask("run", self.limits.cell_seconds, source=source)
        except Breach as breach:
            self._let_go()
            return Ran(stopped=str(breach))
        self._replay.append(source)
        value = reply.get("value")
        told = value if isinstance(value, dict) else {}
        return Ran(told.get("outputs"), str(told.get("cut", "")))

    def ask(self, do: str, seconds: float, **request: Any) -> dict[str, Any]:
        """Ask the process something, `seconds` at the most; raises `Breach` if it fails."""
        try:
            return self._process().ask(do, seconds, **request)
        except Breach:
            self._let_go()
            raise

    def close(self) -> None:
        """End the process."""
        self._let_go()

    def _process(self) -> Student:
        while self._student is None:
            if time.monotonic() > self.deadline or len(self.ended) >= _MOST_PROCESSES:
                raise out_of_time(self.limits.total_seconds)
            self._student = Student(self.zygote, self.limits, self.deadline, self.files)
            self.left_out = self._student.left_out
            self._run_again(self._student)
        return self._student

    def _run_again(self, student: Student) -> None:
        for number, source in enumerate(self._replay):
            try:
                student.ask("run", self.limits.cell_seconds, source=source)
            except Breach:
                # It ran before: what it does depends on chance or time. Go on without it.
                del self._replay[number]
                self._let_go()
                return

    def _let_go(self) -> None:
        if self._student is not None:
            self._student.end()
            if self._student.ended is not None:
                self.ended.append(self._student.ended)
            self._student = None


def _has_code(source: str) -> bool:
    lines = (line.strip() for line in source.splitlines())
    return any(line and not line.startswith("#") for line in lines)
