"""Judge one notebook from top to bottom: the only module that sees both sides.

    a student's cell     runs in the student process, for its definitions and its outputs
    a grade cell         its visible part runs in the student process, for what it shows;
                         its whole text, the master's, runs in the judge process, against proxies
                         of what the student defined (`hidden_test`). Only that run counts.

Cells run in the notebook's order. A test whose names are not defined yet waits, is tried again
after each later cell, and is decided after the last one.
"""

import time
from collections.abc import Iterator, Mapping
from copy import deepcopy

import torch
from nbformat import NotebookNode

from nbjudge.judge.beside import Beside
from nbjudge.judge.budgets import Budgets
from nbjudge.judge.decided import Decided
from nbjudge.judge.hidden_test import HiddenTests, JudgeSettings
from nbjudge.judge.judged import Judged, OfMaster, Unproven
from nbjudge.judge.rest import RestOfCells
from nbjudge.judge.stopped import Stopped
from nbjudge.judge.unproven import left_to_a_person
from nbjudge.judge.written import write
from nbjudge.notebook.head import BESIDE, LEFT_OUT, NEEDS_A_PERSON, UNCONFINED, put_on_top
from nbjudge.notebook.master import functions, mark
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.limits import Limits
from nbjudge.process.session import Ran, Session
from nbjudge.process.zygote import Zygote
from nbjudge.sanitize import outputs
from nbjudge.sanitize.text import strip_control
from nbjudge.verdict import Verdict

_NOTHING = OfMaster()
_TWICE = "Its visible part passed when the notebook ran, and not once more, for the points."
_BESIDE = "{}: tests and code ran in one process, as in plain nbgrader."


def judge(
    settings: JudgeSettings, submission: Submission, zygote: Zygote, known: OfMaster = _NOTHING
) -> Judged:
    """Run the submission's notebook, and mark it by what is `known` of its master here.

    What student code does is in the result. Raises `JudgeFault` when the judge itself fails.
    """
    session = Session(zygote, settings.limits, submission.files)
    budgets = Budgets(settings.limits, settings.master, known.taken)
    run = _Run(settings, submission, session, budgets, known.unproven)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # tests compare small tensors, where more threads only wait
    try:
        run.all()
    finally:
        torch.set_num_threads(threads)
        session.close()
    put_on_top(run.judged.notebook, LEFT_OUT, map(strip_control, session.left_out))
    put_on_top(
        run.judged.notebook,
        NEEDS_A_PERSON,
        [*run.rest.said, *_stopped_together(run.judged), *_undecided(run.judged)],
    )
    if zygote.missing:  # which layers, the log of this machine says, and no student's page
        put_on_top(run.judged.notebook, UNCONFINED, ["A part of the sandbox was missing."])
    if run.beside.cells:
        put_on_top(run.judged.notebook, BESIDE, [_BESIDE.format(", ".join(run.beside.cells))])
    run.judged.processes = len(session.ended)
    ended = [*session.ended, *session.ended_elsewhere]
    run.judged.cpu_seconds = sum(one.cpu_seconds for one in ended)
    run.judged.peak_mb = max((one.peak_mb for one in ended), default=0.0)
    return run.judged


def _stopped_together(judged: Judged) -> list[str]:
    """Say that more than one exercise ran out of time: code outside of them can cause that.

    Such as a `__del__` that the garbage collector calls, or a hook of IPython's.
    """
    late = [card.title for card in judged.cards.values() if card.verdict is Verdict.OUT_OF_TIME]
    if len(late) < 2:
        return []
    return [
        f"{len(late)} exercises were stopped at a limit of time ({'; '.join(late)}). One loop "
        "outside of them can cause that. Look at the first cell that was stopped, and at the cells "
        "above it."
    ]


def _undecided(judged: Judged) -> Iterator[str]:
    """Say which tests could not come to an answer, where plain nbgrader may pass."""
    for cell, failure in judged.failures.items():
        if failure.undecided:
            had = "not all points" if judged.scores[cell] else "no points"
            # What it said may be student code's words, and this stands on top of the page.
            said = _TWICE if failure.seen else failure.said
            yield f"{cell} has {had}: {said} If the work is right, give them by hand."


class _Run:
    """One notebook on its way from the first cell to the last."""

    def __init__(
        self,
        settings: JudgeSettings,
        submission: Submission,
        session: Session,
        budgets: Budgets,
        unproven: Mapping[str, Unproven],
    ):
        self.settings, self.submission, self.budgets = settings, submission, budgets
        self.stopped = Stopped(settings.master, budgets, session)
        self.tests = HiddenTests(settings, submission, session)
        self.session, self.unproven = session, unproven
        self.beside = Beside(session)
        self.judged = Judged(
            deepcopy(submission.notebook), submission.digest, unproven=dict(unproven)
        )
        self.rest = RestOfCells(submission.notebook, settings.master, self.stopped)
        self._waiting: list[tuple[NotebookNode, TestCell]] = []
        self._count = 0

    def all(self) -> None:
        for cell in self.judged.notebook.cells:
            if cell.cell_type == "code":
                begun = time.monotonic()
                self._cell(cell)
                self.judged.seconds[cell.id] = time.monotonic() - begun
        for cell, test in self._waiting:
            write(self.judged, self.submission, cell, test, self._decided(cell, test, last=True))
        if self.submission.ours:
            self.judged.written = self.session.written()
        self.session.close()
        for cell, test, decided in self.beside.decided():
            write(self.judged, self.submission, cell, test, decided)

    def _cell(self, cell: NotebookNode) -> None:
        test = TestCell.of(cell, self.settings.master)
        self._count += 1
        ran = self.stopped.run(cell, test.visible if test else cell.source, self._count)
        if ran.breach is None:
            self.judged.taken.cells[cell.id] = ran.used
        cell.execution_count = self._count
        cell.outputs = _shown(ran, self.settings.limits)
        self.judged.verdicts[cell.id] = _verdict(ran, cell)
        if test is None:
            self._go_on(cell, ran)
        # nbgrader reads the score from the outputs of a grade cell. So nothing that student code
        # showed may look like a result or an error: those are the judge's to write.
        if mark(cell).get("grade") and not mark(cell).get("solution"):
            decided = cell.outputs if test is None else outputs.undecided(cell.outputs)
            cell.outputs = [_no_result(output) for output in decided]
        if test is None:
            self._mark_what_waited()
        else:
            self._test(cell, test)
        if ran.breach is None:
            self.beside.has_run(test.visible if test else cell.source, test)

    def _test(self, cell: NotebookNode, test: TestCell) -> None:
        """Decide a test as it can be: apart, beside the student's code, or by a person."""
        amiss = self.unproven.get(cell.id)
        if amiss is None or amiss.used:
            decided = self._decided(cell, test)
            if decided.waits:
                self._waiting.append((cell, test))
            else:
                write(self.judged, self.submission, cell, test, decided)
        elif amiss.beside and self.settings.beside:
            self.beside.add(cell, test)
        else:
            seed, confined = self.submission.seed, self.tests.confined
            write(
                self.judged,
                self.submission,
                cell,
                test,
                left_to_a_person(amiss, test, seed, confined),
            )

    def _go_on(self, cell: NotebookNode, ran: Ran) -> None:
        """Run what a cell that ended early left, where it costs more than its own exercise."""
        for sentence, more in self.rest.go_on(cell, ran):
            cell.outputs.append(outputs.note(f"[{sentence}]"))
            cell.outputs += _shown(more, self.settings.limits)

    def _decided(self, cell: NotebookNode, test: TestCell, last: bool = False) -> Decided:
        """Return the result of a test, within its budget; see `HiddenTests.decide`."""
        stopped = self.stopped.of(test)
        if stopped and not last and self._is_defined_later(test):
            return Decided(waits=True)
        budget = self.budgets.of_test(cell.id)
        decided, breach = self.tests.decide(test, budget, stopped, last)
        if decided.waits:
            return decided
        self.stopped.decided(test, breach)
        if breach is not None:
            return decided
        self.judged.taken.tests[cell.id] = budget.used
        passed = self.judged.verdicts[cell.id] is Verdict.RAN  # its visible part
        return decided.after_passing() if passed else decided

    def _is_defined_later(self, test: TestCell) -> bool:
        """Whether a cell that has not run yet defines what a test marks."""
        later = (one for one in self.judged.notebook.cells if one.cell_type == "code")
        return any(set(test.names) & functions(one.source) for one in list(later)[self._count :])

    def _mark_what_waited(self) -> None:
        """Mark the exercises that waited for names, and whose names are defined by now."""
        for cell, test in list(self._waiting):
            decided = self._decided(cell, test)
            if not decided.waits:
                self._waiting.remove((cell, test))
                names = ", ".join(f"'{name}'" for name in test.names)
                cell.outputs.append(
                    outputs.note(
                        f"Judged after a later cell of the notebook, which defines {names}."
                    )
                )
                write(self.judged, self.submission, cell, test, decided)


def _shown(ran: Ran, limits: Limits) -> list[NotebookNode]:
    """Return the cleaned outputs of a cell, with a line of ours where something is left out."""
    shown = outputs.clean(ran.outputs, limits.outputs, limits.output_kb * 1024)
    if ran.cut:
        shown.append(outputs.note(f"[The rest is left out: {strip_control(ran.cut)}.]"))
    if ran.breach is not None:
        shown.append(outputs.error("Stopped", str(ran.breach)))
    return shown


def _verdict(ran: Ran, cell: NotebookNode) -> Verdict:
    if ran.breach is not None:
        return ran.breach.verdict
    if ran.cut:
        return Verdict.TOO_MUCH_OUTPUT
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return Verdict.of_exception(errors[0].ename, errors[0].evalue) if errors else Verdict.RAN


def _no_result(output: NotebookNode) -> NotebookNode:
    return outputs.undecided([output])[0] if output.output_type == "execute_result" else output
