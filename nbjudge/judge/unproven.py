"""Test cells that are not trusted with anybody's points, because two known notebooks say so.

    the master's own solution       must have all points of each test
    the notebook as handed out      must have none

What fails there would fail in every submission, for a reason that is no student's: a value that
does not travel between the two processes, a file that is not there, a test that tests nothing. A
test that means the student's process would be wrong of some of them (`judge.elsewhere`). So nobody
is marked by such a test: a person grades that cell, and the instructor is told the cause.

Where either is amiss, notebooks and tests are run in one process as well, as nbgrader runs them, in
the sandbox. That shows whether the judge is the cause. Among them is the notebook as plain nbgrader
would hand it out, with stubs that raise. Where that has points, plain nbgrader gives them to
everybody, so the test is used, and the instructor is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from nbformat import NotebookNode

from nbjudge.judge.beside import Given
from nbjudge.judge.decided import Decided
from nbjudge.judge.elsewhere import names_file
from nbjudge.judge.hidden_test import ENGINE
from nbjudge.judge.judged import Judged, Unproven
from nbjudge.judge.unfit import unfit
from nbjudge.notebook import autotests, decision
from nbjudge.notebook.master import mark
from nbjudge.notebook.test_cell import TestCell
from nbjudge.rubric.loader import named
from nbjudge.rubric.scorecard import Scorecard

_FOR_STUDENTS = "Its test could not be shown to be right, so your instructor grades it."
_OF_AUTOTEST = (
    "it holds an AUTOTEST line, of which a build makes a test. build/autotests has none for this "
    "master."
)
_BUILD = "Run 'nbjudge build', which decides anew."
_FREE = "Plain nbgrader gives it those, too, so the test is used. Look whether it is right."
_PLACEHOLDER = "The placeholder of its solution cell passes, where nbgrader's stub does not."
_LOOK = "Look at the files, packages and time that the test needs where it is graded."
_BETWEEN = "What the test uses does not pass between the student's process and the judge's."
_WRITTEN = (
    "`{}` is written by the student's code, in its own process, and the test runs in another one."
)
_NOT_APART = (
    "when it was built, it could not be decided apart, and on this machine it could. So that all "
    "students are graded alike, it is not."
)
_WAS_APART = "When it was built, it was decided apart."
_ENDS = (
    "In one process with the test it ends in {:g}, too. Let the test end in the points that it "
    "gives, or in no number."
)
_LONGEST = 200


class InOneProcess(NamedTuple):
    """What each test gives in one process with a notebook: the two above, and that with stubs."""

    solution: dict[str, Given]
    handed_out: dict[str, Given]
    stubbed: dict[str, Given]


@dataclass(frozen=True)
class _Cell:
    """A test cell that is amiss: what notebooks have apart, and in one process with it."""

    cell: NotebookNode
    test: TestCell
    solution: Judged
    handed_out: Judged
    beside: InOneProcess

    @property
    def card(self) -> Scorecard | None:
        return self.solution.cards.get(self.cell.id)

    @property
    def title(self) -> str:
        return self.card.title if self.card else mark(self.cell)["grade_id"]

    @property
    def right_beside(self) -> bool:
        """Whether it is right where it runs in one process with the code that it tests."""
        solution, handed_out, stubbed = (self.given(one).score for one in self.beside)
        return solution >= self.test.points > 0 and handed_out <= stubbed

    def given(self, notebook: dict[str, Given]) -> Given:
        return notebook.get(self.cell.id, Given(0.0))


def unproven(
    master: NotebookNode, solution: Judged, handed_out: Judged, beside: Callable[[], InOneProcess]
) -> dict[str, Unproven]:
    """Return what is amiss, by the ids of cells; nothing of a cell that is well.

    `solution` and `handed_out` are the two notebooks, judged. `beside` is asked where something is
    amiss.
    """
    tests = ((cell, TestCell.of(cell, master)) for cell in master.cells)
    amiss = [
        (cell, test)
        for cell, test in tests
        if test
        and (
            _lost(solution, cell, test)
            or _won(handed_out, cell)
            or _is_autotest(cell)
            or _elsewhere(cell, test, solution)
            or _was_not_apart(cell)
        )
    ]
    if not amiss:
        return {}
    given = beside()
    told = {cell.id: _told(_Cell(cell, test, solution, handed_out, given)) for cell, test in amiss}
    return {cell.id: _as_written(cell, told[cell.id]) for cell, _ in amiss}


def left_to_a_person(amiss: Unproven, test: TestCell, seed: int, confined: bool) -> Decided:
    """Return the result of a test that is not used: a scorecard without marks."""
    card = Scorecard(
        exercise="",
        title=amiss.title,
        points=round(test.points),
        marks=(),
        seed=seed,
        rubric_version="",
        engine=ENGINE,
        confined=confined,
        fault=_FOR_STUDENTS,
    )
    return Decided((card,), 0.0)


def _as_written(cell: NotebookNode, told: Unproven) -> Unproven:
    """Return what is amiss, without a way that the master does not say."""
    if told.beside and decision.written(cell) in (decision.RUBRIC, decision.ASSERTS):
        return replace(told, cause=f"{told.cause} {_WAS_APART}", beside=False, mend=_BUILD)
    return told


def _told(one: _Cell) -> Unproven:
    if _is_autotest(one.cell):
        return Unproven(one.title, _OF_AUTOTEST, mend=_BUILD)
    free = one.given(one.beside.stubbed).score
    passes = one.given(one.beside.handed_out).score > free
    if told := _elsewhere(one.cell, one.test, one.solution):
        told = f"{told} {_amiss_beside(one)}".rstrip()
        return Unproven(one.title, told, beside=one.right_beside, placeholder=passes)
    if _lost(one.solution, one.cell, one.test):
        return Unproven(one.title, _of_lost(one), beside=one.right_beside, placeholder=passes)
    if not _won(one.handed_out, one.cell):
        was_right = _was_beside(one.cell) and one.right_beside
        return Unproven(one.title, _NOT_APART, beside=was_right, mend=_BUILD)
    earned, points = one.handed_out.scores[one.cell.id], one.test.points
    had = f"the notebook as handed out has {earned:g} of {points:g} points."
    if earned <= free:
        return Unproven(one.title, f"{had} {_FREE}", used=True)
    if passes:
        return Unproven(one.title, f"{had} {_PLACEHOLDER}", placeholder=True)
    return Unproven(one.title, f"{had} In one process it has {free:g}.", beside=one.right_beside)


def _elsewhere(cell: NotebookNode, test: TestCell, solution: Judged) -> str:
    """Return why a test cannot be decided in the judge process; "" where it can."""
    if told := unfit(test):
        return told
    file = "" if named(cell.source) else names_file(test.source, solution.written)
    return _WRITTEN.format(file) if file else ""


def _was_beside(cell: NotebookNode) -> bool:
    return decision.written(cell) == decision.BESIDE


def _was_not_apart(cell: NotebookNode) -> bool:
    return decision.written(cell) in (decision.BESIDE, decision.PERSON)


def _is_autotest(cell: NotebookNode) -> bool:
    return bool(autotests.LINE.search(cell.source))


def _lost(solution: Judged, cell: NotebookNode, test: TestCell) -> bool:
    card = solution.cards.get(cell.id)
    if card is not None and (card.fault or card.score < card.points):
        return True
    return solution.scores.get(cell.id, 0.0) < test.points


def _won(handed_out: Judged, cell: NotebookNode) -> bool:
    card = handed_out.cards.get(cell.id)
    return handed_out.scores.get(cell.id, 0.0) > 0 or (card is not None and card.score > 0)


def _of_lost(one: _Cell) -> str:
    earned, points = one.solution.scores.get(one.cell.id, 0.0), one.test.points
    if one.card is not None:
        earned, points = one.card.score, one.card.points
    had = f"the master's own solution has {earned:g} of {points:g} points. {_why(one)}".rstrip()
    return f"{had} {_amiss_beside(one) or _BETWEEN}"


def _amiss_beside(one: _Cell) -> str:
    """Return what is amiss in one process with the master's own solution, too; "" where nothing."""
    given = one.given(one.beside.solution)
    if given.error:
        return f"In one process with the test it fails, too: {given.error} {_LOOK}"
    return "" if given.score >= one.test.points else _ENDS.format(given.score)  # NaN is not


def _why(one: _Cell) -> str:
    failure, card = one.solution.failures.get(one.cell.id), one.card
    if failure is not None:
        line = f"In the line `{failure.line}` of the test: " if failure.line else ""
        return _short(f"{line}{failure.kind}: {failure.said}".rstrip(": "))
    if card is not None:
        lost = (f"{mark.criterion}: {mark.message}" for mark in card.marks if not mark.met)
        return _short(card.fault or "; ".join(lost))
    return ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
