"""Who of the gradebook somebody of a platform is, by number or by name; and who is in a group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from nbgrader.api import Gradebook

from nbjudge.course import RubricError
from nbjudge.platforms.entries import fold
from nbjudge.platforms.sheet import Sheet


class People:
    """The students of a gradebook, to be found by what a platform knows of them."""

    def __init__(self, book: Gradebook):
        self.names: dict[str, str] = {}  # by student, as a person writes it
        self.numbers: dict[str, str] = {}  # of the platform, by student
        self.addresses: dict[str, str] = {}  # e-mail, by student
        self._by: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for one in book.students:
            first, last = one.first_name or "", one.last_name or ""
            self.names[one.id] = f"{first} {last}".strip()
            self.numbers[one.id] = one.lms_user_id or ""
            self.addresses[one.id] = one.email or ""
            self._add("number", [one.lms_user_id], one.id)
            self._add("name", {fold(first + last), fold(last + first)}, one.id)
            self._add("login", {_login(one.id), _login(one.email)}, one.id)

    def numbered(self, number: str) -> list[str]:
        """Return the students with this LMS user id."""
        return self._by["number"][number]

    def named(self, name: str) -> list[str]:
        """Return the students with this name, first or last name first, however it is written."""
        return self._by["name"][fold(name)] if fold(name) else []

    def known_as(self, cells: Iterable[str]) -> list[str]:
        """Return the students whose id or e-mail stands in one of these cells."""
        found = dict.fromkeys(one for cell in cells for one in self._by["login"][_login(cell)])
        return list(found)

    def _add(self, kind: str, keys: Iterable[str | None], student: str) -> None:
        for key in keys:
            if key:
                self._by[kind][key].append(student)


def groups(file: Path) -> Mapping[str, list[str]]:
    """Return nbgrader's ids of a group's members, by the letters of the group's name.

    The file has the columns `student` and `group`, as `nbjudge extend --groups` reads it. Raises
    `RubricError` where it has not.
    """
    sheet = Sheet.read(file)
    heads = [heading.casefold() for heading in sheet.header]
    if not {"student", "group"} <= set(heads):
        raise RubricError(
            f"{file}, line 1: the columns are {', '.join(sheet.header)}. Needed are 'student' and "
            "'group'."
        )
    found: dict[str, list[str]] = defaultdict(list)
    for row in range(len(sheet.rows)):
        student, group = (sheet.cell(row, heads.index(word)) for word in ("student", "group"))
        if student and group and student not in found[fold(group)]:
            found[fold(group)].append(student)
    return dict(found)


def _login(text: str | None) -> str:
    return (text or "").strip().casefold()
