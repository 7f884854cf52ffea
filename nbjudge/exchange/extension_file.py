"""Extensions in a CSV file, read line by line: who may submit until when.

    student,until                          group,until
    ada,2026-12-07 18:00 Europe/Berlin     evening,2026-12-07T18:00:00+01:00

A group is what another CSV file says, with the columns `student` and `group`: nbgrader knows no
groups, and an LMS exports them so. Further columns are ignored. Commas or semicolons separate.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dateutil.tz import gettz

from nbjudge.course import RubricError

_EXAMPLE = "such as '2026-12-05 18:00 Europe/Berlin' or '2026-12-05T18:00:00+01:00'"


@dataclass(frozen=True)
class Line:
    """One student's extension; `where` names the line that says so, or the option."""

    where: str
    student: str
    until: datetime


def lines(file: Path, groups: Path | None) -> list[Line]:
    """Return the extensions that a file gives; one by student wins over one by group.

    `groups` says who is in a group. Raises `RubricError`, which names every line that is wrong.
    """
    members = _members(groups) if groups else None
    wrong: list[str] = []
    by_student: dict[str, Line] = {}
    by_group: dict[str, Line] = {}
    for where, row in _rows(file, {"until"}, {"student", "group"}):
        try:
            until = parse(row["until"])
            if row["student"] and row["group"]:
                raise ValueError("it names a student and a group. Leave one of them empty.")
            if row["student"]:
                _put(by_student, Line(where, row["student"], until))
            else:
                for student in _of_group(row["group"], members, groups):
                    _put(by_group, Line(where, student, until))
        except ValueError as reason:
            wrong.append(f"{where}: {reason}")
    if wrong:
        raise RubricError("\n".join(wrong))
    return list({**by_group, **by_student}.values())


def parse(text: str) -> datetime:
    """Return a time with its zone; raise `ValueError` with cause and mend."""
    if not text:
        raise ValueError(f"it says no time in 'until'. Write one, {_EXAMPLE}.")
    written, _, name = text.rpartition(" ")
    zone = gettz(name) if re.match("[A-Za-z]", name) else None
    try:
        when = datetime.fromisoformat(written if zone else re.sub(r" (?=[+-]\d\d)", "", text))
    except ValueError:
        raise ValueError(f"'{text}' is no time with a time zone, {_EXAMPLE}.") from None
    if re.fullmatch(r"[\d-]+", written if zone else text):
        raise ValueError(f"'{text}' says no time of day. Write one, {_EXAMPLE}.")
    when = when if zone is None else when.replace(tzinfo=zone)
    if when.tzinfo is None:
        raise ValueError(f"'{text}' says no time zone. Write one behind it, {_EXAMPLE}.")
    return when


def _put(found: dict[str, Line], line: Line) -> None:
    before = found.setdefault(line.student, line)
    if before.until != line.until:
        raise ValueError(f"{line.student} has another time in {before.where}. Keep one of them.")


def _of_group(name: str, members: Mapping[str, list[str]] | None, groups: Path | None) -> list[str]:
    if not name:
        raise ValueError("it names neither a student nor a group.")
    if members is None:
        raise ValueError(
            f"it names the group '{name}', and nothing says who is in it. Add --groups FILE, a CSV "
            "file with the columns student and group."
        )
    if name not in members:
        known = ", ".join(sorted(members)) or "none"
        raise ValueError(f"{groups} has nobody in the group '{name}'. Its groups: {known}.")
    return members[name]


def _members(groups: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, row in _rows(groups, {"student", "group"}, set()):
        if row["student"] and row["group"]:
            found.setdefault(row["group"], []).append(row["student"])
    return found


def _rows(file: Path, all_of: set[str], one_of: set[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each line stands, and its columns; those that are missing are empty.

    Raises `RubricError` where the file cannot be read, and where its first line lacks columns.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        mend = "Save it as CSV in UTF-8." if isinstance(error, UnicodeError) else "Check its path."
        raise RubricError(f"{file} cannot be read ({error}). {mend}") from error
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if ";" in head else ",")
    names = [name.strip().lower() for name in next(reader, [])]
    if not all_of <= set(names) or (one_of and not one_of & set(names)):
        raise RubricError(
            f"{file}, line 1: the columns are {', '.join(filter(None, names)) or 'not named'}. "
            f"Needed are {_words(all_of, 'and')}"
            + (f", and {_words(one_of, 'or')}." if one_of else ".")
        )
    for cells in reader:
        row = dict(zip(names, map(str.strip, cells), strict=False))
        if any(row.values()):
            where = f"{file}, line {reader.line_num}"
            yield where, {name: row.get(name, "") for name in all_of | one_of}


def _words(names: Iterable[str], joined: str) -> str:
    return f" {joined} ".join(f"'{name}'" for name in sorted(names, reverse=True))
