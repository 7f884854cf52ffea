"""The exercises of a graded notebook: what each earned, and what its author should do next.

An exercise is a graded cell that can give points. Its scores are the gradebook's where that holds
the notebook, and the scorecard's where it does not. One that nobody has graded has no score, which
is not 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from nbjudge.nbgrader_ext.recorded import CellGrade, Recorded
from nbjudge.notebook.master import mark
from nbjudge.reports.titles import title_of, titles
from nbjudge.rubric.scorecard import Mark, Scorecard
from nbjudge.sanitize.outputs import is_unmet
from nbjudge.verdict import Verdict

_UNTOUCHED = "No response."  # nbgrader's own comment on an answer that is as it was handed out
_LONGEST = 600  # characters of what a test says


@dataclass(frozen=True)
class Exercise:
    """One graded cell, for its author.

    cell         the id of the graded cell
    points       the most that it gives; of a bonus, what comes on top
    earned       what counts; None: nobody has graded it yet
    tested       what the tests gave, where a person gave something else; otherwise None
    card         the scorecard, reduced to what may be shown
    failure      what a test without a scorecard says; empty where it passes
    comments     what a person wrote, in markdown
    """

    cell: str
    title: str
    points: float
    earned: float | None
    bonus: bool = False
    tested: float | None = None
    by_hand: bool = False
    card: Scorecard | None = None
    failure: str = ""
    untouched: bool = False
    comments: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it has all of its points."""
        return self.earned is not None and self.earned >= self.points

    @property
    def as_handed_out(self) -> bool:
        """Whether there is no answer in it; a person may have given some points all the same."""
        return self.untouched and not self.complete

    @property
    def not_begun(self) -> bool:
        """Whether the answer is as it was handed out, and no person has given points for it."""
        return self.as_handed_out and not self.by_hand

    @property
    def unmarked(self) -> bool:
        """Whether its scorecard says nothing: no answer, or stopped by a fault of ours."""
        return self.as_handed_out or bool(self.card and self.card.fault)

    @property
    def has_criteria(self) -> bool:
        """Whether its scorecard has any: that of a test which is not used has none."""
        return self.card is not None and bool(self.card.marks)

    @property
    def right(self) -> bool:
        """Whether nothing is left to look at: neither points nor a criterion."""
        return self.complete and not self.lost and not self.failure

    @property
    def lost(self) -> list[Mark]:
        """The criteria that are not met."""
        return [one for one in self.card.marks if not one.met] if self.card else []

    @property
    def diagnosis(self) -> str:
        """The sentence of the misconception that the code behaves like; empty where none is."""
        return self.card.diagnosis if self.card and not self.as_handed_out else ""

    @property
    def next(self) -> list[str]:
        """What to do next, or why there is nothing to do; after the diagnosis."""
        if self.card and self.card.fault:
            return ["Graded by hand, and not by its test." if self.by_hand else _fault(self.card)]
        if self.earned is None:
            return ["Not graded yet: a person looks at it."]
        if self.not_begun:
            return ["Not begun."]
        if self.as_handed_out:
            return ["The answer is as it was handed out. A person gave its points."]
        if self.lost or self.failure:
            return self._lost()
        if self.complete:
            return ["Nothing: all criteria are met." if self.card else "Nothing."]
        return [] if self.comments else ["Not all of its points are given."]

    def _lost(self) -> list[str]:
        if self.failure:
            return [self.failure]
        first, *more = self.lost
        if self.diagnosis or not first.message:
            return [f"Not met: {'; '.join(one.criterion for one in self.lost)}."]
        also = f"{len(more)} more {'criteria are' if len(more) > 1 else 'criterion is'} not met."
        return [f"{first.criterion}: {first.message}", *([also] if more else [])]


def _fault(card: Scorecard) -> str:
    return f"Not graded, for a reason that is not yours. {card.fault}"


def exercises(
    notebook: NotebookNode, name: str, now: Recorded | None, with_messages: bool
) -> Iterator[Exercise]:
    """Yield the exercises of the notebook `name`, in its order.

    Scores are those of `now`, where the gradebook holds this notebook. Without messages, an
    exercise says which criteria are met, and no more.
    """
    grades = {one.cell: one for one in now.grades if one.notebook == name} if now else {}
    comments = {cell: (ours, by_hand) for cell, ours, by_hand in now.comments} if now else {}
    whole = title_of(notebook)
    given: set[str] = set()  # titles
    since: list[NotebookNode] = []  # the exercise before
    for cell in notebook.cells:
        since.append(cell)
        if not (is_grade(cell) or is_task(cell)):
            continue
        exercise = _graded(cell, grades.get(cell.id))
        if exercise.points or exercise.earned:
            answers = {one.id for one in since if is_solution(one) or is_task(one)}
            said = [comments[one] for one in sorted(answers | {cell.id}) if one in comments]
            wanted = chain([exercise.title], titles(since, whole, len(given) + 1))
            title = next(one for one in wanted if one and one not in given)
            exercise = replace(
                exercise,
                title=title,
                card=exercise.card and replace(exercise.card, title=title),
                untouched=exercise.untouched or any(ours == _UNTOUCHED for ours, _ in said),
                comments=tuple(by_hand for _, by_hand in said if by_hand),
            )
            yield exercise if with_messages else _without_messages(exercise)
            given.add(title)
            since = []


def _graded(cell: NotebookNode, grade: CellGrade | None) -> Exercise:
    points = float(mark(cell).get("points") or 0)
    extra = float(cell.metadata.get("nbjudge", {}).get("extra_credit") or 0)
    card = Scorecard.from_outputs(cell.get("outputs", []))
    tested = determine_grade(cell)[0] if is_grade(cell) else None
    if card is not None:
        tested = None if card.fault else min(card.score, points or extra)
    exercise = Exercise(
        cell.id,
        card.title if card and card.title != cell.id else "",  # a test without a rubric
        points or extra,
        tested,
        bonus=not points,
        card=card,
        failure=_failure(cell) if card is None else "",
        untouched=card is not None and card.verdict is Verdict.NOT_BEGUN,
    )
    return exercise if grade is None else _as_recorded(exercise, grade)


def _as_recorded(exercise: Exercise, grade: CellGrade) -> Exercise:
    """Return an exercise with the gradebook's score, which a person may have changed."""
    by_hand = grade.manual is not None or (
        grade.score is not None and exercise.card is not None and grade.score != exercise.earned
    )
    return replace(
        exercise,
        points=grade.points or exercise.points,
        earned=grade.score,
        by_hand=by_hand,
        tested=exercise.earned if by_hand and exercise.earned != grade.score else None,
    )


def _failure(cell: NotebookNode) -> str:
    for one in cell.get("outputs", []):
        if one.output_type == "error":
            return f"{one.evalue or one.ename}"[:_LONGEST]
        if is_unmet(one):
            return one.data["text/plain"][:_LONGEST]
    return ""


def _without_messages(exercise: Exercise) -> Exercise:
    card = exercise.card
    if card is not None:
        marks = tuple(replace(one, message="") for one in card.marks)
        card = replace(card, diagnosis="", note="", marks=marks)
    failure = "A test is not met." if exercise.failure else ""
    return replace(exercise, card=card, failure=failure, comments=())
