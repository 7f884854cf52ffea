"""Reads what a class did with an assignment: nbgrader's tables, our own, and the attempts on disk.

Nothing is judged and nothing is written.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, Student
from nbgrader.coursedir import CourseDirectory

from nbjudge.classrun.done import remembered
from nbjudge.classrun.handed_in import course_directory
from nbjudge.classrun.outcome import SubmissionOutcome
from nbjudge.course import RubricError
from nbjudge.exchange.attempts import attempts_of
from nbjudge.insight.work import ClassWork, ExerciseWork, StudentWork
from nbjudge.nbgrader_ext.configuration import configuration
from nbjudge.nbgrader_ext.extensions import due_dates
from nbjudge.nbgrader_ext.gradebook import patiently
from nbjudge.nbgrader_ext.graded_files import outdated
from nbjudge.nbgrader_ext.recorded import Recorded, recorded
from nbjudge.nbgrader_ext.scorecards import all_scorecards
from nbjudge.nbgrader_ext.scores import Status
from nbjudge.nbgrader_ext.soundness import refuse_unusable
from nbjudge.rubric.scorecard import Scorecard
from nbjudge.verdict import Verdict

_AT_ONCE = 1000  # students whose rows are asked for together: databases bound the names of a query

Cards = dict[str, Scorecard]  # by the name of a grade cell


def read_class(root: Path, assignment: str, options: Sequence[str] = ()) -> ClassWork:
    """Return what the class of the course in `root` did; `options` are nbgrader's.

    Raises `RubricError` where the gradebook cannot be used, or holds no such assignment.
    """
    coursedir = course_directory(configuration(root, list(options)), root, assignment)
    refuse_unusable(coursedir.db_url, assignment)
    work: ClassWork = patiently(_read, coursedir, assignment)
    if not work.students:
        raise RubricError(
            f"The gradebook knows no students, so there is nothing to report of {assignment}. "
            "Grade first: nbjudge autograde."
        )
    return work


def _read(coursedir: CourseDirectory, assignment: str) -> ClassWork:
    folder = Path(coursedir.root, "attempts", assignment)
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        found = book.find_assignment(assignment)
        elsewhere = _elsewhere(book, assignment)
        known = {one.id: _name(one) for one in book.db.query(Student).order_by(Student.id)}
        works: dict[str, StudentWork] = {}
        for some in _parts(known):
            works |= {one.student: one for one in _students(book, assignment, some)}
        for name in outdated(book, coursedir, assignment) & works.keys():
            works[name] = replace(works[name], flags=(*works[name].flags, str(Status.NEWER)))
        nobody = {name: StudentWork(name, name, submitted=False) for name in known}
        return ClassWork(
            coursedir.course_id,
            assignment,
            float(found.max_score),
            due_dates(book, assignment).everybody,
            datetime.now(UTC),
            tuple(
                replace(
                    works.get(name, nobody[name]),
                    name=shown,
                    elsewhere=tuple(elsewhere[name]),
                    attempts=tuple(attempts_of(folder, name)),
                )
                for name, shown in known.items()
            ),
        )


def _name(student: Any) -> str:
    parts = [part for part in (student.first_name, student.last_name) if part]
    return f"{student.id} ({' '.join(parts)})" if parts else str(student.id)


def _students(book: Gradebook, assignment: str, some: Sequence[str]) -> Iterator[StudentWork]:
    rows, runs = recorded(book, assignment, some), remembered(book, assignment, some)
    cards: defaultdict[str, Cards] = defaultdict(dict)
    for student, cell, card in all_scorecards(book, assignment, some):
        cards[student][cell] = card
    for student, row in rows.items():
        yield _student(student, row, runs.get(student), cards[student])


def _student(student: str, row: Recorded, run: Any, cards: Cards) -> StudentWork:
    # What plain nbgrader graded has no row of a class run.
    kept = json.dumps({"titles": {cell: card.title for cell, card in cards.items()}})
    outcome = SubmissionOutcome.remembered(student, run.outcome if run else kept, row)
    ran = json.loads(run.outcome)["verdict"] if run else Verdict.GRADED
    return StudentWork(
        student,
        student,
        submitted=True,
        verdict=Verdict(ran),
        total=row.total,
        late=row.late,
        exercises=tuple(_exercises(row, outcome, cards)),
        flags=tuple(outcome.flags),
        # A reason names the file, whose path names the student.
        reason=outcome.reason.replace(f"/{student}/", "/…/"),
    )


def _exercises(row: Recorded, outcome: SubmissionOutcome, cards: Cards) -> Iterator[ExerciseWork]:
    place = {cell: number for number, cell in enumerate(outcome.titles)}
    for grade in sorted(row.grades, key=lambda one: (place.get(one.cell, len(place)), one)):
        card = cards.get(grade.cell)
        if not grade.points and card is None and not grade.score:
            continue  # a visible test that gives nothing
        yield ExerciseWork(
            card.title if card else outcome.titles.get(grade.cell, grade.cell),
            grade.score,
            grade.points or (float(card.points) if card else 0.0),
            bonus=not grade.points,
            verdict=card.verdict if card else _verdict(grade.score, grade.points),
            marks=card.marks if card and not card.fault else (),
            misconception=card.misconception if card else "",
            behaviour=card.behaviour if card else "",
            cell=grade.cell,
        )


def _verdict(score: float | None, points: float) -> Verdict:
    if score is None:
        return Verdict.WAITING
    return Verdict.MET if score >= points else Verdict.NOT_MET


def _elsewhere(book: Gradebook, assignment: str) -> defaultdict[str, list[float]]:
    """Return the shares that each student has of the other assignments, as far as graded."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for other in book.assignments:
        most = float(other.max_score)
        if other.name == assignment or not most:
            continue
        for student, row in _recorded(book, other.name, [one.id for one in book.students]):
            if row.total is not None:
                found[student].append(row.total / most)
    return found


def _recorded(
    book: Gradebook, assignment: str, students: Iterable[str]
) -> Iterator[tuple[str, Recorded]]:
    for some in _parts(students):
        yield from recorded(book, assignment, some).items()


def _parts(students: Iterable[str]) -> Iterator[list[str]]:
    names = list(students)
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
