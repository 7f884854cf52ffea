"""Moodle's grading worksheet, read for an archive: who each participant is, and when a file came.

The archive has neither. A time stands there in words, as "Friday, 5 December 2026, 6:00 PM", in the
language and the time zone of whoever downloaded it; it is read in the course's time zone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

from nbjudge.course import RubricError
from nbjudge.nbgrader_ext.course_time import CourseTime
from nbjudge.platforms.headings import Columns, of_moodle
from nbjudge.platforms.sheet import Sheet

_CLOCK = re.compile(r"\b(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?(?:\s*([ap])\.?\s?m\b)?")
_NUMBERS = re.compile(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日")  # of Japanese and Chinese dates
_NEVER = re.compile(r"[-–—\s]*")


@dataclass(frozen=True)
class Participant:
    """A row of the worksheet: who a participant is, and when a submission was last changed.

    `cells` are e-mail, user name and ID number, those that the site shows. `came` is in UTC, None
    where nothing was handed in and where the time cannot be read; then `doubt` says so.
    """

    line: int
    name: str
    cells: tuple[str, ...]
    came: datetime | None
    doubt: str = ""


def participants(file: Path, time: CourseTime) -> Mapping[str, Participant]:
    """Return the participants of a worksheet by their numbers.

    Raises `RubricError` where it is no worksheet, and where two rows have one number.
    """
    sheet = Sheet.read(file)
    columns = of_moodle(sheet)
    found: dict[str, Participant] = {}
    for row in range(len(sheet.rows)):
        number = re.search(r"\d+$", sheet.cell(row, columns.get("identifier")))
        if number is None:
            raise RubricError(
                f"{sheet.where(row)}: '{sheet.cell(row, columns.get('identifier'))}' ends with no "
                "number of a participant. Download the worksheet from Moodle again."
            )
        if number[0] in found:
            raise RubricError(
                f"{sheet.where(row)}: participant {number[0]} stands in line "
                f"{found[number[0]].line}, too. Download the worksheet from Moodle again."
            )
        found[number[0]] = _participant(sheet, row, columns, time.zone)
    return found


def _participant(sheet: Sheet, row: int, columns: Columns, zone: tzinfo) -> Participant:
    cells = [sheet.cell(row, columns.get(word)) for word in ("email", "login", "number")]
    told = sheet.cell(row, columns.get("submitted"))
    came = when(told, columns.language, zone)
    doubt = "" if came or _NEVER.fullmatch(told) else f"'{told}' cannot be read as a time"
    name = sheet.cell(row, columns.get("name"))
    return Participant(sheet.lines[row], name, tuple(filter(None, cells)), came, doubt)


def when(text: str, language: str, zone: tzinfo) -> datetime | None:
    """Return the time that Moodle wrote in words, in UTC; None where it cannot be read.

    >>> str(when("Friday, 5 December 2025, 6:05 PM", "en", UTC))
    '2025-12-05 18:05:00+00:00'
    """
    words = text.casefold()
    clock = _CLOCK.search(words)
    date = _date(words.replace(clock[0], " ") if clock else "", language)
    if clock is None or date is None:
        return None
    hour = int(clock[1]) % 12 + 12 * (clock[3] == "p") if clock[3] else int(clock[1])
    try:
        return datetime(*date, hour, int(clock[2]), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _date(words: str, language: str) -> tuple[int, int, int] | None:
    if found := _NUMBERS.search(words):
        return int(found[1]), int(found[2]), int(found[3])
    months = {number for name, number in _months(language) if re.search(rf"\b{name}\b", words)}
    years, days = re.findall(r"\b\d{4}\b", words), re.findall(r"\b\d{1,2}(?!\d)", words)
    if len(months) != 1 or len(years) != 1 or len(days) != 1:
        return None
    return int(years[0]), months.pop(), int(days[0])


@cache
def _months(language: str) -> list[tuple[str, int]]:
    """Return the names of months in a language, each as a pattern, with their numbers."""
    try:
        kinds = Locale.parse(language or "en").months
    except (UnknownLocaleError, ValueError):
        return []
    return [
        (re.escape(str(name).casefold().rstrip(".")), number)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in kinds[context][width].items()
        if len(str(name)) > 2  # a digit, or a letter, is no name
    ]
