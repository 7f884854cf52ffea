"""The result of a hidden test, as the judge process keeps it."""

from dataclasses import dataclass, replace

from nbjudge.judge.own_work import Boundless
from nbjudge.notebook.test_cell import TestCell
from nbjudge.process.limits import Breach
from nbjudge.proxy.instance import Unvouched
from nbjudge.rubric.messages import explain, text_of, verdict_of
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.sanitize.text import strip_control
from nbjudge.verdict import Verdict

_LONGEST_SAID = 300  # characters of an exception's text
_LONGEST_LINE = 120
_NOT_COMPARED = (
    "The test met a result that it cannot compare: an object, and no number, text, list or array. "
    "Look whether the exercise asks for one of these. Your instructor looks at it, too."
)
_NOT_DECIDED = (
    "The test could not decide whether your code is right. Look whether it gives what the exercise "
    "asks for. Your instructor looks at it, too."
)
_BOUNDLESS = (
    "The test was stopped: with what your code gave it, it needs more time or memory than it has. "
    "Look whether your code gives what the exercise asks for. Your instructor looks at it, too."
)
_MAY_BE_RIGHT = "{} Your instructor looks at it, too."
_TWICE = (
    "This passed when your notebook ran, and not once more, for the points. Look whether your code "
    "gives the same each time. Your instructor looks at it, too."
)


@dataclass(frozen=True)
class Failure:
    """What a test cell raised: the verdict, the exception's kind, and the text for the student.

    `line`, of the test, and what the exception `said` are for the instructor alone: they may hold
    a hidden input. `undecided` says that the test could not come to an answer, so that a person has
    to look. `seen` says that the test came to one, in what the student process has run as well.
    """

    verdict: Verdict
    kind: str
    text: str
    line: str = ""
    said: str = ""
    undecided: bool = False
    seen: bool = False

    @classmethod
    def of(cls, error: BaseException, test: TestCell) -> "Failure":
        """Return what is told of an exception that a test raised."""
        line = test.line_of(error)
        hidden = line not in map(str.strip, test.visible.splitlines())
        told = _undecided(error)
        text = told or explain(error, hidden=hidden)
        if line and not hidden:
            text = f"{text} The line of the test: `{line[:_LONGEST_LINE]}`"
        return cls(
            verdict_of(error),
            type(error).__name__,
            text,
            line,
            strip_control(text_of(error))[:_LONGEST_SAID],
            bool(told),
            not told and test.is_seen(error),
        )


def _undecided(error: BaseException) -> str:
    """Return what the student reads where a test could not come to an answer, else nothing."""
    if isinstance(error, Unvouched):
        return _NOT_COMPARED if error.of_object else _NOT_DECIDED
    if isinstance(error, Boundless):
        return _BOUNDLESS
    may_be_right = isinstance(error, Breach) and error.may_be_right
    return _MAY_BE_RIGHT.format(error) if may_be_right else ""


@dataclass(frozen=True)
class Decided:
    """The result of one hidden test.

    `cards` are the scorecards that it showed. `value` is the value of its last expression if that
    is a number, else None. `failure` says what it raised, if it did; beside a `value`, it is what
    the first check raised of those that are lost. `waits` says that the test was not run, because a
    name is missing that a later cell of the notebook may define.
    """

    cards: tuple[Scorecard, ...] = ()
    value: float | None = None
    failure: Failure | None = None
    waits: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether the test itself took more than it may, with what the student's code gave it."""
        return self.failure is not None and self.failure.kind == Boundless.__name__

    def after_passing(self) -> "Decided":
        """Return what is made of it where the student process has passed the visible part.

        It did the same before, so code has given another value the second time: an iterator that
        was read, random numbers that went on. Plain nbgrader runs a test once, and may pass it.
        """
        failure = self.failure
        if failure is None or not failure.seen:
            return self
        text = f"{failure.text} {_TWICE}"
        return replace(self, failure=replace(failure, text=text, undecided=True))
