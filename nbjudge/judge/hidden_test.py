"""Hidden tests of one submission: the master's test cells, run against what the student defined.

    cached?  ── yes ──> the result that equal answers led to
       │ no
    run the test cell in this process; its calls are questions to the student process

The test cell, the reference and the score stay in the judge process. Only calls and their arguments
cross to the student process; see `nbjudge.boundary.messages`.
"""

import asyncio
import contextlib
import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from nbjudge.boundary import messages
from nbjudge.boundary.wire import encode
from nbjudge.judge.as_before import as_before
from nbjudge.judge.cache import Cache, CachedExercise
from nbjudge.judge.decided import Decided, Failure
from nbjudge.judge.own_work import Boundless, bounded
from nbjudge.judge.prefetch import Anew, Conversation, Prefetch
from nbjudge.judge.workplace import workplace
from nbjudge.notebook.submission import Submission
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.budget import Budget
from nbjudge.process.limits import Breach, Limits
from nbjudge.process.session import Session
from nbjudge.proxy.defined import Function
from nbjudge.proxy.objects import Objects
from nbjudge.rubric.grading import Grading, grading
from nbjudge.rubric.loader import named
from nbjudge.rubric.scorecard import Scorecard

ENGINE = "nbjudge"
# Never sent ahead: a test that asks more than the master's own did needs its objects still.
_FORGET = encode({"do": messages.FORGET})


@dataclass(frozen=True)
class JudgeSettings:
    """What judging a notebook needs besides the submission.

    `root` is the course's folder, `master` the instructor's notebook. `cache` makes a class run
    fast: all submissions that one process judges share it. `source` is the folder of the master,
    which may hold files that its cells need. `beside` says that tests which cannot be decided apart
    run in one process with the student's code (`judge.beside`).
    """

    root: Path
    master: NotebookNode
    limits: Limits
    cache: Cache = field(default_factory=Cache)
    source: Path | None = None
    beside: bool = False


class HiddenTests:
    """The hidden tests of one submission, whose cells run in `session`."""

    def __init__(self, settings: JudgeSettings, submission: Submission, session: Session):
        self._settings, self._submission, self._session = settings, submission, session
        self._cache = settings.cache.of_course(settings.root)

    def decide(
        self, test: TestCell, budget: Budget, stopped: Breach | None = None, last: bool = False
    ) -> tuple[Decided, Breach | None]:
        """Return the result of a test, and the breach that ended its questions, if one did.

        `budget` is that of its questions. `stopped` says that they would be in vain: then none is
        asked, and all that needs an answer is lost with its message. `last` says that no cell of
        the notebook is left to run. Before the `last` try, the result may be to wait for names that
        the notebook has not defined.
        """
        # All that decides the questions besides the answers. `confined` stands on every scorecard.
        key = repr(test), self._submission.seed, self.confined, last, self._submission.read
        exercise = self._cache.exercise(key)
        conversation = Conversation(self._session, budget, exercise.prefetch, stopped)
        try:
            decided = exercise.recall(conversation)
            if decided is None:
                decided = self._examined(test, conversation, last, exercise)
        except Anew:
            # Once more, one question at a time: an empty Prefetch cannot raise Anew again.
            fresh = Budget(budget.seconds, budget.master)
            conversation = Conversation(self._session, fresh)
            decided = self._examined(test, conversation, last, exercise)
        # Only what the master's own solution was asked is sent ahead to others. A question to a
        # student may hold values of that student's layer.
        if self._submission.ours:
            exercise.prefetch = Prefetch(
                question for question, _ in conversation.shared if question != _FORGET
            )
        return decided, conversation.breach

    @property
    def confined(self) -> bool:
        """Whether no layer of the sandbox is missing."""
        return not self._session.zygote.missing

    def _examined(
        self, test: TestCell, conversation: Conversation, last: bool, exercise: CachedExercise
    ) -> Decided:
        """Run the test; remember where its answers led, if the run was whole.

        Raises `Anew` when the questions have to be asked again.
        """
        decided = self._run(test, conversation, last)
        # A test with a bare `except` swallows even a BaseException, and goes on with wrong answers.
        if conversation.void:
            raise Anew
        # A breach and a test that is stopped depend on time, a fault of ours on this machine: none
        # of them follows from answers.
        in_time = conversation.breach is None and not decided.is_stopped
        if in_time and not any(card.fault for card in decided.cards):
            whole = len(conversation.shared) == len(conversation.turns)
            exercise.remember(conversation.shared, decided if whole else None)
        return decided

    def _run(self, test: TestCell, conversation: Conversation, last: bool) -> Decided:
        """Run the test cell in this process, against proxies of what the student defined."""
        objects = Objects(conversation.ask)
        conversation.tell = objects.tell
        namespace: dict[str, Any] = {name: Function(objects, name) for name in test.defined}
        # Where the student process does not answer, the test runs all the same: each criterion that
        # uses a name then says why it is lost.
        with contextlib.suppress(Exception):
            objects.ask(messages.BEGIN)
            namespace = objects.bind(test.defined)
            if not last and set(test.names) - set(namespace):
                return Decided(waits=True)
        begun = time.monotonic()
        try:
            decided = self._marked(test, namespace, objects)
            if decided.is_stopped:
                conversation.drop_what_was_sent_ahead()
                self._session.give_back(time.monotonic() - begun)
            return decided
        finally:
            # Here, and not with what comes next: an object that loops when it is deleted would take
            # the time of the next exercise.
            with contextlib.suppress(Exception):
                objects.ask(messages.FORGET)

    def _marked(self, test: TestCell, namespace: dict[str, Any], objects: Objects) -> Decided:
        cards: list[Scorecard] = []
        how = Grading(
            self._submission.seed,
            self._settings.root.absolute(),
            ENGINE,
            self.confined,
            cards.append,
            self._submission.read,
        )
        try:
            with grading(how), _silence(), workplace(self._settings.source), as_before():
                objects.share(test.shared)
                with _exceptions(bool(named(test.source))), bounded(self._settings.limits):
                    value = test.run(namespace)
                lost = test.lost(namespace)
                ends = objects.ends
                swallowed = [*objects.refusals, *(e for e in ends if ends.count(e) > lost.count(e))]
                if swallowed and not cards:  # a criterion has lost by it already
                    raise swallowed[0]
        except Exception as raised:
            # Student code may have met the refusal, and raised it or another one.
            doubts = [] if cards else [*objects.refusals, *objects.doubts]
            error = doubts[0] if doubts and not isinstance(raised, Boundless) else raised
            return Decided(tuple(cards), failure=Failure.of(error, test))
        failure = Failure.of(lost[0], test) if lost else None
        return Decided(tuple(cards), _score(value), failure)


def _score(value: Any) -> float | None:
    """Return the value of a test's last expression where it is a score.

    Not what is a number of Python and does not show as one: True, np.float64(1.5). As in nbgrader,
    such a test has passed.
    """
    return value if type(value) in (int, float) else None


@contextlib.contextmanager
def _exceptions(of_rubric: bool) -> Iterator[None]:
    """Let all that ends a test be an Exception, what pytest and `sys.exit` raise too.

    What `pytest.raises` raises fails as `assert` does. An exit of a rubric is a fault of ours.
    """
    try:
        yield
    except BaseException as error:
        pytest = sys.modules.get("pytest")
        if pytest and isinstance(error, pytest.fail.Exception):
            raise AssertionError(str(error)) from error
        ends = isinstance(error, SystemExit | asyncio.CancelledError | GeneratorExit)
        if of_rubric or not (ends or (pytest and isinstance(error, pytest.skip.Exception))):
            raise
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what a test prints, such as a hidden input, out of every log."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield
