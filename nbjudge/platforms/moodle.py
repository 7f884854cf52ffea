"""Moodle's grading worksheet, filled: the grade, and the last comment, as Moodle will read them.

What Moodle's importer does (moodle/moodle, `mod/assign/feedback/offline/locallib.php`): without a
word it skips a grade that is empty, below 0, above the maximum, the one that it has, one that is
locked, and one that was changed in Moodle later than the column *Last modified (grade)* says. A
comment is HTML, and takes the place of the one that is there. So nothing of that is written, and
that column stays byte by byte.
"""

import html
import re

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.scores import Score
from nbjudge.platforms.filling import Fate, Filling, Terms, as_number, in_words, number
from nbjudge.platforms.headings import Columns
from nbjudge.platforms.rows import Match, Row
from nbjudge.platforms.sheet import Sheet

_DECIMALS = 5  # of Moodle's database
_OURS = "<p>nbjudge: "  # how our comments begin: what a person wrote is never replaced


def people_of(sheet: Sheet, columns: Columns) -> list[Row]:
    """Return the rows of participants; raises `RubricError` for a row without a number, or twice.

    Blind marking hides names; then a row has its number alone.
    """
    rows: dict[str, Row] = {}
    for place, cells in enumerate(sheet.rows):
        if len(cells) != len(sheet.header):  # Moodle takes nothing of such a file
            raise RubricError(
                f"{sheet.where(place)}: the row has {len(cells)} cells, and the header "
                f"{len(sheet.header)}. Download the grading worksheet again."
            )
        told = sheet.cell(place, columns.get("identifier"))
        digits = re.search(r"\d+$", told)
        if digits is None:
            raise RubricError(
                f"{sheet.where(place)}: '{told}' ends with no number of a participant. Download "
                "the grading worksheet again."
            )
        if digits[0] in rows:
            raise RubricError(
                f"{sheet.where(place)}: participant {digits[0]} stands in "
                f"{sheet.where(rows[digits[0]].place)}, too. Download the grading worksheet again."
            )
        logins = [sheet.cell(place, columns.get(word)) for word in ("email", "login", "number")]
        name = sheet.cell(place, columns.get("name"))
        rows[digits[0]] = Row(place, digits[0], name, tuple(filter(None, logins)))
    return list(rows.values())


def fill(
    sheet: Sheet, columns: Columns, matches: list[Match], scores: dict[str, Score], terms: Terms
) -> Filling:
    """Return the file with grades and comments.

    Raises `RubricError` where the assignment is graded by a scale, and see `Terms.check`.
    """
    if columns.get("scale") is not None:
        raise RubricError(
            f"{sheet.file}: the assignment is graded by a scale in Moodle, so it takes no points. "
            "Let Moodle grade it by points: Settings, Grade, Type."
        )
    filling = Filling(sheet)
    if not columns.words() and columns.get("changeable") is not None:
        filling.notes.append(
            "The language of the file is not known, so nobody here knows which grades are locked. "
            "Moodle skips those."
        )
    for match in matches:
        if match.student:
            _fill_row(filling, columns, match, scores[match.student], terms)
        else:
            filling.unknown(match)
    filling.tell_absent(matches, scores)
    if filling.cells:
        filling.notes.append(
            "Upload it soon: Moodle skips a grade that was changed there after the worksheet was "
            "downloaded."
        )
    if sheet.encoding != "utf-8" or sheet.separator != ",":
        named = {",": "comma", ";": "semicolon", "\t": "tab"}[sheet.separator]
        filling.notes.append(
            f"When Moodle asks: the encoding is {sheet.encoding.upper()}, the separator {named}."
        )
    return filling


def _fill_row(filling: Filling, columns: Columns, match: Match, score: Score, terms: Terms) -> None:
    place, grade = match.row.place, columns.places["grade"]
    cell = filling.sheet.cell(place, grade)
    maximum = as_number(filling.sheet.cell(place, columns.get("maximum")))
    if score.final is None:
        filling.without_score(match, score, "" if cell == "-" else cell)
        return
    terms.check(filling.sheet, score.most, maximum)
    text = number(terms.points(score, maximum), _DECIMALS)
    locked = filling.sheet.cell(place, columns.get("changeable"))
    same = as_number(cell) == float(text)
    if locked and locked.casefold() == columns.words().get("no", "").casefold():
        own = number(terms.own(score, maximum), _DECIMALS)
        filling.tell(match, Fate.KEPT, f"locked in Moodle; the score is {own}", not same)
    elif maximum is not None and float(text) > maximum:
        why = f"{text} is above Moodle's maximum, {number(maximum, 2)}"
        filling.tell(match, Fate.KEPT, f"{why}: --cap, or raise it in Moodle", True)
    else:
        if not same:
            filling.cells[place, grade] = text
        commented = terms.comments and _comment(filling, columns, match, score)
        _tell(filling, match, text, cell, same, commented)


def _tell(
    filling: Filling, match: Match, text: str, cell: str, same: bool, commented: bool
) -> None:
    if same:
        filling.tell(match, Fate.WRITTEN if commented else Fate.SAME, f"{text}, as before")
        return
    # A grade of 0 is not taken from a worksheet by Moodle's newest sources (public/mod/assign, from
    # version 5.1 on): they ask whether the grade is "true".
    zero = ". Where Moodle does not take the 0, enter it there" if float(text) == 0 else ""
    filling.tell(match, Fate.WRITTEN, f"{text}, before: {cell or 'empty'}{zero}")


def _comment(filling: Filling, columns: Columns, match: Match, score: Score) -> bool:
    """Write the comment, and return whether it is a new one; a person's is kept."""
    column = columns.get("comments")
    if column is None:
        return False
    place = match.row.place
    there, new = filling.sheet.cell(place, column), comment(score)
    if there == new or (there and not there.startswith(_OURS)):
        return False
    filling.cells[place, column] = new
    return True


def comment(score: Score) -> str:
    """Return what a student reads beside the grade: points, bonus and late penalty, as HTML.

    In ASCII, so that a file in any encoding can hold it.
    """
    text = html.escape(in_words(score)).encode("ascii", "xmlcharrefreplace").decode()
    return f"{_OURS}{text}</p>"
