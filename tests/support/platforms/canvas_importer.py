"""What Canvas does with a gradebook that is uploaded: its rules, written again.

From canvas-lms `lib/gradebook_importer.rb`. Not modelled: custom columns, override scores, pass
and fail, grading periods.
"""

import csv
import io
import re
from dataclasses import dataclass, field

TOTALS = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")


class Invalid(Exception):
    """Canvas takes nothing of the file."""


@dataclass
class Course:
    """Students as (id, name, sortable name, SIS id, login), assignments by id, scores by both ids.

    `not_assigned` has pairs of a student and an assignment.
    """

    students: list[tuple[int, str, str, str, str]]
    assignments: dict[int, str]
    scores: dict[tuple[int, int], str] = field(default_factory=dict)
    not_assigned: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Upload:
    """What Canvas would change, and what it would make anew."""

    scores: dict[tuple[int, int], str] = field(default_factory=dict)
    new_students: list[str] = field(default_factory=list)
    new_assignments: list[str] = field(default_factory=list)


def upload(data, course):
    """Return what an upload of these bytes would do."""
    header, *rows = parse(data)
    info = student_columns(header)
    found = Upload()
    columns = {}
    for heading in header[info["count"] :]:
        if heading and not TOTALS.search(heading):
            number = assignment(heading, course)
            if number is None:
                found.new_assignments.append(heading)
            else:
                columns[number] = header.index(heading)
    points = next((row for row in rows if "Points Possible" in row[0]), [])
    for row in rows:
        if "Points Possible" in row[0]:
            continue
        if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.I) for cell in row):
            continue
        student = person(row, info, course)
        if student is None:
            found.new_students.append(row[0])
            continue
        for number, column in columns.items():
            if column < len(points) and re.search(r"read\s+only", points[column]):
                continue
            if (student, number) in course.not_assigned:
                continue
            new = row[column].strip() if column < len(row) else ""
            if not same(new, course.scores.get((student, number), "")):
                found.scores[student, number] = new
    return found


def parse(data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid("not UTF-8") from error
    lines = text.splitlines(keepends=True)[:3]
    counts = {}
    for mark in ";,":
        sizes = {len(next(csv.reader([line], delimiter=mark), [])) for line in lines}
        counts[mark] = sizes.pop() if len(sizes) == 1 else 0
    mark = ";" if counts[";"] > counts[","] else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise Invalid("malformed CSV") from error
    rows = [row for row in rows if row]
    if not rows:
        raise Invalid("no header")
    return [[number(cell) for cell in row] for row in rows]


def number(cell):
    """Return a cell as Canvas reads it: the last point or comma of a number is its decimal sign."""
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    *before, last = re.split("[,.]", cell)
    return f"{''.join(before)}.{last}" if before else last


def student_columns(header):
    padded = [*header, *[""] * 6]
    parted = padded[:2] == ["LastName", "FirstName"]
    right = "Student" in padded[0] and "ID" in padded[1] and len(header) > 3
    if not right and not (parted and "ID" in padded[2] and len(header) > 4):
        raise Invalid("header")
    first = 4 if parted else 3
    info = {"id": 2 if parted else 1, "parted": parted, "sis": None, "login": None, "count": first}
    if re.search(r"SIS\s+Login\s+ID", padded[first - 1]):
        info |= {"login": first - 1, "count": first + 1}
    elif re.search(r"SIS\s+User\s+ID", padded[first - 1]) and re.search(
        r"SIS\s+Login\s+ID", padded[first]
    ):
        more = int("Integration" in padded[first + 1])
        more += "Root" in padded[first + 1 + more]
        info |= {"sis": first - 1, "login": first, "count": first + 2 + more}
    if "Section" not in padded[info["count"] - 1]:
        raise Invalid("no section")
    return info


def assignment(heading, course):
    found = re.fullmatch(r"(.*)\s*\((\d+)\)", heading)
    if found and int(found[2]) in course.assignments:
        return int(found[2])
    return next((n for n, title in course.assignments.items() if title == heading), None)


def person(row, info, course):
    told = re.match(r"\d+", row[info["id"]])
    name = f"{row[1]} {row[0]}".strip() if info["parted"] else row[0]
    for one in course.students:
        if told and one[0] == int(told[0]):
            return one[0]
    for column, place in (("sis", 3), ("login", 4)):
        for one in course.students:
            if info[column] is not None and row[info[column]] and one[place] == row[info[column]]:
                return one[0]
    return next((one[0] for one in course.students if name in one[1:3]), None)


def same(new, old):
    if new.casefold() == old.casefold() or {new, old} <= {"", "-"}:
        return True
    try:
        return round(float(new), 2) == round(float(old), 2)
    except ValueError:
        return False
