"""One comment, or one change of points, for many students: in nbgrader's rows, and in ours.

nbgrader's rows are what formgrader, feedback and exports show: the text is added to what a person
wrote on the answer, and the points become the manual score. Ours remember what was added, to whom
and to which submission. So it can be taken back, and a regrade of the same submission keeps it
without asking for a person again. A new submission keeps the comment and loses the points, and a
person has to look.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from nbgrader.api import Comment, Grade, Gradebook

from nbjudge.nbgrader_ext.scorecards import SCORECARDS
from nbjudge.nbgrader_ext.tied import create, has, tied_table
from nbjudge.rubric.scorecard import Scorecard

# `number` is that of the comment; `points` what it adds to the score by the tests, None where it
# changes none; `score` the manual score that it wrote; `submission` a digest of what it is about.
COMMENTS = tied_table(
    "nbjudge_comment",
    {"grade_id": Grade.__table__.c.id},
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("comment_id", sa.String(32), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("points", sa.Float),
    sa.Column("score", sa.Float),
    sa.Column("submission", sa.String(64), nullable=False),
    sa.Column("given", sa.DateTime, nullable=False),  # in UTC
)


@dataclass(frozen=True)
class Shared:
    """One comment that was given to many: its number, what about, and to whom."""

    number: int
    about: str
    text: str
    points: float | None
    students: tuple[str, ...]
    given: datetime


@dataclass(frozen=True)
class Told:
    """To whom it was given or from whom it was taken, and whose rows a person has changed since.

    `by_hand` has the students whose points were given by a person, or whose text a person edited:
    that stays as it is. `less` has those whose score came to its end, so that they got a part of
    the points, or none.
    """

    number: int
    students: tuple[str, ...]
    by_hand: tuple[str, ...]
    less: tuple[str, ...] = ()


def give(
    book: Gradebook,
    about: str,
    text: str,
    points: float | None,
    to: Mapping[Grade, Comment],
) -> Told:
    """Add a comment to answers, and points to the scores of the cells that grade them.

    A score stays between 0 and the most that the cell gives. One that a person or an earlier
    comment gave stays. Does not commit.
    """
    create(book, COMMENTS)
    number = (book.db.execute(sa.select(sa.func.max(COMMENTS.c.number))).scalar() or 0) + 1
    digests = _submissions(book, [grade.id for grade in to])
    by_hand, less, rows = [], [], []
    for grade, comment in to.items():
        changes = points if points is not None and grade.manual_score is None else None
        if points is not None and changes is None:
            by_hand.append(grade.student.id)
        score = None
        if changes is not None and grade.auto_score is not None:
            score = _bounded(grade, changes)
            if score != grade.auto_score + changes:
                less.append(grade.student.id)
            if score == grade.auto_score:  # nothing to give: no score by hand either
                score = changes = None
            else:
                grade.manual_score = score
        if not text and score is None:
            continue
        if text:
            comment.manual_comment = "\n\n".join(filter(None, [comment.manual_comment, text]))
        rows.append(
            {"grade_id": grade.id, "number": number, "comment_id": comment.id, "about": about}
            | {"text": text, "points": changes, "score": score}
            | {"submission": digests.get(grade.id, "")}
            | {"given": datetime.now(UTC).replace(tzinfo=None)}
        )
    if rows:
        book.db.execute(COMMENTS.insert(), rows)
    given = {row["grade_id"] for row in rows}
    names = sorted(grade.student.id for grade in to if grade.id in given)
    return Told(number, tuple(names), tuple(sorted(by_hand)), tuple(sorted(less)))


def take_back(book: Gradebook, number: int) -> Told | None:
    """Take a comment and its points back; None where there is none with that number.

    What a person has changed since stays. Does not commit.
    """
    rows = _rows(book, COMMENTS.c.number == number)
    by_hand, names = [], []
    for row in rows:
        grade, comment = book.db.get(Grade, row.grade_id), book.db.get(Comment, row.comment_id)
        names.append(grade.student.id)
        if row.score is not None and grade.manual_score == row.score:
            grade.manual_score = None
        elif row.score is not None:
            by_hand.append(grade.student.id)
        left = _without(comment.manual_comment or "", row.text)
        if left is None:
            by_hand.append(grade.student.id)
        else:
            comment.manual_comment = left or None
    if not rows:
        return None
    book.db.execute(COMMENTS.delete().where(COMMENTS.c.number == number))
    return Told(number, tuple(sorted(names)), tuple(sorted(set(by_hand))))


def given(book: Gradebook, grades: Sequence[str]) -> list[Shared]:
    """Return the comments that were given to any of these grades, by number."""
    found: dict[int, list[sa.Row]] = {}
    for row in _rows(book, COMMENTS.c.grade_id.in_(grades)):
        found.setdefault(row.number, []).append(row)
    return [_shared(book, number, some) for number, some in sorted(found.items())]


def keep(book: Gradebook, cards: Mapping[Grade, Scorecard | None]) -> None:
    """Keep the points that comments gave, now that these grades were made anew.

    nbgrader asks for a person wherever there is a manual score. Where the submission is the one
    that the comment is about, the score by the tests counts with the same points added, and nobody
    is asked. Another submission has the score by its own tests. Does not commit.
    """
    grades = {grade.id: (grade, card) for grade, card in cards.items()}
    for row in _rows(book, COMMENTS.c.grade_id.in_(list(grades))):
        grade, card = grades[row.grade_id]
        if row.score is None or grade.manual_score != row.score or grade.auto_score is None:
            continue
        same = card is not None and card.submission == row.submission
        grade.manual_score = _bounded(grade, row.points) if same else None
        grade.needs_manual_grade = not same
        mine = COMMENTS.c.grade_id == row.grade_id, COMMENTS.c.number == row.number
        book.db.execute(COMMENTS.update().where(*mine).values(score=grade.manual_score))


def _without(whole: str, text: str) -> str | None:
    """Return a person's comment without the text that was added; None where it is not there."""
    for added in (f"\n\n{text}", f"{text}\n\n", text):
        if added in whole:
            return whole.replace(added, "", 1)
    return None


def _bounded(grade: Grade, points: float) -> float:
    return min(max(grade.auto_score + points, 0.0), grade.max_score)


def _shared(book: Gradebook, number: int, rows: Sequence[sa.Row]) -> Shared:
    first = rows[0]
    names = sorted(book.db.get(Grade, row.grade_id).student.id for row in rows)
    return Shared(number, first.about, first.text, _points(rows), tuple(names), first.given)


def _points(rows: Iterable[sa.Row]) -> float | None:
    return next((row.points for row in rows if row.points is not None), None)


def _rows(book: Gradebook, which: sa.ColumnElement[bool]) -> list[sa.Row]:
    if not has(book, COMMENTS):
        return []
    return list(book.db.execute(sa.select(COMMENTS).where(which).order_by(COMMENTS.c.number)))


def _submissions(book: Gradebook, grades: Sequence[str]) -> dict[str, str]:
    """Return the digest of what was graded, by grade."""
    if not has(book, SCORECARDS):
        return {}
    asked = sa.select(SCORECARDS.c.grade_id, SCORECARDS.c.scorecard).where(
        SCORECARDS.c.grade_id.in_(grades)
    )
    return {one: json.loads(text).get("submission", "") for one, text in book.db.execute(asked)}
