"""What a regrade changes: a student's score before and after, and the criteria that moved it.

A preview shows it before anything is written. A run keeps it, so that there is an answer when a
student asks why a grade has changed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment

from nbjudge.judge.job import JobResult
from nbjudge.nbgrader_ext.recorded import Recorded, recorded
from nbjudge.nbgrader_ext.scorecards import all_scorecards
from nbjudge.nbgrader_ext.tied import has, tied_table
from nbjudge.notebook.counted import is_counted
from nbjudge.notebook.master import mark
from nbjudge.rubric.scorecard import Scorecard

_LONGEST_WHY = 80  # characters

CHANGES = tied_table(
    "nbjudge_change",
    {"submission": SubmittedAssignment.__table__.c.id},
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("written", sa.DateTime, nullable=False),  # in UTC
    sa.Column("change", sa.Text, nullable=False),  # a `Change` as JSON
)


@dataclass(frozen=True)
class Standing:
    """A submission's score and scorecards at one moment; `total` is None where it has no score.

    `waits` says that a person has to look at it.
    """

    total: float | None
    cards: Mapping[str, Scorecard]  # by the name of a grade cell
    scores: Mapping[str, float | None]  # by the name of a grade cell
    waits: bool
    known: bool  # whether the gradebook has the submission


@dataclass(frozen=True)
class Moved:
    """A criterion, or a test without criteria, and its points before and after.

    None stands for a criterion that was not there, and for a test that has no score. `why` is for
    the instructor alone: it may hold a hidden input.
    """

    exercise: str
    criterion: str
    before: float | None
    after: float | None
    why: str = ""


@dataclass(frozen=True)
class Change:
    """What became, or would become, of one submission.

    `new` says that it had no result before. `rubrics` are the versions before and after, where they
    differ. `reason` says why it has no score now. `left` are the titles of tests that are left to a
    person, and `faults` say why.
    """

    student: str
    before: float | None
    after: float | None
    new: bool
    moved: tuple[Moved, ...] = ()
    rubrics: tuple[str, ...] = ()
    reason: str = ""
    left: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether an earlier result moves."""
        return not self.new and (self.before != self.after or bool(self.moved))


def standing(book: Gradebook, assignment: str, student: str) -> Standing:
    """Return how a submission stands in the gradebook now."""
    row: Recorded | None = recorded(book, assignment, [student]).get(student)
    cards = {name: card for _, name, card in all_scorecards(book, assignment, [student])}
    if row is None:
        return Standing(None, cards, {}, waits=False, known=False)
    scores = {one.cell: one.score for one in row.grades if one.points or one.score is not None}
    return Standing(row.total, cards, scores, row.needs_manual_grade, known=True)


def between(result: JobResult, before: Standing, after: Standing) -> Change:
    """Return what a result changed from one moment to another."""
    versions = [
        f"{card.title}: {card.rubric_version} to {after.cards[name].rubric_version}"
        for name, card in before.cards.items()
        if name in after.cards and card.rubric_version != after.cards[name].rubric_version
    ]
    left = (
        card.title
        for name, card in after.cards.items()
        if card.fault and after.scores.get(name) is None
    )
    return Change(
        result.student,
        before.total,
        after.total,
        new=before.total is None and not before.cards,
        moved=tuple(_weighty_first(list(_moved(before, after, dict(_causes(result)))))),
        rubrics=tuple(versions),
        reason=result.reason,
        left=tuple(left),
        faults=tuple(result.faults),
    )


def keep(book: Gradebook, submission: str, change: Change) -> None:
    """Keep a change with a submission's earlier ones. Does not commit."""
    mine = CHANGES.c.submission == submission
    last = book.db.execute(sa.select(sa.func.max(CHANGES.c.number)).where(mine)).scalar() or 0
    book.db.execute(
        CHANGES.insert().values(
            submission=submission,
            number=last + 1,
            written=datetime.now(UTC).replace(tzinfo=None),
            change=json.dumps(asdict(change)),
        )
    )


def kept(
    book: Gradebook, assignment: str, students: Sequence[str] = ()
) -> Iterator[tuple[datetime, Change]]:
    """Yield when, in UTC, and what changed, the oldest first; of these students, or of all."""
    if not has(book, CHANGES):
        return
    of_these = [SubmittedAssignment.student_id.in_(students)] if students else []
    query = (
        sa.select(CHANGES.c.written, CHANGES.c.change)
        .join_from(CHANGES, SubmittedAssignment, SubmittedAssignment.id == CHANGES.c.submission)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, *of_these)
        .order_by(CHANGES.c.written, SubmittedAssignment.student_id)
    )
    for written, text in book.db.execute(query):
        fields = json.loads(text)
        moved = tuple(Moved(**one) for one in fields["moved"])
        # `left` and `faults` were not kept by earlier versions.
        fields |= {name: tuple(fields.get(name, ())) for name in ("rubrics", "left", "faults")}
        yield written.replace(tzinfo=UTC), Change(**fields | {"moved": moved})


def _causes(result: JobResult) -> Iterator[tuple[str, str]]:
    """Yield the name of a test without criteria, and why it gave what it gave, where known."""
    for one in result.judged.values():
        for cell in one.notebook.cells:
            failure = one.failures.get(cell.id)
            if mark(cell).get("points") and is_counted(cell.source):
                yield mark(cell)["grade_id"], "its checks are counted"
            elif failure is not None and mark(cell).get("points"):
                said = " ".join(f"{failure.kind}: {failure.said}".rstrip(": ").split())
                yield mark(cell)["grade_id"], said[:_LONGEST_WHY]


def _moved(before: Standing, after: Standing, causes: Mapping[str, str]) -> Iterator[Moved]:
    for name in dict.fromkeys([*before.scores, *before.cards, *after.scores, *after.cards]):
        old, new = before.cards.get(name), after.cards.get(name)
        card, earned = new or old, (_earned(old), _earned(new))
        if card is None or not all(earned):  # a test without criteria, or left to a person
            points = before.scores.get(name), after.scores.get(name)
            if points[0] != points[1]:
                title = card.title if card else name
                yield Moved(title, title, *points, causes.get(name, ""))
            continue
        for criterion in dict.fromkeys([*earned[0], *earned[1]]):
            was, is_now = earned[0].get(criterion), earned[1].get(criterion)
            if was != is_now:
                yield Moved(card.title, criterion, was, is_now)


def _weighty_first(moved: list[Moved]) -> list[Moved]:
    """Put first what moved the score: criteria of an exercise may cancel each other out."""
    sums: dict[str, float] = {}
    for one in moved:
        sums[one.exercise] = sums.get(one.exercise, 0) + (one.after or 0) - (one.before or 0)
    return sorted(moved, key=lambda one: not sums[one.exercise])


def _earned(card: Scorecard | None) -> dict[str, float]:
    marks: Iterable = card.marks if card is not None and not card.fault else ()
    return {mark.criterion: float(mark.earned) for mark in marks}
