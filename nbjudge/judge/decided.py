"""The result of a hidden test, as the judge process keeps it."""

from dataclasses import dataclass

from nbjudge.rubric.scorecard import Scorecard
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class Failure:
    """What a test cell raised: the verdict, the exception's kind, and the text for the student.

    `line`, of the test, and what the exception `said` are for the instructor alone: they may hold
    a hidden input. `unvouched` says that only the student's own code could have answered the test.
    """

    verdict: Verdict
    kind: str
    text: str
    line: str = ""
    said: str = ""
    unvouched: bool = False


@dataclass(frozen=True)
class Decided:
    """The result of one hidden test.

    `cards` are the scorecards that it showed. `value` is the value of its last expression if that
    is a number, else None. `failure` says what it raised, if it did. `waits` says that the test was
    not run, because a name is missing that a later cell of the notebook may define.
    """

    cards: tuple[Scorecard, ...] = ()
    value: float | None = None
    failure: Failure | None = None
    waits: bool = False
