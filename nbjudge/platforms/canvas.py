"""Canvas's gradebook file, filled: one column, as Canvas's own importer will read it.

What it does (instructure/canvas-lms, `lib/gradebook_importer.rb`): an assignment is found by the id
behind its title, else by the exact title, else a new one is proposed; a cell that is empty or `-`
is no score; `EX` excuses; a cell of a student to whom it is not assigned (`N/A`) is ignored; a
column whose row `Points Possible` says `(read only)` is ignored; points over the maximum are taken.
"""

import re

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.scores import Score
from nbjudge.platforms.entries import fold
from nbjudge.platforms.filling import Fate, Filling, Terms, as_number, number
from nbjudge.platforms.headings import Columns
from nbjudge.platforms.rows import Match, Row
from nbjudge.platforms.sheet import Sheet

_WITH_ID = re.compile(r"(?P<title>.*)\((?P<id>\d+)\)")
_POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.I)
_TEST_STUDENT = "Student, Test"
_DECIMALS = 2  # as Canvas shows and exports them
_TOTALS = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")


def column_of(sheet: Sheet, columns: Columns, assignment: str, named: str = "") -> tuple[int, bool]:
    """Return the column of an assignment, and whether it is a guess.

    `named` is a heading, or the id in its parentheses, that a person has given. Without it the
    title has to be the assignment's name; a title that only holds the name is a guess. Raises
    `RubricError`, with the headings to choose from.
    """
    first = max(columns.places.values()) + 1
    places = [
        place
        for place, heading in enumerate(sheet.header)
        if place >= first and heading and not _TOTALS.search(heading)
    ]
    with_id = [place for place in places if _WITH_ID.fullmatch(sheet.header[place])]
    if named:
        wanted = [p for p in places if named.strip() in (sheet.header[p], _id(sheet.header[p]))]
        return _only(sheet, wanted, with_id, f"'{named}'"), False
    same = [place for place in with_id if _title(sheet.header[place]) == fold(assignment)]
    if same:
        return _only(sheet, same, with_id, f"'{assignment}'"), False
    near = [place for place in with_id if fold(assignment) in _title(sheet.header[place])]
    if not near and any(fold(sheet.header[place]) == fold(assignment) for place in places):
        raise RubricError(
            f"{sheet.file}, line 1: the column '{assignment}' has no id in parentheses behind its "
            "title, so Canvas may make a new assignment of it. Export the gradebook in Canvas "
            "again."
        )
    return _only(sheet, near, with_id, f"'{assignment}'"), True


def people_of(sheet: Sheet, columns: Columns) -> list[Row]:
    """Return the rows of students: not `Points Possible`, not what says how grades are posted."""
    rows = []
    for place, cells in enumerate(sheet.rows):
        parted = [sheet.cell(place, columns.get(word)) for word in ("first", "last")]
        name = sheet.cell(place, columns.get("name")) or " ".join(filter(None, parted))
        if "Points Possible" in cells[0] or all(_POSTING.fullmatch(cell) for cell in cells):
            continue
        if name == _TEST_STUDENT:
            continue
        logins = [sheet.cell(place, columns.get(word)) for word in ("sis", "login")]
        rows.append(
            Row(place, sheet.cell(place, columns.get("id")), name, tuple(filter(None, logins)))
        )
    return rows


def fill(
    sheet: Sheet, column: int, matches: list[Match], scores: dict[str, Score], terms: Terms
) -> Filling:
    """Return the file with the scores in one column; raises `RubricError`, see `Terms.check`."""
    filling = Filling(sheet)
    maximum = _maximum(sheet, column)
    for score in scores.values():
        terms.check(sheet, score.most, maximum)
    above = 0
    for match in matches:
        if not match.student:
            filling.unknown(match)
            continue
        _fill_row(filling, column, match, scores[match.student], terms, maximum)
        written = as_number(filling.cells.get((match.row.place, column), ""))
        above += maximum is not None and written is not None and written > maximum
    filling.tell_absent(matches, scores)
    if above:
        filling.notes.append(
            f"{above} of the scores are above the maximum of {number(maximum or 0, 2)}; Canvas "
            "takes them as they are. --cap writes the maximum."
        )
    if sheet.encoding != "utf-8" or sheet.separator not in ",;":
        filling.notes.append(
            "Another program has saved the file: Canvas reads UTF-8 with commas or semicolons. "
            "Export the gradebook again."
        )
    if sheet.marked and sheet.header[0] == "LastName":
        filling.notes.append(
            "The file begins with a byte order mark, and Canvas does not know the column LastName "
            "behind one. Switch the mark off in the settings of your account in Canvas, and export "
            "again."
        )
    return filling


def _fill_row(
    filling: Filling,
    column: int,
    match: Match,
    score: Score,
    terms: Terms,
    maximum: float | None,
) -> None:
    place = match.row.place
    cell = filling.sheet.cell(place, column)
    if cell.upper() == "EX":
        filling.tell(match, Fate.KEPT, "Canvas excuses the student (EX)")
    elif cell.upper() == "N/A":
        lost = score.final is not None
        filling.tell(match, Fate.KEPT, "in Canvas it is not assigned to the student", lost)
    elif score.final is None:
        filling.without_score(match, score, "" if cell == "-" else cell)
    else:
        text = number(terms.points(score, maximum), _DECIMALS)
        if as_number(cell) == float(text):
            filling.tell(match, Fate.SAME, text)
        else:
            filling.cells[place, column] = text
            filling.tell(match, Fate.WRITTEN, f"{text}, before: {cell or 'empty'}")


def _maximum(sheet: Sheet, column: int) -> float | None:
    """Return the column's points possible; raises `RubricError` where Canvas ignores the column."""
    for place, cells in enumerate(sheet.rows):
        if "Points Possible" in cells[0]:
            cell = sheet.cell(place, column)
            if "read only" in cell:
                raise RubricError(
                    f"{sheet.where(place)}: the column '{sheet.header[column]}' is {cell}, so "
                    "Canvas takes no score from it. Look at the assignment in Canvas."
                )
            return as_number(cell)
    return None


def _only(sheet: Sheet, places: list[int], with_id: list[int], what: str) -> int:
    """Return the one place; raise `RubricError` with the choice where there is none, or several."""
    if len({sheet.header[place] for place in places}) == len(places) == 1:
        return places[0]
    if len({sheet.header[place] for place in places}) < len(places):
        raise RubricError(
            f"{sheet.file}, line 1: the column '{sheet.header[places[0]]}' stands there twice, and "
            "Canvas would read the first. Export the gradebook in Canvas again."
        )
    found = "no column is" if not places else f"{len(places)} columns may be"
    choice = [sheet.header[place] for place in places or with_id]
    if not choice:
        raise RubricError(
            f"{sheet.file}, line 1: {found} {what}, and none has an id in parentheses behind its "
            "title. Make the assignment in Canvas, then export the gradebook again."
        )
    raise RubricError(
        f"{sheet.file}, line 1: {found} {what}. Say which: "
        + " or ".join(f"--column 'grade={heading}'" for heading in choice[:10])
    )


def _title(heading: str) -> str:
    found = _WITH_ID.fullmatch(heading)
    return fold(found["title"] if found else heading)


def _id(heading: str) -> str:
    found = _WITH_ID.fullmatch(heading)
    return found["id"] if found else heading
