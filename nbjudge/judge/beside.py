"""A test's whole text in one process with the code that it tests, as nbgrader does it.

In the sandbox, and with the judge's limits. It is as honest as nbgrader and no more: code in the
same process can make any test pass. So it is the instructor's choice (`c.Judge.beside`), only for
tests that cannot be decided apart, and every result says so.

Such tests run when all cells have run, each in a process of its own, behind what ran before it:

    the notebook's process    cell, cell, visible test, cell, ...   all that is shown
    that of the first test    cell, cell, whole test                a number
    that of the second        cell, cell, whole test, cell, whole test    a number

So no cell whose outputs are shown runs in a process that has read a hidden test, and nothing of
what such a process shows goes anywhere.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from nbjudge.judge.decided import Decided, Failure
from nbjudge.judge.hidden_test import JudgeSettings
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.limits import Limits
from nbjudge.process.session import Ran, Session
from nbjudge.process.zygote import Zygote
from nbjudge.rubric.loader import named
from nbjudge.sanitize import outputs
from nbjudge.verdict import Verdict

_NOT_MET = (
    "A test of this cell is not met. It ran in one process with your code, and what it found is "
    "not shown, because it may be hidden. Look at the visible tests of this exercise."
)


@dataclass(frozen=True)
class Given:
    """What a test cell gave: its score, and what it raised, in words, for the instructor alone."""

    score: float
    error: str = ""


class Beside:
    """The tests of one submission that run beside its code; `session` ran its cells."""

    def __init__(self, session: Session):
        self._session = session
        self._ran: list[str] = []
        self._tests: list[tuple[NotebookNode, TestCell, list[str]]] = []

    @property
    def cells(self) -> list[str]:
        """The ids of the cells of these tests."""
        return [cell.id for cell, _, _ in self._tests]

    def has_run(self, text: str, test: TestCell | None) -> None:
        """Take note of a cell that ran to its end, or raised; of a test its whole text counts."""
        if test is not None and not named(test.source):  # no rubric can be had there
            text = test.text
        self._ran.append(text)

    def add(self, cell: NotebookNode, test: TestCell) -> None:
        """Let a test run at the end, behind what ran until now."""
        self._tests.append((cell, test, list(self._ran)))

    def decided(self) -> Iterator[tuple[NotebookNode, TestCell, Decided]]:
        """Yield the result of each test; the session's own process has ended."""
        for cell, test, before in self._tests:
            own = Session(self._session.zygote, self._session.limits, self._session.files)
            try:
                for text in before:
                    own.run(text)
                yield cell, test, _decided(own.run(test.text), test, own.limits)
            finally:
                own.close()
                self._session.ended_elsewhere += own.ended


def all_beside(settings: JudgeSettings, ours: Submission, zygote: Zygote) -> dict[str, Given]:
    """Return what each test gives, by the id of its cell, for a notebook of the instructor's."""
    session = Session(zygote, settings.limits, ours.files)
    found = {}
    try:
        for cell in ours.notebook.cells:
            if cell.cell_type == "code":
                test = TestCell.of(cell, settings.master)
                ran = session.run(test.text if test else cell.source)
                if test is not None:
                    found[cell.id] = _given(ran, test, settings.limits)
    finally:
        session.close()
    return found


def _decided(ran: Ran, test: TestCell, limits: Limits) -> Decided:
    if ran.breach is not None:
        return Decided(failure=Failure(ran.breach.verdict, "Stopped", str(ran.breach)))
    given = _given(ran, test, limits)
    failure = Failure(Verdict.NOT_MET, "NotMet", _NOT_MET)
    if given.error:
        return Decided(failure=failure)
    # Code that reads the test could tell its author of it in a number with many digits.
    score = given.score if math.isnan(given.score) else round(given.score, 2)
    return Decided(value=score, failure=failure if test.counted and score < test.points else None)


def _given(ran: Ran, test: TestCell, limits: Limits) -> Given:
    """Return the score by nbgrader's rule: a result that is a number, else all or nothing."""
    if ran.breach is not None:
        return Given(0.0, str(ran.breach))
    if ran.error is not None:  # the notebook may have changed what IPython shows of it
        return Given(0.0, f"{ran.error.name}: {ran.error.text}".rstrip(": .") + ".")
    for output in outputs.clean(ran.outputs, limits.outputs, limits.output_kb * 1024):
        if output.output_type == "error":
            return Given(0.0, f"{output.ename}: {output.evalue}".rstrip(": .") + ".")
        if output.output_type == "execute_result":
            try:
                return Given(min(float(output.data.get("text/plain", "")), test.points))
            except ValueError:
                continue
    return Given(test.points)
