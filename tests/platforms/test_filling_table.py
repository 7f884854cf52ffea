"""What an export tells: rows that lose a score first, and guests of a course in one line."""

from pathlib import Path
from types import SimpleNamespace

from nbjudge.platforms.filling import Fate, Filling, Line
from nbjudge.platforms.filling_table import told

SHEET = SimpleNamespace(file=Path("canvas.csv"))


def line(fate, who="", student="", why="", lacks=False):
    return Line("canvas.csv, line 7", who, student, fate, why, lacks)


def said(*lines, sure=True):
    filling = Filling(SHEET, lines=list(lines))
    return told("week1", "Week 1 (1)", filling, sure)


def test_rows_of_nobody_are_one_line_with_their_number_and_ten_names():
    guests = [line(Fate.STRANGER, f"Guest{number} G") for number in range(14)]
    text = said(*guests, line(Fate.WRITTEN, "Ada", "ada"))
    flat = " ".join(text.split())
    assert "Not in the gradebook, so left as they are, 14: Guest0 G, " in flat
    assert "Guest9 G and 4 more. " in flat
    assert "Guest10" not in flat
    assert "entered with 'nbjudge roster canvas.csv'" in flat
    assert "Rows: 1 written, 14 not in the gradebook." in flat
    assert len(text.splitlines()) < 8


def test_what_loses_a_score_stands_first():
    text = said(
        line(Fate.NO_SCORE, "Cyd", "cyd", "not graded"),
        line(Fate.KEPT, "Eve", "eve", "Canvas excuses the student (EX)"),
        line(Fate.STRANGER, "Guest"),
        line(Fate.ABSENT, "", "fay", "has 5 points"),
        line(Fate.UNKNOWN, "Anna", "", "it may be anna or anna2"),
        line(Fate.KEPT, "Dan", "dan", "locked in Moodle; the score is 9", lacks=True),
    )
    order = [text.index(one) for one in ("dan", "anna or anna2", "fay", "eve", "cyd", "Guest")]
    assert order == sorted(order)


def test_what_is_not_written_yet_would_be():
    assert "Rows: 1 would be written." in said(line(Fate.WRITTEN, "Ada", "ada"), sure=False)
