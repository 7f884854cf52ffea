"""What a class run says of one submission, in its table, in `--json` and in our own table.

Scores are those of nbgrader's rows (`nbgrader_ext.recorded`), so that the table says what the
gradebook holds, whoever has graded or changed a grade since. What the rows do not hold, such as
flags, is remembered.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from nbjudge.judge.job import JobResult
from nbjudge.judge.judged import Judged
from nbjudge.nbgrader_ext.recorded import Recorded
from nbjudge.notebook.head import BESIDE, LEFT_OUT, MENDED, NEEDS_A_PERSON, UNCONFINED, lines_on_top
from nbjudge.notebook.master import mark
from nbjudge.verdict import Verdict

NOT_GRADED = "not graded"  # a submission without a score
LEFT = "with a test left to a person"  # graded, and a cell has no score yet in spite of its test

_KEPT = ("verdict", "titles", "verdicts", "flags", "notes", "reason")


@dataclass(frozen=True)
class SubmissionOutcome:
    """What to say of one submission.

    `titles` has those of exercises by the name of their cell, in the notebook's order. `scores` and
    `verdicts` have titles as keys; an exercise that waits for a person has no score. `total` is the
    score that nbgrader exports, with `late_penalty` taken off; None where there is none. `came` and
    `due` are times in ISO 8601, an extension included; empty where there is none. `flags` are words
    for the instructor, and `notes` sentences on what needs a person or a mend. `reason` says why it
    is not graded.
    """

    student: str
    verdict: Verdict
    scores: dict[str, float] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    reason: str = ""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    total: float | None = None
    late_penalty: float = 0.0
    late_seconds: float = 0.0
    came: str = ""
    due: str = ""

    @classmethod
    def of(cls, result: JobResult, recorded: Recorded | None = None) -> "SubmissionOutcome":
        """Return the outcome of a result that was written; None where the gradebook has no row."""
        judged = list(result.judged.values())
        cards = {name: card for one in judged for name, card in one.cards.items()}
        return cls(
            result.student,
            result.verdict,
            flags=_flags(judged),
            reason=result.reason,
            verdicts={card.title: card.verdict for card in cards.values()},
            notes=[
                *result.faults,
                *result.remarks,
                *(line for one in judged for line in lines_on_top(one.notebook, NEEDS_A_PERSON)),
            ],
            titles={name: title for one in judged for name, title in _titles(one)},
        )._with(recorded)

    @classmethod
    def remembered(cls, student: str, text: str, recorded: Recorded) -> "SubmissionOutcome":
        """Return the outcome that an earlier run kept, with the scores that the gradebook has now.

        Its verdict is UNCHANGED where that run graded it; what it could not grade is not graded
        today either.
        """
        kept = json.loads(text)
        before = Verdict(kept.pop("verdict", Verdict.GRADED))
        verdict = Verdict.UNCHANGED if before.graded else before
        return cls(student, verdict, **kept)._with(recorded)

    @property
    def whole(self) -> bool:
        """Whether it is graded, and each exercise has a score, of its test or of a person."""
        faults = {title for title, verdict in self.verdicts.items() if verdict == Verdict.FAULT}
        return self.verdict.graded and not self.reason and faults <= self.scores.keys()

    @property
    def lacks(self) -> str:
        """What a count of those that are not whole says: `NOT_GRADED`, `LEFT`, or nothing."""
        if not self.verdict.graded:
            return NOT_GRADED
        return "" if self.whole else LEFT

    @property
    def status(self) -> str:
        """What the table says: graded, unchanged or not graded."""
        return str(self.verdict) if self.verdict.graded else NOT_GRADED

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {**asdict(self), "status": self.status}

    def to_json(self) -> str:
        """Return what `remembered` reads: neither scores nor a name."""
        return json.dumps({name: getattr(self, name) for name in _KEPT})

    def _with(self, recorded: Recorded | None) -> "SubmissionOutcome":
        """Return this outcome with the scores of the gradebook's rows."""
        if recorded is None:
            return self
        waits = recorded.needs_manual_grade and not self.reason
        said = {"needs manual grade": waits, "late": recorded.late}
        return replace(
            self,
            scores=_scores(recorded, self.titles),
            # Those of the rows are said anew: a person may have graded since.
            flags=[
                *(flag for flag, holds in said.items() if holds),
                *(flag for flag in self.flags if flag not in said),
            ],
            total=recorded.total,
            late_penalty=recorded.penalty,
            late_seconds=recorded.late,
            came=recorded.came.isoformat() if recorded.came else "",
            due=recorded.due.isoformat() if recorded.due else "",
        )


def _titles(judged: Judged) -> Iterator[tuple[str, str]]:
    """Yield name and title of each cell that is told: without a rubric, its name is its title.

    Of cells without points, such as a visible test, only those that a rubric marks are told.
    """
    for cell in judged.notebook.cells:
        marked, card = mark(cell), judged.cards.get(cell.id)
        if card is not None:
            yield marked["grade_id"], card.title
        elif (marked.get("grade") or marked.get("task")) and marked.get("points"):
            yield marked["grade_id"], marked["grade_id"]


def _scores(recorded: Recorded, titles: dict[str, str]) -> dict[str, float]:
    """Return the scores of a submission by title, in the notebook's order."""
    named = Counter(one.cell for one in recorded.grades)
    place = {cell: number for number, cell in enumerate(titles)}
    found = {}
    for one in sorted(recorded.grades, key=lambda one: (place.get(one.cell, len(place)), one)):
        name = one.cell if named[one.cell] == 1 else f"{one.notebook}/{one.cell}"
        title = titles.get(one.cell, name)
        if one.score is not None and (one.points or one.score or one.cell in titles):
            found[name if title == one.cell else title] = one.score
    return found


def _flags(judged: list[Judged]) -> list[str]:
    """Return what an instructor should know of the notebooks of one submission, in words."""
    flags = []
    said = {NEEDS_A_PERSON: "needs a person", MENDED: "mended", LEFT_OUT: "files left out"}
    for one in judged:
        flags += [flag for kind, flag in said.items() if lines_on_top(one.notebook, kind)]
        if one.processes > 1:
            flags.append("stopped")
        if lines_on_top(one.notebook, UNCONFINED):
            flags.append("unconfined")
        if lines_on_top(one.notebook, BESIDE):
            flags.append("tested beside")
    return list(dict.fromkeys(flags))
