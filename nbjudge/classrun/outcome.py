"""What a class run says of one submission, in its table, in `--json` and in our own table."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from nbjudge.judge.job import JobResult
from nbjudge.judge.run import Judged
from nbjudge.notebook.head import LEFT_OUT, MENDED, NEEDS_A_PERSON, lines_on_top
from nbjudge.verdict import Verdict


@dataclass(frozen=True)
class SubmissionOutcome:
    """What to say of one submission.

    `scores` and `verdicts` have the titles of exercises as keys, and are empty if it is not graded.
    An exercise that waits for a person has a verdict and no score. `flags` are words for the
    instructor, and `notes` sentences on what needs a person. `reason` says why it is not graded.
    """

    student: str
    verdict: Verdict
    scores: dict[str, float] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    reason: str = ""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, result: JobResult) -> "SubmissionOutcome":
        """Return the outcome of a result."""
        if not result.verdict.graded:
            return cls(result.student, result.verdict, reason=result.reason)
        cards = [card for one in result.judged.values() for card in one.cards.values()]
        return cls(
            result.student,
            result.verdict,
            {card.title: card.score for card in cards if not card.fault},
            _flags(list(result.judged.values())),
            verdicts={card.title: card.verdict for card in cards},
            notes=[
                line
                for one in result.judged.values()
                for line in lines_on_top(one.notebook, NEEDS_A_PERSON)
            ],
        )

    @classmethod
    def remembered(cls, text: str) -> "SubmissionOutcome":
        """Return the outcome that an earlier run kept, with the verdict UNCHANGED.

        Version 0.1.0 kept "status" in place of a verdict.
        """
        kept = json.loads(text)
        kept.pop("status", None)
        return cls(**{**kept, "verdict": Verdict.UNCHANGED})

    @property
    def status(self) -> str:
        """What the table says: graded, unchanged or not graded."""
        return str(self.verdict) if self.verdict.graded else "not graded"

    @property
    def total(self) -> float | None:
        """The sum of the scores, the bonus included; None when it is not graded."""
        return sum(self.scores.values()) if self.scores else None

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {**asdict(self), "status": self.status, "total": self.total}

    def to_json(self) -> str:
        """Return what `remembered` reads."""
        return json.dumps(asdict(self))


def _flags(judged: list[Judged]) -> list[str]:
    """Return what an instructor should know of the notebooks of one submission, in words."""
    cards = [card for one in judged for card in one.cards.values()]
    flags = []
    if any(card.fault for card in cards):
        flags.append("needs manual grade")
    for one in judged:
        said = {NEEDS_A_PERSON: "needs a person", MENDED: "mended", LEFT_OUT: "files left out"}
        flags += [flag for kind, flag in said.items() if lines_on_top(one.notebook, kind)]
        if one.processes > 1:
            flags.append("stopped")
    if any(not card.confined for card in cards):
        flags.append("unconfined")
    return flags
