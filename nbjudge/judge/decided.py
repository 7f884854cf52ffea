"""What a hidden test came to, as the judge process keeps it."""

from dataclasses import dataclass

from nbjudge.rubric.scorecard import Scorecard
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class Failure:
    """What a test cell raised: the verdict, the exception's kind, and the text for the student."""

    verdict: Verdict
    kind: str
    text: str


@dataclass(frozen=True)
class Decided:
    """The scorecards that a test showed, and its last value, if that is a number.

    `waits` says that a later cell of the notebook may define what is missing.
    """

    cards: tuple[Scorecard, ...] = ()
    value: float | None = None
    failure: Failure | None = None
    waits: bool = False
