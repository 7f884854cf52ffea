"""The student processes of one notebook: cells run in order, and an ended process is replaced.

A cell that goes over a limit loses its own result, and no other cell does. Its process is killed:
an interrupt would be an exception in student code, which may catch every exception. Before the next
cell a new fork of the zygote runs the earlier cells again, in order, without those that were
stopped. Only the sources are kept for that; the outputs were recorded at the first run.

`run_before` puts a source of ours among those: what must never run again is replaced by it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbjudge.boundary import messages
from nbjudge.boundary.bounds import WireError
from nbjudge.boundary.wire import decode, encode, mapping
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Breach, Limits, not_usable, out_of_time
from nbjudge.process.scratch import written
from nbjudge.process.student import BOUNDS, Ended, StudentProcess, Tell
from nbjudge.process.zygote import Zygote
from nbjudge.sanitize.paths import without_paths
from nbjudge.sanitize.text import strip_control

_MOST_PROCESSES = 25  # of one notebook, each of which runs the earlier cells again
_LONGEST = 300  # characters of an exception's text


@dataclass(frozen=True)
class CellError:
    """What the student process says of the exception that ended a cell.

    `name` is its class, `line` a line of the cell, from 1, or 0 where it is not known.
    """

    name: str
    text: str
    line: int

    @classmethod
    def of(cls, told: Any) -> "CellError | None":
        """Return what a student process told, whatever its form; None where it told nothing."""
        if not isinstance(told, dict):
            return None
        said = (without_paths(strip_control(told.get(key))) for key in ("name", "text"))
        name, text = (one[:_LONGEST] for one in said)
        line = told.get("line")
        return cls(name, text, line if type(line) is int else 0)


@dataclass
class Ran:
    """What a cell showed, and what ended it: an exception of its own, or a breach.

    `outputs` and `cut` come from the student process: `sanitize.outputs` must clean them. `used`
    is the time that it took, as `process.budget` counts it.
    """

    outputs: Any = field(default_factory=list)
    cut: str = ""
    breach: Breach | None = None
    used: float = 0.0
    error: CellError | None = None


class Session:
    """One notebook, as the judge process runs it.

    `files` is a folder of submitted files, which each student process gets a copy of. `deadline` is
    that of the whole notebook, in seconds of `time.monotonic()`. `ended` says how each process
    ended, `ended_elsewhere` those of other sessions with the same notebook; `left_out` which files
    were not copied.
    """

    def __init__(self, zygote: Zygote, limits: Limits, files: Path | None = None):
        self.zygote, self.limits, self.files = zygote, limits, files
        self.deadline = time.monotonic() + limits.total_seconds
        self.ended: list[Ended] = []
        self.ended_elsewhere: list[Ended] = []
        self.left_out: list[str] = []
        # The questions that ran cells, and the seconds that each has.
        self._replay: list[tuple[bytes, float]] = []
        self._student: StudentProcess | None = None

    def run(self, source: str, budget: Budget | None = None, continues: bool = False) -> Ran:
        """Run one cell, within `budget`, which is `cell_seconds` where none is given.

        One that `continues` is the rest of the cell before, and has its number. What stops a cell
        is in the result; only faults of ours are raised.
        """
        budget = budget or Budget(self.limits.cell_seconds)
        if not _has_code(source):
            return Ran()
        question = _run(source, continues)
        try:
            (answer,) = self.ask([question], budget)
            reply = self.decoded(answer)
        except Breach as breach:
            return Ran(breach=breach)
        # It needs no more the next time, whatever it had left.
        again = min(budget.seconds, 2 * budget.used + self.limits.least_seconds)
        self._replay.append((question, again))
        value = reply.get("value")
        shown = value if isinstance(value, dict) else {}
        error = CellError.of(shown.get("error"))
        return Ran(shown.get("outputs"), str(shown.get("cut", "")), used=budget.used, error=error)

    def written(self) -> frozenset[str]:
        """Return the names of the files that code has made or changed; none where none runs."""
        return written(self._student.scratch, self.files) if self._student else frozenset()

    def run_before(self, source: str) -> None:
        """End the student process; let the next one run `source` behind the earlier cells."""
        self._let_go()
        self._replay.append((_run(source), self.limits.cell_seconds))

    def ask(
        self, questions: Sequence[bytes], budget: Budget, tell: Tell | None = None
    ) -> list[bytes]:
        """Send encoded questions in one envelope; return the encoded answers, one for each.

        What they take is of `budget`; running earlier cells again is not. `tell` answers what
        student code asks meanwhile. Raises `Breach` when the
        student process goes over a limit, ends, or sends no valid reply; the next question starts a
        new process.
        """
        try:
            return self._process().ask(questions, budget, tell)
        except Breach:
            self._let_go()
            raise

    def decoded(self, answer: bytes) -> dict[str, Any]:
        """Return the dictionary that an encoded answer holds.

        Raises `Breach`, and ends the student process, where the answer cannot be decoded.
        """
        try:
            return mapping(decode(answer, BOUNDS))
        except WireError as error:
            self._let_go()
            raise not_usable(error) from error

    def give_back(self, seconds: float) -> None:
        """Let the notebook have time back that a test took, and not its own code."""
        self._let_go()  # a process keeps its deadline
        self.deadline += seconds

    def close(self) -> None:
        """End the student process, if there is one."""
        self._let_go()

    def _process(self) -> StudentProcess:
        """Return the student process, a new one with the earlier cells where it has ended."""
        # A loop, because an earlier cell may be stopped this time, and ends the new process too.
        while self._student is None:
            if time.monotonic() > self.deadline or len(self.ended) >= _MOST_PROCESSES:
                raise out_of_time(self.limits.total_seconds)
            self._student = StudentProcess(self.zygote, self.limits, self.deadline, self.files)
            self.left_out = self._student.left_out
            self._run_again(self._student)
        return self._student

    def _run_again(self, student: StudentProcess) -> None:
        for number, (question, seconds) in enumerate(self._replay):
            try:
                student.ask([question], Budget(seconds))
            except Breach:
                # The cell has run before, so what it does depends on chance or on time. It is left
                # out from now on.
                del self._replay[number]
                self._let_go()
                return

    def _let_go(self) -> None:
        if self._student is not None:
            self._student.end()
            if self._student.ended is not None:
                self.ended.append(self._student.ended)
            self._student = None


def _run(source: str, continues: bool = False) -> bytes:
    return encode({"do": messages.RUN, "source": source, "continues": continues})


def _has_code(source: str) -> bool:
    # A cell of comments has nothing to run, and its message would cost a millisecond.
    lines = (line.strip() for line in source.splitlines())
    return any(line and not line.startswith("#") for line in lines)
