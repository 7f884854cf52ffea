"""A made-up class: who hands in what is known, so a report of it can be checked.

Right answers are those of the solution. Wrong ones are `tests/<assignment>/mistakes`: each is the
code of another hand that shows one misconception of the rubric's bank. Attempts before the last one
are made of the marks that other students got, since a class that tries four times takes too long
to grade; their form is the watch's.
"""

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import nbformat
from filled import ROOT, Answers, fill, released, right_answers
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from nbjudge.exchange.attempts import Attempt
from nbjudge.exchange.executed import ExerciseMark
from nbjudge.nbgrader_ext.scorecards import all_scorecards
from nbjudge.rubric import loader
from nbjudge.verdict import Verdict

ASSIGNMENT = "attention"
DUE = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
OTHER = "warm-up"  # an assignment that was graded before, in the gradebook only
_SECTION = re.compile(r"^# %% (\w+)(?:: (\w+))?\n", re.M)


@dataclass
class MadeUp:
    """The class as it was made: students by what they handed in."""

    submitted: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    not_begun: list[str] = field(default_factory=list)
    endless: list[str] = field(default_factory=list)
    sentences: Counter[tuple[str, str]] = field(default_factory=Counter)  # exercise, sentence


def mistakes(exercise: str) -> list[tuple[str, str]]:
    """Return sentence and text of each mistake of an exercise that has a name."""
    rubric, _ = loader.load(f"{ASSIGNMENT}/{exercise}", ROOT)
    sentences = {one.name: one.sentence for one in rubric.bank.known}
    file = ROOT / "tests" / ASSIGNMENT / "mistakes" / f"{exercise}.py"
    parts = _SECTION.split(file.read_text(encoding="utf-8"))[1:]
    named = zip(parts[1::3], parts[2::3], strict=True)
    return [(sentences[name], text) for name, text in named if name]


def hand_in(course: Path, number: int, chance: Random) -> MadeUp:
    """Let so many students hand in; return who did what. Some hand in nothing."""
    made = MadeUp()
    release, right = released(ASSIGNMENT), right_answers(ASSIGNMENT)
    # A few mistakes of each exercise, each half as common as the one before.
    common = {name: chance.sample(mistakes(name), 4) for name in right}
    for place in range(number):
        student = f"student{place:03}"
        kind = chance.random()
        if kind < 0.05:
            made.absent.append(student)
            continue
        made.submitted.append(student)
        if kind < 0.08:
            made.not_begun.append(student)
            answers: Answers = {}
        else:
            answers = dict(_answers_of(right, common, chance, made))
        if 0.08 <= kind < 0.09:
            made.endless.append(student)
            answers["dot_product"] = "while True:\n    pass"
        _submit(course, student, release, answers)
    return made


def _answers_of(
    right: Answers, common: dict[str, list[tuple[str, str]]], chance: Random, made: MadeUp
) -> Iterator[tuple[str, str]]:
    """Yield an answer to each exercise: who is able has most of them right."""
    able = chance.random()
    for place, (name, text) in enumerate(right.items()):
        if chance.random() < 0.35 + 0.7 * able - 0.08 * place:
            yield name, text
        else:
            sentence, wrong = chance.choices(common[name], (8, 4, 2, 1))[0]
            made.sentences[_title(name), sentence] += 1
            yield name, wrong


def _title(exercise: str) -> str:
    return loader.load(f"{ASSIGNMENT}/{exercise}", ROOT)[0].title


def _submit(course: Path, student: str, release: NotebookNode, answers: Answers) -> None:
    notebook = fill(copy.deepcopy(release), answers)
    folder = course / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
    when = DUE - timedelta(hours=1)
    (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")


def enrol(course: Path, made: MadeUp, chance: Random) -> None:
    """Enter the class, its due date, and the scores of another assignment."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=DUE.replace(tzinfo=None))
        book.add_assignment(OTHER)
        book.add_notebook(OTHER, OTHER)
        book.add_grade_cell("marks", OTHER, OTHER, max_score=10, cell_type="code")
        for student in (*made.submitted, *made.absent):
            book.update_or_create_student(student, first_name="Ada", last_name=student[-3:])
            book.add_submission(OTHER, student)
            grade = book.find_grade("marks", OTHER, OTHER, student)
            grade.auto_score, grade.needs_manual_grade = chance.choice([6, 7, 8, 9, 10]), False
        book.db.commit()


def make_attempts(course: Path, made: MadeUp, chance: Random) -> None:
    """Keep one to six attempts of each student; the last has the marks that count."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "nlp-llm") as book:
        cards = {}
        for student, _, card in all_scorecards(book, ASSIGNMENT, made.submitted):
            cards.setdefault(student, []).append(card)
    ordered = sorted(cards.values(), key=lambda some: sum(card.score for card in some))
    for student, last in cards.items():
        number = chance.choices(range(1, 7), (6, 5, 4, 2, 1, 1))[0]
        worse = ordered[: ordered.index(last) + 1]
        days = sorted((chance.expovariate(0.6) for _ in range(number)), reverse=True)
        earlier = [chance.choice(worse) for _ in range(number - 1)]
        for place, (marks, before) in enumerate(zip([*earlier, last], days, strict=True), 1):
            came = DUE - timedelta(days=before)
            attempt = Attempt(student, place, str(place), int(came.timestamp()) * 10**9)
            attempt.mark(ExerciseMark(card.title, card.score, card, "x.ipynb") for card in marks)
            attempt.judged, attempt.verdict = came.timestamp() + 5, Verdict.GRADED
            folder = course / "attempts" / ASSIGNMENT / student / f"{place:03}"
            folder.mkdir(parents=True)
            (folder / "attempt.json").write_text(json.dumps(asdict(attempt)), encoding="utf-8")
