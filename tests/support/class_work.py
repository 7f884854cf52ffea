"""A class as a report counts it, made by hand: small enough to count by hand, too."""

from datetime import UTC, datetime, timedelta

from nbjudge.exchange.attempts import Attempt
from nbjudge.insight.work import ClassWork, ExerciseWork, StudentWork
from nbjudge.rubric.scorecard import Mark
from nbjudge.verdict import Verdict

DUE = datetime(2026, 3, 8, 18, tzinfo=UTC)


def exercise(met, title="Exercise 1", told="", behaves="", verdict=None):
    """Return an exercise with a criterion of 10 points for each letter: + met, - lost."""
    marks = tuple(
        Mark(f"criterion {place}", 10, sign == "+", "" if sign == "+" else "Look again.")
        for place, sign in enumerate(met, 1)
    )
    given = verdict or (Verdict.MET if "-" not in met else Verdict.NOT_MET)
    score = 10.0 * met.count("+")
    return ExerciseWork(title, score, 10.0 * len(met), False, given, marks, told, behaves)


def ungraded(title):
    """Return an exercise of 10 points that a person has to grade."""
    return ExerciseWork(title, None, 10.0, False, Verdict.WAITING)


def student(name, *exercises, **more):
    """Return who handed in these exercises."""
    total = sum(one.score or 0 for one in exercises)
    usual = {"submitted": True, "verdict": Verdict.GRADED, "total": total}
    return StudentWork(name, name, exercises=exercises, **{**usual, **more})


def absent(name):
    """Return who handed in nothing."""
    return StudentWork(name, name, submitted=False)


def attempts(*scores, days=1.0):
    """Return judged attempts with these scores, a minute apart; the first so long before DUE."""
    found = []
    for number, score in enumerate(scores, 1):
        came = DUE - timedelta(days=days) + timedelta(minutes=number - 1)
        one = Attempt("ada", number, str(number), int(came.timestamp()) * 10**9, judged=1.0)
        one.verdict, one.scores = Verdict.GRADED, {"Exercise 1": score}
        found.append(one)
    return tuple(found)


def work(*students, most=20.0):
    """Return the class."""
    return ClassWork("course", "week", most, DUE, DUE + timedelta(days=1), students)
