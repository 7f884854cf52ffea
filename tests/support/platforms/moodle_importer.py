"""What Moodle does with a grading worksheet that is uploaded: its rules, written again.

From moodle `mod/assign/feedback/offline/importgradeslib.php` and `locallib.php`, as they were
before several markers of one submission came (version 5.1). There an assignment's ids of
participants, here too.
"""

import csv
import io
import re
from dataclasses import dataclass, field

WORDS = {"grade": "Grade", "identifier": "Identifier", "graded": "Last modified (grade)",
         "comments": "Feedback comments", "participant": "Participant "}  # fmt: skip


class Invalid(Exception):
    """Moodle takes nothing of the file."""


@dataclass
class Participant:
    """`changed` says that the grade was changed after the worksheet was downloaded."""

    grade: float | None = None
    comment: str = ""
    locked: bool = False
    changed: bool = False


@dataclass
class Upload:
    """The grades and comments that change, and why each other grade is skipped, by participant."""

    grades: dict[int, float] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)


def upload(data, participants, maximum, words=WORDS, separator=",", encoding="utf-8"):
    """Return what an upload of these bytes would do."""
    header, *rows = parse(data, separator, encoding)
    try:
        # The last of two columns with one heading.
        place = {word: len(header) - 1 - header[::-1].index(words[word])
                 for word in ("grade", "identifier", "graded")}  # fmt: skip
    except ValueError as error:
        raise Invalid("a heading is missing") from error
    comments = header.index(words["comments"]) if words["comments"] in header else None
    found = Upload()
    for row in rows:
        told = row[place["identifier"]][len(words["participant"]) :].strip()
        one = participants.get(int(told)) if told.isdigit() else None
        if one is None:
            continue
        grade = as_float(row[place["grade"]])
        why = skipped(one, grade, maximum)
        if why:
            found.skipped[int(told)] = why
        else:
            found.grades[int(told)] = grade
        if comments is not None and not one.changed and row[comments] != one.comment:
            found.comments[int(told)] = row[comments]
    return found


def skipped(one, grade, maximum):
    if one.grade is not None and grade == one.grade:
        return "the same"
    if grade is None or grade < 0:
        return "no value"
    if one.changed:
        return "changed"
    if one.locked:
        return "locked"
    return "above" if grade > maximum else ""


def parse(data, separator, encoding):
    text = data.decode(encoding).removeprefix("\ufeff")
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    if not rows or {len(row) for row in rows} != {len(rows[0])}:
        raise Invalid("rows of several lengths")
    return [[cell.strip() for cell in row] for row in rows]


def as_float(text):
    text = re.sub(r"\s", "", text).replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None
