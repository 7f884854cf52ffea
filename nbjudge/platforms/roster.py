"""A list of students as a platform or a teacher wrote it: who is in the course, line by line.

Canvas's gradebook, Moodle's participants, grades and grading worksheet, or any CSV file with
nbgrader's own columns (id, first_name, last_name, email, lms_user_id).

Which column is nbgrader's student id is the course's choice: the names of its folders and, on a
hub, of its accounts. Without one, the first of these counts that the file has and fills: an id; the
log-in (Canvas's SIS Login ID, Moodle's Username); a number (SIS User ID, ID number); what stands
before the @ of an e-mail address.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path

from nbjudge.course import RubricError
from nbjudge.platforms.archive import shown
from nbjudge.platforms.headings import Columns, of_canvas, of_people
from nbjudge.platforms.sheet import Sheet

_IDS = ("student", "login", "number", "sis", "email")
_SIGNS = "._-@'"  # in an id, beside letters and digits
_EATEN = re.compile(r"\d[.,]\d+E\+\d+", re.I)  # a long number, as a spreadsheet shows it
_LONGEST = 128  # letters, in nbgrader's table
_FORMULA = re.compile(r'="(.*)"')  # as Canvas writes a name that begins like a formula


@dataclass(frozen=True)
class Listed:
    """A student of the list; `number` is the platform's own id. What it does not say is empty."""

    where: str
    student: str
    first: str
    last: str
    email: str
    number: str


@dataclass
class Roster:
    """A list of students; `chosen` says where nbgrader's ids come from.

    `refused` says by line why a row is not taken, `skipped` which rows are no students.
    """

    chosen: str
    students: list[Listed] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def roster(file: Path, column: str | None = None) -> Roster:
    """Return the students of a file; `column` is the heading of nbgrader's student id.

    Raises `RubricError` where the file is no such list.
    """
    sheet = Sheet.read(file)
    canvas = _is_canvas(sheet)
    columns = of_canvas(sheet) if canvas else of_people(sheet)
    place, local = _id_column(sheet, columns, column)
    heading = sheet.header[place]
    found = Roster(f"what stands before the @ in '{heading}'" if local else f"'{heading}'")
    for row in range(len(sheet.rows)):
        where = sheet.where(row)
        if canvas and _is_canvas_own(sheet, row, columns):
            continue
        if canvas and _is_test(sheet, row, columns):
            found.skipped[where] = "Canvas's test student"
        elif any(sheet.rows[row]):
            one = _listed(sheet, row, columns, place, local)
            if why := _wrong(one, heading):
                found.refused[where] = why
            else:
                found.students.append(one)
    _refuse_twins(found)
    return found


def _is_canvas(sheet: Sheet) -> bool:
    head = [*sheet.header, "", ""]
    parted = head[:3] == ["LastName", "FirstName", "ID"]
    return (parted or ("Student" in head[0] and head[1] == "ID")) and len(sheet.header) > 3


def _id_column(sheet: Sheet, columns: Columns, wanted: str | None) -> tuple[int, bool]:
    """Return the column of nbgrader's id, and whether what stands before an @ is meant."""
    if wanted is not None:
        places = [place for place, one in enumerate(sheet.header) if one == wanted.strip()]
        if len(places) != 1:
            raise RubricError(
                f"{sheet.file}, line 1: --id names '{wanted}', and the columns are "
                f"{', '.join(sheet.header)}. Name one of them."
            )
        return places[0], False
    for word in _IDS:
        place = columns.get(word)
        if place is not None and any(sheet.cell(row, place) for row in range(len(sheet.rows))):
            return place, word == "email"
    raise RubricError(
        f"{sheet.file}: no column is known to hold nbgrader's student id. The columns are "
        f"{', '.join(sheet.header)}. Name one with --id, such as --id '{sheet.header[0]}'."
    )


def _is_canvas_own(sheet: Sheet, row: int, columns: Columns) -> bool:
    """Return whether a row holds the points possible, or how grades are posted."""
    return "Points Possible" in sheet.cell(row, 0) or not sheet.cell(row, columns.get("id"))


def _is_test(sheet: Sheet, row: int, columns: Columns) -> bool:
    words = ("last", "first") if columns.get("last") is not None else ("name",)
    name = ", ".join(sheet.cell(row, columns.get(word)) for word in words)
    return name == "Student, Test" and not sheet.cell(row, columns.get("sis"))


def _listed(sheet: Sheet, row: int, columns: Columns, place: int, local: bool) -> Listed:
    def cell(word: str) -> str:
        text = sheet.cell(row, columns.get(word))
        return shown(match[1] if (match := _FORMULA.fullmatch(text)) else text)

    first, last = _names(cell("first"), cell("last"), cell("name"))
    student = sheet.cell(row, place)
    student = student.partition("@")[0].casefold() if local else student
    number = cell("id") or cell("platform")
    return Listed(sheet.where(row), student, first, last, cell("email"), number)


def _names(first: str, last: str, name: str) -> tuple[str, str]:
    """Return first and last name; a comma parts "Lovelace, Ada", else the last blank does."""
    if first or last:
        return first, last
    if ", " in name:
        last, _, first = name.partition(", ")
        return first, last
    first, _, last = name.rpartition(" ")
    return first, last


def _wrong(one: Listed, heading: str) -> str:
    """Return why a row is not taken; an empty text where nothing is wrong with it."""
    if not one.student:
        return f"nothing stands in '{heading}'. Fill it, or name another column with --id"
    for text in (one.student, one.number):
        if _EATEN.fullmatch(text):
            return f"'{text}' is a number that a spreadsheet cut. Export the file again"
    if why := _no_id(one.student):
        return (
            f"'{_printable(one.student)}' can be no student id: {why}. Correct the file, or name "
            "another column with --id"
        )
    if max(map(len, (one.student, one.first, one.last, one.email, one.number))) > _LONGEST:
        return f"a cell has more than {_LONGEST} letters"
    return ""


def _no_id(student: str) -> str:
    """Return why a text can be no id; empty where it can.

    An id names folders and a hub's accounts, stands in commands and in files that spreadsheets
    open, and nbgrader looks for it by patterns (`*`, `[`) and parts names by a plus. So what it may
    hold is listed, and not what it may not.
    """
    if "+" in student[1:]:
        return "nbgrader parts the names of submissions by '+'"
    wrong = next((one for one in student if not (_is_letter(one) or one in _SIGNS)), "")
    if wrong:
        which = f"'{wrong}'" if wrong.isprintable() else f"the sign U+{ord(wrong):04X}"
        which = "a blank" if wrong == " " else which
        return f"it holds {which}, and letters, digits and {' '.join(_SIGNS)} are taken"
    if not (student[0].isalnum() or student[0] == "_"):
        return f"it begins with '{student[0]}', and not with a letter or a digit"
    return "it ends with a full stop" if student.endswith(".") else ""


def _printable(student: str) -> str:
    return "".join(one for one in shown(student) if one.isprintable())


def _is_letter(one: str) -> bool:
    """Return whether a character is a letter, a digit or a mark of one, in any script."""
    return one.isalnum() or unicodedata.category(one) in ("Mn", "Mc")


def _refuse_twins(found: Roster) -> None:
    """Refuse rows that share an id; rows that are equal throughout count once."""
    equal = {astuple(replace(one, where="")): one for one in found.students}
    alike: dict[tuple[str, str], list[Listed]] = defaultdict(list)
    for one in equal.values():
        alike["the student id", plain(one.student)].append(one)
        if one.number:
            alike["the platform's id", one.number].append(one)
    for (what, text), same in alike.items():
        if len(same) > 1:
            lines = " and ".join(one.where.rpartition(" ")[2] for one in same)
            why = f"{what} '{text}' stands in lines {lines}"
            found.refused |= {one.where: why for one in same}
    found.students = [one for one in equal.values() if one.where not in found.refused]


def plain(student: str) -> str:
    """Return an id without what a spreadsheet or a file system may lose: zeros, and case."""
    return student.lstrip("0") or "0" if student.isdigit() else student.casefold()
