"""Who of the gradebook somebody of a platform is, by number or by name; and who is in a group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbgrader.api import Gradebook

from nbjudge.course import RubricError
from nbjudge.platforms.entries import CANVAS, fold
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

    def by_name(
        self, name: str, platform: str, number: str = "", logins: Iterable[str] = ()
    ) -> tuple[list[str], list[str]]:
        """Return who has this name: those who may be meant, and those who are somebody else.

        Two people may have one name. Somebody else is who has another number in Canvas, and in
        Moodle who has an e-mail address where `logins`, what the platform shows of the person, has
        another one. Archives and files for grades ask alike: whose work it is, and whose grade.
        """
        named = self.named(name)
        if platform == CANVAS:
            others = [one for one in named if self.numbers[one] not in ("", number)]
        elif any("@" in one for one in logins):  # none of them is a student's, or the name is free
            others = [one for one in named if self.addresses[one]]
        else:
            others = []
        return [one for one in named if one not in others], others

    def known_as(self, cells: Iterable[str]) -> list[str]:
        """Return the students whose id or e-mail stands in one of these cells."""
        found = dict.fromkeys(one for cell in cells for one in self._by["login"][_login(cell)])
        return list(found)

    def _add(self, kind: str, keys: Iterable[str | None], student: str) -> None:
        for key in keys:
            if key:
                self._by[kind][key].append(student)


def others_told(others: Sequence[str], platform: str) -> str:
    """Return why students of a name are not meant, as a clause."""
    what = "LMS user id" if platform == CANVAS else "e-mail address"
    have = "has" if len(others) == 1 else "have"
    return f"{' and '.join(others)}, of this name, {have} another {what}"


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
