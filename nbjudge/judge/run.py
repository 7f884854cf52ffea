"""Judge one notebook from top to bottom: the only place that sees both sides.

Student cells run over there, in the notebook's order. A grade cell's visible part runs over there
too, for what it shows; the cell itself, the master's text with its hidden tests, runs here, against
proxies of what the student defined. Only what runs here counts.
"""

import contextlib
import io
import time
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from nbformat import NotebookNode

from nbjudge import rubric
from nbjudge.judge.cache import Decided, Recall
from nbjudge.judge.prefetch import Conversation
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.limits import Limits
from nbjudge.process.session import Ran, Session
from nbjudge.process.zygote import JudgeFault, Setting, Zygote, running
from nbjudge.proxy.objects import Function, Objects
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.sanitize import outputs
from nbjudge.sanitize.text import plain

ENGINE = "nbjudge"


@dataclass
class Judged:
    """A judged notebook: its outputs stand in the notebook's cells."""

    notebook: NotebookNode
    digest: str = ""
    cards: dict[str, Scorecard] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    processes: int = 0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True)
class Course:
    """What judging needs of the course: its folder, the master, the limits, and what is known.

    `recall` makes a class run fast: it shares one among all submissions that get the same seed.
    """

    root: Path
    master: NotebookNode
    limits: Limits
    recall: Recall = field(default_factory=Recall)


def judge_again(course: Course, submission: Submission, setting: Setting) -> Judged:
    """Judge a submission, once more if the zygote was lost meanwhile."""
    first = running(setting)
    try:
        return judge(course, submission, first)
    except JudgeFault:
        if first.alive:
            raise
    return judge(course, submission, running(setting))


def judge(course: Course, submission: Submission, zygote: Zygote) -> Judged:
    """Run the submission's notebook and mark it.

    Raises `JudgeFault` when the judge itself fails; whatever student code does is in the result.
    """
    session = Session(zygote, course.limits, submission.files)
    run = _Run(course, submission, session)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # what tests compare here is small: more threads only wait
    try:
        run.all()
    finally:
        torch.set_num_threads(threads)
        session.close()
    run.judged.left_out = [plain(text) for text in session.left_out]
    run.judged.processes = len(session.ended)
    run.judged.cpu_seconds = sum(ended.cpu_seconds for ended in session.ended)
    run.judged.peak_mb = max((ended.peak_mb for ended in session.ended), default=0.0)
    return run.judged


class _Run:
    def __init__(self, course: Course, submission: Submission, session: Session):
        self.course, self.submission, self.session = course, submission, session
        self.recall = course.recall.of_course(course.root)
        self.judged = Judged(deepcopy(submission.notebook), submission.digest)
        self._waiting: list[tuple[NotebookNode, TestCell]] = []
        self._count = 0

    def all(self) -> None:
        for cell in self.judged.notebook.cells:
            if cell.cell_type == "code":
                begun = time.monotonic()
                self._cell(cell)
                self.judged.seconds[cell.id] = time.monotonic() - begun
        for cell, test in self._waiting:
            self._write(cell, test, self._decided(test, last=True))

    def _cell(self, cell: NotebookNode) -> None:
        test = TestCell.of(cell, self.course.master)
        ran = self.session.run(test.visible if test else cell.source)
        self._count += 1
        cell.execution_count = self._count
        cell.outputs = self._shown(ran)
        graded = cell.metadata.get("nbgrader", {}).get("grade", False)
        if graded and not cell.metadata.nbgrader.get("solution"):
            decided = cell.outputs if test is None else outputs.undecided(cell.outputs)
            cell.outputs = [_no_result(output) for output in decided]
        if test is None:
            self._mark_what_waited()
            return
        decided = self._decided(test)
        if decided.waits:
            self._waiting.append((cell, test))
        else:
            self._write(cell, test, decided)

    def _shown(self, ran: Ran) -> list[NotebookNode]:
        limits = self.course.limits
        shown = outputs.clean(ran.outputs, limits.outputs, limits.output_kb * 1024)
        if ran.cut:
            shown.append(outputs.note(f"[The rest is left out: {plain(ran.cut)}.]"))
        if ran.stopped:
            shown.append(outputs.error("Stopped", ran.stopped))
        return shown

    def _mark_what_waited(self) -> None:
        """Mark exercises whose names only a later cell defined."""
        for cell, test in list(self._waiting):
            decided = self._decided(test)
            if not decided.waits:
                self._waiting.remove((cell, test))
                names = ", ".join(f"'{name}'" for name in test.names)
                cell.outputs.append(
                    outputs.note(
                        f"Judged after a later cell of the notebook, which defines {names}."
                    )
                )
                self._write(cell, test, decided)

    def _decided(self, test: TestCell, last: bool = False) -> Decided:
        """Return what the test comes to; if it is not the `last` try it may wait for names."""
        seed, confined = self.submission.seed, not self.session.zygote.missing
        return self.recall.exercise((repr(test), seed, confined, last)).decide(
            lambda ahead: Conversation(self.session, self.course.limits.cell_seconds, ahead),
            lambda conversation: self._examined(test, conversation, last),
            self.submission.ours,
        )

    def _examined(self, test: TestCell, conversation: Conversation, last: bool) -> Decided:
        """Run the test cell here, against what the student defined over there."""
        objects = Objects(conversation.ask)
        proxies: dict[str, Any] = {name: Function(objects, name) for name in test.defined}
        with contextlib.suppress(Exception):  # where nobody answers, each use of a name says why
            objects("begin")
            proxies = objects.bind(test.defined)
            if not last and set(test.names) - set(proxies):
                return Decided(waits=True)
        cards: list[Scorecard] = []
        grading = rubric.Grading(
            seed=self.submission.seed, root=self.course.root, engine=ENGINE, show=cards.append,
            confined=not self.session.zygote.missing,
        )  # fmt: skip
        try:
            with rubric.grading(grading), _silence():
                value = test.run(proxies)
        except Exception as error:
            return Decided(tuple(cards), failure=(type(error).__name__, rubric.explain(error)))
        return Decided(tuple(cards), value if isinstance(value, int | float) else None)

    def _write(self, cell: NotebookNode, test: TestCell, decided: Decided) -> None:
        """Write what was decided behind what the student's side showed."""
        for card in decided.cards:
            card = replace(card, submission=self.submission.digest)
            self.judged.cards[cell.id] = card
            cell.outputs.append(
                outputs.new_output("display_data", data=dict(card._repr_mimebundle_()))
            )
        if decided.failure is not None:
            name, text = decided.failure
            cell.outputs.append(outputs.error(plain(name), text))
            self.judged.scores[cell.id] = 0.0
            return
        earned = test.points if decided.value is None else decided.value
        score = float(min(max(earned, 0), test.points)) if earned == earned else 0.0
        self.judged.scores[cell.id] = score
        result = outputs.new_output("execute_result", data={"text/plain": str(score)})
        result.execution_count = cell.execution_count
        cell.outputs.append(result)


def _no_result(output: NotebookNode) -> NotebookNode:
    return outputs.undecided([output])[0] if output.output_type == "execute_result" else output


@contextlib.contextmanager
def _silence() -> Any:
    """Keep what a test prints, such as a hidden input, out of every log."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
