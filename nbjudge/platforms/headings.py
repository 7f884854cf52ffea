"""Which column of a platform's file is which: by its heading, else by what stands below it.

Canvas writes its headings in English in every language of its pages; its own importer looks for the
English words (instructure/canvas-lms, `lib/gradebook_importer.rb`).

Moodle writes them in the language of the person who downloads, and takes them in the language of
the person who uploads. `moodle_headings.csv` has them, by the names that Moodle itself has for
them:

    identifier  recordid           submitted  lastmodifiedsubmission    of mod/assign
    maximum     maxgrade           graded     lastmodifiedgrade
    changeable  gradecanbechanged  scale, status
    grade       gradenoun          name       fullname                  of the core
    login       username           number     idnumber                  email, group, yes, no
    first       firstname          last       lastname
    comments    pluginname                                              of assignfeedback_comments

Source: the language packs of projectestac/moodle-langpacks (commit 6340d351, Moodle 2.6, November
2014); English also as in moodle/moodle, `mod/assign/feedback/offline/tests/fixtures/` (2025), and
German as in public programs of 2024 and 2025 that read such files. A site may have changed its
words, and a newer pack may have others. So a file whose headings fit no language is read by its
content, and the guess is shown to a person before it is used.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from nbjudge.course import RubricError
from nbjudge.platforms.sheet import Sheet

# Moodle's importer refuses a file without these.
NEEDED = ("identifier", "grade", "graded")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_NUMBERED = re.compile(r"(\D*)\d+")
# Columns of the table that are no headings of a worksheet.
_WORDS = {"language", "yes", "no", "first", "last"}
_PEOPLE = ("first", "last", "name", "email", "login", "number")
# What nbgrader, spreadsheets and other lists of students call the same, in lower case.
_ALSO = {
    "student": ("id", "student", "student id", "student_id"),
    "first": ("first_name", "firstname", "given name"),
    "last": ("last_name", "lastname", "surname", "family name"),
    "name": ("full_name", "fullname"),
    "email": ("e-mail", "email", "mail"),
    "login": ("login", "user", "user name"),
    "platform": ("lms_user_id", "lms user id", "canvas id"),
}


@dataclass(frozen=True)
class Columns:
    """Where each column of a file stands.

        places    the number of a column, from 0, by our word for it: "identifier", "grade" ...
        language  whose headings they are; empty where they were found by their content
        guessed   our words for the columns, where some were found by their content alone

    A word that the file has no column for is missing.
    """

    places: Mapping[str, int]
    language: str = ""
    guessed: tuple[str, ...] = ()

    def get(self, word: str) -> int | None:
        """Return where a column stands; None where the file does not have it."""
        return self.places.get(word)

    def words(self) -> dict[str, str]:
        """Return how this language writes "yes" and "no"; empty where it is not known."""
        rows = _moodle()
        return {word: rows[self.language][word] for word in ("yes", "no") if self.language in rows}


def of_moodle(sheet: Sheet, named: Mapping[str, str] | None = None) -> Columns:
    """Return the columns of Moodle's grading worksheet.

    `named` has headings that a person has given, by our words; they win over all else. Raises
    `RubricError` where such a heading is not in the file, or twice, and where a column is missing
    that Moodle needs.
    """
    given = {word: _given(sheet, word, heading) for word, heading in (named or {}).items()}
    language, places = max(
        ((name, _fitting(sheet, row)) for name, row in _moodle().items()),
        key=lambda found: len(found[1]),
    )
    if set(NEEDED) <= {*places, *given}:
        _refuse_twins(sheet, [word for word in NEEDED if word not in given], _moodle()[language])
        return Columns({**places, **given}, language)
    # A site may have renamed some of its headings: the others still say what they are.
    guess = {**_by_content(sheet), **places, **given}
    if lacking := [word for word in NEEDED if word not in guess]:
        raise RubricError(
            f"{sheet.file}, line 1: no column is known to be {_listed(lacking)}. The columns are: "
            f"{', '.join(sheet.header)}. Say which one it is, such as "
            f"--column '{lacking[0]}={sheet.header[-1]}', or download the grading worksheet again."
        )
    return Columns(guess, "", tuple(word for word in guess if word not in given))


def words() -> list[str]:
    """Return our words for the columns of Moodle's worksheet."""
    return [word for word in next(iter(_moodle().values())) if word not in _WORDS]


def of_canvas(sheet: Sheet) -> Columns:
    """Return the columns of Canvas's gradebook that say who a student is.

    They are "name", or "last" and "first", then "id", "sis", "login", "section". Raises
    `RubricError` where Canvas itself would call it an invalid header row.
    """
    head = [*sheet.header, "", "", ""]
    parted = head[0] == "LastName" and head[1] == "FirstName"
    who = {"last": 0, "first": 1, "id": 2} if parted else {"name": 0, "id": 1}
    right = parted or "Student" in head[0]
    if not right or "ID" not in head[who["id"]] or len(sheet.header) < 4 + parted:
        raise RubricError(
            f"{sheet.file}, line 1: a gradebook of Canvas begins with the columns Student and ID, "
            f"and this file with {', '.join(head[:3]).strip(', ') or 'nothing'}. Export it in "
            "Canvas: Grades, Export, Export Entire Gradebook."
        )
    for word, heading in (("sis", "SIS User ID"), ("login", "SIS Login ID")):
        if heading in head:
            who[word] = head.index(heading)
    if "Section" not in head:
        raise RubricError(
            f"{sheet.file}, line 1: the column Section is missing, and Canvas takes no file "
            "without it. Export the gradebook in Canvas again, and keep all columns."
        )
    return Columns({**who, "section": head.index("Section")}, "en")


def of_people(sheet: Sheet) -> Columns:
    """Return the columns of a list of students, of Moodle's, nbgrader's or any other making.

    They are those of "student" (nbgrader's id), "first", "last", "name", "email", "login",
    "number" (Moodle's ID number) and "platform" (the platform's own id) that the file has.
    """
    heads = [heading.casefold() for heading in sheet.header]
    by_language = {
        language: {
            word: heads.index(row[word].casefold())
            for word in _PEOPLE
            if row[word] and row[word].casefold() in heads
        }
        for language, row in _moodle().items()
    }
    language = max(by_language, key=lambda name: len(by_language[name]))
    also = {
        word: heads.index(one) for word, names in _ALSO.items() for one in names if one in heads
    }
    found = {**also, **by_language[language]}
    if _moodle()[language]["graded"].casefold() in heads:
        found.pop("student", None)  # a worksheet; in German, its participants stand below "ID"
    if "last" in found and found.get("name") == found.get("first"):
        found.pop("name", None)  # in Italian, a name and a first name have one heading
    return Columns(found, language)


@cache
def _moodle() -> dict[str, dict[str, str]]:
    """Return the headings of each language, by our words."""
    text = (files("nbjudge.platforms") / "moodle_headings.csv").read_text(encoding="utf-8")
    return {row["language"]: row for row in csv.DictReader(text.splitlines())}


def _fitting(sheet: Sheet, row: Mapping[str, str]) -> dict[str, int]:
    """Return the columns that bear a heading of this language; of two alike, the first."""
    heads = [heading.casefold() for heading in sheet.header]
    words = [word for word in row if row[word] and word not in _WORDS]
    return {
        word: heads.index(row[word].casefold()) for word in words if row[word].casefold() in heads
    }


def _refuse_twins(sheet: Sheet, words: list[str], row: Mapping[str, str]) -> None:
    """Raise `RubricError` for a heading that stands twice: Moodle would take the last of them."""
    heads = [heading.casefold() for heading in sheet.header]
    for word in words:
        if heads.count(row[word].casefold()) > 1:
            raise RubricError(
                f"{sheet.file}, line 1: the column '{row[word]}' stands there twice. Download the "
                "grading worksheet again."
            )


def _given(sheet: Sheet, word: str, heading: str) -> int:
    places = [place for place, one in enumerate(sheet.header) if one == heading.strip()]
    if len(places) == 1:
        return places[0]
    found = "no column" if not places else f"{len(places)} columns"
    raise RubricError(
        f"{sheet.file}, line 1: --column says that '{heading}' is the {word}, and the file has "
        f"{found} of that name. Its columns are: {', '.join(sheet.header)}."
    )


def _by_content(sheet: Sheet) -> dict[str, int]:
    """Guess columns: whose cells are numbered alike, all hold one maximum, stand before it, end."""
    below = [
        [sheet.cell(row, column) for row in range(len(sheet.rows))]
        for column in range(len(sheet.header))
    ]
    found: dict[str, int] = {}
    numbered = [place for place, cells in enumerate(below) if _numbered_alike(cells)]
    same = [
        place
        for place, cells in enumerate(below)
        if len(set(cells)) == 1
        and _NUMBER.fullmatch(cells[0])
        and not {place, place - 1} & {*numbered[:1], -1}
    ]
    if numbered:
        found["identifier"] = numbered[0]
    if same and all(not cell or _NUMBER.fullmatch(cell) for cell in below[same[0] - 1]):
        found |= {"grade": same[0] - 1, "maximum": same[0]}
        if len(sheet.header) > same[0] + 2:
            found |= {"graded": len(sheet.header) - 2, "comments": len(sheet.header) - 1}
    return found


def _numbered_alike(cells: list[str]) -> bool:
    """Return whether all cells are one word and a number behind it, each number once."""
    found = [_NUMBERED.fullmatch(cell) for cell in cells]
    words = {one[1] for one in found if one}
    return all(found) and len(words) == 1 and len(set(cells)) == len(cells)


def _listed(words: list[str]) -> str:
    told = {
        "identifier": "the identifier (such as 'Participant 12345')",
        "grade": "the grade",
        "graded": "the time when the grade was last changed ('graded')",
    }
    return " or ".join(told[word] for word in words)
